"""Products of exponentials, whose adjoints travel as y·ȳ.

If y = exp(u), the adjoint of u is y·ȳ: nothing else about ȳ is ever asked. So it is with every product,
quotient and power of exponentials, y = c·exp(u)·exp(v)⁻² …: along them y·ȳ, the derivative by log y, goes
from result to factor as it is, where ȳ itself would be multiplied by the other factors on the way and
by the exponential at the end. A knob on a log scale, diffusion over many sizes and a power law are such.

No logarithm and no quotient is taken: y·ȳ is made from ȳ by one product, and is needed by exponentials only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set
from typing import Final

from simulator.autodiff.node import Node, apply

_PRODUCTS: Final = frozenset({"negative", "multiply", "divide", "sqrt"})


def exponentials(nodes: Iterable[Node], relevant: Set[int], roots: Set[int]) -> set[int]:
    """Serial numbers of the nodes that are products of powers of exponentials of the inputs.

    Args:
        nodes: parents before children.
        relevant: serial numbers of what depends on the inputs; the rest counts as constant.
        roots: serial numbers of the inputs, whose own adjoints are wanted as they are.
    """
    found: set[int] = set()
    for node in nodes:
        if node.serial not in relevant or node.serial in roots or node.slope is not None:
            continue
        assert node.primitive is not None
        name, parents = node.primitive.name, node.parents
        if name == "power" and parents[1].serial not in relevant:
            parents = parents[:1]
        elif name not in _PRODUCTS:
            if name == "exp":
                found.add(node.serial)
            continue
        if all(p.serial in found or p.serial not in relevant for p in parents):
            found.add(node.serial)
    return found


def by_logarithm(node: Node, adjoint: Node) -> Iterator[tuple[Node, Node]]:
    """What each operand of a product of exponentials receives, given ∂/∂ log node.

    An exponential's operand receives its adjoint, all others ∂/∂ log operand.
    """
    assert node.primitive is not None
    name, parents = node.primitive.name, node.parents
    if name == "power":
        yield parents[0], adjoint * parents[1]
        return
    yield parents[0], 0.5 * adjoint if name == "sqrt" else adjoint
    if len(parents) == 2:
        yield parents[1], -adjoint if name == "divide" else adjoint


def of_a_factor(node: Node, factor: Node, adjoint: Node) -> Node | None:
    """∂/∂ log of an exponential that is an operand of a product or quotient; None of anything else."""
    assert node.primitive is not None
    name = node.primitive.name
    if name not in ("multiply", "divide"):
        return None
    whole: Node = apply("multiply", adjoint, node)
    return -whole if name == "divide" and factor is node.parents[1] else whole
