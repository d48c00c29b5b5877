"""A traced scalar in Python's own hands: its operators, rounding, copies, and what it cannot meet."""

import copy
import math

import numpy as np
import pytest

from simulator.autodiff import compile, grad, trace

OPERATORS = {
    "plus": (lambda x: +x * x, 2.5, 2.5 * 2.5),
    "not": (lambda x: np.where(~(x > 3.0), x * x, 0.0), 2.5, 6.25),
    "not of what holds": (lambda x: np.where(~(x > 2.0), x * x, 0.0), 2.5, 0.0),
    "floor": (lambda x: x * math.floor(x), 2.5, 5.0),
    "floor below 0": (lambda x: x * math.floor(x), -2.5, 7.5),
    "ceil": (lambda x: x * math.ceil(x), 2.5, 7.5),
    "trunc": (lambda x: x * math.trunc(x), -2.5, 5.0),
    "copy": (lambda x: copy.copy(x) * x, 2.5, 6.25),
    "conjugate": (lambda x: x.conjugate() * x, 2.5, 6.25),
    "a function of NumPy that is made of others": (lambda x: np.fmax(x, 1.0) * x, 2.5, 6.25),
}


@pytest.mark.parametrize("name", OPERATORS)
def test_an_operator_gives_the_number_and_the_graph_that_it_means(name):
    function, x, expected = OPERATORS[name]
    seen = []
    grad(lambda y: seen.append(function(y).value) or function(y))(x)
    assert seen == [expected]
    (value,) = compile(lambda y: function(y[0]), 1, ("value",), dialect="python")(np.array([x]))
    assert value == expected


SLOPES = {"floor": (math.floor, 2.0), "ceil": (math.ceil, 3.0), "trunc": (math.trunc, 2.0)}


@pytest.mark.parametrize("name", SLOPES)
def test_a_rounded_number_passes_no_slope_on(name):
    rounded, whole = SLOPES[name]
    assert grad(lambda x: x * rounded(x))(2.5) == whole


@pytest.mark.parametrize("other", [np.complex128(1j), [object()]])
def test_a_traced_value_meets_numbers_only(other):
    with pytest.raises(TypeError, match="a traced value can meet numbers only, got"):
        trace(lambda x: np.add(x[0], other), 1)


@pytest.mark.parametrize(
    "meeting",
    [lambda x: "two" + x, lambda x: x + None, lambda x: {} - x],
    ids=["text", "nothing", "a dict"],
)
def test_what_is_no_number_is_refused_by_python_itself(meeting):
    with pytest.raises(TypeError, match=r"unsupported operand|can only concatenate"):
        trace(lambda x: meeting(x[0]), 1)


def test_a_value_that_outlives_its_derivative_still_computes_and_never_warns():
    kept = []
    grad(lambda x: kept.append(x) or x * x)(3.0)
    assert (kept[0] * 2.0 + 1.0).value == 7.0
    assert np.isnan(np.log(kept[0] - 4.0).value)
    # Nobody remembers what was computed before: the same operation is another node.
    assert (kept[0] * 2.0).serial != (kept[0] * 2.0).serial
