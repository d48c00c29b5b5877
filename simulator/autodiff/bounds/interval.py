"""Intervals: what is known of a quantity while the point wanders through a box.

The same `Interval` serves three readings, as the primitives' partial derivatives do: with floats inside it
is a range over a whole domain, with arrays a range per box, with traced scalars a piece of the graph that
is being written. The rows of the table of bounds are plain arithmetic on its ends.

An end that is NaN is unknown: −∞ for a low one, +∞ for a high one. It is carried on like any other, so
0·∞ and ∞ − ∞ need no cases of their own.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any, Final, NamedTuple

import numpy as np

from simulator.autodiff.primitives import TABLE

#: A float, an array or a traced scalar.
Scalar = Any

#: A bool, an array of them or a traced truth value.
TruthScalar = Any


class Slack(NamedTuple):
    """How far rounding may have moved an end: at most absolute + relative·|end|."""

    absolute: float = 0.0
    relative: float = 0.0

    def at(self, size: float) -> float:
        """In absolute terms, for an end of at most that size."""
        return self.absolute + self.relative * size

    @staticmethod
    def worse(a: Slack, b: Slack) -> Slack:
        """What covers either."""
        return Slack(max(a.absolute, b.absolute), max(a.relative, b.relative))


NONE: Final = Slack()


@dataclass(frozen=True, slots=True)
class Interval:
    """A number that lies in [low, high] once rounding is forgiven.

    Its *true* ends have the number between them and stay in [least, most]; ``low`` and ``high``, as
    computed, are within ``slack`` of the true ends.

    Attributes:
        low: the lower end.
        high: the upper end; the very same object as ``low`` for a quantity known exactly.
        least: no true end is below this number, whatever the box.
        most: no true end is above this one.
        slack: how far rounding may have moved the ends.
        smooth: where the quantity is defined and continuous on the whole box.
    """

    low: Scalar
    high: Scalar
    least: float = -math.inf
    most: float = math.inf
    slack: Slack = NONE
    smooth: TruthScalar = True

    @property
    def is_point(self) -> bool:
        """Both ends are one and the same."""
        return self.low is self.high

    @property
    def sign(self) -> int:
        """1 if it is never negative, −1 if it is never positive, 0 if nobody knows."""
        return 1 if self.least >= 0.0 else -1 if self.most <= 0.0 else 0

    @property
    def size(self) -> float:
        """The largest absolute value that a true end may have."""
        return max(abs(self.least), abs(self.most))

    @property
    def smallness(self) -> float:
        """The smallest absolute value that a true end may have."""
        return max(self.least, -self.most, 0.0)

    def spread(self) -> Interval:
        """An interval of arrays, with the range that its ends are seen to have."""
        low, high = float(np.min(self.low)), float(np.max(self.high))
        # NaN: somewhere unknown
        least = self.least if math.isnan(low) else max(low, self.least)
        most = self.most if math.isnan(high) else min(high, self.most)
        return replace(self, least=least, most=most)

    def within(self, least: float, most: float) -> Interval:
        """The same, cut to a range that the number is known to lie in."""
        low, high = self.low, self.high
        if self.least < least:
            low = TABLE["maximum"](low, least)
            high = low if self.is_point else high
        if self.most > most:
            high = TABLE["minimum"](high, most)
            low = high if self.is_point else low
        return replace(
            self, low=low, high=high, least=max(self.least, least), most=min(self.most, most)
        )


@dataclass(frozen=True, slots=True)
class Truth:
    """A condition on a box.

    Attributes:
        always: it certainly holds at every point of the box.
        ever: it may hold at some point.
    """

    always: TruthScalar
    ever: TruthScalar


Bound = Interval | Truth


def exactly(number: float | bool) -> Bound:
    """A constant."""
    if isinstance(number, bool):
        return Truth(number, number)
    if not math.isfinite(number):
        return Interval(math.nan, math.nan, smooth=False)
    return Interval(number, number, number, number)


def spanning(least: float, most: float) -> Interval:
    """A range of floats; unknown ends become infinite."""
    least = -math.inf if math.isnan(least) else float(least)
    most = math.inf if math.isnan(most) else float(most)
    # NumPy's floats divide by 0 without raising.
    return Interval(np.float64(least), np.float64(most), least, most)


def both(a: TruthScalar, b: TruthScalar) -> TruthScalar:
    """a and b, not written down where one of them decides."""
    if a is False or b is False:
        return False
    if a is True or b is True:
        return b if a is True else a
    return TABLE["logical_and"](a, b)


def either(a: TruthScalar, b: TruthScalar) -> TruthScalar:
    """a or b."""
    if a is True or b is True:
        return True
    if a is False or b is False:
        return b if a is False else a
    return TABLE["logical_or"](a, b)


def negated(a: TruthScalar) -> TruthScalar:
    """not a."""
    return not a if isinstance(a, bool) else TABLE["logical_not"](a)


def choose(condition: TruthScalar, a: Scalar, b: Scalar) -> Scalar:
    """a where the condition holds, else b."""
    if a is b or condition is True:
        return a
    return b if condition is False else TABLE["where"](condition, a, b)


def smallest(*numbers: Scalar) -> Scalar:
    """The minimum, NaN if any is; each number counted once."""
    return _fold("minimum", numbers)


def largest(*numbers: Scalar) -> Scalar:
    """The maximum, NaN if any is."""
    return _fold("maximum", numbers)


def _fold(name: str, numbers: tuple[Scalar, ...]) -> Scalar:
    distinct = list({id(number): number for number in numbers}.values())
    result = distinct[0]
    for number in distinct[1:]:
        result = TABLE[name](result, number)
    return result
