"""Newton's method with exact Hessians, to polish a likelihood's optimum to the last digit."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.calibration.ratings import Array
from simulator.optimizers import Box, Objective

_HALVINGS = 25


def polish(
    objective: Objective, box: Box, start: Array, tolerance: float = 1e-10, steps: int = 60
) -> Array:
    """Minima near good starts, of shape (n, R), all repeats in step.

    A parameter at a bound that the gradient pushes outwards stays there; the others take a Newton step
    on the Hessian with its eigenvalues made positive, halved until the value falls.

    Args:
        objective: with a Hessian.
        box: bounds of the parameters.
        start: one column a repeat.
        tolerance: largest entry of the gradient, off the bounds, that counts as none.
        steps: most Newton steps.

    Raises:
        ArithmeticError: no optimum after so many steps.
    """
    x, going = start.copy(), np.arange(start.shape[1])
    for _ in range(steps):
        value, gradient = objective.value_and_gradient(x[:, going], going)
        held = _held(x[:, going], gradient, box)
        slope = np.abs(np.where(held, 0.0, gradient)).max(axis=0)
        if not np.isfinite(slope).all():
            raise ArithmeticError("the likelihood is not finite at the start of a Newton step")
        left = slope > tolerance
        if not left.any():
            return x
        going, value, gradient, held = going[left], value[left], gradient[:, left], held[:, left]
        direction = _directions(objective.hessian(x[:, going], going), gradient, ~held)
        x[:, going] = _shortened(objective, box, x[:, going], direction, going, value, slope[left])
    raise ArithmeticError(f"no optimum after {steps} Newton steps: gradient {slope.max():.1e}")


def _held(x: Array, gradient: Array, box: Box) -> NDArray[np.bool_]:
    lower, upper = box.lower[:, None], box.upper[:, None]
    return ((x <= lower) & (gradient > 0)) | ((x >= upper) & (gradient < 0))


def _directions(hessian: Array, gradient: Array, free: NDArray[np.bool_]) -> Array:
    steps = np.zeros_like(gradient)
    for i, mask in enumerate(free.T):
        sizes, vectors = np.linalg.eigh(hessian[np.ix_(mask, mask, [i])][..., 0])
        sizes = np.maximum(np.abs(sizes), 1e-8 * np.abs(sizes).max())
        steps[mask, i] = -vectors @ ((vectors.T @ gradient[mask, i]) / sizes)
    return steps


def _shortened(
    objective: Objective,
    box: Box,
    x: Array,
    direction: Array,
    repeats: NDArray[np.intp],
    value: Array,
    slope: Array,
) -> Array:
    """The first of the full step, its half, its quarter … that improves; per repeat."""
    found, searching = x.copy(), np.arange(repeats.size)
    lower, upper = box.lower[:, None], box.upper[:, None]
    for halving in range(_HALVINGS):
        tried = x[:, searching] + 0.5**halving * direction[:, searching]
        tried = np.clip(tried, lower, upper)
        at, gradient = objective.value_and_gradient(tried, repeats[searching])
        steepest = np.abs(np.where(_held(tried, gradient, box), 0.0, gradient)).max(axis=0)
        before = value[searching]
        # Next to the optimum values no longer tell: there it is the gradient that has to fall.
        level = (at <= before + 1e-12 * np.abs(before)) & (steepest < slope[searching])
        better = (at < before - 1e-12 * np.abs(before)) | level
        found[:, searching[better]] = tried[:, better]
        searching = searching[~better]
        if not searching.size:
            break
    return found
