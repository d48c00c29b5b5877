"""Ends of sums, products, quotients, absolute values, maxima and minima."""

from __future__ import annotations

import math

from simulator.autodiff.bounds.interval import (
    Interval,
    Scalar,
    TruthScalar,
    choose,
    either,
    largest,
    smallest,
)
from simulator.autodiff.bounds.row import Range, anywhere, signed
from simulator.autodiff.primitives import TABLE

Pair = tuple[Scalar, Scalar]


def negative(x: Interval) -> Pair:
    low = -x.high
    return low, low if x.is_point else -x.low


def add(a: Interval, b: Interval) -> Pair:
    low = a.low + b.low
    return low, low if a.is_point and b.is_point else a.high + b.high


def subtract(a: Interval, b: Interval) -> Pair:
    low = a.low - b.high
    return low, low if a.is_point and b.is_point else a.high - b.low


def multiply(a: Interval, b: Interval) -> Pair:
    """Products of ends; the two that matter if both signs are known."""
    if a.is_point and b.is_point:
        product = a.low * b.low
        return product, product
    if a.sign and b.sign:
        low = _least_factor(a, b.sign) * _least_factor(b, a.sign)
        return low, _greatest_factor(a, b.sign) * _greatest_factor(b, a.sign)
    if b.sign:
        a, b = b, a
    if a.sign:
        low, high = (b.low, b.high) if a.sign > 0 else (b.high, b.low)
        return smallest(*_products(a, low)), largest(*_products(a, high))
    corners = [*_products(a, b.low), *_products(a, b.high)]
    return smallest(*corners), largest(*corners)


def _least_factor(x: Interval, other: int) -> Scalar:
    """The end of x that makes the smallest product with a number of sign ``other``."""
    return x.low if other > 0 else x.high


def _greatest_factor(x: Interval, other: int) -> Scalar:
    return x.high if other > 0 else x.low


def _products(a: Interval, number: Scalar) -> list[Scalar]:
    low = a.low * number
    return [low] if a.is_point else [low, a.high * number]


def square(x: Interval) -> Pair:
    """x·x, knowing that both factors are the same."""
    if x.is_point:
        product = x.low * x.low
        return product, product
    near, far = least_size(x), greatest_size(x)
    return near * near, far * far


def absolute(x: Interval) -> Pair:
    if x.is_point:
        size = TABLE["absolute"](x.low)
        return size, size
    return least_size(x), greatest_size(x)


def least_size(x: Interval) -> Scalar:
    """The smallest absolute value in an interval."""
    if x.sign:
        return x.low if x.sign > 0 else -x.high
    return largest(x.low, -x.high, 0.0)


def greatest_size(x: Interval) -> Scalar:
    """The largest absolute value in an interval."""
    if x.sign:
        return x.high if x.sign > 0 else -x.low
    return largest(-x.low, x.high)


def divide(a: Interval, b: Interval) -> Pair:
    """Quotients of ends; unknown where the divisor may be 0 with either sign."""
    if a.is_point and b.is_point:
        quotient = a.low / b.low
        return quotient, quotient
    if not b.sign:
        known = nonzero(b)
        corners = [*_quotients(a, b.low), *_quotients(a, b.high)]
        low, high = smallest(*corners), largest(*corners)
        return choose(known, low, math.nan), choose(known, high, math.nan)
    near, far = _ends_of_divisor(b)
    low, high = (a.low, a.high) if b.sign > 0 else (a.high, a.low)
    # A numerator of known sign is divided by the end that matters.
    upwards = a.sign * b.sign
    least = [low / far] if upwards > 0 else [low / near] if upwards < 0 else [low / near, low / far]
    most = (
        [high / near] if upwards > 0 else [high / far] if upwards < 0 else [high / near, high / far]
    )
    return smallest(*least), largest(*most)


def _ends_of_divisor(b: Interval) -> Pair:
    """The ends of an interval of known sign, the one nearer to 0 first, a zero with that sign."""
    if b.sign > 0:
        return (b.low if b.least > 0.0 else b.low + 0.0), b.high
    return (b.high if b.most < 0.0 else -(0.0 - b.high)), b.low


def _quotients(a: Interval, divisor: Scalar) -> list[Scalar]:
    low = a.low / divisor
    return [low] if a.is_point else [low, a.high / divisor]


def nonzero(b: Interval) -> TruthScalar:
    """Whether an interval is free of 0."""
    if b.least > 0.0 or b.most < 0.0:
        return True
    right = b.most > 0.0 and TABLE["greater"](b.low, 0.0)
    left = b.least < 0.0 and TABLE["less"](b.high, 0.0)
    return either(right, left)


def maximum(a: Interval, b: Interval) -> Pair:
    low = largest(a.low, b.low)
    return low, low if a.is_point and b.is_point else largest(a.high, b.high)


def minimum(a: Interval, b: Interval) -> Pair:
    low = smallest(a.low, b.low)
    return low, low if a.is_point and b.is_point else smallest(a.high, b.high)


def hypot(a: Interval, b: Interval) -> Pair:
    low = TABLE["hypot"](least_size(a), least_size(b))
    if a.is_point and b.is_point:
        return low, low
    return low, TABLE["hypot"](greatest_size(a), greatest_size(b))


def sum_range(a: Interval, b: Interval) -> Range:
    return signed(a.sign) if a.sign == b.sign else anywhere()


def difference_range(a: Interval, b: Interval) -> Range:
    return signed(a.sign) if a.sign == -b.sign else anywhere()


def product_range(a: Interval, b: Interval) -> Range:
    return signed(a.sign * b.sign)


def negative_range(x: Interval) -> Range:
    return signed(-x.sign)
