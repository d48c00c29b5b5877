"""Curvature learnt from gradients, against the textbook formulas."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.optimizers import BFGS, LBFGS, ConjugateGradient, Counted, Stopping
from simulator.optimizers.quasi_newton import bent, damped_update


def steps_of(size, count):
    """Movements with the changes of gradient of a random convex quadratic."""
    rng = np.random.default_rng(size)
    half = rng.normal(size=(size, size))
    hessian = half @ half.T + np.eye(size)
    moves = rng.normal(size=(count, size))
    return hessian, [(moved, hessian @ moved) for moved in moves]


def test_an_update_reproduces_the_last_change_of_gradient():
    _, steps = steps_of(4, 3)
    matrix = np.eye(4)
    for moved, change in steps:
        matrix = damped_update(matrix, moved, change)
        assert matrix @ moved == pytest.approx(change)


def test_a_damped_update_stays_convex_where_the_objective_curves_down():
    matrix = damped_update(np.eye(3), np.array([1.0, 0.5, 0.0]), np.array([-2.0, 0.1, 0.3]))
    assert np.linalg.eigvalsh(matrix).min() > 0


def test_a_movement_that_the_matrix_does_not_see_teaches_nothing():
    flat = np.diag([1.0, 0.0])
    assert damped_update(flat, np.array([0.0, 1.0]), np.array([0.0, 3.0])) is flat
    assert damped_update(np.eye(2), np.zeros(2), np.zeros(2)).tolist() == np.eye(2).tolist()


@pytest.mark.parametrize("count", [1, 2, 5])
def test_the_two_loops_are_the_inverse_of_the_dense_updates(count):
    _, steps = steps_of(4, count)
    moved, change = steps[-1]
    matrix = (change @ change) / (moved @ change) * np.eye(4)
    for moved, change in steps:
        known = matrix @ moved
        matrix = matrix - np.outer(known, known) / (moved @ known)
        matrix = matrix + np.outer(change, change) / (moved @ change)
    gradient = np.array([1.0, -2.0, 0.5, 3.0])
    assert bent(gradient, steps) == pytest.approx(np.linalg.solve(matrix, gradient))


@pytest.mark.parametrize("rule", [BFGS(flatness=1e-3), LBFGS(flatness=1e-3)])
def test_with_exact_line_searches_a_quadratic_of_four_takes_five_steps(rule, cases, seeds):
    case = cases["interior quadratic"]
    starts = np.array([[0.35], [0.55], [0.45], [0.65]])
    stopping = Stopping(gradient_tolerance=1e-5)
    (outcome,) = rule.minimize(Counted(case.objective), case.box, starts, stopping, seeds(1))
    assert int(outcome.message.split()[1]) <= 6


@pytest.mark.parametrize(
    "formula", ["polak-ribiere", "fletcher-reeves", "hestenes-stiefel", "dai-yuan"]
)
def test_every_conjugate_formula_crosses_the_flat_valley(formula, cases, seeds):
    case = cases["flat valley"]
    rule = ConjugateGradient(formula=formula)
    outcomes = rule.minimize(Counted(case.objective), case.box, case.starts, Stopping(), seeds(2))
    assert all(outcome.status.converged for outcome in outcomes)
