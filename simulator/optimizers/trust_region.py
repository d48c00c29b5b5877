"""Steps of a quadratic model inside a trust region that is itself a box.

Both the bounds and the region are boxes, so their intersection is one, and the model is minimised
over it exactly: bounds become active and inactive many at a time, and negative curvature leads to
the edge of the region instead of to a saddle (Conn, Gould & Toint 2000, chapters 6 and 12).
"""

from __future__ import annotations

from typing import NamedTuple, Protocol

import numpy as np

from simulator.optimizers.box import Array
from simulator.optimizers.box_quadratic import least_quadratic, quadratic
from simulator.optimizers.claims import Claim
from simulator.optimizers.side_by_side import Point, Walk, Walker

ACCEPTED = 1e-4
"""The least share of the promised gain that makes a trial the next point."""
POOR, GOOD = 0.25, 0.75
SMALLEST_RADIUS = 1e-14
NOISY_RADIUS = 1e-2
"""With noise the region stays at least this large, because values that tremble prove nothing."""
_ROUNDING = 10 * np.finfo(float).eps


class Model(Protocol):
    """Where the quadratic model of one repeat comes from."""

    def look(self, walker: Walker, x: Array) -> Walk[Point]:
        """Value and gradient at x, of shape (n,)."""

    def matrix(self, walker: Walker, point: Point) -> Walk[Array]:
        """The model's matrix, of shape (n, n), at the point looked at last."""


class Trial(NamedTuple):
    """A step's end, and how much of the gain that the model promised came true."""

    point: Point
    agreement: float
    length: float
    """Largest movement of a parameter, as a share of the box."""


def trust_region(walker: Walker, start: Array, model: Model, radius: float) -> Walk[Claim]:
    """Minimise from a start; ``radius`` is the first region's, as a share of the box."""
    walker.restart(start)
    point = yield from model.look(walker, start)
    while (reason := walker.arrived(point)) is None:
        matrix = yield from model.matrix(walker, point)
        trial = None
        while trial is None or trial.agreement < ACCEPTED:
            trial = yield from _tried(walker, model, point, matrix, radius)
            if trial is None or radius < SMALLEST_RADIUS:
                return walker.stuck(point)
            radius = next_radius(radius, trial)
            if walker.noisy:
                radius = max(radius, NOISY_RADIUS)
        point = trial.point
    return walker.claim(point, reason)


def _tried(
    walker: Walker, model: Model, point: Point, matrix: Array, radius: float
) -> Walk[Trial | None]:
    """The end of the model's best step inside the region; None if the model promises nothing."""
    box, width = walker.box, walker.box.upper - walker.box.lower
    lower = np.maximum(box.lower - point.x, -radius * width)
    upper = np.minimum(box.upper - point.x, radius * width)
    step = least_quadratic(point.gradient, matrix, lower, upper)
    promised = -quadratic(point.gradient, matrix, step)
    if not promised > 0 or np.array_equal(box.project(point.x + step), point.x):
        return None
    after = yield from model.look(walker, point.x + step)
    # Near the answer gains drown in rounding; there the model is believed.
    rounding = _ROUNDING * max(1.0, abs(point.value))
    agreement = (point.value - after.value + rounding) / (promised + rounding)
    return Trial(after, agreement, float((np.abs(step) / width).max()))


def next_radius(radius: float, trial: Trial) -> float:
    """A smaller region after a poor step, a larger one after a good step to its edge.

    >>> trial = Trial(Point(np.zeros(1), 0.0, np.zeros(1)), agreement=0.9, length=0.5)
    >>> next_radius(0.5, trial)
    1.0
    """
    if trial.agreement < POOR:
        return 0.25 * trial.length
    if trial.agreement > GOOD and trial.length > 0.8 * radius:
        return min(2 * radius, 1.0)
    return radius
