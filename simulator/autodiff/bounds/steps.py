"""Ends of functions that jump: floor and its like, and remainders."""

from __future__ import annotations

from simulator.autodiff.bounds import arithmetic
from simulator.autodiff.bounds.interval import (
    Interval,
    Scalar,
    TruthScalar,
    both,
    choose,
    largest,
    smallest,
)
from simulator.autodiff.bounds.rounding import TINY, widened
from simulator.autodiff.bounds.row import Row
from simulator.autodiff.primitives import TABLE, Primitive

Pair = tuple[Scalar, Scalar]

_EQUAL, _FLOOR, _TRUNC = TABLE["equal"], TABLE["floor"], TABLE["trunc"]


def staircase(step: Primitive) -> Row:
    """The row of floor, ceil, trunc, rint or sign: constant between jumps, exact."""

    def ends(x: Interval) -> Pair:
        low = step(x.low)
        return low, low if x.is_point else step(x.high)

    def same(x: Interval) -> TruthScalar:
        return True if x.is_point else _EQUAL(step(x.low), step(x.high))

    return Row(ends, ulps=0.0, smooth=same, jumps=True)


def _quotient(a: Interval, b: Interval, rounded: Primitive) -> Pair:
    low, high = arithmetic.divide(a, b)
    wide = widened(Interval(low, high), 0, 0.5, TINY)
    return rounded(wide.low), rounded(wide.high)


def one_quotient(rounded: Primitive) -> TruthScalar:
    """Whether the whole part of a/b is the same on the whole box."""

    def same(a: Interval, b: Interval) -> TruthScalar:
        return both(arithmetic.nonzero(b), _EQUAL(*_quotient(a, b, rounded)))

    return same


def floor_divide(a: Interval, b: Interval) -> Pair:
    if a.is_point and b.is_point:
        whole = TABLE["floor_divide"](a.low, b.low)
        return whole, whole
    return _quotient(a, b, _FLOOR)


def remainder(a: Interval, b: Interval) -> Pair:
    """a − b·floor(a/b): between 0 and b."""
    if a.is_point and b.is_point:
        rest = TABLE["remainder"](a.low, b.low)
        return rest, rest
    return _rest(a, b, _FLOOR, smallest(b.low, 0.0), largest(b.high, 0.0))


def fmod(a: Interval, b: Interval) -> Pair:
    """a − b·trunc(a/b): between 0 and a, and smaller than b in size."""
    if a.is_point and b.is_point:
        rest = TABLE["fmod"](a.low, b.low)
        return rest, rest
    size = arithmetic.greatest_size(b)
    least = largest(smallest(a.low, 0.0), -size)
    return _rest(a, b, _TRUNC, least, smallest(largest(a.high, 0.0), size))


def _rest(a: Interval, b: Interval, rounded: Primitive, least: Scalar, most: Scalar) -> Pair:
    """a − b·k where the whole part k of a/b is the same on the whole box, else [least, most]."""
    k, other = _quotient(a, b, rounded)
    known = _EQUAL(k, other)
    product = widened(Interval(*arithmetic.multiply(b, Interval(k, k))), 0, 0.5, TINY)
    wide = widened(Interval(*arithmetic.subtract(a, product)), 0, 0.5, 0.0)
    return (
        choose(known, largest(wide.low, least), least),
        choose(known, smallest(wide.high, most), most),
    )
