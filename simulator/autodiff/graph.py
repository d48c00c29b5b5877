"""A computational graph of scalars: its inputs, its outputs, and everything between them in order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from simulator.autodiff.columns import from_columns, to_columns
from simulator.autodiff.cost import Cost, cost_of
from simulator.autodiff.node import Node
from simulator.autodiff.printing import to_dict, to_dot, to_html, to_text
from simulator.autodiff.topology import operations, topological
from simulator.autodiff.walk import Backward, Forward, walk


@dataclass(frozen=True, eq=False)
class Graph:
    """A function as a graph of scalars.

    Attributes:
        inputs: one node per number that goes in.
        outputs: one node per number that comes out, in row-major order of ``shape``.
        shape: the shape of the output; () for a scalar.
        names: serial number of a node → its names (a quantity may have several).
    """

    inputs: tuple[Node, ...]
    outputs: tuple[Node, ...]
    shape: tuple[int, ...] = ()
    names: Mapping[int, tuple[str, ...]] = field(default_factory=dict)

    @cached_property
    def nodes(self) -> tuple[Node, ...]:
        """All nodes, inputs and constants included, parents before children."""
        return tuple(topological((*self.inputs, *self.outputs), self.inputs))

    @cached_property
    def operations(self) -> tuple[Node, ...]:
        """The nodes that cost something: neither inputs, constants nor mere aliases."""
        return operations(self.nodes, self.inputs)

    def __len__(self) -> int:
        return len(self.operations)

    def name(self, node: Node) -> str | None:
        """The first name of a node, if it has one."""
        return self.names.get(node.serial, (None,))[0]

    def walk(self, x: Sequence[float], output: int = 0) -> Iterator[Forward | Backward]:
        """The forward sweep at x node by node, then the backward sweep from one output."""
        return walk(self, x, output)

    def cost(self, parameters: int | None = None) -> Cost:
        """Operations of the value, the gradient and the Hessian by the first ``parameters`` inputs."""
        return cost_of(self, parameters)

    def __str__(self) -> str:
        return to_text(self)

    def _repr_html_(self) -> str:
        return to_html(self)

    def to_dict(self) -> dict[str, Any]:
        """The graph as plain lists and strings, ready for JSON."""
        return to_dict(self)

    def to_dot(self) -> str:
        """The graph in Graphviz's DOT language."""
        return to_dot(self)

    def __reduce__(self) -> tuple[Any, ...]:
        return _graph_again, (to_columns(self),)


def _graph_again(state: dict[str, Any]) -> Graph:
    return Graph(*from_columns(state))
