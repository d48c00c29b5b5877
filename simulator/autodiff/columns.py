"""Graphs as columns of plain values, so that keeping one costs no recursion however deep it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from simulator.autodiff.known_slope import Slope
from simulator.autodiff.node import Node, constant, variable
from simulator.autodiff.origin import Origin
from simulator.autodiff.primitives import Primitive
from simulator.autodiff.recorder import recording
from simulator.autodiff.topology import Wiring, topological

Parts = tuple[tuple[Node, ...], tuple[Node, ...], tuple[int, ...], dict[int, tuple[str, ...]]]
"""Inputs, outputs, shape and names, as `Graph` takes them."""

_PER_NODE: Final = ("primitives", "parents", "constants", "origins", "derives")


def to_columns(graph: Wiring) -> dict[str, Any]:
    """One column per property of the nodes; nodes refer to each other by row."""
    slopes = [node.slope.value for node in graph.nodes if node.slope is not None]
    every = topological((*graph.inputs, *graph.outputs, *slopes), graph.inputs)
    row = {node.serial: i for i, node in enumerate(every)}
    known = {node.serial for node in graph.inputs}
    is_root = [node.serial in known or node.is_constant for node in every]
    nodes = list(zip(every, is_root, strict=True))
    return {
        "primitives": [None if root else node.primitive for node, root in nodes],
        "parents": [
            () if root else tuple(row[p.serial] for p in node.parents) for node, root in nodes
        ],
        "constants": [node.value if node.is_constant else None for node in every],
        "origins": [tuple(node.origin) for node in every],
        "derives": [None if n.derives is None else row.get(n.derives.serial) for n in every],
        "slopes": [
            (row[node.serial], row[operand.serial], row[slope.serial], [row[i] for i in inside])
            for node in every
            if node.slope is not None
            for operand, slope, inside in [node.slope]
            if row.keys() >= {operand.serial, slope.serial, *inside}
        ],
        "inputs": [row[node.serial] for node in graph.inputs],
        "outputs": [row[node.serial] for node in graph.outputs],
        "names": {row[serial]: names for serial, names in graph.names.items() if serial in row},
        "shape": graph.shape,
    }


def from_columns(state: dict[str, Any]) -> Parts:
    """The parts of the graph again, of new nodes."""
    nodes: list[Node] = []
    with recording():
        for primitive, parents, value, origin, derives in zip(
            *(state[column] for column in _PER_NODE), strict=True
        ):
            whole = None if derives is None else nodes[derives]
            nodes.append(_rebuilt(primitive, [nodes[i] for i in parents], value, origin, whole))
    for result, operand, slope, inside in state["slopes"]:
        between = frozenset(nodes[i].serial for i in inside)
        nodes[result].slope = Slope(nodes[operand], nodes[slope], between)
    return (
        tuple(nodes[i] for i in state["inputs"]),
        tuple(nodes[i] for i in state["outputs"]),
        state["shape"],
        {nodes[i].serial: names for i, names in state["names"].items()},
    )


def _rebuilt(
    primitive: Primitive | None,
    parents: Sequence[Node],
    value: Any,
    origin: tuple[str, int],
    derives: Node | None,
) -> Node:
    if primitive is not None:
        return Node(primitive, tuple(parents), None, False, Origin(*origin), derives)
    return variable(origin=Origin(*origin)) if value is None else constant(value)
