"""Rounding outwards: at once where nothing is known of a number's size, else once for many operations.

A bound that a computer calculates is itself rounded. Where the size of a result is not known in advance, it
is widened on the spot by k·2⁻⁵²·|x| and the smallest normal number, k being what the operation may lose and
½ more for the widening itself (``nextafter`` would cost twenty times as much; Rump, Zimmermann, Boldo &
Melquiond 2009 show that one unit suffices for an operation that is rounded to nearest). Where the size is
bounded, what may be lost is known when the graph is written. Then it is not paid there and then but kept as
the interval's *slack*, which operations hand on (see `inheritance`), and paid by moving the ends once, before
it has grown.
"""

from __future__ import annotations

import math
import sys
from dataclasses import replace
from typing import Final

from simulator.autodiff.bounds.interval import NONE, Interval, Scalar
from simulator.autodiff.primitives import TABLE

#: One unit in the last place of 1.
UNIT: Final = 2.0**-52

#: The smallest normal number: underflow loses less, even on a machine that flushes to zero.
TINY: Final = 2.0**-1022

_LARGEST: Final = sys.float_info.max

#: Slack is made of sums and products of floats; this covers their own rounding.
GENEROUS: Final = 1.0 + 2.0**-20


def widened(interval: Interval, sign: int, ulps: float, margin: float) -> Interval:
    """Both ends moved outwards by a loss of ``ulps`` units in the last place and ``margin``.

    Args:
        interval: ends as computed.
        sign: 1 or −1 if no end can have the other sign, else 0.
        ulps: units in the last place, ½ for an operation rounded to nearest; 0 for an exact one.
        margin: what may be lost besides, `TINY` at least for what may underflow.
    """
    if not ulps:
        return interval
    factor = math.ceil(ulps + 0.5) * UNIT
    margin *= GENEROUS
    low = _moved(interval.low, sign, -factor, -margin)
    high = _moved(interval.high, sign, factor, margin)
    # What has overflowed is larger than the largest double, not infinite.
    if sign > 0 and interval.most == math.inf:
        low = TABLE["minimum"](low, _LARGEST)
    if sign < 0 and interval.least == -math.inf:
        high = TABLE["maximum"](high, -_LARGEST)
    return replace(interval, low=low, high=high)


def _moved(end: Scalar, sign: int, factor: float, margin: float) -> Scalar:
    """end + factor·|end| + margin; an end of known sign needs no absolute value.

    Of an end of unknown sign that has overflowed this makes NaN, an unknown one.
    """
    if sign:
        end = end * (1.0 + sign * factor)
    else:
        end = end + TABLE["absolute"](end) * factor
    return end + margin if margin else end


def settled(interval: Interval) -> Interval:
    """The interval with its slack paid: the number is between the ends as computed.

    Ends that lose their sign by it get it back.
    """
    absolute, relative = interval.slack
    if not absolute and not relative:
        return interval
    sign, size = interval.sign, interval.size
    if not sign or absolute > 0.125 * relative * size:
        absolute, relative = absolute + (relative + 2.0 * UNIT) * size, 0.0
    elif 0.0 < absolute <= relative * interval.smallness:
        absolute, relative = 0.0, relative + absolute / interval.smallness
    factor = (relative + 2.0 * UNIT) * GENEROUS if relative else 0.0
    margin = absolute * GENEROUS
    low, high = interval.low, interval.high
    if relative:
        low, high = low * (1.0 - sign * factor), high * (1.0 + sign * factor)
    if absolute:
        low, high = low - margin, high + margin
    return _resigned(interval, low, high, 2.0 * (margin + factor * size))


def _resigned(interval: Interval, low: Scalar, high: Scalar, step: float) -> Interval:
    """An interval whose ends have moved by up to a step, with the sign it had."""
    least, most = interval.least - step, interval.most + step
    if least < 0.0 <= interval.least:
        least, low = interval.least, TABLE["maximum"](low, interval.least)
    if most > 0.0 >= interval.most:
        most, high = interval.most, TABLE["minimum"](high, interval.most)
    return replace(interval, low=low, high=high, least=least, most=most, slack=NONE)
