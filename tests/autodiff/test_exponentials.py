"""Products of exponentials carry y·ȳ: fewer operations, the same derivatives."""

import mpmath
import numpy as np
import pytest

from simulator.autodiff import check_gradient, compile, grad, hessian, trace
from simulator.autodiff.backprop import pull_back
from simulator.autodiff.node import constant

FORMULAS = {
    "product": lambda x: np.exp(x[0]) * np.exp(2.0 * x[1]) + x[0],
    "quotient": lambda x: 3.0 / (np.exp(x[0]) * np.exp(-x[1])) - x[1],
    "power": lambda x: 1.0 / (1.0 + (np.exp(x[0]) / 2.5) ** 1.445),
    "root": lambda x: np.sqrt(np.exp(x[0] * x[1])) * x[0],
    "negative": lambda x: x[1] * -np.exp(x[0]),
    "nested": lambda x: np.exp(-3.0 / np.exp(x[0])) * np.exp(np.exp(x[1])),
    "square": lambda x: np.exp(x[0]) ** 2 * x[1],
    "factor": lambda x: np.exp(x[0]) * x[1] + x[1] / np.exp(x[0]) + np.exp(x[1]) / x[0],
    "shared": lambda x: np.exp(x[0]) * np.exp(x[1]) + np.exp(x[0]) * x[1] + np.exp(x[0]),
    "exponent": lambda x: np.exp(x[0]) ** x[1],
}


@pytest.mark.parametrize("name", FORMULAS)
def test_derivatives_agree_with_differences_to_second_order(name):
    check_gradient(FORMULAS[name], np.array([0.3, 0.8]), order=2)


def test_a_power_law_on_a_log_scale_agrees_with_mpmath_to_the_last_digits():
    slope = grad(lambda u: (np.exp(u) / 234.0) ** 1.445)(6.5)
    with mpmath.workdps(30):
        law = (mpmath.exp(6.5) / 234) ** mpmath.mpf(1.445)
        assert slope == pytest.approx(float(law * mpmath.mpf(1.445)), rel=3e-15)


def test_another_size_in_a_diffusion_takes_five_operations_backward():
    def held(sizes):
        def f(x):
            grind, time = np.exp(x[0]), np.exp(x[1])
            return sum(np.exp(-k / grind) * np.exp(-k * time / grind**2) for k in sizes)

        cost = trace(f, 2).cost()
        return cost.with_gradient - cost.forward

    # Two products and three sums; the chain rule line by line takes eight.
    assert held(np.arange(1.0, 22.0)) - held(np.arange(1.0, 12.0)) == 50


def test_the_branch_not_taken_sends_nothing_however_large_its_exponential():
    def f(x):
        return np.where(x[0] < 1.0, np.exp(x[0]) * x[1], np.exp(1000.0 * x[0]) * np.exp(x[1]))

    gradient = compile(f, 2, nonfinite="return")(np.array([0.9, 2.0]))[1]
    assert gradient == pytest.approx([2.0 * np.exp(0.9), np.exp(0.9)], rel=1e-15)


def test_an_exponential_of_which_the_derivative_is_asked_gives_its_own():
    graph = trace(lambda x: np.exp(x[0]) * x[1] * np.exp(x[1]), 2)
    first = next(node for node in graph.operations if node.primitive.name == "exp")
    (by_first,) = pull_back(graph.outputs, [constant(1.0)], [first])
    assert by_first.primitive.name == "multiply"
    assert first.serial not in {parent.serial for parent in by_first.parents}


def test_one_that_has_underflowed_stays_harmless():
    # By the chain rule alone √0 would make 0 · ∞ of it.
    assert grad(lambda u: np.sqrt(np.exp(u)))(-800.0) == 0.0
    assert (
        hessian(lambda x: np.exp(x[0]) * x[1])(np.array([-800.0, 1.0])).tolist() == [[0.0] * 2] * 2
    )
