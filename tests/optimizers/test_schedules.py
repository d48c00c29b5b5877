"""Learning-rate schedules against their formulas."""

from __future__ import annotations

import math

import mpmath
import pytest

from simulator.optimizers import (
    Constant,
    Cosine,
    InverseTime,
    PowerDecay,
    StepDecay,
    WarmRestarts,
)
from simulator.optimizers.schedules import rate_at

STEPS = [0, 1, 7, 499, 500, 1000, 1999, 2000, 5000]


@pytest.mark.parametrize("step", STEPS)
def test_constant(step):
    assert Constant(0.3)(step) == 0.3


@pytest.mark.parametrize("step", STEPS)
def test_step_decay_multiplies_once_per_stretch(step):
    rate = 0.3
    for _ in range(step // 500):
        rate *= 0.25
    assert StepDecay(0.3, factor=0.25, every=500)(step) == rate


@pytest.mark.parametrize("step", STEPS)
def test_cosine_is_half_a_wave_and_then_flat(step):
    turn = mpmath.pi * min(mpmath.mpf(step) / 2000, 1)
    expected = mpmath.mpf(0.01) + (mpmath.mpf(0.3) - 0.01) * (1 + mpmath.cos(turn)) / 2
    assert float(Cosine(0.3, end=0.01, steps=2000)(step)) == pytest.approx(
        float(expected), rel=1e-14
    )


@pytest.mark.parametrize("step", STEPS)
def test_inverse_time(step):
    assert InverseTime(0.3, decay=0.02)(step) == pytest.approx(0.3 / (1 + 0.02 * step), rel=1e-15)


def test_inverse_time_rates_sum_to_infinity_and_their_squares_do_not():
    rate = InverseTime(1.0, decay=1.0)
    assert math.fsum(rate(k) for k in range(100_000)) > 12
    assert math.fsum(rate(k) ** 2 for k in range(100_000)) < math.pi**2 / 6


@pytest.mark.parametrize("step", STEPS)
def test_power_decay(step):
    expected = mpmath.mpf(0.3) / (1 + mpmath.mpf(step) / 50) ** mpmath.mpf(0.6)
    assert float(PowerDecay(0.3, power=0.6, hold=50)(step)) == pytest.approx(
        float(expected), rel=1e-14
    )


@pytest.mark.parametrize("step", STEPS)
def test_warm_restarts_are_a_cosine_in_each_period_lower_each_time(step):
    restarts, within = divmod(step, 500)
    height = 0.29 * 0.5**restarts
    expected = 0.01 + height * (1 + math.cos(math.pi * within / 500)) / 2
    rate = WarmRestarts(0.3, end=0.01, period=500, factor=0.5)
    assert float(rate(step)) == pytest.approx(expected, rel=1e-12)


def test_a_number_is_its_own_rate():
    assert rate_at(0.2, 77) == 0.2
    assert rate_at(Constant(0.2), 77) == 0.2
