"""Which operation made the NaN? Found by evaluating slowly, once, after it happened."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from simulator.autodiff.backprop import pull_back
from simulator.autodiff.graph import Graph, topological
from simulator.autodiff.node import Node, constant
from simulator.autodiff.origin import Origin
from simulator.autodiff.trace import trace
from simulator.autodiff.walk import evaluate


@dataclass(frozen=True)
class Nonfinite:
    """The first operation that made a value that is not finite out of values that are.

    Attributes:
        operation: the primitive's name, or "input".
        operands: the values it was given.
        value: what it made of them.
        quantity: the named quantity it belongs to, if any.
        origin: the line of the user's code.
        in_derivative: it happened on the way back, in the derivative of what that line computes.
        reached_from: the inputs it depends on, with their values.
    """

    operation: str
    operands: tuple[float, ...]
    value: float
    quantity: str | None
    origin: Origin
    in_derivative: bool
    reached_from: tuple[tuple[str, float], ...]

    def __str__(self) -> str:
        shown = " and ".join(f"{v:.6g}" for v in self.operands)
        what = (
            f"{self.operation} of {shown}" if self.operands else f"{self.operation} is {self.value}"
        )
        where = f" in {self.quantity!r}" if self.quantity else ""
        back = "the derivative: " if self.in_derivative else ""
        inputs = ", ".join(f"{name} = {value:.6g}" for name, value in self.reached_from)
        return f"{back}{what} gives {self.value}{where} at {self.origin}, reached from {inputs}"


def diagnose(
    function: Callable[..., Any] | Graph, x: Any, names: Sequence[str] = ()
) -> Nonfinite | None:
    """Where a function's value or gradient first stops being finite at x; None if it does not.

    >>> print(diagnose(lambda x: np.log(x[0] - 2.0), [1.0], ["strength"]).operation)
    log
    """
    x = [float(v) for v in np.ravel(x)]
    graph = function if isinstance(function, Graph) else trace(function, len(x), names=names)
    found = _first(graph, graph.outputs, x, False)
    if found is not None or len(graph.outputs) != 1:
        return found
    gradient = pull_back(graph.outputs, [constant(1.0)], graph.inputs)
    return _first(graph, gradient, x, True)


def _first(
    graph: Graph, outputs: Sequence[Node], x: Sequence[float], in_derivative: bool
) -> Nonfinite | None:
    whole = Graph(graph.inputs, tuple(outputs), names=graph.names)
    values = evaluate(whole, x)
    if all(math.isfinite(values[node.serial]) for node in outputs):
        return None
    guilty = _guilty(whole, values)
    return None if guilty is None else _report(graph, whole, guilty, values, x, in_derivative)


def _guilty(graph: Graph, values: dict[int, Any]) -> Node | None:
    """Walk up from a bad output to the earliest bad node it takes its badness from."""
    bad = [node for node in graph.outputs if not math.isfinite(values[node.serial])]
    node = bad[0]
    while True:
        worse = [p for p in node.parents if not math.isfinite(values[p.serial])]
        if node.primitive is not None and node.primitive.name == "where":
            taken = node.parents[1 if values[node.parents[0].serial] else 2]
            worse = [p for p in worse if p.serial == taken.serial]
        inputs = {n.serial for n in graph.inputs}
        if not worse or node.serial in inputs:
            return node
        node = worse[0]


def _report(
    graph: Graph,
    whole: Graph,
    node: Node,
    values: dict[int, Any],
    x: Sequence[float],
    in_derivative: bool,
) -> Nonfinite:
    inputs = {n.serial: i for i, n in enumerate(graph.inputs)}
    is_input = node.serial in inputs or node.primitive is None
    above = [node] if is_input else topological([node], graph.inputs)
    reached = [
        (graph.name(n) or f"x[{inputs[n.serial]}]", x[inputs[n.serial]])
        for n in above
        if n.serial in inputs
    ]
    return Nonfinite(
        operation="input" if is_input else _operation(node),
        operands=() if is_input else tuple(values[p.serial] for p in node.parents),
        value=values[node.serial],
        quantity=_quantity(whole, node),
        origin=node.origin,
        in_derivative=in_derivative,
        reached_from=tuple(reached),
    )


def _operation(node: Node) -> str:
    assert node.primitive is not None
    return node.primitive.name


def _quantity(graph: Graph, node: Node) -> str | None:
    """The node's own name, or that of the first named quantity computed from it."""
    reached = {node.serial}
    for other in graph.nodes:
        if other.serial in reached or any(p.serial in reached for p in other.parents):
            if graph.name(other) is not None:
                return graph.name(other)
            reached.add(other.serial)
    return None
