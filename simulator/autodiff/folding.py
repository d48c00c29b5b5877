"""Rewrites that never change a bit: what may be simplified while a graph is recorded.

Only identities that hold exactly for every double, NaN, ±inf and ±0 included, are here. So ``x * 1``
is ``x``, but ``x * 0`` is not 0 (x may be NaN), ``x + 0`` is not ``x`` (x may be −0) and ``x / 3`` is
not ``x · (1/3)``. The sign of a NaN is not counted as a bit that matters.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from simulator.autodiff.node import Node

    Apply = Callable[..., Node]
    Rule = Callable[[Apply, tuple[Node, ...]], Node | None]


def is_constant(node: Node, value: float | None = None) -> bool:
    """True for a constant node; with ``value`` given, only for exactly that double (−0 is not 0)."""
    if not node.is_constant:
        return False
    if value is None:
        return True
    return node.value == value and math.copysign(1.0, node.value) == math.copysign(1.0, value)


def _is(node: Node, name: str) -> bool:
    return node.primitive is not None and node.primitive.name == name


def _identity(apply: Apply, operands: tuple[Node, ...]) -> Node | None:
    return operands[0]


def _negative(apply: Apply, operands: tuple[Node, ...]) -> Node | None:
    (x,) = operands
    return x.parents[0] if _is(x, "negative") else None


def _add(apply: Apply, operands: tuple[Node, ...]) -> Node | None:
    a, b = operands
    if is_constant(b, -0.0):
        return a
    if is_constant(a, -0.0):
        return b
    if _is(b, "negative"):
        return apply("subtract", a, b.parents[0])
    if _is(a, "negative"):
        return apply("subtract", b, a.parents[0])
    return None


def _subtract(apply: Apply, operands: tuple[Node, ...]) -> Node | None:
    a, b = operands
    if is_constant(b, 0.0):
        return a
    if _is(b, "negative"):
        return apply("add", a, b.parents[0])
    return None


def _multiply(apply: Apply, operands: tuple[Node, ...]) -> Node | None:
    a, b = operands
    for x, other in ((a, b), (b, a)):
        if is_constant(x, 1.0):
            return other
        if is_constant(x, -1.0):
            return apply("negative", other)
        if _is(x, "negative"):
            return apply("negative", apply("multiply", x.parents[0], other))
    return None


def _divide(apply: Apply, operands: tuple[Node, ...]) -> Node | None:
    a, b = operands
    if is_constant(b, 1.0):
        return a
    if is_constant(b, -1.0):
        return apply("negative", a)
    if _is(a, "negative"):
        return apply("negative", apply("divide", a.parents[0], b))
    if _is(b, "negative"):
        return apply("negative", apply("divide", a, b.parents[0]))
    return None


def _power(apply: Apply, operands: tuple[Node, ...]) -> Node | None:
    # A product and a quotient round correctly, which pow only promises to within an ulp.
    a, b = operands
    if is_constant(b, 1.0):
        return a
    if is_constant(b, 2.0):
        return apply("multiply", a, a)
    if is_constant(b, -1.0):
        return apply("divide", 1.0, a)
    if is_constant(b, 0.0) or is_constant(b, -0.0):
        return apply("identity", 1.0)
    return None


def _where(apply: Apply, operands: tuple[Node, ...]) -> Node | None:
    condition, a, b = operands
    if a is b:
        return a
    if is_constant(condition):
        return a if condition.value else b
    if _is(condition, "logical_not"):
        return apply("where", condition.parents[0], b, a)
    return None


def _logical_not(apply: Apply, operands: tuple[Node, ...]) -> Node | None:
    (x,) = operands
    return x.parents[0] if _is(x, "logical_not") else None


def _logical_and(apply: Apply, operands: tuple[Node, ...]) -> Node | None:
    a, b = operands
    if a is b:
        return a
    for x, other in ((a, b), (b, a)):
        if is_constant(x) and (not x.value or (other.primitive and other.primitive.truth)):
            return other if x.value else x
    return None


REWRITES: Mapping[str, Any] = {
    "identity": _identity,
    "negative": _negative,
    "add": _add,
    "subtract": _subtract,
    "multiply": _multiply,
    "divide": _divide,
    "power": _power,
    "where": _where,
    "logical_not": _logical_not,
    "logical_and": _logical_and,
}
