"""Ends of functions with one valley, and of the gamma family, which is bounded right of 0 only."""

from __future__ import annotations

import math

from simulator.autodiff.bounds.arithmetic import greatest_size, least_size
from simulator.autodiff.bounds.interval import (
    Interval,
    Scalar,
    choose,
    largest,
    smallest,
)
from simulator.autodiff.bounds.row import Range, anywhere, inside, signed
from simulator.autodiff.primitives import TABLE

Pair = tuple[Scalar, Scalar]

_GAMMALN, _POLYGAMMA, _DIGAMMA = TABLE["gammaln"], TABLE["polygamma"], TABLE["digamma"]

#: Where log Γ is smallest, and a number just below what it is there.
_GAMMA_VALLEY = 1.4616321449683623
_GAMMA_LEAST = -0.12148629053584964


def cosh(x: Interval) -> Pair:
    """The ends of cosh: at the smallest and at the largest absolute value."""
    if x.is_point:
        value = TABLE["cosh"](x.low)
        return value, value
    return TABLE["cosh"](least_size(x)), TABLE["cosh"](greatest_size(x))


def gammaln(x: Interval) -> Pair:
    """The ends of log Γ for x > 0; unknown where x may be smaller."""
    at_low = _GAMMALN(x.low)
    if x.is_point:
        return at_low, at_low
    at_high = _GAMMALN(x.high)
    lowest = smallest(at_low, at_high)
    left = TABLE["less_equal"](x.low, _GAMMA_VALLEY)
    over = TABLE["greater_equal"](x.high, _GAMMA_VALLEY)
    low = choose(TABLE["logical_and"](left, over), _GAMMA_LEAST, lowest)
    return _right_of_0(x, low, largest(at_low, at_high))


def digamma(x: Interval) -> Pair:
    """The ends of digamma, which rises for x > 0."""
    at_low = _DIGAMMA(x.low)
    return _right_of_0(x, at_low, at_low if x.is_point else _DIGAMMA(x.high))


def polygamma(order: Interval, x: Interval) -> Pair:
    """The ends of a derivative of digamma of constant order: of one sign and monotone for x > 0."""
    if order.least != order.most:
        return math.nan, math.nan
    at_low = _POLYGAMMA(order.least, x.low)
    if x.is_point:
        return at_low, at_low
    at_high = _POLYGAMMA(order.least, x.high)
    falls = order.least % 2.0 == 1.0
    return _right_of_0(x, at_high if falls else at_low, at_low if falls else at_high)


def polygamma_range(order: Interval, x: Interval) -> Range:
    """Derivatives of odd order are positive everywhere, those of even order negative for x > 0."""
    if order.least != order.most:
        return anywhere()
    if order.least % 2.0 == 1.0:
        return signed(1)
    return signed(-1) if order.least > 0.0 and x.sign > 0 else anywhere()


def _right_of_0(x: Interval, low: Scalar, high: Scalar) -> Pair:
    known = inside(x, 0.0)
    return choose(known, low, math.nan), choose(known, high, math.nan)
