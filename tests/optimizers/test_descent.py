"""The loop of our own methods: when repeats leave it, and with what."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from simulator.optimizers import (
    METHODS,
    Adam,
    Box,
    Counted,
    GradientDescent,
    InverseTime,
    Momentum,
    Stopping,
    StopReason,
    descend,
)

UNIT = Box.unit(2)
DESCENTS = [name for name, method in METHODS.items() if method.family == "descent"]
SCHEDULED = [name for name in DESCENTS if name != "rprop"]
OFF = {"gradient_tolerance": 0, "step_tolerance": 0, "value_tolerance": 0}


@dataclass(frozen=True)
class Sheet:
    """slope · x₀: no minimum but the box's edge."""

    slope: float
    size: int = 2

    def value(self, x, repeats):
        return self.slope * x[0]

    def value_and_gradient(self, x, repeats):
        return self.value(x, repeats), np.stack([np.full_like(x[0], self.slope), 0 * x[1]])


@dataclass(frozen=True)
class Broken:
    """x₀ + x₁ but not a number, or a bad gradient, where x₀ < 0.4 in the repeats named."""

    repeats: tuple[int, ...]
    value_there: float = np.nan
    gradient_there: float = 1.0
    size: int = 2

    def value_and_gradient(self, x, repeats):
        bad = np.isin(repeats, self.repeats) & (x[0] < 0.4)
        gradient = np.where(bad, self.gradient_there, np.ones_like(x))
        return np.where(bad, self.value_there, x[0] + x[1]), gradient


def run(method, objective, starts, stopping, seeds, box=UNIT):
    starts = np.array(starts, dtype=float)
    return method.minimize(Counted(objective), box, starts, stopping, seeds(starts.shape[1]))


def test_it_converges_on_the_gradient_at_the_point_where_the_test_passes(bowl, seeds):
    (outcome,) = run(GradientDescent(0.05), bowl, [[0.9], [0.1]], Stopping(), seeds)
    assert outcome.status is StopReason.CONVERGED_GRADIENT
    assert outcome.gradient_norm <= 1e-6
    assert np.array_equal(outcome.x, outcome.trace.x[:, -1])
    assert outcome.x == pytest.approx([0.3, 0.6], abs=2e-6)


def test_it_converges_at_once_where_a_bound_holds_the_descent_back(seeds):
    (outcome,) = run(GradientDescent(), Sheet(5.0), [[0.0], [0.3]], Stopping(), seeds)
    assert outcome.status is StopReason.CONVERGED_GRADIENT
    assert outcome.counts.value == 1


def test_the_budget_ends_it_exactly_and_the_best_point_is_the_answer(bowl, seeds):
    # Momentum swings through the bowl: the values rise and fall before they settle.
    method = Momentum(0.05, momentum=0.9)
    (outcome,) = run(method, bowl, [[0.9], [0.1]], Stopping(7, **OFF), seeds)
    assert outcome.status is StopReason.BUDGET
    assert outcome.counts.value == outcome.counts.gradient == 7
    best = np.argmin(outcome.trace.value)
    assert best < 6
    assert outcome.value == outcome.trace.value[best]
    assert np.array_equal(outcome.x, outcome.trace.x[:, best])


def test_a_budget_of_one_evaluates_the_start_alone(bowl, seeds):
    (outcome,) = run(Adam(), bowl, [[0.9], [0.1]], Stopping(1, **OFF), seeds)
    assert outcome.status is StopReason.BUDGET
    assert outcome.x.tolist() == [0.9, 0.1]


def test_a_tiny_learning_rate_is_not_mistaken_for_convergence(bowl, seeds):
    loose = Stopping(300, gradient_tolerance=0, step_tolerance=1e-6, value_tolerance=1e-6)
    (outcome,) = run(GradientDescent(1e-12), bowl, [[0.9], [0.1]], loose, seeds)
    assert outcome.status is StopReason.BUDGET


