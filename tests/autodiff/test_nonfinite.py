"""When a value or a derivative is not finite, the error says which operation, on what, and where."""

import os
import pickle
from collections import namedtuple
from pathlib import Path

import numpy as np
import pytest

from simulator.autodiff import (
    NonfiniteError,
    compile,
    diagnose,
    elementwise_grad,
    grad,
    hessian,
    hvp,
    jacobian,
    jvp,
    trace,
    value_and_grad,
    vjp,
)
from simulator.autodiff.primitives import TABLE


def roast(x):
    return {"heat": x[0] * 2.0, "sourness": np.log(x[1] - x[0])}


def score(x):
    cup = roast(x)
    return cup["heat"] + cup["sourness"] ** 2, cup


def raised(call):
    with pytest.raises(FloatingPointError) as caught:
        call()
    return caught.value


def line_of(text):
    lines = Path(__file__).read_text().splitlines()
    return 1 + next(i for i, line in enumerate(lines) if text in line)


def test_a_bad_value_names_operation_operand_quantity_line_and_inputs():
    error = raised(lambda: grad(score, has_aux=True)(np.array([2.0, 1.69])))
    line = line_of('"sourness": np.log')
    assert str(error) == (
        f"log of -0.31 gives nan in 'sourness' at {os.path.relpath(__file__)}:{line}, "
        "reached from x[0] = 2, x[1] = 1.69"
    )
    assert error.report.operation == "log"
    assert error.report.operands == (pytest.approx(-0.31),)


def test_a_bad_derivative_is_told_in_the_users_terms():
    error = raised(lambda: grad(np.sqrt)(0.0))
    assert str(error).startswith("the derivative of sqrt at 0 is inf (divide of 0.5 and 0) at ")
    assert str(error).endswith("reached from x = 0")


def test_a_bad_second_derivative_says_so():
    error = raised(lambda: hessian(lambda x: x[0] ** 1.5 + x[1])(np.array([0.0, 1.0])))
    assert "in the second derivative of power at 0 and 1.5" in str(error)
    assert error.report.order == 2


def test_an_overflow_on_the_way_back_is_not_blamed_on_a_partial_derivative():
    error = raised(lambda: grad(lambda x: (x * x * 1e200) * 1e200)(1e-150))
    assert str(error).startswith(
        "in the derivative of multiply at 1e-300 and 1e+200: multiply of 1e+200 and 1e+200 gives inf"
    )


@pytest.mark.parametrize(
    "call",
    [
        lambda x: grad(lambda x: np.sum(np.log(x)))(x),
        lambda x: value_and_grad(lambda x: np.sum(np.log(x)))(x),
        lambda x: elementwise_grad(np.log)(x),
        lambda x: jacobian(np.log)(x),
        lambda x: hessian(lambda x: np.sum(np.log(x)))(x),
        lambda x: jvp(np.log)(x, x),
        lambda x: vjp(np.log)(x),
        lambda x: compile(np.log, 2, ("value",), nonfinite="raise")(x),
        lambda x: compile(np.log, 2, ("value",), "numpy", nonfinite="raise")(x),
    ],
)
def test_every_door_raises_and_names_the_line(call):
    error = raised(lambda: call(np.array([1.0, -0.5])))
    assert str(error).startswith("log of -0.5 gives nan at ")
    assert "test_nonfinite.py:" in str(error)


def test_a_hessian_vector_product_is_checked():
    error = raised(lambda: hvp(lambda x: x[0] ** 1.5)(np.array([0.0]), np.array([1.0])))
    assert "in the second derivative of power at 0 and 1.5" in str(error)


def test_the_pull_of_a_vjp_is_checked_too():
    _, pull = vjp(np.sqrt)(np.array([0.0, 1.0]))
    assert pull(np.array([0.0, 1.0]))[1] == 0.5
    assert "the derivative of sqrt at 0 is inf" in str(raised(lambda: pull(np.array([1.0, 0.0]))))


def test_results_come_back_as_they_are_if_asked_for():
    value, slope = value_and_grad(np.log, nonfinite="return")(0.0)
    assert (value, slope) == (-np.inf, np.inf)
    assert compile(np.log, 1)(np.array([-1.0]))[0] != 0.0


def test_inner_derivatives_may_pass_through_infinity():
    assert grad(lambda x: np.where(x > 1.0, x, grad(np.sqrt)(x - x)))(2.0) == 1.0


def test_a_bad_input_is_named():
    error = raised(lambda: grad(lambda milk: milk * 2.0)(np.nan))
    assert str(error).startswith("input is nan in 'milk'")
    assert str(error).endswith("reached from milk = nan")


def test_a_constant_that_is_not_a_number_is_traced_to_its_line():
    report = diagnose(lambda x: x[0] * TABLE["log"](x[0] * 0.0 - 1.0), [1.0])
    assert report.operation == "log"
    graph = trace(lambda x: x[0] * np.log(np.zeros_like(x)[0] - 1.0), 1)
    assert "at " in str(diagnose(graph, [1.0]))


def test_the_fields_of_a_named_tuple_are_called_by_their_names():
    recipe = namedtuple("recipe", "milk sugar")
    error = raised(lambda: grad(lambda cup: np.log(cup.sugar))(recipe(1.0, 0.0)))
    assert "reached from cup.sugar = 0" in str(error)


def test_structured_inputs_are_called_as_one_writes_them():
    def f(recipe, *, dose):
        return np.log(recipe["milk"][0] - dose)

    error = raised(lambda: grad(f, argnum=(0, "dose"))({"milk": (1.0, 2.0)}, dose=3.0))
    assert "reached from recipe['milk'][0] = 1, dose = 3" in str(error)


def test_the_compiled_batch_names_the_first_bad_column():
    f = compile(lambda x: 1.0 / x[0], 1, dialect="numpy", nonfinite="raise")
    f(np.array([[1.0, 2.0]]))
    error = raised(lambda: f(np.array([[1.0, 0.0, 0.0]])))
    assert "divide of 1 and 0 gives inf" in str(error)
    assert "(column 1 of the batch)" in str(error)


def test_a_compiled_derivative_is_diagnosed_in_the_users_terms():
    f = compile(lambda x: np.sqrt(x[0]) * x[1], 2, nonfinite="raise")
    assert "the derivative of sqrt at 0 is inf" in str(raised(lambda: f(np.array([0.0, 1.0]))))


def test_diagnose_reports_and_names_quantities_of_a_graph():
    graph = trace(score, 2, names=["grind_um", "time_s"], has_aux=True)
    report = diagnose(graph, [2.0, 1.69])
    assert report.quantity == "sourness"
    assert report.reached_from == (("grind_um", 2.0), ("time_s", 1.69))
    assert diagnose(graph, [1.0, 3.0]) is None


def test_where_is_not_blamed_for_the_branch_not_taken():
    report = diagnose(lambda x: np.where(x[0] > 0.0, 1.0 / (x[0] - 1.0), np.log(x[0])), [1.0])
    assert report.operation == "divide"


def test_the_error_survives_pickling():
    error = raised(lambda: grad(np.sqrt)(0.0))
    again = pickle.loads(pickle.dumps(error))
    assert isinstance(again, NonfiniteError)
    assert str(again) == str(error)


def test_many_inputs_are_counted_instead_of_listed():
    error = raised(lambda: grad(lambda x: np.log(-np.sum(x)))(np.ones(20)))
    assert str(error).endswith("x[7] = 1 and 12 more")


def test_no_numpy_warning_is_given_on_the_way():
    with np.errstate(all="raise"):
        assert "log" in str(raised(lambda: grad(np.log)(-1.0)))
