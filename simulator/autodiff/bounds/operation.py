"""One operation on intervals: the ends its row gives, and what becomes of the rounding errors."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import reduce
from typing import Final

import numpy as np

from simulator.autodiff.bounds.interval import NONE, Interval, Slack, both, spanning
from simulator.autodiff.bounds.rounding import GENEROUS, TINY, UNIT, settled, widened
from simulator.autodiff.bounds.row import ANYWHERE, Range, Row

#: Operands -> the slack they hand on to the result.
Inheritance = Callable[[Sequence[Interval]], Slack]

#: Slack above this share of a quantity's size is paid before it grows further.
_LARGE: Final = 2.0**-38


def rounded_at_once(row: Row, operands: Sequence[Interval]) -> Interval:
    """The result with its ends widened on the spot, after the operands have paid their slack."""
    operands = [settled(x) for x in operands]
    on_arrays = any(isinstance(x.low, np.ndarray) for x in operands)
    reach = ANYWHERE if on_arrays else _reach(row, operands)
    allowed = row.range(*operands)
    sign = spanning(*_common(reach, allowed)).sign
    raw = _raw(row, operands, reach)
    margin = row.absolute + (TINY if row.underflows else 0.0)
    result = widened(raw, sign, row.ulps, margin).within(*allowed)
    # The range of an array's ends is there to be seen.
    return result.spread() if on_arrays else result


def carrying_slack(row: Row, operands: Sequence[Interval], inherits: Inheritance) -> Interval:
    """The result with ends as computed, and slack for what rounding may have done to them.

    Operands whose slack would grow too much pay it first; a result whose size is not bounded is widened
    on the spot.
    """
    if row.jumps:
        operands = [settled(x) for x in operands]
    reach = _reach(row, operands)
    if math.isinf(reach[0]) or math.isinf(reach[1]):
        return rounded_at_once(row, operands)
    size = max(abs(reach[0]), abs(reach[1]))
    slack = _handed_on(operands, inherits)
    if not (slack.absolute <= _LARGE * size and slack.relative <= _LARGE) or not isinstance(
        row.smooth(*operands), bool
    ):
        operands, slack = [settled(x) for x in operands], NONE
        reach = _reach(row, operands)
    raw = _raw(row, operands, _common(reach, row.range(*operands)))
    return replace(raw, slack=_with_own(slack, row))


def _handed_on(operands: Sequence[Interval], inherits: Inheritance) -> Slack:
    if all(x.slack == NONE for x in operands):
        return NONE
    slack = inherits(operands)
    return Slack(slack.absolute * GENEROUS, slack.relative * GENEROUS)


def _with_own(slack: Slack, row: Row) -> Slack:
    """The slack of a result that has lost something itself; what a sum loses never underflows."""
    if not row.ulps and not row.absolute:
        return slack
    absolute = slack.absolute + row.absolute + (TINY if row.underflows else 0.0)
    return Slack(absolute, (slack.relative + row.ulps * UNIT) * GENEROUS)


def _raw(row: Row, operands: Sequence[Interval], reach: Range) -> Interval:
    low, high = row.ends(*operands)
    smooth = reduce(both, [x.smooth for x in operands], row.smooth(*operands))
    return Interval(low, high, *reach, smooth=smooth)


def _reach(row: Row, operands: Sequence[Interval]) -> Range:
    """How far the result's ends may go, from how far the operands' may: the same row on floats.

    The ends are widened by what they lose themselves, and this sum by what it loses.
    """
    low, high = row.ends(*[spanning(x.least, x.most) for x in operands])
    margin = 4.0 * row.absolute + (TINY if row.underflows else 0.0)
    wide = widened(spanning(low, high), 0, 4.0 * row.ulps, margin)
    reach = spanning(wide.low, wide.high)
    return reach.least, reach.most


def _common(a: Range, b: Range) -> Range:
    return max(a[0], b[0]), min(a[1], b[1])
