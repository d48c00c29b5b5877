"""The update rules against their textbook definitions, written another way, one number at a time."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.lib.mixins import NDArrayOperatorsMixin

from simulator.optimizers import (
    METHODS,
    AdaGrad,
    Adam,
    AdamW,
    Cosine,
    GradientDescent,
    InverseTime,
    Momentum,
    Nesterov,
    PowerDecay,
    RMSProp,
    RProp,
    StepDecay,
    WarmRestarts,
)

DESCENTS = [name for name, method in METHODS.items() if method.family == "descent"]
SCHEDULED = [name for name in DESCENTS if name != "rprop"]
CURVATURES = np.array([3.0, 0.5])
START = np.array([1.0, -2.0])


def slope(x):
    return (CURVATURES * x.T + 0.1).T


def path(rule, steps=40):
    """The points a rule visits on a quadratic, without a box."""
    x = START[:, None].copy()
    state, points = rule.init(x), [START]
    for _ in range(steps):
        state, x = rule.step(state, x, slope(x))
        points.append(x[:, 0])
    return np.array(points)


def textbook(points):
    return pytest.approx(np.array(points), rel=1e-11, abs=1e-12)


def test_gradient_descent():
    points = [START]
    for _ in range(40):
        points.append(points[-1] - 0.2 * slope(points[-1]))
    assert path(GradientDescent(0.2)) == textbook(points)


def test_momentum_in_the_velocity_form():
    x, velocity, points = START, np.zeros(2), [START]
    for _ in range(40):
        velocity = 0.8 * velocity - 0.2 * slope(x)
        x = x + velocity
        points.append(x)
    assert path(Momentum(0.2, momentum=0.8)) == textbook(points)


def test_nesterov_in_the_look_ahead_form():
    # Sutskever et al. 2013: v ← βv − αg(x + βv), x ← x + v; the rule's points are x + βv.
    x, velocity, points = START, np.zeros(2), [START]
    for _ in range(40):
        velocity = 0.8 * velocity - 0.2 * slope(x + 0.8 * velocity)
        x = x + velocity
        points.append(x + 0.8 * velocity)
    assert path(Nesterov(0.2, momentum=0.8)) == textbook(points)


def test_adagrad():
    points, slopes = [START], []
    for _ in range(40):
        slopes.append(slope(points[-1]))
        root = np.sqrt(np.sum(np.square(slopes), axis=0))
        points.append(points[-1] - 0.3 * slopes[-1] / (root + 1e-10))
    assert path(AdaGrad(0.3)) == textbook(points)


def test_rmsprop_with_the_running_mean_written_out():
    points, slopes = [START], []
    for t in range(1, 41):
        slopes.append(slope(points[-1]))
        weights = 0.1 * 0.9 ** np.arange(t - 1, -1, -1)
        root = np.sqrt(weights @ np.square(slopes))
        points.append(points[-1] - 0.01 * slopes[-1] / (root + 1e-8))
    assert path(RMSProp(0.01, decay=0.9)) == textbook(points)


def test_adam_with_the_corrected_means_written_out():
    points, slopes = [START], []
    for t in range(1, 41):
        slopes.append(slope(points[-1]))
        first, second = (b ** np.arange(t - 1, -1, -1) for b in (0.8, 0.95))
        mean = first @ np.array(slopes) / first.sum()
        square = second @ np.square(slopes) / second.sum()
        points.append(points[-1] - 0.1 * mean / (np.sqrt(square) + 1e-8))
    assert path(Adam(0.1, beta1=0.8, beta2=0.95)) == textbook(points)


def test_adamw_is_adam_on_parameters_that_shrink_first():
    # Loshchilov & Hutter's form: the decay multiplies x by 1 − αλ, whatever the gradient.
    points, slopes = [START], []
    for t in range(1, 41):
        slopes.append(slope(points[-1]))
        first, second = (b ** np.arange(t - 1, -1, -1) for b in (0.8, 0.95))
        mean = first @ np.array(slopes) / first.sum()
        square = second @ np.square(slopes) / second.sum()
        points.append((1 - 0.1 * 0.05) * points[-1] - 0.1 * mean / (np.sqrt(square) + 1e-8))
    rule = AdamW(0.1, beta1=0.8, beta2=0.95, weight_decay=0.05)
    assert path(rule) == textbook(points)


def test_adamw_without_decay_is_adam():
    assert np.array_equal(path(AdamW(0.1, weight_decay=0.0)), path(Adam(0.1)))


def test_rprop_parameter_by_parameter():
    points = [START]
    lengths, before = [0.3, 0.3], [0.0, 0.0]
    for _ in range(40):
        x, g = points[-1].copy(), slope(points[-1])
        for i in range(2):
            if g[i] * before[i] > 0:
                lengths[i] = min(lengths[i] * 1.2, 0.4)
            elif g[i] * before[i] < 0:
                lengths[i] *= 0.5
                before[i] = 0.0
                continue
            x[i] -= np.sign(g[i]) * lengths[i]
            before[i] = g[i]
        points.append(x)
    assert path(RProp(0.3, largest_step=0.4)) == textbook(points)


@pytest.mark.parametrize("rule", [AdaGrad(0.3), Adam(0.3)], ids=["adagrad", "adam"])
def test_the_first_step_has_the_length_of_the_learning_rate_in_every_parameter(rule):
    assert np.abs(path(rule, 1)[1] - START) == pytest.approx(0.3, rel=1e-7)


@pytest.mark.parametrize("name", SCHEDULED)
def test_a_schedule_is_asked_with_the_number_of_steps_taken(name):
    asked = []

    class Spy(InverseTime):
        def __call__(self, step):
            asked.append(step)
            return 0.01

    path(METHODS[name](learning_rate=Spy(0.01, decay=0.0)), 4)
    assert asked == [0, 1, 2, 3]


@pytest.mark.parametrize("name", DESCENTS)
def test_a_step_changes_none_of_its_inputs(name):
    rule, x = METHODS[name](), START[:, None].copy()
    state, x1 = rule.step(rule.init(x), x, slope(x))
    kept, x_kept, g = [np.copy(part) for part in state], x1.copy(), slope(x1)
    rule.step(state, x1, g)
    assert all(np.array_equal(a, b) for a, b in zip(state, kept, strict=True))
    assert np.array_equal(x1, x_kept)
    assert np.array_equal(g, slope(x1))


class Traced(NDArrayOperatorsMixin):
    """A stand-in for a traced array: it knows arithmetic, and refuses to be looked at."""

    def __init__(self, value):
        self.value = value

    def __bool__(self):
        raise TypeError("a branch on a traced value")

    __float__ = __int__ = __index__ = __iter__ = __bool__

    def __array_ufunc__(self, ufunc, method, *inputs, **options):
        assert method == "__call__"
        assert not options
        return Traced(ufunc(*map(untraced, inputs)))


def untraced(part):
    return part.value if isinstance(part, Traced) else part


RATES = [
    0.1,
    StepDecay(0.1, factor=0.5, every=2),
    Cosine(0.1, end=0.01, steps=5),
    InverseTime(0.1, decay=0.1),
    PowerDecay(0.1, power=0.6, hold=2),
    WarmRestarts(0.1, end=0.01, period=2, factor=0.5),
]


@pytest.mark.parametrize("rate", RATES, ids=lambda rate: type(rate).__name__)
@pytest.mark.parametrize("name", SCHEDULED)
def test_a_step_with_any_schedule_can_be_traced(name, rate):
    traced_as_taken(METHODS[name](learning_rate=rate))


@pytest.mark.parametrize("name", DESCENTS)
def test_a_step_can_be_traced(name):
    traced_as_taken(METHODS[name]())


def traced_as_taken(rule):
    x = START[:, None].copy()
    state, x = rule.step(rule.init(x), x, slope(x))
    expected = rule.step(state, x, slope(x))
    got = rule.step(type(state)(*map(Traced, state)), Traced(x), Traced(slope(x)))
    assert np.array_equal(got[1].value, expected[1])
    for part, expected_part in zip(got[0], expected[0], strict=True):
        assert np.array_equal(part.value, expected_part)
