"""A computational graph of scalars: its inputs, its outputs, and everything between them in order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from simulator.autodiff.node import Node, constant, recording, variable
from simulator.autodiff.origin import Origin
from simulator.autodiff.primitives import Primitive
from simulator.autodiff.printing import to_dict, to_dot, to_html, to_text
from simulator.autodiff.walk import Backward, Forward, walk


def topological(outputs: Iterable[Node], inputs: Iterable[Node] = ()) -> list[Node]:
    """Every node the outputs depend on, parents before children; nothing above ``inputs``."""
    stop = {node.serial for node in inputs}
    seen: dict[int, Node] = {}
    stack = list(outputs)
    while stack:
        node = stack.pop()
        if node.serial not in seen:
            seen[node.serial] = node
            if node.serial not in stop:
                stack.extend(node.parents)
    return [seen[serial] for serial in sorted(seen)]


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
        known = {node.serial for node in self.inputs}
        return tuple(
            node
            for node in self.nodes
            if node.primitive and node.primitive.name != "identity" and node.serial not in known
        )

    def __len__(self) -> int:
        return len(self.operations)

    def name(self, node: Node) -> str | None:
        """The first name of a node, if it has one."""
        return self.names.get(node.serial, (None,))[0]

    def walk(self, x: Sequence[float], output: int = 0) -> Iterator[Forward | Backward]:
        """The forward sweep at x node by node, then the backward sweep from one output."""
        return walk(self, x, output)

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

    def __getstate__(self) -> dict[str, Any]:
        """Columns instead of linked nodes, so that depth costs no recursion."""
        row = {node.serial: i for i, node in enumerate(self.nodes)}
        known = {node.serial for node in self.inputs}
        is_root = [node.serial in known or node.primitive is None for node in self.nodes]
        return {
            "primitives": [
                None if root else node.primitive
                for node, root in zip(self.nodes, is_root, strict=True)
            ],
            "parents": [
                () if root else tuple(row[p.serial] for p in node.parents)
                for node, root in zip(self.nodes, is_root, strict=True)
            ],
            "constants": [node.value if node.is_constant else None for node in self.nodes],
            "origins": [tuple(node.origin) for node in self.nodes],
            "inputs": [row[node.serial] for node in self.inputs],
            "outputs": [row[node.serial] for node in self.outputs],
            "names": {row[serial]: names for serial, names in self.names.items() if serial in row},
            "shape": self.shape,
        }

    def __setstate__(self, state: dict[str, Any]) -> None:
        nodes: list[Node] = []
        columns = zip(
            state["primitives"], state["parents"], state["constants"], state["origins"], strict=True
        )
        with recording():
            for primitive, parents, value, origin in columns:
                nodes.append(_rebuilt(primitive, [nodes[i] for i in parents], value, origin))
        self.__dict__.update(
            inputs=tuple(nodes[i] for i in state["inputs"]),
            outputs=tuple(nodes[i] for i in state["outputs"]),
            shape=state["shape"],
            names={nodes[i].serial: names for i, names in state["names"].items()},
        )


def _rebuilt(
    primitive: Primitive | None, parents: Sequence[Node], value: Any, origin: tuple[str, int]
) -> Node:
    if primitive is not None:
        return Node(primitive, tuple(parents), None, False, Origin(*origin))
    return variable(origin=Origin(*origin)) if value is None else constant(value)
