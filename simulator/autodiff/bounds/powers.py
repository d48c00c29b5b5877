"""Ends of powers, and of other functions that are extreme at the corners of their operands."""

from __future__ import annotations

import math
from itertools import product

from simulator.autodiff.bounds.arithmetic import greatest_size, least_size, nonzero
from simulator.autodiff.bounds.interval import (
    Interval,
    Scalar,
    TruthScalar,
    choose,
    largest,
    smallest,
)
from simulator.autodiff.bounds.row import Ends, Range, anywhere, inside, signed
from simulator.autodiff.primitives import TABLE, Primitive

Pair = tuple[Scalar, Scalar]

_POWER = TABLE["power"]


def at_corners(primitive: Primitive) -> Ends:
    """The ends of a function of two numbers that is monotone in each when the other stands still."""

    def ends(a: Interval, b: Interval) -> Pair:
        lows, highs = _both_ends(a), _both_ends(b)
        corners = [primitive(x, y) for x, y in product(lows, highs)]
        return smallest(*corners), largest(*corners)

    return ends


def rising_in_both(primitive: Primitive) -> Ends:
    """The ends of a function of two numbers that never falls in either."""

    def ends(a: Interval, b: Interval) -> Pair:
        low = primitive(a.low, b.low)
        return low, low if a.is_point and b.is_point else primitive(a.high, b.high)

    return ends


def _both_ends(x: Interval) -> list[Scalar]:
    return [x.low] if x.is_point else [x.low, x.high]


def power(x: Interval, exponent: Interval) -> Pair:
    """x ** exponent; exact for a constant exponent."""
    if x.is_point and exponent.is_point:
        result = _POWER(x.low, exponent.low)
        return result, result
    if not _is_constant(exponent):
        low, high = _AT_CORNERS(x, exponent)
        return _only_where(inside(x, 0.0), low, high)
    n = exponent.least
    if not n.is_integer():
        return _broken_power(x, n)
    if _is_even(n):
        near, far = _POWER(least_size(x), n), _POWER(greatest_size(x), n)
        return (near, far) if n >= 0.0 else (far, near)
    if n >= 0.0:
        return _POWER(x.low, n), _POWER(x.high, n)
    return _only_where(nonzero(x), _POWER(x.high, n), _POWER(x.low, n))


def _broken_power(x: Interval, n: float) -> Pair:
    """For exponents that are no integers; where x is negative there is nothing to bound."""
    low = x.low if x.least >= 0.0 else largest(x.low, 0.0)
    at_low, at_high = _POWER(low, n), _POWER(x.high, n)
    return (at_low, at_high) if n >= 0.0 else (at_high, at_low)


_AT_CORNERS = at_corners(_POWER)


def _only_where(known: TruthScalar, low: Scalar, high: Scalar) -> Pair:
    return choose(known, low, math.nan), choose(known, high, math.nan)


def _is_constant(exponent: Interval) -> bool:
    return exponent.least == exponent.most and math.isfinite(exponent.least)


def _is_even(n: float) -> bool:
    return n.is_integer() and n % 2.0 == 0.0


def power_range(x: Interval, exponent: Interval) -> Range:
    """Powers of positive numbers, even powers, and broken powers wherever they are defined, are positive."""
    n = exponent.least
    if not _is_constant(exponent):
        return signed(1) if x.sign > 0 else anywhere()
    return signed(x.sign) if n.is_integer() and not _is_even(n) else signed(1)


def power_smooth(x: Interval, exponent: Interval) -> TruthScalar:
    n = exponent.least
    if not _is_constant(exponent):
        return inside(x, 0.0)
    if n.is_integer():
        return n >= 0.0 or nonzero(x)
    return inside(x, 0.0, closed=n > 0.0)
