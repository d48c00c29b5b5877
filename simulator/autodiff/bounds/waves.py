"""Ends of circular functions: where in its period does an interval begin and end?"""

from __future__ import annotations

import math

from simulator.autodiff.bounds.interval import (
    Interval,
    Scalar,
    TruthScalar,
    choose,
    either,
    largest,
    negated,
    smallest,
)
from simulator.autodiff.bounds.powers import at_corners
from simulator.autodiff.bounds.row import Ends
from simulator.autodiff.primitives import TABLE, Primitive

Pair = tuple[Scalar, Scalar]

_FLOOR, _ABSOLUTE = TABLE["floor"], TABLE["absolute"]
_LESS = TABLE["less"]

#: More than what a division by the period may lose.
_DOUBT = 2.0**-48


def wave(function: Primitive, top: float) -> Ends:
    """The ends of sin or cos, which has its maxima at ``top`` and its minima half a turn later."""

    def ends(x: Interval) -> Pair:
        low = function(x.low)
        if x.is_point:
            return low, low
        high = function(x.high)
        has_bottom = _holds(x, top + math.pi, 2.0 * math.pi)
        has_top = _holds(x, top, 2.0 * math.pi)
        return (
            choose(has_bottom, -1.0, smallest(low, high)),
            choose(has_top, 1.0, largest(low, high)),
        )

    return ends


def tangent(x: Interval) -> Pair:
    """The ends of tan, unknown across a pole."""
    low = TABLE["tan"](x.low)
    if x.is_point:
        return low, low
    known = between_poles(x)
    return choose(known, low, math.nan), choose(known, TABLE["tan"](x.high), math.nan)


def between_poles(x: Interval) -> TruthScalar:
    """Whether tan has no pole in the interval."""
    return True if x.is_point else negated(_holds(x, 0.5 * math.pi, math.pi))


def _holds(x: Interval, place: float, period: float) -> TruthScalar:
    """Whether some place + k·period may lie in the interval; in doubt it does."""
    first, last = (x.low - place) / period, (x.high - place) / period
    first = first - (_ABSOLUTE(first) + 1.0) * _DOUBT
    last = last + (_ABSOLUTE(last) + 1.0) * _DOUBT
    # Said negatively, so that unknown ends count as far away.
    return negated(_LESS(_FLOOR(last), first))


def angle(y: Interval, x: Interval) -> Pair:
    """The ends of arctan2: at the corners, unless the box touches the cut along negative x."""
    low, high = _ANGLE_AT_CORNERS(y, x)
    free = off_the_cut(y, x)
    return choose(free, low, -math.pi), choose(free, high, math.pi)


_ANGLE_AT_CORNERS = at_corners(TABLE["arctan2"])


def off_the_cut(y: Interval, x: Interval) -> TruthScalar:
    """Whether arctan2 is continuous: x is positive, or y is not 0."""
    greater, less = TABLE["greater"], TABLE["less"]
    return either(greater(x.low, 0.0), either(greater(y.low, 0.0), less(y.high, 0.0)))
