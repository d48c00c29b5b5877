"""How far to go: searches along an arc or a line for a step that gains enough.

Every trial asks for the value with its gradient, because the one that is kept needs both. Near an
optimum gains drown in rounding, so a trial may be worse by as much as rounding can explain.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from simulator.optimizers.box import Array
from simulator.optimizers.side_by_side import Point, Walk, Walker

DECREASE = 1e-4
"""The share of the gain promised by the slope that must come true: Armijo 1966."""
_MOST_TRIALS = 30
_ROUNDING = 4 * np.finfo(float).eps


class Probe(NamedTuple):
    """A trial on a line: how far out, what is there, and the slope along the line."""

    length: float
    point: Point
    slope: float


def rounding(point: Point) -> float:
    """How much of a difference of values at a point can be mere rounding."""
    return float(_ROUNDING * max(1.0, abs(point.value)))


def backtrack(
    walker: Walker,
    point: Point,
    arc: Callable[[float], Array],
    first: float,
    reference: float | None = None,
) -> Walk[tuple[Point, float] | None]:
    """The first point of an arc with enough gain, and how far along it lies; None if none has.

    ``arc(length)`` is a point of the box and leaves ``point`` downhill; on a projected arc the
    promised gain is that of the movement which is left (Bertsekas 1976). The gain counts from
    ``reference``, the value at ``point`` unless given. Too long a trial is shortened to the least
    point of the parabola through what is known, but to a tenth at most (Dennis & Schnabel 1983).
    """
    above = point.value if reference is None else reference
    length = first
    for _ in range(_MOST_TRIALS):
        x = walker.box.project(arc(length))
        promised = float(point.gradient @ (x - point.x))
        if not promised < 0:
            return None
        after = yield from walker.look(x)
        if after.value <= above + DECREASE * promised + rounding(point):
            return after, length
        missed = after.value - point.value - promised
        share = -promised / (2 * missed) if missed > 0 else 0.5
        length *= min(max(share, 0.1), 0.5)
    return None


def strong_wolfe(
    walker: Walker,
    point: Point,
    direction: Array,
    first: float,
    longest: float,
    flatness: float,
) -> Walk[Point | None]:
    """A point of the line with enough gain and a slope that has flattened: Wolfe 1969.

    The slope's size falls to ``flatness`` of what it was. The line ends at ``longest``, where it
    meets a bound; if it still leads downhill there, that point will do. The bracketing and zooming
    of Nocedal & Wright 2006, algorithms 3.5 and 3.6, with cubic interpolation. None if no point
    gains.
    """
    start = Probe(0.0, point, float(point.gradient @ direction))
    low, high, length = start, None, min(first, longest)
    for _ in range(_MOST_TRIALS):
        after = yield from walker.look(point.x + length * direction)
        probe = Probe(length, after, float(after.gradient @ direction))
        if not _gains(start, probe) or (low is not start and after.value >= low.point.value):
            high = probe
        elif abs(probe.slope) <= -flatness * start.slope:
            return after
        elif high is None and probe.slope < 0:
            if length >= longest:
                return after
            low = probe
        else:
            high = low if high is None or probe.slope * (high.length - low.length) >= 0 else high
            low = probe
        length = _further(low, longest) if high is None else _between(low, high)
        if high is not None and abs(high.length - low.length) <= 1e-12 * longest:
            break
    return low.point if low is not start else None


def _gains(start: Probe, probe: Probe) -> bool:
    enough = start.point.value + DECREASE * probe.length * start.slope
    return probe.point.value <= enough + rounding(start.point)


def _further(low: Probe, longest: float) -> float:
    return min(4 * low.length, longest)


def _between(low: Probe, high: Probe) -> float:
    """The least point of the cubic through both ends, kept away from either."""
    width = high.length - low.length
    theta = 3 * (low.point.value - high.point.value) / width + low.slope + high.slope
    inside = theta**2 - low.slope * high.slope
    share = 0.5
    if inside > 0:
        root = float(np.sqrt(inside)) * np.sign(width)
        below = high.slope - low.slope + 2 * root
        share = 1 - (high.slope + root - theta) / below if below != 0 else 0.5
    return low.length + width * min(max(share, 0.1), 0.9)
