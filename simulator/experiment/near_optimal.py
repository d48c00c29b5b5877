"""How far one may stray from the best recipe and still serve nearly the same cup.

The optimum lies in a long flat valley: a finer grind with a shorter brew tastes almost the same. So a
recipe is given with a range for each knob: the values for which *some* setting of the other knobs
scores within a small margin of the best. The range is found on the profile of the loss,
p(u) = min over the other knobs, by walking outwards from the best and closing in on the margin.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

Array = NDArray[np.float64]
ValueAndGradient = Callable[[Array], tuple[float, Array]]

#: Steps across the whole box while walking outwards, and halvings once the margin is crossed.
_STEPS = 40
_HALVINGS = 9


@dataclass(frozen=True)
class Reach:
    """One end of a knob's near-optimal range.

    Attributes:
        position: the knob's coordinate there, in [0, 1].
        recipe: all coordinates there, shape (n,), the other knobs set to make the best of it.
        at_bound: the box ends there, not the margin.
    """

    position: float
    recipe: Array
    at_bound: bool


def near_optimal_ranges(
    function: ValueAndGradient, best: Array, margin: float
) -> tuple[tuple[Reach, Reach], ...]:
    """For each knob the lowest and the highest coordinate within ``margin`` of the best loss.

    Args:
        function: loss and gradient at a point of the unit box, shape (n,).
        best: the best known point, shape (n,).
        margin: allowed loss above the best, in the loss's unit, > 0.
    """
    best = np.clip(best, 0.0, 1.0)
    allowed = function(best)[0] + margin
    return tuple(
        (_walk(function, best, knob, -1.0, allowed), _walk(function, best, knob, 1.0, allowed))
        for knob in range(best.size)
    )


def _walk(
    function: ValueAndGradient, best: Array, knob: int, direction: float, allowed: float
) -> Reach:
    inside, step = best, 1.0 / _STEPS
    halvings = 0
    while halvings <= _HALVINGS:
        target = float(np.clip(inside[knob] + direction * step, 0.0, 1.0))
        if target == inside[knob]:
            return Reach(target, inside, True)
        loss, recipe = _profile(function, inside, knob, target)
        if loss <= allowed:
            inside = recipe
            halvings += 1 if halvings else 0
        else:
            halvings += 1
        step = step / 2.0 if halvings else step
    return Reach(float(inside[knob]), inside, False)


def _profile(
    function: ValueAndGradient, start: Array, knob: int, value: float
) -> tuple[float, Array]:
    """The least loss with one knob held at ``value``, searched from a neighbouring recipe."""
    others = np.arange(start.size) != knob
    point = start.copy()
    point[knob] = value
    if not others.any():
        return function(point)[0], point

    def restricted(free: Array) -> tuple[float, Array]:
        full = point.copy()
        full[others] = free
        loss, gradient = function(full)
        return loss, gradient[others]

    found = minimize(
        restricted,
        point[others],
        jac=True,
        method="L-BFGS-B",
        bounds=[(0.0, 1.0)] * int(others.sum()),
        options={"maxiter": 60, "ftol": 1e-12, "gtol": 1e-7},
    )
    point[others] = np.clip(found.x, 0.0, 1.0)
    return float(found.fun), point
