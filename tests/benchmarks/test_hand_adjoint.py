"""The gradient derived by hand is that of the engine, and its operations are counted one by one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from benchmarks.counting import COUNTED, ON_FLOATS, operations
from benchmarks.hand_adjoint import forward_sweep, hand_adjoint

from simulator.experiment.config import load
from simulator.experiment.problem import Problem

CONFIGS = Path(__file__).parents[2] / "configs"
POINTS = np.random.default_rng(4).uniform(size=(100, 4))


def test_value_and_gradient_by_hand_are_the_engines_to_twelve_digits(problem):
    by_hand, by_engine = hand_adjoint(problem), problem.gradient_program
    for x in POINTS:
        value, slopes = by_hand(*x.tolist())
        expected_value, expected = by_engine(x)
        assert value == pytest.approx(float(expected_value), rel=1e-13)
        np.testing.assert_allclose(slopes, expected, rtol=1e-12, atol=1e-12 * abs(expected).max())


@pytest.mark.parametrize("corner", [0.0, 1.0])
def test_the_derivation_holds_in_the_corners_of_the_box(problem, corner):
    x = np.full(4, corner)
    _, slopes = hand_adjoint(problem)(*x.tolist())
    expected = problem.gradient_program(x)[1]
    np.testing.assert_allclose(slopes, expected, rtol=1e-12, atol=1e-12 * abs(expected).max())


def test_it_agrees_for_other_customers_too():
    everyday = Problem(load(CONFIGS / "everyday-mix.yaml"))
    _, slopes = hand_adjoint(everyday)(0.3, 0.6, 0.2, 0.1)
    expected = everyday.gradient_program(np.array([0.3, 0.6, 0.2, 0.1]))[1]
    np.testing.assert_allclose(slopes, expected, rtol=1e-12, atol=1e-12 * abs(expected).max())


def test_problems_it_was_not_derived_for_are_refused():
    with pytest.raises(ValueError, match="derived for an immersion brew"):
        hand_adjoint(Problem(load(CONFIGS / "espresso-cliff.yaml")))


def test_counting_does_not_change_a_bit_of_the_arithmetic(problem):
    x = POINTS[0].tolist()
    counted = hand_adjoint(problem, COUNTED)
    assert operations(counted, x) == operations(counted, POINTS[1].tolist())
    assert hand_adjoint(problem, ON_FLOATS)(*x)[0] == pytest.approx(
        hand_adjoint(problem, COUNTED)(*x)[0], rel=1e-14
    )


def test_operations_are_counted_once_each_and_constants_not_at_all():
    def f(x, y):
        return (-x) ** 2.0 / (1.0 + y) - 2.0 * 3.0 * x * COUNTED.exp(y)

    seen = operations(f, [1.0, 2.0])
    assert seen == {"neg": 1, "pow": 1, "truediv": 1, "add": 1, "sub": 1, "mul": 2, "exp": 1}


def test_the_adjoint_costs_less_than_the_value_again(problem):
    x = POINTS[0].tolist()
    both = operations(hand_adjoint(problem, COUNTED), x).total()
    value = operations(forward_sweep(problem, COUNTED), x).total()
    assert value < both < 2 * value


def test_it_has_no_more_exponentials_than_the_model(problem):
    seen = operations(hand_adjoint(problem, COUNTED), POINTS[0].tolist())
    kinds = problem.graph.cost().kinds
    assert (seen["exp"], seen["ndtr"], seen["expit"]) == (
        kinds["exp"],
        kinds["ndtr"],
        kinds["expit"],
    )
