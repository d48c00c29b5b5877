"""What slack an operation's result has from its operands.

Absolute errors are multiplied by the steepest slope over the operand's range. Relative ones pass through
products, quotients and powers as they are, add up instead of being magnified, and become absolute where
numbers of different sign are added. Without the distinction, the error of a quantity that *may* be large
would be charged where it is small.

The rules speak of one computed end e and its true end E with |e − E| ≤ absolute + relative·|E|. What E
may be, e ± slack, moves up with e, so the minimum or maximum of several ends has the
worst slack of any of them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from simulator.autodiff.bounds.interval import Interval, Slack, spanning
from simulator.autodiff.bounds.rounding import GENEROUS
from simulator.autodiff.graph import Graph
from simulator.autodiff.node import Node, constant, record, variable
from simulator.autodiff.primitives import Primitive
from simulator.autodiff.recorder import recording

#: A graph and ranges of its inputs -> sizes of its outputs.
Sizes = Callable[[Graph, Sequence[Interval]], Sequence[float]]

_HOPELESS: Final = Slack(math.inf, math.inf)


def inherited(primitive: Primitive, operands: Sequence[Interval], sizes: Sizes) -> Slack:
    """The slack that operands hand on to the result of an operation."""
    rule = _RULES.get(primitive.name)
    if rule is not None:
        return rule(*operands)
    reach = [spanning(x.least - x.slack.at(x.size), x.most + x.slack.at(x.size)) for x in operands]
    slopes = sizes(_slope_graph(primitive), reach)
    shares = [
        x.slack.at(x.size) * slope if any(x.slack) else 0.0
        for slope, x in zip(slopes, operands, strict=True)
    ]
    return Slack(sum(shares))


def _unchanged(x: Interval) -> Slack:
    return x.slack


def _worst(a: Interval, b: Interval) -> Slack:
    return Slack.worse(a.slack, b.slack)


def _sum(a: Interval, b: Interval) -> Slack:
    return _of_sum(a, b, b.sign)


def _difference(a: Interval, b: Interval) -> Slack:
    return _of_sum(a, b, -b.sign)


def _of_sum(a: Interval, b: Interval, sign_of_b: int) -> Slack:
    if a.sign and a.sign == sign_of_b:
        relative = max(a.slack.relative, b.slack.relative)
        return Slack(a.slack.absolute + b.slack.absolute, relative)
    return Slack(a.slack.at(a.size) + b.slack.at(b.size))


def _hypot(a: Interval, b: Interval) -> Slack:
    relative = max(a.slack.relative, b.slack.relative)
    return Slack(a.slack.absolute + b.slack.absolute, relative)


def _product(a: Interval, b: Interval | None = None) -> Slack:
    b = a if b is None else b  # a square has one operand
    in_a = a.slack.absolute * (b.size * GENEROUS + b.slack.absolute)
    in_b = b.slack.absolute * a.size * GENEROUS
    return Slack(in_a + in_b, a.slack.relative + b.slack.relative)


def _quotient(a: Interval, b: Interval) -> Slack:
    smallest = b.smallness / GENEROUS - b.slack.absolute
    if smallest <= 0.0:
        return _HOPELESS
    of_b = b.slack.relative + b.slack.absolute / smallest
    return Slack(a.slack.absolute / smallest, a.slack.relative + of_b)


def _exponential(steepness: float) -> Callable[[Interval], Slack]:
    """For f with |f′| ≤ steepness·f an absolute error of the operand is a relative one of f."""

    def rule(x: Interval) -> Slack:
        if x.most <= 0.0 and x.size > 16.0:
            # Far out an error is multiplied by next to nothing: |x|·exp(x) is at most 1/e.
            return Slack(steepness * x.slack.absolute + 0.5 * x.slack.relative)
        change = steepness * x.slack.at(x.size)
        return Slack(0.0, change * GENEROUS) if change < 2.0**-24 else _HOPELESS

    return rule


def _power(x: Interval, exponent: Interval) -> Slack:
    if exponent.least != exponent.most or not x.smallness:
        return _HOPELESS
    change = x.slack.relative + x.slack.absolute / x.smallness
    change *= max(abs(exponent.least), 1.0)
    return Slack(0.0, change) if change < 2.0**-24 else _HOPELESS


def _root(x: Interval) -> Slack:
    if not x.smallness:
        return _HOPELESS if any(x.slack) else Slack()
    return Slack(0.0, x.slack.relative + x.slack.absolute / x.smallness)


_RULES: Final[Mapping[str, Callable[..., Slack]]] = MappingProxyType(
    {
        "negative": _unchanged,
        "absolute": _unchanged,
        "maximum": _worst,
        "minimum": _worst,
        "add": _sum,
        "subtract": _difference,
        "hypot": _hypot,
        "multiply": _product,
        "divide": _quotient,
        "exp": _exponential(1.0),
        "exp2": _exponential(math.log(2.0)),
        "expit": _exponential(1.0),
        "power": _power,
        "sqrt": _root,
        "cbrt": _root,
    }
)


@lru_cache(maxsize=256)
def _slope_graph(primitive: Primitive) -> Graph:
    """An operation's partial derivatives as a graph of its operands."""
    with recording():
        inputs = tuple(variable() for _ in primitive.pulls)
        result = record(primitive, *inputs)
        found = [0.0 if pull is None else pull(1.0, result, *inputs) for pull in primitive.pulls]
        nodes = tuple(x if isinstance(x, Node) else constant(float(x)) for x in found)
    return Graph(inputs, nodes, (len(nodes),))
