"""The quadratic model over a box, against sampling and against scipy."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import lsq_linear

from simulator.optimizers.box_quadratic import FEW, least_quadratic, quadratic


def drawn(size, seed, shift):
    """A random symmetric model whose least eigenvalue is about ``shift``, and a box around 0."""
    rng = np.random.default_rng([size, seed])
    turn = np.linalg.qr(rng.normal(size=(size, size)))[0]
    hessian = turn @ np.diag(np.linspace(shift, 5.0, size)) @ turn.T
    gradient = rng.normal(size=size)
    return gradient, (hessian + hessian.T) / 2, -rng.uniform(0, 1, size), rng.uniform(0, 1, size)


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("size", [1, 2, 4, FEW, FEW + 1, 12])
def test_a_convex_model_is_solved_as_scipy_solves_it(size, seed):
    gradient, hessian, lower, upper = drawn(size, seed, 0.3)
    factor = np.linalg.cholesky(hessian)
    wanted = lsq_linear(
        factor.T, -np.linalg.solve(factor, gradient), (lower, upper), method="bvls", tol=1e-14
    ).x
    step = least_quadratic(gradient, hessian, lower, upper)
    assert step == pytest.approx(wanted, abs=1e-7)


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("size", [1, 2, 3, FEW])
def test_no_sample_of_the_box_is_lower_however_the_model_curves(size, seed):
    gradient, hessian, lower, upper = drawn(size, seed, -4.0)
    step = least_quadratic(gradient, hessian, lower, upper)
    samples = np.random.default_rng(seed).uniform(lower, upper, (4000, size))
    corners = np.where(samples > (lower + upper) / 2, upper, lower)
    others = [quadratic(gradient, hessian, other) for other in np.vstack([samples, corners])]
    assert (step >= lower).all()
    assert (step <= upper).all()
    assert quadratic(gradient, hessian, step) <= min(others) + 1e-12


@pytest.mark.parametrize("seed", range(20))
def test_with_many_parameters_no_coordinate_alone_leads_further_down(seed):
    gradient, hessian, lower, upper = drawn(9, seed, -4.0)
    step = least_quadratic(gradient, hessian, lower, upper)
    here = quadratic(gradient, hessian, step)
    assert (step >= lower).all()
    assert (step <= upper).all()
    for i in range(9):
        for place in np.linspace(lower[i], upper[i], 21):
            moved = step.copy()
            moved[i] = place
            assert quadratic(gradient, hessian, moved) >= here - 1e-9


@pytest.mark.parametrize("size", [2, FEW + 2])
def test_a_flat_model_and_a_singular_one_raise_nothing(size):
    lower, upper = -np.ones(size), np.ones(size)
    flat = least_quadratic(np.zeros(size), np.zeros((size, size)), lower, upper)
    assert quadratic(np.zeros(size), np.zeros((size, size)), flat) == 0
    slope = np.arange(1.0, size + 1)
    assert least_quadratic(slope, np.zeros((size, size)), lower, upper) == pytest.approx(lower)
    rank_one = np.ones((size, size))
    step = least_quadratic(np.ones(size), rank_one, lower, upper)
    assert quadratic(np.ones(size), rank_one, step) == pytest.approx(-0.5)


def test_at_a_saddle_it_leaves_along_the_negative_curvature():
    step = least_quadratic(np.zeros(2), np.diag([-2.0, 4.0]), -np.ones(2), np.ones(2))
    assert np.abs(step) == pytest.approx([1.0, 0.0])
