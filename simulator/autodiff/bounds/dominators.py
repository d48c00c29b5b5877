"""Which quantities of a graph are functions of one other quantity alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from simulator.autodiff.graph import Graph
from simulator.autodiff.node import Node

Above = dict[int, Node | None]


def dominators(graph: Graph) -> Above:
    """Serial number of each node -> the last node that all ways from the inputs to it lead through.

    None for inputs, and where the ways begin at several inputs. Constants are on no way.
    """
    above: Above = {node.serial: None for node in graph.inputs}
    depth = dict.fromkeys(above, 0)
    for node in graph.nodes:
        if node.serial in above or node.is_constant:
            continue
        first, *others = [parent for parent in node.parents if not parent.is_constant]
        meeting: Node | None = first
        for other in others:
            meeting = _common(meeting, other, above, depth)
        above[node.serial] = meeting
        depth[node.serial] = 0 if meeting is None else depth[meeting.serial] + 1
    return above


def _common(a: Node | None, b: Node | None, above: Above, depth: Mapping[int, int]) -> Node | None:
    """The last node that the ways to a and to b share."""
    while a is not None and b is not None and a is not b:
        if depth[a.serial] >= depth[b.serial]:
            a = above[a.serial]
        else:
            b = above[b.serial]
    return a if a is b else None


def bases(graph: Graph) -> dict[int, Node]:
    """Serial number of each node worth a tower -> the node it is a function of.

    Those are the nodes that something outside of their tower reads, and those where the ways to several
    such nodes part; each stands on the next one below it. A single operation is no tower.
    """
    above = dominators(graph)
    landings = _landings(graph, above)
    found: dict[int, Node] = {}
    for node in graph.nodes:
        base = _base(node, above, landings) if node.serial in landings else None
        if base is not None and any(p is not base and not p.is_constant for p in node.parents):
            found[node.serial] = base
    return found


def _base(node: Node, above: Above, landings: set[int]) -> Node | None:
    """The next landing below a node, or the ground; a condition is neither."""
    base = above[node.serial]
    while base is not None and (
        base.is_truth or (base.serial not in landings and above[base.serial] is not None)
    ):
        base = above[base.serial]
    return base


def _landings(graph: Graph, above: Above) -> set[int]:
    """Nodes that are read from outside of their tower, and those where ways to several of these part."""
    ground: dict[int, int] = {}
    for node in graph.nodes:
        if node.serial in above:
            lower = above[node.serial]
            ground[node.serial] = node.serial if lower is None else ground[lower.serial]
    read = _read_outside(graph, ground)
    landings: set[int] = set()
    ways: defaultdict[int, int] = defaultdict(int)
    for node in reversed(graph.nodes):
        if node.serial not in above:
            continue
        if not node.is_truth and (node.serial in read or ways[node.serial] > 1):
            landings.add(node.serial)
        lower = above[node.serial]
        if lower is not None and (node.serial in landings or ways[node.serial]):
            ways[lower.serial] += 1
    return landings


def _read_outside(graph: Graph, ground: Mapping[int, int]) -> set[int]:
    """Nodes that are outputs, or operands of something that stands elsewhere."""
    read = {node.serial for node in graph.outputs}
    for node in reversed(graph.nodes):
        for parent in node.parents if node.serial in ground else ():
            elsewhere = ground.get(parent.serial) != ground[node.serial]
            # A condition cannot be a tower, so what it reads has to be at hand outside.
            if elsewhere or (node.is_truth and node.serial in read):
                read.add(parent.serial)
    return read
