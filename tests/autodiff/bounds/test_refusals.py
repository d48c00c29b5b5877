"""What cannot be bounded is refused or marked, and a wrong row is found out."""

import numpy as np
import pytest

from simulator.autodiff import TABLE, compile, primitive, trace
from simulator.autodiff.bounds import Bounds, NoBounds, Row, bound, decreasing, increasing

softplus = primitive(
    "softplus",
    lambda x: np.logaddexp(0.0, x),
    [lambda g, y, x: g / (1.0 + np.exp(-x))],
)


def test_an_operation_without_a_row_is_refused_by_name_and_line():
    with pytest.raises(NoBounds, match=r"test_refusals\.py:\d+: softplus has no row of bounds"):
        bound(lambda x: softplus(x[0]), 1)


def test_an_operation_of_ones_own_is_bounded_by_its_row():
    bounds = bound(
        lambda x: softplus(x[0]),
        1,
        ("value", "gradient"),
        rows={softplus: increasing(softplus, ulps=4.0)},
    )
    value, slope = bounds([-1.0], [2.0])
    assert value.lower == pytest.approx(np.logaddexp(0.0, -1.0))
    assert value.upper == pytest.approx(np.logaddexp(0.0, 2.0))
    assert slope.lower[0] <= 1.0 / (1.0 + np.e) < 1.0 / (1.0 + np.exp(-2.0)) <= slope.upper[0]


WRONG = {
    "a rising function said to fall": ("exp", decreasing(TABLE["exp"], ulps=4.0)),
    "a rounding error forgotten": ("exp", increasing(TABLE["exp"], ulps=0.0)),
    "a quotient rounded and said to be exact": (
        "divide",
        Row(lambda a, b: (a.low / b.low, a.high / b.high), ulps=0.0),
    ),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_wrong_row_is_found_out_by_points_against_mpmath(what, exact, outside):
    name, row = WRONG[what]
    operation = TABLE[name]
    function = {
        "exp": lambda x: operation(x[0]),
        "divide": lambda x: operation(x[0], x[1]),
    }[name]
    graph = trace(function, 2)
    bounds = bound(graph, centred=False, rows={operation: row})
    low = np.random.default_rng(3).uniform(0.5, 2.0, (2, 100))
    for high in (low, low * 1.5):
        (value,) = bounds(low, high)
        caught = sum(
            outside(Bounds(value.lower[j], value.upper[j], True), exact(graph, point[:, j]))
            for point in (low, high)
            for j in range(100)
        )
        if caught:
            return
    raise AssertionError(f"nobody noticed {what}")


def test_every_row_that_rounds_is_needed(exact, outside):
    """Without outward rounding of its own, each rounding operation leaves some exact value outside."""
    x = np.random.default_rng(4).uniform(0.1, 0.9, (2, 300))
    unnoticed = []
    for name in (
        "add",
        "multiply",
        "divide",
        "exp",
        "log",
        "tanh",
        "ndtr",
        "expit",
        "power",
        "sqrt",
    ):
        operation = TABLE[name]
        count = len(operation.pulls)
        graph = trace(lambda x, f=operation, n=count: f(*[x[i] for i in range(n)]), count)
        (value,) = compile(graph, outputs=("value",), dialect="numpy")(x[:count])
        if not sum(
            outside(Bounds(value[j], value[j], True), exact(graph, x[:count, j]))
            for j in range(300)
        ):
            unnoticed.append(name)
    assert not unnoticed


def test_across_a_jump_the_mean_value_theorem_is_not_used():
    """The slope of floor is 0 everywhere, and yet it moves."""
    (value,) = bound(lambda x: np.floor(x[0]) + 0.1 * x[0], 1, domain=[(0.0, 4.0)])([0.5], [2.5])
    assert not value.continuous
    assert value.lower <= 0.05
    assert value.upper >= 2.25


def test_a_condition_that_may_turn_is_a_jump():
    function = lambda x: np.where(x[0] > 1.0, 5.0, x[0])
    (value,) = bound(function, 1)([0.5], [1.5])
    assert not value.continuous
    assert value.lower <= 0.5
    assert value.upper >= 5.0


def test_where_a_function_is_undefined_nothing_is_claimed():
    (value,) = bound(lambda x: np.log(x[0]), 1)([-1.0], [1.0])
    assert not value.continuous
    assert value.lower == -np.inf


def test_a_pole_is_no_bound():
    (value,) = bound(lambda x: 1.0 / x[0], 1)([-1.0], [1.0])
    assert not value.continuous
    assert (value.lower, value.upper) == (-np.inf, np.inf)


@pytest.mark.parametrize(
    ("low", "high"), [([0.6], [0.5]), ([np.nan], [0.5]), ([0.5], [1.5]), ([-0.1], [0.5])]
)
def test_what_is_no_box_inside_the_domain_has_no_bounds(low, high):
    (value,) = bound(lambda x: x[0] * x[0], 1, domain=[(0.0, 1.0)])(low, high)
    assert np.isnan(value.lower)
    assert np.isnan(value.upper)
    assert not value.continuous


def test_a_domain_that_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="1 inputs, the domain 2 ranges"):
        bound(lambda x: x[0], 1, domain=[(0.0, 1.0)] * 2)
    with pytest.raises(ValueError, match=r"range of input 0 is empty"):
        bound(lambda x: x[0], 1, domain=[(1.0, 0.0)])


def test_corners_of_the_wrong_shape_are_refused():
    with pytest.raises(ValueError, match=r"expected two arrays of shape \(2,\) or \(2, N\)"):
        bound(lambda x: x[0] + x[1], 2)([0.0], [1.0])
