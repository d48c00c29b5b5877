"""The least value of a quadratic model over a box: the problem inside every Newton-like step."""

from __future__ import annotations

from functools import lru_cache
from itertools import product

import numpy as np
from numpy.typing import NDArray

from simulator.optimizers.box import Array

FEW = 5
"""Up to this many parameters all 3ⁿ faces of the box are tried."""
_SWEEPS = 100
_NEGLIGIBLE = 1e-14


def quadratic(gradient: Array, hessian: Array, step: Array) -> float:
    """The model's change g·s + ½ s·H·s for a step s.

    >>> quadratic(np.array([1.0, 0.0]), np.eye(2), np.array([-1.0, 0.0]))
    -0.5
    """
    return float(step @ (gradient + 0.5 * (hessian @ step)))


def least_quadratic(gradient: Array, hessian: Array, lower: Array, upper: Array) -> Array:
    """The step s of least g·s + ½ s·H·s with lower ≤ s ≤ upper, which hold 0 between them.

    Shapes are (n,) and (n, n); H is symmetric, but need not be convex. Up to ``FEW`` parameters the
    answer is the global minimum: it is stationary within the face it lies in, and every face is
    solved. Beyond, it is a minimum along every coordinate and within its face.

    >>> saddle = np.diag([-1.0, 2.0])
    >>> least_quadratic(np.array([0.1, -1.0]), saddle, -np.ones(2), np.ones(2))
    array([-1. ,  0.5])
    """
    solve = _over_all_faces if gradient.size <= FEW else _by_descent
    return solve(gradient, hessian, lower, upper)


def _over_all_faces(gradient: Array, hessian: Array, lower: Array, upper: Array) -> Array:
    free, at_upper = _faces(gradient.size)
    steps = np.where(free, 0.0, np.where(at_upper, upper, lower))
    # A parameter held at its bound keeps a row of the identity, so one stacked solve does all.
    both_free = free[:, :, None] & free[:, None, :]
    matrices = np.where(both_free, hessian, np.eye(gradient.size)) + _ridge(hessian) * np.eye(
        gradient.size
    )
    pushes = np.where(free, -(gradient + steps @ hessian), 0.0)
    with np.errstate(all="ignore"):
        moved = steps + np.linalg.solve(matrices, pushes[:, :, None])[:, :, 0]
        inside = ((moved >= lower) & (moved <= upper)).all(axis=1)
        values = ((gradient + 0.5 * (moved @ hessian)) * moved).sum(axis=1)
    held = ~free
    moved = np.where(held, steps, moved)
    best = np.argmin(np.where(inside | held.all(axis=1), values, np.inf))
    chosen: Array = moved[best]
    return chosen


@lru_cache(maxsize=FEW)
def _faces(size: int) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """For all 3ⁿ faces which parameters are free, and which sit at their upper bound."""
    faces = np.array(list(product((0, 1, 2), repeat=size)))
    return faces == 1, faces == 2


def _ridge(hessian: Array) -> float:
    """So little that it changes nothing but an exactly singular matrix."""
    return 1e-15 * max(float(np.abs(hessian).max()), np.finfo(float).tiny)


def _by_descent(gradient: Array, hessian: Array, lower: Array, upper: Array) -> Array:
    """Sweeps of exact minimisation along each coordinate, each followed by a step in the face."""
    step, value = np.zeros_like(gradient), 0.0
    for _ in range(_SWEEPS):
        swept = _swept(gradient, hessian, lower, upper, step)
        step = _within_face(gradient, hessian, lower, upper, swept)
        before, value = value, quadratic(gradient, hessian, step)
        if before - value <= _NEGLIGIBLE * abs(value):
            break
    return step


def _swept(gradient: Array, hessian: Array, lower: Array, upper: Array, step: Array) -> Array:
    step = step.copy()
    for i in range(step.size):
        slope, curvature = gradient[i] + hessian[i] @ step, hessian[i, i]
        if curvature > 0:
            step[i] = min(max(step[i] - slope / curvature, lower[i]), upper[i])
            continue
        moves = np.array([lower[i], upper[i]]) - step[i]
        changes = moves * (slope + 0.5 * curvature * moves)
        if changes.min() < 0:
            step[i] += moves[np.argmin(changes)]
    return step


def _within_face(gradient: Array, hessian: Array, lower: Array, upper: Array, step: Array) -> Array:
    """From step towards the least value of its face, as far as the box allows; downhill only."""
    free = (step > lower) & (step < upper)
    if not free.any():
        return step
    inner = hessian[np.ix_(free, free)]
    slope = (gradient + hessian @ step)[free]
    eigenvalues, vectors = np.linalg.eigh(inner)
    # Along directions that curve down, any length leads downhill; the box cuts it.
    scale = np.maximum(np.abs(eigenvalues), _ridge(hessian))
    direction = np.zeros_like(step)
    direction[free] = -vectors @ ((slope @ vectors) / scale)
    room = np.where(direction > 0, upper - step, lower - step)[free]
    moving = direction[free] != 0
    share = min(1.0, float((room[moving] / direction[free][moving]).min(initial=1.0)))
    moved = np.clip(step + share * direction, lower, upper)
    better = quadratic(gradient, hessian, moved) < quadratic(gradient, hessian, step)
    return moved if better else step
