"""Where a function of one number rises and falls, found once, before its bounds are written.

Its range is cut into cells. Interval arithmetic on the derivative says of most cells that the function
rises there, or that it falls; the others are cut again, until what is left changes the function by less than
2⁻⁴⁶ of its size. From then on its bounds over any interval are sharp: they are the values at the two ends,
and at those turning points that the interval holds. So are bounds of x·(1 − x), of a Hill curve, of a mean
penalty.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from simulator.autodiff.bounds.interval import Interval, both, choose, largest, smallest
from simulator.autodiff.bounds.rounding import UNIT
from simulator.autodiff.primitives import TABLE

Array = np.ndarray[Any, Any]

#: Bounds of a function on many intervals at once.
Evaluate = Callable[[Interval], Interval]

#: Cells in the beginning, pieces that an undecided one is cut into, and the most cells there may be.
_CELLS: Final = 128
_PIECES: Final = 32
_MOST_CELLS: Final = 20_000

#: What may be left undecided, as a share of the function's size.
_NEGLIGIBLE: Final = 2.0**-46

#: Covers the rounding of a few additions.
_GENEROUS: Final = 1.0 + 2.0**-30

#: A function that turns more often is not followed.
_MOST_TURNS: Final = 6


@dataclass(frozen=True)
class Turn:
    """Somewhere in [start, end] the function has an extreme value; ``value`` bounds it."""

    start: float
    end: float
    value: float
    is_top: bool


@dataclass(frozen=True)
class Shape:
    """Where a function rises and falls on an interval.

    Attributes:
        rises_first: whether it begins by rising.
        turns: where it changes from one to the other, in order.
        least: its smallest value, or a little less.
        most: its largest value, or a little more.
        doubt: how much it may rise where it is said to fall, or the other way round.
    """

    rises_first: bool
    turns: tuple[Turn, ...]
    least: float
    most: float
    doubt: float


def shape_of(value: Evaluate, slope: Evaluate, least: float, most: float) -> Shape | None:
    """The shape of a function on [least, most].

    Args:
        value: bounds of the function.
        slope: bounds of its derivative.
        least: where to begin.
        most: where to end.

    Returns:
        None if the function is not defined, continuous and bounded there, or too winding.
    """
    if not (least < most and math.isfinite(most - least)):
        return None
    value, slope = _on_arrays(value), _on_arrays(slope)
    edges = np.linspace(least, most, _CELLS + 1)
    over_cells = value(Interval(edges[:-1], edges[1:], least, most))
    size = float(np.max([np.abs(over_cells.low), np.abs(over_cells.high)]))
    if not np.all(over_cells.smooth) or not math.isfinite(size):
        return None
    cells = _decided(slope, edges, _NEGLIGIBLE * size)
    return None if cells is None else _described(value, *cells, least, most)


def _on_arrays(function: Evaluate) -> Evaluate:
    """The function with arrays for ends even where it is constant."""

    def evaluate(x: Interval) -> Interval:
        bounds = function(x)
        low, high = (np.broadcast_to(end, x.low.shape) for end in (bounds.low, bounds.high))
        return replace(bounds, low=low, high=high)

    return evaluate


def _decided(
    slope: Evaluate, edges: Array, negligible: float
) -> tuple[Array, Array, Array, float] | None:
    """Cells in order (low, high, sign of the slope or 0) and the change that is left undecided."""
    least, most = edges[0], edges[-1]
    low, high = edges[:-1], edges[1:]
    known: list[tuple[Array, Array, Array]] = []
    count = 0
    while True:
        bounds = slope(Interval(low, high, least, most))
        sign = np.where(bounds.low >= 0.0, 1, np.where(bounds.high <= 0.0, -1, 0))
        steepest = np.maximum(np.abs(bounds.low), np.abs(bounds.high))
        open_ = sign == 0
        doubt = float(np.sum((steepest * (high - low))[open_])) * _GENEROUS
        count += len(low)
        if doubt <= negligible or count > _MOST_CELLS:
            known.append((low, high, sign))
            break
        known.append((low[~open_], high[~open_], sign[~open_]))
        cuts = np.linspace(low[open_], high[open_], _PIECES + 1)
        low, high = cuts[:-1].ravel(), cuts[1:].ravel()
    if not doubt <= negligible:
        return None
    low, high, sign = (np.concatenate(parts) for parts in zip(*known, strict=True))
    order = np.argsort(low)
    return low[order], high[order], sign[order], doubt


def _described(
    value: Evaluate,
    low: Array,
    high: Array,
    sign: Array,
    doubt: float,
    least: float,
    most: float,
) -> Shape | None:
    """The shape, from cells of known slope."""
    slopes = sign != 0
    low, high, sign = low[slopes], high[slopes], sign[slopes]
    (changes,) = np.nonzero(np.diff(sign))
    if len(changes) > _MOST_TURNS:
        return None
    places = np.concatenate([[least], high[changes], [most]])
    values = value(Interval(places, places, least, most))
    lows = np.nextafter(values.low - doubt, -math.inf)
    highs = np.nextafter(values.high + doubt, math.inf)
    turns = tuple(
        Turn(float(high[i]), float(low[i + 1]), float(top if sign[i] > 0 else bottom), sign[i] > 0)
        for i, bottom, top in zip(changes, lows[1:-1], highs[1:-1], strict=True)
    )
    rises_first = len(sign) == 0 or bool(sign[0] > 0)
    return Shape(rises_first, turns, float(np.min(lows)), float(np.max(highs)), doubt)


def extremes(shape: Shape, x: Interval, at_low: Interval, at_high: Interval) -> tuple[Any, Any]:
    """The ends of a function of known shape over x, given its values at the two ends of x."""
    if not shape.turns:
        first, last = (at_low, at_high) if shape.rises_first else (at_high, at_low)
        return first.low, last.high
    margin = 2.0 * (x.slack.at(x.size) + UNIT * x.size) if any(x.slack) else 0.0
    low = smallest(at_low.low, at_high.low)
    high = largest(at_low.high, at_high.high)
    for turn in shape.turns:
        held = both(
            TABLE["less_equal"](x.low, turn.end + margin),
            TABLE["greater_equal"](x.high, turn.start - margin),
        )
        if turn.is_top:
            high = largest(high, choose(held, turn.value, -math.inf))
        else:
            low = smallest(low, choose(held, turn.value, math.inf))
    return low, high