def test_a_slow_walk_along_a_flat_slope_is_not_mistaken_for_convergence(seeds):
    stopping = Stopping(300, gradient_tolerance=0, step_tolerance=1e-4, value_tolerance=1e-7)
    (outcome,) = run(GradientDescent(0.01), Sheet(1e-3), [[0.9], [0.5]], stopping, seeds)
    assert outcome.status is StopReason.BUDGET


def test_it_converges_on_the_step_once_nothing_has_moved_for_ten_steps(bowl, seeds):
    stopping = Stopping(5000, gradient_tolerance=0, step_tolerance=1e-4, value_tolerance=0)
    (outcome,) = run(GradientDescent(0.05), bowl, [[0.9], [0.1]], stopping, seeds)
    assert outcome.status is StopReason.CONVERGED_STEP
    assert outcome.gradient_norm <= 1e-4
    moves = np.abs(np.diff(outcome.trace.x[:, -11:])).max(axis=0)
    assert (moves <= 1e-4).all()


def test_while_it_still_moves_it_does_not_converge_on_the_step_however_small_the_gradient(seeds):
    stopping = Stopping(50, gradient_tolerance=0, step_tolerance=1e-4, value_tolerance=0)
    (outcome,) = run(GradientDescent(1e3), Sheet(1e-6), [[0.9], [0.5]], stopping, seeds)
    assert outcome.status is StopReason.BUDGET


def test_it_converges_on_the_value_once_nothing_was_gained_for_ten_steps(bowl, seeds):
    stopping = Stopping(5000, gradient_tolerance=0, step_tolerance=0, value_tolerance=1e-8)
    (outcome,) = run(GradientDescent(0.05), bowl, [[0.9], [0.1]], stopping, seeds)
    assert outcome.status is StopReason.CONVERGED_VALUE
    assert outcome.gradient_norm**2 / 2 <= 1e-8
    assert outcome.trace.value[-11] - outcome.trace.value[-1] <= 1e-8
    assert outcome.trace.value[-13] - outcome.trace.value[-1] > 1e-8


def test_the_step_and_value_tests_need_ten_steps_even_at_the_optimum(seeds):
    for tolerance in ("step_tolerance", "value_tolerance"):
        stopping = Stopping(5000, **{**OFF, tolerance: 1e-9})
        (outcome,) = run(GradientDescent(), Sheet(5.0), [[0.0], [0.3]], stopping, seeds)
        assert 10 <= outcome.counts.value <= 11


def test_tolerances_of_zero_switch_every_test_off_even_at_a_perfect_optimum(seeds):
    (outcome,) = run(GradientDescent(), Sheet(5.0), [[0.0], [0.3]], Stopping(60, **OFF), seeds)
    assert outcome.status is StopReason.BUDGET
    assert outcome.gradient_norm == 0


@pytest.mark.parametrize(
    "broken",
    [Broken((1,)), Broken((1,), np.inf), Broken((1,), 0.0, np.nan), Broken((1,), 0.0, -np.inf)],
    ids=["nan value", "infinite value", "nan gradient", "infinite gradient"],
)
def test_a_repeat_that_meets_nothing_finite_keeps_its_last_good_point(broken, seeds):
    starts = [[0.9, 0.9, 0.9], [0.9, 0.9, 0.9]]
    outcomes = run(GradientDescent(0.03), broken, starts, Stopping(200), seeds)
    assert [outcome.status for outcome in outcomes] == [
        StopReason.CONVERGED_GRADIENT,
        StopReason.NONFINITE,
        StopReason.CONVERGED_GRADIENT,
    ]
    assert 0.4 <= outcomes[1].x[0] < 0.43
    assert outcomes[1].value == outcomes[1].x.sum()
    assert outcomes[1].gradient_norm == pytest.approx(outcomes[1].x.max())
    assert outcomes[0].x.tolist() == [0, 0]


