"""The centred form: bounds of a function from its value at one point and bounds of its slopes.

By the mean value theorem f(x) = f(c) + Σ gᵢ·(xᵢ − cᵢ) with slopes gᵢ taken somewhere between c and x. With
bounds of the slopes over the box this gives bounds of f whose overestimation shrinks with the square of the
box's side, where interval arithmetic's own shrinks with the side. Any c in the box will do; the best one for
the lower bound is known from the slopes (Baumann 1988), and so is the best one for the upper. If a slope has
one sign it is a corner, and the bound is exact in that direction: monotonicity needs no test of its own.

The theorem asks for a continuous function; a kink does no harm where the slopes' bounds hold on both sides.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from simulator.autodiff.bounds.interval import (
    Interval,
    Scalar,
    Slack,
    both,
    choose,
    largest,
    smallest,
)
from simulator.autodiff.bounds.rounding import TINY
from simulator.autodiff.bounds.row import Row
from simulator.autodiff.bounds.sweep import Bounder
from simulator.autodiff.primitives import TABLE

#: Coordinates of a point -> bounds of the function there.
Evaluate = Callable[[Sequence[Interval]], Interval]

Box = Sequence[Interval]


def _product_with_a_move(slope: Interval, move: Interval) -> tuple[Scalar, Scalar]:
    """slope · move where the move may be 0: two products for each end."""
    return (
        smallest(slope.low * move.high, slope.high * move.low),
        largest(slope.high * move.high, slope.low * move.low),
    )


_MOVE: Final = Row(_product_with_a_move)


def middle(box: Box) -> list[Interval]:
    """The point in the middle of a box."""
    return [_point(0.5 * (x.low + x.high), x) for x in box]


def best_centres(box: Box, slopes: Sequence[Interval]) -> tuple[list[Interval], list[Interval]]:
    """The points that give the highest lower bound and the lowest upper bound."""
    pairs = list(zip(box, slopes, strict=True))
    lowest = [_point(_balanced(x, g.low, g.high, g.sign), x) for x, g in pairs]
    highest = [_point(_balanced(x, -g.high, -g.low, -g.sign), x) for x, g in pairs]
    return lowest, highest


def _balanced(x: Interval, low: Scalar, high: Scalar, sign: int) -> Scalar:
    """Where walking to either end of x with slopes in [low, high] can lose equally much."""
    if sign:
        return x.low if sign > 0 else x.high
    down, up = smallest(low, 0.0), largest(high, 0.0)
    place = (up * x.low - down * x.high) / (up - down + TINY)
    place = largest(smallest(place, x.high), x.low)
    return choose(TABLE["equal"](place, place), place, x.low)  # NaN if a slope is unknown


def _point(place: Scalar, x: Interval) -> Interval:
    return Interval(place, place, x.least, x.most)


def around(
    centre: Sequence[Interval], box: Box, slopes: Sequence[Interval], at: Interval, bounder: Bounder
) -> Interval:
    """Bounds over a box of a function whose value at the centre is ``at``: that and all moves from there."""
    total = at
    for c, x, slope in zip(centre, box, slopes, strict=True):
        move = bounder.of("subtract", x, c)
        total = bounder.of("add", total, bounder.of("multiply", slope, move, row=_MOVE))
    return total


def tightened(natural: Interval, for_low: Interval, for_high: Interval) -> Interval:
    """The natural bounds, or the centred ones where these are better and the function is continuous."""
    higher = TABLE["greater"](for_low.low, natural.low)  # false for NaN
    lower = TABLE["less"](for_high.high, natural.high)
    return replace(
        natural,
        low=choose(both(natural.smooth, higher), for_low.low, natural.low),
        high=choose(both(natural.smooth, lower), for_high.high, natural.high),
        slack=Slack.worse(natural.slack, Slack.worse(for_low.slack, for_high.slack)),
    )
