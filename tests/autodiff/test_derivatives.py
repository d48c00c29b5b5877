"""Derivatives at a point: against closed forms, mpmath and the known defects of other engines."""

import threading
from collections import namedtuple

import mpmath
import numpy as np
import pytest
from scipy import special

from simulator.autodiff import (
    compile,
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
from simulator.autodiff.walk import Backward


def test_gradient_of_a_product_is_the_other_factor():
    assert grad(lambda x: x[0] * x[1])(np.array([2.0, 5.0])).tolist() == [5.0, 2.0]


def test_gradient_of_a_float_is_a_float():
    slope = grad(np.sin)(0.0)
    assert slope == 1.0
    assert isinstance(slope, float)


def test_third_derivative_by_nesting_matches_mpmath():
    def f(x):
        return np.exp(np.sin(x)) / (1.0 + x * x)

    exact = mpmath.diff(lambda x: mpmath.exp(mpmath.sin(x)) / (1 + x * x), 0.7, 3)
    assert grad(grad(grad(f)))(0.7) == pytest.approx(float(exact), rel=1e-12)


def test_inner_derivative_does_not_see_the_outer_variable():
    assert grad(lambda x: x * grad(lambda y: x + y)(x))(3.0) == 1.0


def test_inner_derivative_by_a_closed_over_variable_reaches_the_outer_one():
    assert grad(lambda a: grad(lambda y: a * y * y)(3.0))(2.0) == 6.0


@pytest.mark.parametrize("x", [1.0, 0.25, -4.0])
def test_where_sends_nothing_to_the_branch_not_taken(x):
    def f(x):
        return np.where(x >= 0, x, np.sqrt(-x))

    expected = 1.0 if x >= 0 else -0.5 / np.sqrt(-x)
    assert grad(f)(x) == expected
    assert jvp(f)(x, 1.0) == expected


def test_second_derivative_through_where_is_finite():
    def f(x):
        return np.where(x >= 0, x * x, np.sqrt(-x))

    assert grad(grad(f))(1.0) == 2.0


def test_nested_where_sends_nothing_to_any_branch_not_taken():
    def f(x):
        inner = np.where(x > 2.0, np.log(x - 2.0), x * x)
        return np.where(x > 0.0, inner, 1.0 / x)

    assert grad(f)(1.0) == 2.0
    assert grad(f)(4.0) == 0.5
    assert grad(f)(-2.0) == -0.25


def test_maximum_at_a_tie_gives_everything_to_the_first_operand():
    assert grad(np.maximum, argnum=(0, 1))(2.0, 2.0) == (1.0, 0.0)
    assert grad(lambda x: np.maximum(x, x))(2.0) == 1.0


def test_absolute_at_zero_takes_the_subgradient_zero():
    assert grad(np.abs)(0.0) == 0.0


def test_square_root_of_a_clipped_negative_has_derivative_zero():
    assert grad(lambda x: np.sqrt(np.maximum(x, 0.0)))(-1.0) == 0.0
    assert jvp(lambda x: np.sqrt(np.maximum(x, 0.0)))(-1.0, 1.0) == 0.0


def test_infinite_derivative_is_returned_if_asked_for():
    assert grad(np.sqrt, nonfinite="return")(0.0) == np.inf


def test_power_at_zero_has_the_exact_derivatives():
    assert grad(lambda x: x**1.5)(0.0) == 0.0
    assert grad(lambda x, y: x**y, argnum=(0, 1))(0.0, 2.0) == (0.0, 0.0)
    assert grad(lambda x: x**0)(0.0) == 0.0


def test_python_branches_on_values_are_followed():
    def f(x):
        return x * x if x > 1 else -x

    assert grad(f)(3.0) == 6.0
    assert grad(f)(0.0) == -1.0


def test_gradient_by_a_keyword_and_by_several_arguments():
    def f(x, *, scale):
        return scale * x

    assert grad(f, argnum="scale")(3.0, scale=2.0) == 3.0
    assert grad(f, argnum=(0, "scale"))(3.0, scale=2.0) == (2.0, 3.0)


def test_gradient_has_the_structure_of_its_argument():
    def f(p):
        return p["a"] * p["b"][0] + p["b"][1][1]

    gradient = grad(f)({"a": 2.0, "b": (3.0, np.array([1.0, 4.0]))})
    assert gradient["a"] == 3.0
    assert gradient["b"][0] == 2.0
    assert gradient["b"][1].tolist() == [0.0, 1.0]


def test_auxiliary_output_is_returned_as_plain_numbers():
    gradient, extra = grad(lambda x: (x * x, {"cube": x**3}), has_aux=True)(2.0)
    assert gradient == 4.0
    assert extra == {"cube": 8.0}


def test_hessian_matches_closed_form():
    result = hessian(lambda x: x[0] ** 2 * x[1] + np.exp(x[2]))(np.array([1.0, 5.0, 0.0]))
    assert result.tolist() == [[10.0, 2.0, 0.0], [2.0, 0.0, 0.0], [0.0, 0.0, 1.0]]


def test_hvp_is_hessian_times_vector():
    def f(x):
        return np.sum(np.sin(x) * x[::-1] ** 3)

    x, v = np.array([0.3, -1.2, 2.0]), np.array([1.0, -2.0, 0.5])
    np.testing.assert_allclose(hvp(f)(x, v), hessian(f)(x) @ v, rtol=1e-13)


def test_jacobian_agrees_forward_and_reverse():
    def wide(x):
        return np.stack([x[0] * x[1], np.exp(x[0]), x[1] ** 3, x[0] / x[1]])

    x = np.array([0.7, 1.9])
    tall = jacobian(wide)(x)
    by_rows = np.array([grad(lambda x, i=i: wide(x)[i])(x) for i in range(4)])
    np.testing.assert_allclose(tall, by_rows, rtol=1e-15)


def test_vjp_and_jvp_are_transposes():
    def f(x):
        return np.stack([x[0] * np.tanh(x[1]), x[2] ** x[0]])

    x, v, w = np.array([1.1, 0.4, 2.0]), np.array([1.0, 2.0, -1.0]), np.array([0.5, -3.0])
    y, pull = vjp(f)(x)
    np.testing.assert_allclose(y, f(x))
    assert w @ jvp(f)(x, v) == pytest.approx(pull(w) @ v, rel=1e-14)


def test_pull_can_be_called_twice_with_the_same_result():
    _, pull = vjp(lambda x: x**3)(2.0)
    assert pull(1.0) == pull(1.0) == 12.0


def test_a_pull_called_inside_another_derivative_is_differentiated():
    _, pull = vjp(lambda x: x**3)(2.0)
    assert grad(lambda w: pull(w) * w)(1.0) == 24.0
    assert pull(1.0) == 12.0


def test_a_pull_kept_from_inside_another_derivative_gives_numbers_later():
    kept = []

    def f(x):
        y, pull = vjp(lambda z: z * z)(x)
        kept.append(pull)
        return y

    assert grad(f)(3.0) == 6.0
    assert kept[0](1.0) == 6.0


def test_an_argument_is_picked_from_the_end_too():
    assert grad(lambda a, b: a * b**2, argnum=-1)(2.0, 3.0) == 12.0


@pytest.mark.parametrize("argnum", [2, "sugar"])
def test_an_argument_that_is_not_there_is_refused(argnum):
    with pytest.raises(TypeError, match=r"the call has 2 positional arguments"):
        grad(lambda a, b: a * b, argnum=argnum)(1.0, 2.0)


def test_a_function_that_returns_nothing_is_refused():
    with pytest.raises(TypeError, match="returned nothing"):
        grad(lambda x: None)(1.0)


def test_named_tuples_stay_named_tuples():
    recipe = namedtuple("recipe", "milk sugar")
    assert grad(lambda r: r.milk * r.sugar)(recipe(2.0, 3.0)) == recipe(3.0, 2.0)


def test_an_array_without_dimensions_is_a_number():
    assert grad(lambda x: x * x)(np.array(3.0)) == 6.0
    assert hessian(lambda x: x**3)(np.array(2.0)) == 12.0


@pytest.mark.parametrize("x", ["sugar", b"sugar", None, 1j])
def test_what_is_no_number_has_no_derivative(x):
    with pytest.raises(TypeError, match="cannot differentiate with respect to"):
        grad(lambda x: x)(x)


@pytest.mark.parametrize("derivative", [jacobian, hessian])
def test_a_structure_has_no_matrix_of_derivatives_but_a_gradient(derivative):
    with pytest.raises(TypeError, match="take numbers and arrays; grad takes tuples and dicts too"):
        derivative(lambda pair: pair[0] * pair[1])((2.0, 3.0))
    assert grad(lambda pair: pair[0] * pair[1])((2.0, 3.0)) == (3.0, 2.0)


def test_a_vector_of_another_size_is_refused_by_both_products():
    x = np.array([1.0, 2.0])
    with pytest.raises(TypeError, match="a vector of 3 numbers does not fit the"):
        jvp(np.sum)(x, np.ones(3))
    _, pull = vjp(lambda x: x * x)(x)
    with pytest.raises(TypeError, match="a vector of 3 numbers does not fit the"):
        pull(np.ones(3))


def test_what_a_function_returns_beside_its_value_comes_back_as_numbers_and_words():
    def cup(x):
        return x * x, {"kind": "espresso", "twice": 2.0 * x, "both": [x, (x, None)]}

    (value, extra), slope = value_and_grad(cup, has_aux=True)(3.0)
    assert (value, slope) == (9.0, 6.0)
    assert extra == {"kind": "espresso", "twice": 6.0, "both": [3.0, (3.0, None)]}


def test_a_jacobian_of_a_number_is_a_number_inside_another_derivative():
    assert grad(lambda x: jacobian(np.exp)(x) * x)(0.0) == 1.0


def test_matrices_have_matrices_of_derivatives():
    x = np.arange(4.0).reshape(2, 2)
    assert jacobian(lambda x: x.T @ x)(x).shape == (2, 2, 2, 2)
    assert hessian(lambda x: np.sum(x**3))(x)[1, 0, 1, 0] == 12.0


def test_constant_functions_have_derivative_zero():
    assert grad(lambda x: 3.0)(1.0) == 0.0
    assert grad(np.sum)(np.array([])).shape == (0,)


def test_derivatives_of_derivatives_of_several_kinds_nest():
    def f(x):
        return np.sum(np.sin(x) * x[::-1])

    x = np.array([0.3, 1.1])
    np.testing.assert_allclose(jacobian(grad(f))(x), hessian(f)(x), rtol=1e-14)
    np.testing.assert_allclose(
        grad(lambda x: jvp(f)(x, np.ones(2)))(x), hessian(f)(x).sum(0), rtol=1e-14
    )
    np.testing.assert_allclose(
        grad(lambda x: grad(lambda y: f(y) * x[0])(x)[1])(x),
        [grad(f)(x)[1] + x[0] * hessian(f)(x)[0, 1], x[0] * hessian(f)(x)[1, 1]],
        rtol=1e-13,
    )


def test_elementwise_grad_is_the_diagonal_of_the_jacobian():
    x = np.linspace(-2, 2, 5)
    np.testing.assert_allclose(elementwise_grad(special.erf)(x), np.diag(jacobian(special.erf)(x)))


def test_value_and_grad_returns_the_functions_own_value():
    value, _ = value_and_grad(special.expit)(0.3)
    assert value == special.expit(0.3)


def test_threads_do_not_disturb_each_other():
    # Each thread is inside its own outer derivative while the other takes an inner one.
    barrier = threading.Barrier(2)
    results = {}

    def work(name, slope):
        def f(x):
            barrier.wait(timeout=20)
            inner = grad(lambda y: slope * y * y)(x)
            barrier.wait(timeout=20)
            return inner

        results[name] = grad(f)(1.0)

    threads = [
        threading.Thread(target=work, args=("a", 1.0)),
        threading.Thread(target=work, args=("b", 5.0)),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == {"a": 2.0, "b": 10.0}


def test_exception_leaves_no_broken_state():
    def fails(x):
        raise RuntimeError("spilt")

    with pytest.raises(RuntimeError, match="spilt"):
        grad(fails)(1.0)
    slope = grad(lambda x: x * x)(3.0)
    assert slope == 6.0
    assert isinstance(slope, float)


def test_gradient_of_several_outputs_is_refused():
    with pytest.raises(TypeError, match="one number, this one returned 2"):
        grad(lambda x: np.stack([x, x]))(1.0)


@pytest.mark.parametrize(
    ("point", "slopes"),
    [
        ([2.0, 0.0], [0.0, np.log(2.0)]),
        ([3.0, 1.0], [1.0, 3.0 * np.log(3.0)]),
        ([0.0, 1.0], [1.0, 0.0]),
        ([0.0, 2.0], [0.0, 0.0]),
    ],
)
def test_slopes_of_a_power_where_base_or_exponent_is_nought_or_one(point, slopes):
    x = np.array(point)

    def power(x):
        return x[0] ** x[1]

    backward = [step for step in trace(power, 2).walk(x) if isinstance(step, Backward)]
    for found in (grad(power)(x), compile(power, 2)(x)[1], backward[0].partials):
        assert list(found) == pytest.approx(slopes, rel=1e-15)
