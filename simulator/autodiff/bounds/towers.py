"""Towers: parts of a graph that are functions of a single quantity.

Interval arithmetic takes the two x of x/(1 + x) for strangers, and so overestimates every function that
meets its argument again. But if everything between a quantity z and a later quantity v depends on z alone,
then v is a function of one number, and those can be bounded sharply (see `shape`). Every graph is made of
such towers and of operations that join two of them. To find them is to find dominators: v is a function of z
alone if all ways from the inputs to v lead through z.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from simulator.autodiff.bounds.dominators import bases
from simulator.autodiff.graph import Graph
from simulator.autodiff.node import Node, record
from simulator.autodiff.outputs import derivative_graph
from simulator.autodiff.primitives import Primitive
from simulator.autodiff.recorder import recording
from simulator.autodiff.walk import evaluate


class Towers:
    """The towers of one graph, each as one operation whose derivative is a tower again."""

    def __init__(self) -> None:
        self.bodies: dict[Primitive, Graph] = {}
        self._slopes: dict[Primitive, Graph] = {}
        self._slope_towers: dict[Primitive, Primitive] = {}

    def made_of(self, body: Graph) -> Primitive:
        """The operation that a graph of one input and one output computes."""

        def value(x: Any) -> Any:
            return evaluate(body, [x])[body.outputs[0].serial]

        def pull(g: Any, y: Any, x: Any) -> Any:
            return self._pulled(tower, g, x)

        tower = Primitive("tower", value, (pull,), "tower({0})")
        self.bodies[tower] = body
        return tower

    def slope(self, tower: Primitive) -> Graph:
        """The graph of a tower's derivative."""
        if tower not in self._slopes:
            self._slopes[tower] = derivative_graph(self.bodies[tower], "gradient")
        return self._slopes[tower]

    def _pulled(self, tower: Primitive, g: Any, x: Any) -> Any:
        slope = self.slope(tower)
        if slope.outputs[0].is_constant:
            return g * slope.outputs[0].value
        if len(slope) == 1:
            return g * replayed(slope, {slope.inputs[0].serial: x})[slope.outputs[0].serial]
        if tower not in self._slope_towers:
            self._slope_towers[tower] = self.made_of(slope)
        return g * record(self._slope_towers[tower], x)


def with_towers(graph: Graph, towers: Towers) -> Graph:
    """The same function with every tower written as one operation."""
    base = bases(graph)

    def feeds(node: Node) -> Sequence[Node]:
        return (base[node.serial],) if node.serial in base else node.parents

    with recording() as recorder:
        made = {node.serial: node for node in graph.inputs}
        for node in _needed(graph, feeds):
            recorder.deriving = node
            if node.serial in base:
                body = Graph((base[node.serial],), (node,))
                made[node.serial] = record(towers.made_of(body), made[base[node.serial].serial])
            elif node.serial not in made:
                made[node.serial] = _again(node, made)
        outputs = tuple(made[node.serial] for node in graph.outputs)
    names = {made[s].serial: names for s, names in graph.names.items() if s in made}
    return Graph(graph.inputs, outputs, graph.shape, names)


def replayed(graph: Graph, made: dict[int, Node]) -> dict[int, Node]:
    """Every node of a graph written again, upon other inputs."""
    with recording():
        for node in graph.nodes:
            if node.serial not in made:
                made[node.serial] = _again(node, made)
    return made


def _again(node: Node, made: Mapping[int, Node]) -> Node:
    if node.is_constant or node.primitive is None:
        return node
    return record(node.primitive, *[made[parent.serial] for parent in node.parents])


def _needed(graph: Graph, feeds: Any) -> list[Node]:
    """The nodes that outputs need when towers are taken as one operation, parents first."""
    seen: dict[int, Node] = {}
    stack = list(graph.outputs)
    while stack:
        node = stack.pop()
        if node.serial not in seen:
            seen[node.serial] = node
            stack.extend(feeds(node))
    return [seen[serial] for serial in sorted(seen)]
