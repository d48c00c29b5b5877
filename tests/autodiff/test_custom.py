"""Primitives of one's own: on every path, to second order, with a spelling or without."""

import numpy as np
import pytest

from simulator.autodiff import check_gradient, compile, diagnose, grad, primitive, trace

SOFT = primitive("soft", lambda x: np.logaddexp(0.0, x), [lambda g, y, x: g / (1.0 + np.exp(-x))])
SPELLED = primitive(
    "spelled",
    lambda a, b: a * a + b,
    [lambda g, y, a, b: 2.0 * g * a, lambda g, y, a, b: g],
    spelling={"python": "({0} * {0} + {1})"},
)


def test_it_can_be_called_on_numbers_arrays_and_traced_values():
    assert SOFT(0.0) == np.log(2.0)
    assert SOFT(np.zeros(2)).shape == (2,)
    assert grad(SOFT)(0.0) == 0.5
    assert grad(lambda x: np.sum(SOFT(x) * x))(np.zeros(2)).tolist() == [np.log(2.0)] * 2


def test_its_derivatives_are_differentiated_in_turn():
    check_gradient(lambda x: SOFT(x[0]) * SPELLED(x[1], x[0]), np.array([0.3, 2.0]), order=2)


@pytest.mark.parametrize("dialect", ["python", "numpy"])
def test_it_compiles_with_a_spelling_and_without(dialect):
    f = compile(lambda x: SPELLED(x[0] + 1.0, SOFT(x[1])), 2, dialect=dialect)
    value, slope = f(np.array([2.0, 0.0]))
    assert value == pytest.approx(9.0 + np.log(2.0), rel=1e-15)
    assert slope == pytest.approx([6.0, 0.5], rel=1e-15)


def test_errors_and_printed_graphs_call_it_by_its_name():
    graph = trace(lambda x: SOFT(x[0]), 1)
    assert "soft(x0)" in str(graph)
    assert diagnose(lambda x: SOFT(x[0]), [np.inf]).operation == "input"


def test_names_of_the_table_are_taken():
    with pytest.raises(ValueError, match="already in the table"):
        primitive("exp", np.exp, [None])


def test_names_must_be_identifiers():
    with pytest.raises(ValueError, match="not an identifier"):
        primitive("two words", np.exp, [None])


def test_derivatives_must_be_functions():
    with pytest.raises(TypeError, match="must be functions or None"):
        primitive("half", np.exp, [0.5])


def test_an_operand_without_a_derivative_gets_none():
    stepped = primitive("stepped", lambda a, b: a + np.floor(b), [lambda g, y, a, b: g, None])
    assert grad(stepped, argnum=(0, 1))(1.0, 2.5) == (1.0, 0.0)
