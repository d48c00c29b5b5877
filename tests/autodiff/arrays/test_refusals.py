"""What cannot be differentiated says so, with the line and a way out."""

from functools import partial

import numpy as np
import pytest
import scipy.linalg

from simulator.autodiff import compile, grad, hessian, jacobian, trace


@pytest.mark.parametrize("x", [True, np.True_, np.array([True, False]), (1.0, False)])
def test_truth_values_are_not_numbers_to_differentiate_by(x):
    with pytest.raises(TypeError, match="with respect to a truth value: give numbers"):
        grad(lambda x: np.sum(x))(x)


@pytest.mark.parametrize("derivative", [grad, hessian, jacobian])
def test_a_function_without_return_is_told_so(derivative):
    with pytest.raises(TypeError, match=r"returned nothing to differentiate: no return"):
        derivative(lambda x: None)(np.array([1.0]))


def test_a_function_without_return_cannot_be_traced_and_hears_its_line():
    with pytest.raises(TypeError, match=r"test_refusals\.py:\d+: the function returned nothing"):
        compile(lambda x: None, 1)


def test_a_callable_without_a_line_of_its_own_is_told_so_too():
    with pytest.raises(TypeError, match=r"^<function>:0: the function returned nothing"):
        trace(partial(lambda nothing, x: nothing, None), 1)


def matrix(x):
    return np.stack([np.stack([x[0], x[1]]), np.stack([x[1], 3.0 * x[0]])])


def plain_matrix(x):
    return np.array([[x[0], x[1]], [x[1], 3.0 * x[0]]])


LINEAR_ALGEBRA = [np.linalg.inv, np.linalg.det, np.linalg.cholesky, np.linalg.eigh, np.linalg.pinv]


@pytest.mark.parametrize("function", LINEAR_ALGEBRA)
def test_linear_algebra_on_traced_arrays_says_what_to_do(function):
    with pytest.raises(
        TypeError, match=r"test_refusals\.py:\d+: np\.linalg.*write the elimination"
    ):
        trace(lambda x: np.sum(function(matrix(x))), 2)


@pytest.mark.parametrize("function", [np.linalg.inv, np.linalg.det, scipy.linalg.inv])
def test_linear_algebra_on_plain_arrays_of_traced_scalars_says_what_to_do(function):
    for attempt in (
        lambda: trace(lambda x: np.sum(function(plain_matrix(x))), 2),
        lambda: grad(lambda x: np.sum(function(plain_matrix(x))))(np.array([1.0, 2.0])),
    ):
        with pytest.raises(TypeError, match=r"test_refusals\.py:\d+:.*write the elimination out"):
            attempt()


def test_errors_of_the_users_own_are_left_alone():
    def broken(x):
        raise ValueError("the kettle is cold")

    with pytest.raises(ValueError, match=r"^the kettle is cold$"):
        trace(broken, 1)