def test_a_start_without_a_finite_value_ends_there_with_no_value(seeds):
    (outcome,) = run(Adam(), Broken((0,)), [[0.1], [0.1]], Stopping(), seeds)
    assert outcome.status is StopReason.NONFINITE
    assert outcome.x.tolist() == [0.1, 0.1]
    assert np.isnan(outcome.value)
    assert np.isnan(outcome.gradient_norm)
    assert outcome.counts.value == 1


class Torn:
    """A rule that loses a parameter in its second step."""

    def init(self, x):
        return (0,)

    def step(self, state, x, gradient):
        return (state[0] + 1,), x - 0.01 * gradient + (np.inf - np.inf if state[0] == 1 else 0.0)


def test_a_rule_that_steps_to_an_undefined_point_ends_as_nonfinite(bowl, seeds, metered):
    meter = metered(bowl)
    (outcome,) = descend(
        Torn(), Counted(meter), UNIT, np.array([[0.9], [0.1]]), Stopping(), seeds(1)
    )
    assert outcome.status is StopReason.NONFINITE
    assert outcome.counts.value == 2
    assert np.isfinite(meter.points).all()
    assert np.array_equal(outcome.x, meter.points[:, -1])


@pytest.mark.parametrize("rate", [1e9, 1e300])
@pytest.mark.parametrize("name", SCHEDULED)
def test_an_absurd_learning_rate_stays_in_the_box(name, rate, bowl, seeds, metered):
    meter = metered(bowl)
    method = METHODS[name](learning_rate=rate)
    (outcome,) = run(method, meter, [[0.9], [0.1]], Stopping(40), seeds)
    assert outcome.status in (StopReason.BUDGET, StopReason.NONFINITE)
    assert UNIT.contains(meter.points)


@pytest.mark.parametrize("name", DESCENTS)
def test_a_gradient_near_the_largest_float_raises_no_warning(name, seeds):
    (outcome,) = run(METHODS[name](), Sheet(1e308), [[0.9], [0.5]], Stopping(40), seeds)
    assert UNIT.contains(outcome.x)


def test_a_noisy_descent_answers_with_its_last_point_not_its_luckiest(bowl, seeds):
    class Noisy:
        size, noisy = 2, True

        def __init__(self):
            self.draws = np.random.default_rng(5)

        def value_and_gradient(self, x, repeats):
            value, gradient = bowl.value_and_gradient(x, repeats)
            return value + self.draws.normal(size=value.shape), gradient

    method = GradientDescent(InverseTime(0.05, decay=0.01))
    (outcome,) = run(method, Noisy(), [[0.9], [0.1]], Stopping(50, **OFF), seeds)
    assert outcome.status is StopReason.BUDGET
    assert np.array_equal(outcome.x, outcome.trace.x[:, -1])
    assert outcome.value == outcome.trace.value[-1] > outcome.trace.value.min()


def test_starts_outside_the_box_begin_at_their_projection(bowl, seeds):
    (outcome,) = run(Adam(), bowl, [[-3.0], [7.0]], Stopping(1), seeds)
    assert outcome.trace.x[:, 0].tolist() == [0.0, 1.0]


def test_no_starts_give_no_outcomes(bowl, seeds):
    assert run(Adam(), bowl, np.empty((2, 0)), Stopping(), seeds) == []


@pytest.mark.parametrize(
    ("starts", "count", "size", "word"),
    [
        (np.zeros((3, 1)), 1, 2, r"shape \(2, repeats\)"),
        (np.zeros(2), 2, 2, r"shape \(2, repeats\)"),
        (np.zeros((2, 3)), 1, 2, "got 1 for 3"),
        (np.array([[0.5, 0.5], [0.5, np.nan]]), 2, 2, "parameter 1 of start 1"),
        (np.zeros((3, 1)), 1, 3, "box has 3 parameters but the objective has 2"),
    ],
)
def test_starts_that_do_not_fit_are_refused(starts, count, size, word, bowl, seeds):
    with pytest.raises(ValueError, match=word):
        Adam().minimize(Counted(bowl), Box.unit(size), starts, Stopping(), seeds(count))
