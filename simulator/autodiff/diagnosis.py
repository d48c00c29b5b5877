"""Which operation made the NaN? Found by looking back slowly, once, after it happened."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from simulator.autodiff.backprop import pull_back
from simulator.autodiff.graph import Graph
from simulator.autodiff.node import Node, constant
from simulator.autodiff.origin import Origin
from simulator.autodiff.recorder import recording
from simulator.autodiff.topology import topological
from simulator.autodiff.trace import trace
from simulator.autodiff.walk import evaluate, local_partials

#: What to do about a result that is not finite.
OnNonfinite = Literal["raise", "return"]

_ORDINALS = ("", "second ", "third ")


@dataclass(frozen=True)
class Nonfinite:
    """The first operation that made a value that is not finite out of values that are.

    Attributes:
        operation: the primitive's name, "input" or "constant".
        operands: the values it was given.
        value: what it made of them.
        quantity: the named quantity it belongs to, if any.
        origin: the line of the user's code.
        reached_from: the inputs it depends on, with their values.
        derivative_of: the user's operation, if it happened on the way back, in its derivative.
        at: the values that operation was given.
        order: of that derivative; 0 for a value.
        partial: the operation's own partial derivative, where that is what is not finite.
        column: of the batch, if it was one.
    """

    operation: str
    operands: tuple[float, ...]
    value: float
    quantity: str | None
    origin: Origin
    reached_from: tuple[tuple[str, float], ...]
    derivative_of: str | None = None
    at: tuple[float, ...] = ()
    order: int = 0
    partial: float | None = None
    column: int | None = None

    def __str__(self) -> str:
        where = f" in {self.quantity!r}" if self.quantity else ""
        column = "" if self.column is None else f" (column {self.column} of the batch)"
        return f"{self._event()}{where} at {self.origin}{self._inputs()}{column}"

    def _event(self) -> str:
        if not self.operands:
            return f"{self.operation} is {self.value:.6g}"
        happened = f"{self.operation} of {_listed(self.operands)}"
        if self.derivative_of is None:
            return f"{happened} gives {self.value:.6g}"
        order = _ORDINALS[min(self.order, 3) - 1]
        derivative = f"the {order}derivative of {self.derivative_of} at {_listed(self.at)}"
        if self.partial is None:
            return f"in {derivative}: {happened} gives {self.value:.6g}"
        return f"{derivative} is {self.partial:.6g} ({happened})"

    def _inputs(self) -> str:
        shown = ", ".join(f"{name} = {value:.6g}" for name, value in self.reached_from[:8])
        more = len(self.reached_from) - 8
        return (f", reached from {shown}" if shown else "") + (f" and {more} more" * (more > 0))


class NonfiniteError(FloatingPointError):
    """A value or a derivative is not finite; ``report`` says where that began.

    The option ``nonfinite="return"`` of the derivatives returns such results as they are.
    """

    def __init__(self, report: Nonfinite) -> None:
        super().__init__(str(report))
        self.report = report

    def __reduce__(self) -> tuple[Any, ...]:
        return NonfiniteError, (self.report,)


def _listed(values: Sequence[float]) -> str:
    return " and ".join(f"{value:.6g}" for value in values)


def diagnose(
    function: Callable[..., Any] | Graph, x: Any, names: Sequence[str] = ()
) -> Nonfinite | None:
    """Where a function's value or gradient first stops being finite at x; None if it does not.

    Args:
        function: plain NumPy arithmetic of one array, or a traced `Graph` (whose own names are used).
        x: the point.
        names: names of the inputs.

    >>> print(diagnose(lambda x: 2.0 * np.log(x[0] - 2.0), [1.69]).operation)
    log
    """
    point = [float(v) for v in np.ravel(x)]
    graph = function if isinstance(function, Graph) else trace(function, len(point), names=names)
    with recording():
        one = [constant(1.0)]
        slopes = pull_back(graph.outputs, one, graph.inputs) if len(graph.outputs) == 1 else []
    return diagnose_nodes(graph, slopes, point)


def diagnose_nodes(graph: Graph, more: Sequence[Node], x: Sequence[float]) -> Nonfinite | None:
    """The same for a graph's outputs and ``more`` nodes of the same inputs, such as derivatives."""
    outputs = (*graph.outputs, *more)
    values = evaluate(Graph(graph.inputs, outputs), x)
    return first_nonfinite(outputs, graph.inputs, values, graph.names)


def known_values(outputs: Sequence[Node], inputs: Sequence[Node]) -> dict[int, Any]:
    """The values that nodes recorded at a point know already."""
    return {node.serial: node.value for node in topological(outputs, inputs)}


def first_nonfinite(
    outputs: Sequence[Node],
    inputs: Sequence[Node],
    values: Mapping[int, Any],
    names: Mapping[int, tuple[str, ...]],
) -> Nonfinite | None:
    """The report on the first of ``outputs`` that is not finite; None if all are."""
    for output in outputs:
        if not math.isfinite(values[output.serial]):
            roots = {node.serial for node in inputs}
            guilty = _guilty(output, roots, values)
            return _report(guilty, outputs, inputs, values, names)
    return None


def _guilty(node: Node, roots: set[int], values: Mapping[int, Any]) -> Node:
    """From a bad output up to the earliest bad node that it takes its badness from."""
    while node.serial not in roots and node.primitive is not None:
        feeding = node.parents
        if node.primitive.name == "where":
            feeding = (node.parents[1 if values[node.parents[0].serial] else 2],)
        bad = [parent for parent in feeding if not math.isfinite(values[parent.serial])]
        if not bad:
            break
        node = bad[0]
    return node


def _report(
    node: Node,
    outputs: Sequence[Node],
    inputs: Sequence[Node],
    values: Mapping[int, Any],
    names: Mapping[int, tuple[str, ...]],
) -> Nonfinite:
    is_input = any(node.serial == root.serial for root in inputs) or node.primitive is None
    users, order = node, 0
    while users.derives is not None and not is_input:
        users, order = users.derives, order + 1
    above = {n.serial for n in topological([node], inputs)}
    reached = [(i, n) for i, n in enumerate(inputs) if n.serial in above]
    kind = "constant" if node.is_constant else "input"
    return Nonfinite(
        operation=kind if is_input or node.primitive is None else node.primitive.name,
        operands=() if is_input else tuple(values[p.serial] for p in node.parents),
        value=values[node.serial],
        quantity=_quantity(users, outputs, inputs, names),
        origin=node.origin,
        reached_from=tuple(
            (names.get(n.serial, (f"x[{i}]",))[0], values[n.serial]) for i, n in reached
        ),
        derivative_of=users.primitive.name if order and users.primitive else None,
        at=tuple(values.get(p.serial, math.nan) for p in users.parents) if order else (),
        order=order,
        partial=_bad_partial(users, values) if order == 1 else None,
    )


def _bad_partial(node: Node, values: Mapping[int, Any]) -> float | None:
    partials = local_partials(node, values)
    return next((p for p in partials if not math.isfinite(p)), None)


def _quantity(
    node: Node,
    outputs: Sequence[Node],
    inputs: Sequence[Node],
    names: Mapping[int, tuple[str, ...]],
) -> str | None:
    """The node's own name, or that of the first named quantity computed from it."""
    reached = {node.serial}
    for other in topological(outputs, inputs):
        if other.serial in reached or any(p.serial in reached for p in other.parents):
            if other.serial in names:
                return names[other.serial][0]
            reached.add(other.serial)
    return None
