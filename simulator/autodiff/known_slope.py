"""The slope of a formula, said by its author: one edge instead of the chain rule through all its lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from simulator.autodiff.node import Node


class Slope(NamedTuple):
    """A formula's derivative as its author knows it."""

    operand: Node
    """The one variable that the formula depends on."""
    value: Node
    inside: frozenset[int]
    """Serial numbers of what lies between the operand and the result."""


def between(operand: Node, result: Node) -> frozenset[int] | None:
    """The nodes that lead from one to the other, the result apart; None if others lead there too."""
    inside: set[int] = set()
    stack = [result]
    while stack:
        for parent in stack.pop().parents:
            if parent is operand or parent.is_constant or parent.serial in inside:
                continue
            # Another input, or made before the operand: something else that varies.
            if parent.primitive is None or parent.serial < operand.serial:
                return None
            inside.add(parent.serial)
            stack.append(parent)
    return frozenset(inside)
