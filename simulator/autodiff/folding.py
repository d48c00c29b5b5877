"""Rewrites that never change a bit: what may be simplified while a graph is recorded.

Only identities that hold exactly for every double, NaN, ±inf and ±0 included, are here. So ``x * 1``
is ``x``, but ``x * 0`` is not 0 (x may be NaN), ``x + 0`` is not ``x`` (x may be −0) and ``x / 3`` is
not ``x · (1/3)``, while ``x / 4`` is ``x · 0.25``. The sign of a NaN is not counted as a bit that matters.

Signs travel outwards, through products and quotients, until a sum takes them up as a difference or a
constant swallows them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from simulator.autodiff.node import Node

    Apply = Callable[..., Node]


def is_constant(node: Node, value: float) -> bool:
    """True for the constant node of exactly that double (−0 is not 0)."""
    if not node.is_constant:
        return False
    return node.value == value and math.copysign(1.0, node.value) == math.copysign(1.0, value)


def is_named(node: Node, name: str) -> bool:
    """Whether the table's operation of that name made the node."""
    return node.primitive is not None and node.primitive.name == name


def _identity(apply: Apply, x: Node) -> Node | None:
    return x


def _negative(apply: Apply, x: Node) -> Node | None:
    if is_named(x, "negative"):
        return x.parents[0]
    for name in ("multiply", "divide"):
        if is_named(x, name):
            a, b = x.parents
            if a.is_constant:
                return apply(name, -a.value, b)
            if b.is_constant:
                return apply(name, a, -b.value)
    return None


def _add(apply: Apply, a: Node, b: Node) -> Node | None:
    for x, other in ((a, b), (b, a)):
        if x.is_constant and is_constant(x, -0.0):
            return other
    if is_named(b, "negative"):
        return apply("subtract", a, b.parents[0])
    if is_named(a, "negative"):
        return apply("subtract", b, a.parents[0])
    return None


def _subtract(apply: Apply, a: Node, b: Node) -> Node | None:
    if is_constant(b, 0.0):
        return a
    if is_named(b, "negative"):
        return apply("add", a, b.parents[0])
    return None


def _multiply(apply: Apply, a: Node, b: Node) -> Node | None:
    for x, other in ((a, b), (b, a)):
        if x.is_constant:
            if x.value == 1.0:
                return other
            if x.value == -1.0:
                return apply("negative", other)
        elif is_named(x, "negative"):
            return apply("negative", apply("multiply", x.parents[0], other))
    return None


def _divide(apply: Apply, a: Node, b: Node) -> Node | None:
    if b.is_constant:
        return _divide_by(apply, a, b.value)
    if is_named(a, "negative"):
        return apply("negative", apply("divide", a.parents[0], b))
    if is_named(b, "negative"):
        return apply("negative", apply("divide", a, b.parents[0]))
    return None


def _divide_by(apply: Apply, a: Node, divisor: float) -> Node | None:
    if divisor == 1.0:
        return a
    if is_named(a, "negative"):
        return apply("divide", a.parents[0], -divisor)
    # A power of two: the reciprocal is exact, so product and quotient round the same real number.
    if abs(math.frexp(divisor)[0]) == 0.5 and 1e-300 < abs(divisor) < 1e300:
        return apply("multiply", a, 1.0 / divisor)
    return None


def _power(apply: Apply, a: Node, b: Node) -> Node | None:
    # A product and a quotient round correctly, which pow only promises to within an ulp.
    if not b.is_constant:
        return None
    if b.value == 1.0:
        return a
    if b.value == 2.0:
        return apply("multiply", a, a)
    if b.value == -1.0:
        return apply("divide", 1.0, a)
    if b.value == 0.5:  # as NumPy itself does
        return apply("sqrt", a)
    if b.value == 0.0:
        return apply("identity", 1.0)
    return None


def _where(apply: Apply, condition: Node, a: Node, b: Node) -> Node | None:
    if a is b:
        return a
    if condition.is_constant:
        return a if condition.value else b
    if is_named(condition, "logical_not"):
        return apply("where", condition.parents[0], b, a)
    return None


def _logical_not(apply: Apply, x: Node) -> Node | None:
    return x.parents[0] if is_named(x, "logical_not") else None


def _logical_and(apply: Apply, a: Node, b: Node) -> Node | None:
    if a is b:
        return a
    for x, other in ((a, b), (b, a)):
        if x.is_constant and (not x.value or (other.primitive and other.primitive.truth)):
            return other if x.value else x
    return None


REWRITES: Mapping[str, Callable[..., Any]] = {
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
