"""How many operations a graph and its derivatives take."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from simulator.autodiff.matrices import jacobian_nodes, second_derivatives
from simulator.autodiff.node import Node, adopt
from simulator.autodiff.recorder import recording
from simulator.autodiff.topology import Wiring, operations, topological


@dataclass(frozen=True)
class Cost:
    """Operations, each shared one counted once.

    Attributes:
        forward: of the value alone.
        with_gradient: of the value and the gradient (the Jacobian, for several outputs).
        with_hessian: of the value, the gradient and the Hessian; None for several outputs.
        kinds: primitive → how often it occurs forward.
    """

    forward: int
    with_gradient: int
    with_hessian: int | None
    kinds: Mapping[str, int]

    def __str__(self) -> str:
        parts = [f"{self.forward} operations forward", self._more("gradient", self.with_gradient)]
        if self.with_hessian is not None:
            parts.append(self._more("Hessian", self.with_hessian))
        return ", ".join(parts)

    def _more(self, what: str, operations: int) -> str:
        return f"{operations} with the {what} ({operations / max(self.forward, 1):.1f}×)"


def cost_of(graph: Wiring, parameters: int | None = None) -> Cost:
    """Counts what `compile` would emit for derivatives by the first ``parameters`` inputs."""
    by = graph.inputs[:parameters]
    with recording():
        adopt(graph.nodes)
        slopes = jacobian_nodes(by, graph.outputs)
        scalar = len(graph.outputs) == 1
        curvatures = second_derivatives(graph.outputs[0], by) if scalar else None
    gradient = _count(graph, slopes)
    hessian = None if curvatures is None else _count(graph, [*slopes, *curvatures])
    kinds = Counter(n.primitive.name for n in graph.operations if n.primitive is not None)
    return Cost(len(graph.operations), gradient, hessian, dict(kinds.most_common()))


def _count(graph: Wiring, more: Sequence[Node]) -> int:
    nodes = topological((*graph.inputs, *graph.outputs, *more), graph.inputs)
    return len(operations(nodes, graph.inputs))
