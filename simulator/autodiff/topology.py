"""What a graph is made of, for those who read it: its nodes in order, and which of them cost something."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

from simulator.autodiff.node import Node


class Wiring(Protocol):
    """The part of a graph that its readers need; `Graph` says what each means."""

    @property
    def inputs(self) -> tuple[Node, ...]: ...
    @property
    def outputs(self) -> tuple[Node, ...]: ...
    @property
    def shape(self) -> tuple[int, ...]: ...
    @property
    def names(self) -> Mapping[int, tuple[str, ...]]: ...
    @property
    def nodes(self) -> tuple[Node, ...]: ...
    @property
    def operations(self) -> tuple[Node, ...]: ...
    def name(self, node: Node) -> str | None: ...


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


def operations(nodes: Iterable[Node], inputs: Iterable[Node]) -> tuple[Node, ...]:
    """The nodes that cost something: neither inputs, constants nor mere aliases."""
    known = {node.serial for node in inputs}
    return tuple(
        node
        for node in nodes
        if node.primitive is not None
        and node.primitive.name != "identity"
        and not node.is_constant
        and node.serial not in known
    )
