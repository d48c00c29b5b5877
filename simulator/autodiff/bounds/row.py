"""One row of the table of bounds, and the rows of functions that only rise or only fall."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from simulator.autodiff.bounds.interval import Interval, Scalar, TruthScalar, both
from simulator.autodiff.primitives import TABLE

Ends = Callable[..., tuple[Scalar, Scalar]]
Range = tuple[float, float]

ANYWHERE: Final = (-math.inf, math.inf)


def anywhere(*operands: Interval) -> Range:
    """Nothing is known beforehand."""
    return ANYWHERE


def everywhere(*operands: Interval) -> TruthScalar:
    """Defined and continuous for all numbers."""
    return True


@dataclass(frozen=True)
class Row:
    """How one operation bounds its result.

    Attributes:
        ends: intervals of the operands -> (low, high) of the result but for rounding.
        ulps: units in the last place the operation may lose, in any dialect; ½ for one that is rounded
            to nearest, 0 for an exact one.
        absolute: what it may lose besides.
        range: intervals of the operands -> (least, most), which no result leaves.
        smooth: intervals of the operands -> whether the operation is defined and continuous on them.
        underflows: a result may be too small for a normal number.
        jumps: its ends may jump where the operands' ends move a little (so these are settled first).
    """

    ends: Ends
    ulps: float = 0.5
    absolute: float = 0.0
    range: Callable[..., Range] = anywhere
    smooth: Callable[..., TruthScalar] = everywhere
    underflows: bool = True
    jumps: bool = False


def increasing(
    function: Callable[[Any], Any],
    ulps: float,
    *,
    absolute: float = 0.0,
    range: Range | Callable[..., Range] = ANYWHERE,  # noqa: A002
    above: float = -math.inf,
    below: float = math.inf,
    closed: bool = False,
) -> Row:
    """The row of a function of one number that never falls.

    Args:
        function: of floats, arrays and traced scalars.
        ulps: units in the last place it may lose, in any dialect.
        absolute: what it may lose besides.
        range: what its values never leave.
        above: it is defined above this number,
        below: and below this one. Outside it must return NaN.
        closed: it is defined at these two as well.

    >>> import numpy as np
    >>> from simulator.autodiff.bounds.interval import spanning
    >>> low, high = increasing(np.cbrt, ulps=1.0).ends(spanning(-1.0, 8.0))
    >>> float(low), float(high)
    (-1.0, 2.0)
    """
    return Row(
        lambda x: _at_ends(function, x.low, x.high),
        ulps,
        absolute,
        range if callable(range) else lambda *_: range,
        lambda x: inside(x, above, below, closed),
    )


def decreasing(
    function: Callable[[Any], Any],
    ulps: float,
    *,
    absolute: float = 0.0,
    range: Range | Callable[..., Range] = ANYWHERE,  # noqa: A002
    above: float = -math.inf,
    below: float = math.inf,
    closed: bool = False,
) -> Row:
    """The row of a function of one number that never rises; arguments as for `increasing`."""
    return Row(
        lambda x: _at_ends(function, x.high, x.low),
        ulps,
        absolute,
        range if callable(range) else lambda *_: range,
        lambda x: inside(x, above, below, closed),
    )


def _at_ends(function: Callable[[Any], Any], a: Scalar, b: Scalar) -> tuple[Scalar, Scalar]:
    low = function(a)
    return low, low if a is b else function(b)


def inside(x: Interval, above: float, below: float = math.inf, closed: bool = False) -> TruthScalar:
    """Whether all of x lies between two numbers."""
    if closed:
        left = x.least >= above or TABLE["greater_equal"](x.low, above)
        right = x.most <= below or TABLE["less_equal"](x.high, below)
        return both(left, right)
    left = above == -math.inf or x.least > above or TABLE["greater"](x.low, above)
    right = below == math.inf or x.most < below or TABLE["less"](x.high, below)
    return both(left, right)


def of_the_same_sign(x: Interval) -> Range:
    """The range of a function that is 0 at 0 and never falls."""
    return _SIGNED[x.sign]


_SIGNED: Final = {1: (0.0, math.inf), -1: (-math.inf, 0.0), 0: ANYWHERE}


def signed(sign: int) -> Range:
    """The numbers of a sign; all for sign 0."""
    return _SIGNED[sign]


def positive(*operands: Interval) -> Range:
    """No result is negative."""
    return _SIGNED[1]
