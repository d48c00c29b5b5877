"""Functions of one quantity are bounded sharply, whatever operations they are made of; others soundly."""

import numpy as np
import pytest

from simulator.autodiff import TABLE, compile, grad, trace
from simulator.autodiff.bounds import bound

# Each meets its argument twice, so that interval arithmetic alone would overestimate it.
TOWERS = {
    "whole part": (lambda x: (x - x * x) + x // 4.0, (1.0, 3.0)),
    "remainder": (lambda x: x * x - 3.0 * (x % 4.0), (1.0, 3.0)),
    "remainder of C": (lambda x: x * x - 3.0 * np.fmod(x, 4.0), (1.0, 3.0)),
    "tangent": (lambda x: np.tan(x) - 3.0 * x, (0.0, 1.4)),
    "logarithm of the gamma function": (lambda x: TABLE["gammaln"](x) - 0.7 * x, (0.5, 5.0)),
    "curvature of that": (lambda x: TABLE["polygamma"](1.0, x) + x, (0.5, 5.0)),
    "its slope": (lambda x: TABLE["polygamma"](2.0, x) - x, (0.5, 5.0)),
    "hyperbola": (lambda x: np.cosh(x) - 2.0 * x, (-1.0, 2.0)),
    "square": (lambda x: x * x - x, (-1.0, 2.0)),
    "square and a number": (lambda x: x * x + 3.0, (-1.0, 2.0)),
    "exponential and a number": (lambda x: np.exp(x) + 2.0, (-1.0, 2.0)),
    "few turns": (lambda x: np.sin(6.0 * x) + x, (0.0, 2.0)),
}
# More turns than are written out, a pole, a root at its end, no end at all: only soundness is promised.
OTHERS = {
    "many turns": (lambda x: np.sin(40.0 * x) + x, (0.0, 2.0)),
    "root of a square": (lambda x: np.sqrt((x - 0.5) * (x - 0.5)) - x, (0.0, 2.0)),
    "quotient by a difference": (lambda x: (x + 1.0) / (np.exp(x) - 1.5), (0.5, 2.0)),
    "a domain without an end": (lambda x: np.exp(-x) * x, (0.0, np.inf)),
    "a truth compared": (lambda x: np.where((x > 1.0) < x - 0.5, x, 2.0 - x), (0.0, 2.0)),
    "a truth told to be true": (
        lambda x: np.where(np.equal(x > 1.0, True), x, 2.0 - x),
        (0.0, 2.0),
    ),
    "an inner derivative": (lambda x: x * grad(lambda y: y * np.exp(-y))(x), (0.0, 2.0)),
}


def boxes_of(least, most, count=40):
    ends = np.sort(np.random.default_rng(5).uniform(least, min(most, 9.0), (2, count)), axis=0)
    ends[:, 0] = least, min(most, 9.0)
    return ends[:1], ends[1:]


def sampled(function, low, high, output="value"):
    """The values on a grid of every box, shape (grid, boxes)."""
    program = compile(lambda x: function(x[0]), 1, (output,), dialect="numpy")
    grid = low + np.linspace(0.0, 1.0, 801)[:, np.newaxis] * (high - low)
    grid = np.clip(grid, low, high)
    (values,) = program(grid.reshape(1, -1))
    return values.reshape(grid.shape)


@pytest.mark.parametrize("name", [*TOWERS, *OTHERS])
def test_every_value_inside_the_box_is_inside_the_bounds(name):
    function, domain = {**TOWERS, **OTHERS}[name]
    low, high = boxes_of(*domain)
    (bounds,) = bound(lambda x: function(x[0]), 1, domain=[domain])(low, high)
    values = sampled(function, low, high)
    assert (bounds.lower <= values.min(axis=0)).all()
    assert (values.max(axis=0) <= bounds.upper).all()


@pytest.mark.parametrize("name", TOWERS)
def test_a_function_of_one_quantity_is_bounded_sharply_over_every_box(name):
    function, domain = TOWERS[name]
    low, high = boxes_of(*domain)
    (bounds,) = bound(lambda x: function(x[0]), 1, domain=[domain], centred=False)(low, high)
    values = sampled(function, low, high)
    # Between two neighbours of the grid a value may lie beyond both.
    slack = 2e-3 * (1e-3 + np.ptp(values, axis=0))
    np.testing.assert_array_less(values.min(axis=0) - bounds.lower, slack)
    np.testing.assert_array_less(bounds.upper - values.max(axis=0), slack)


@pytest.mark.parametrize("name", TOWERS)
def test_the_slope_of_a_function_of_one_quantity_is_bounded_too(name):
    function, domain = TOWERS[name]
    low, high = boxes_of(*domain)
    (bounds,) = bound(lambda x: function(x[0]), 1, "gradient", domain=[domain])(low, high)
    slopes = sampled(function, low, high, "gradient")
    assert (bounds.lower <= slopes.min(axis=0)).all()
    assert (slopes.max(axis=0) <= bounds.upper).all()


def test_a_quotient_by_what_may_vanish_is_bounded_only_where_it_does_not():
    function = lambda x: np.sin(x[1]) / (np.exp(x[0]) * x[1] - 1.0)
    bounds = bound(function, 2, domain=[(-1.0, 1.0), (0.0, 3.0)])
    (value,) = bounds([-1.0, 0.0], [1.0, 3.0])
    assert (value.lower, value.upper, value.continuous) == (-np.inf, np.inf, False)
    (value,) = bounds([0.5, 2.0], [0.6, 2.5])
    grid = np.meshgrid(np.linspace(0.5, 0.6, 60), np.linspace(2.0, 2.5, 60))
    inside = function(np.array(grid))
    assert value.continuous
    assert -1.0 < value.lower <= inside.min() < inside.max() <= value.upper < 1.0


def test_what_is_not_finite_anywhere_has_no_bounds():
    (value,) = bound(lambda x: x[0] * np.nan + 1.0, 1, domain=[(0.0, 1.0)])([0.2], [0.4])
    assert not value.continuous
    assert not value.lower > -np.inf


def test_of_an_order_that_varies_nothing_is_claimed():
    function = lambda x: TABLE["polygamma"](np.floor(x[0]), x[1])
    (value,) = bound(function, 2, domain=[(1.0, 3.0), (1.0, 2.0)])([1.0, 1.0], [2.0, 2.0])
    assert (value.lower, value.upper) == (-np.inf, np.inf)


def test_a_function_without_a_size_and_a_value_from_outside_are_refused():
    with pytest.raises(TypeError, match="say how many numbers go in"):
        bound(lambda x: x[0])
    kept = []
    trace(lambda x: kept.append(x[0]) or x[0], 1)
    with pytest.raises(
        ValueError, match=r"uses a traced value from outside, made at .*test_towers"
    ):
        bound(lambda x: x[0] * kept[0], 1)
