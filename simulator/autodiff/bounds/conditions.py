"""Comparisons, logic and ``where`` on a box: a condition may hold always, never or somewhere.

Where a condition's operands may be undefined or jump, nothing is decided: NaN compares false.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from simulator.autodiff.bounds.interval import (
    Bound,
    Interval,
    Slack,
    Truth,
    both,
    choose,
    either,
    largest,
    negated,
    smallest,
)
from simulator.autodiff.bounds.rounding import settled
from simulator.autodiff.primitives import TABLE

_LESS, _LESS_EQUAL = TABLE["less"], TABLE["less_equal"]


def _less(a: Interval, b: Interval) -> Truth:
    if a.most < b.least or a.least >= b.most:
        holds = a.most < b.least
        return Truth(holds, holds)
    a, b = settled(a), settled(b)
    return Truth(_LESS(a.high, b.low), negated(_LESS_EQUAL(b.high, a.low)))


def _less_equal(a: Interval, b: Interval) -> Truth:
    return logical_not(_less(b, a))


def _equal(a: Interval, b: Interval) -> Truth:
    apart = either(_less(a, b).always, _less(b, a).always)
    same = both(_less_equal(a, b).always, _less_equal(b, a).always)
    return Truth(same, negated(apart))


def logical_and(a: Truth, b: Truth) -> Truth:
    return Truth(both(a.always, b.always), both(a.ever, b.ever))


def logical_or(a: Truth, b: Truth) -> Truth:
    return Truth(either(a.always, b.always), either(a.ever, b.ever))


def logical_not(a: Truth) -> Truth:
    return Truth(negated(a.ever), negated(a.always))


def _only_where_defined(compare: Callable[[Interval, Interval], Truth]) -> Callable[..., Truth]:
    def condition(a: Interval, b: Interval) -> Truth:
        truth, defined = compare(a, b), both(a.smooth, b.smooth)
        return Truth(both(defined, truth.always), either(negated(defined), truth.ever))

    return condition


def _isnan(x: Interval) -> Truth:
    return Truth(False, negated(x.smooth))


def _isfinite(x: Interval) -> Truth:
    return Truth(x.smooth, True)


#: Name of a truth-valued primitive -> its rule.
CONDITIONS: Final[Mapping[str, Callable[..., Truth]]] = MappingProxyType(
    {
        "less": _only_where_defined(_less),
        "less_equal": _only_where_defined(_less_equal),
        "greater": _only_where_defined(lambda a, b: _less(b, a)),
        "greater_equal": _only_where_defined(lambda a, b: _less_equal(b, a)),
        "equal": _only_where_defined(_equal),
        "not_equal": _only_where_defined(lambda a, b: logical_not(_equal(a, b))),
        "logical_and": logical_and,
        "logical_or": logical_or,
        "logical_not": logical_not,
        "isnan": _isnan,
        "isfinite": _isfinite,
    }
)


def where(condition: Truth, a: Interval, b: Interval) -> Interval:
    """One arm where the condition is decided; where it is not, the hull of both, with a jump."""
    if condition.always is True or condition.ever is False:
        return a if condition.always is True else b
    always, ever = condition.always, condition.ever
    return Interval(
        low=choose(always, a.low, choose(ever, smallest(a.low, b.low), b.low)),
        high=choose(always, a.high, choose(ever, largest(a.high, b.high), b.high)),
        least=min(a.least, b.least),
        most=max(a.most, b.most),
        slack=Slack.worse(a.slack, b.slack),
        smooth=either(both(always, a.smooth), both(negated(ever), b.smooth)),
    )


def as_number(bound: Bound) -> Interval:
    """A condition counted as 1 or 0; a number as it is."""
    if isinstance(bound, Interval):
        return bound
    low, high = choose(bound.always, 1.0, 0.0), choose(bound.ever, 1.0, 0.0)
    return Interval(low, high, 0.0, 1.0, smooth=either(bound.always, negated(bound.ever)))
