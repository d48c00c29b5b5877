"""The checker is checked: it must catch a derivative that is wrong by 0.1 %."""

import numpy as np
import pytest

from simulator.autodiff import GradientMismatch, check_gradient
from simulator.autodiff.check import numeric_derivative
from simulator.autodiff.primitives import Primitive

WRONG_BY_A_THOUSANDTH = Primitive(
    "sine", np.sin, (lambda g, y, x: 1.001 * g * np.cos(x),), "sine({0})"
)


def test_right_gradients_pass_to_second_order():
    check_gradient(lambda x: np.exp(x[0]) * np.tanh(x[1]), np.array([0.3, -0.8]), order=2)


def test_a_derivative_wrong_by_a_thousandth_is_caught():
    with pytest.raises(GradientMismatch, match="by input 0"):
        check_gradient(lambda x: WRONG_BY_A_THOUSANDTH(x), 0.4)


def test_a_wrong_second_derivative_is_caught():
    cosine = Primitive("cosine", np.cos, (lambda g, y, x: -1.001 * g * np.sin(x),), "cosine({0})")
    sine = Primitive("sine", np.sin, (lambda g, y, x: g * cosine(x),), "sine({0})")
    check_gradient(lambda x: sine(x), 0.4)
    with pytest.raises(GradientMismatch, match="derivative of entry 0"):
        check_gradient(lambda x: sine(x), 0.4, order=2)


def test_arguments_may_be_containers():
    check_gradient(lambda p: p["a"] * p["b"][0] ** 2, {"a": 2.0, "b": (3.0,)}, order=2)


def test_not_a_number_is_a_mismatch():
    with pytest.raises(GradientMismatch):
        check_gradient(lambda x: x + np.where(x > 100.0, x, 0.0) * np.inf, 0.4)


@pytest.mark.parametrize("order", [0, 3, -1, 1.5])
def test_orders_that_are_not_checked_are_refused(order):
    with pytest.raises(ValueError, match=r"order is 1 .gradient. or 2"):
        check_gradient(lambda x: x * x, 0.4, order=order)


@pytest.mark.parametrize("x", [0.3, -1.7, 4.2, 30.0])
@pytest.mark.parametrize(
    ("f", "slope"),
    [
        (np.exp, np.exp),
        (np.sin, np.cos),
        (lambda x: 1.0 / x, lambda x: -1.0 / x**2),
        (lambda x: x**7, lambda x: 7.0 * x**6),
    ],
    ids=["exp", "sin", "1/x", "x⁷"],
)
def test_differences_are_right_to_twelve_digits(f, slope, x):
    got = numeric_derivative(lambda v: float(f(v[1])), np.array([5.0, x]), 1)
    assert got == pytest.approx(slope(x), rel=5e-13)


def test_a_mismatch_names_place_both_numbers_and_what_was_allowed():
    with pytest.raises(GradientMismatch) as told:
        check_gradient(lambda x: x[0] + WRONG_BY_A_THOUSANDTH(x[1]), [1.0, 0.5], tolerance=1e-5)
    words = str(told.value)
    assert words.startswith("derivative by input 1 at [1.0, 0.5]: backprop gives 0.878")
    assert "differences give 0.877" in words
    assert words.endswith("(allowed difference 2.0e-05)")


def test_the_tolerance_is_relative_to_the_largest_slope():
    wrong = lambda x: WRONG_BY_A_THOUSANDTH(x[0]) + 500.0 * x[1]
    check_gradient(wrong, [0.0, 1.0], tolerance=1e-5)
    with pytest.raises(GradientMismatch):
        check_gradient(wrong, [0.0, 1.0], tolerance=1e-6)
