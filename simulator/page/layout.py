"""Where everything of the graph stands in the page: stages one below the other, their nodes in layers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from simulator.page.layers import Layered, in_layers
from simulator.page.stages import STAGES, StagedGraph, View

#: Distance between the ends of neighbouring edges on the head of a box, and the part of the head they share.
PORTS: Final = (12.0, 0.7)


class Size(NamedTuple):
    """Width and height of a box, pixels."""

    width: float
    height: float


class Rectangle(NamedTuple):
    """A place in the drawing, pixels, downwards."""

    left: float
    top: float
    width: float
    height: float


#: The way of an edge: (x, y, y again) of every layer that it stands in or passes. It runs straight from the
#: first height to the second, and bends only between layers, upright at both ends of the bend.
Way = tuple[tuple[float, float, float], ...]


#: What has a name says it and its value; a mere operation shows its sign and its value.
NAMED: Final = Size(128.0, 46.0)
OPERATION: Final = Size(72.0, 36.0)

#: What a stage is called, and the button that opens it: a box of its own, in a column left of all others.
HEAD: Final = Size(124.0, 76.0)
HEAD_AT: Final = (10.0, 10.0)
"""Where it stands in the stage's band: from the left, from the top."""

_BESIDE_HEAD: Final = 16.0
#: Wide enough for the thickest edges to keep apart.
_LANE: Final = 6.0
_GAP: Final = 10.0
_BETWEEN_LAYERS: Final = 30.0
_STAGE_FOOT: Final = 12.0
_BETWEEN_STAGES: Final = 20.0
_MARGIN: Final = 18.0


@dataclass(frozen=True)
class Layout:
    """One view of the graph, placed. All lengths in pixels.

    Attributes:
        layer: node → the layer its box stands in.
        x: node → the centre of its box, and of the lanes of its edges in each later layer they pass.
        sizes: node → the size of its box.
        arriving: child → its parents, in the order in which their edges enter its head, `port_spread`
            apart. An edge leaves at its parent's foot, is straight along every layer and bends only
            between layers, so it meets no other box and no stage's name.
        rows: (top, height) of every layer.
        stages: (name, top, height) of every stage's band.
        width, height: of the drawing.
        crossings: how many pairs of edges cross.
    """

    layer: Mapping[int, int]
    x: Mapping[int, Sequence[float]]
    sizes: Mapping[int, Size]
    arriving: Mapping[int, Sequence[int]]
    rows: Sequence[tuple[float, float]]
    stages: Sequence[tuple[str, float, float]]
    width: float
    height: float
    crossings: int

    def box(self, node: int) -> Rectangle:
        """Where a node's box is: in the middle of its layer's height."""
        top, height = self.rows[self.layer[node]]
        wide, tall = self.sizes[node]
        return Rectangle(self.x[node][0] - wide / 2, top + (height - tall) / 2, wide, tall)

    @property
    def heads(self) -> Mapping[str, Rectangle]:
        """Where each stage's name stands."""
        left, down = HEAD_AT
        return {name: Rectangle(left, top + down, *HEAD) for name, top, _ in self.stages}

    @property
    def edges(self) -> Iterator[tuple[int, int, Way]]:
        """(parent, child, way) of every edge, from the parent's foot to the child's head."""
        for child, parents in self.arriving.items():
            head = self.box(child)
            spread = port_spread(head.width, len(parents))
            for place, parent in enumerate(parents):
                port = self.x[child][0] + (place - (len(parents) - 1) / 2) * spread
                row = self.rows[self.layer[child]][0]
                yield parent, child, (*self._lanes(parent, child), (port, row, head.top))

    def _lanes(self, parent: int, child: int) -> Iterator[tuple[float, float, float]]:
        first, foot = self.layer[parent], self.box(parent)
        for at in range(first, self.layer[child]):
            top, height = self.rows[at]
            begins = top if at > first else foot.top + foot.height
            yield self.x[parent][at - first], begins, top + height

    def as_json(self) -> dict[str, Any]:
        """Whole pixels in flat lists, which is what the page reads; edges it finds by the graph itself."""
        return {
            "size": [round(self.width), round(self.height)],
            "stages": [[name, round(top), round(height)] for name, top, height in self.stages],
            "rows": [round(number) for row in self.rows for number in row],
            # node, layer, how many places, their centres
            "boxes": [
                number
                for node, xs in self.x.items()
                for number in (node, self.layer[node], len(xs), *map(round, xs))
            ],
        }


def port_spread(width: float, count: int) -> float:
    """Distance between the ends of neighbouring edges on the head of a box; see `PORTS`.

    >>> port_spread(120.0, 3), port_spread(120.0, 28)
    (12.0, 3.0)
    """
    return min(PORTS[0], PORTS[1] * width / max(count, 1))


def lay_out(staged: StagedGraph, view: View) -> Layout:
    """Place what a view shows."""
    visible = staged.visible(view)
    edges = staged.edges(visible)
    sizes = {i: NAMED if staged.names[i] else OPERATION for i in visible}
    layer, first = _layers(staged, visible, edges)
    drawn = in_layers(layer, edges, lambda node: sizes[node].width, lane=_LANE, gap=_GAP)
    left = HEAD_AT[0] + HEAD.width + _BESIDE_HEAD
    rows, stages = _rows(layer, sizes, first)
    return Layout(
        layer=layer,
        x={
            i: [left + drawn.x[i, at] for at in range(layer[i], drawn.ends[i] + 1)] for i in visible
        },
        sizes=sizes,
        arriving=_arriving(edges, layer, drawn),
        rows=rows,
        stages=stages,
        width=left + drawn.width + _MARGIN,
        height=stages[-1][1] + stages[-1][2],
        crossings=drawn.crossings,
    )


def _layers(
    staged: StagedGraph, visible: Sequence[int], edges: Sequence[tuple[int, int]]
) -> tuple[dict[int, int], dict[str, int]]:
    """Node → layer, and the first layer of each stage: the longest way within the stage."""
    depth = dict.fromkeys(visible, 0)
    inner = [(a, b) for a, b in edges if staged.stages[a] == staged.stages[b]]
    above = {b: [a for a, child in inner if child == b] for _, b in inner}
    below = {a: [b for parent, b in inner if parent == a] for a, _ in inner}
    for node in visible:
        depth[node] = max((depth[parent] + 1 for parent in above.get(node, ())), default=0)
    for node in reversed(visible):
        # What starts a stage stands as near as it can to what reads it first.
        if not above.get(node) and below.get(node):
            depth[node] = min(depth[child] for child in below[node]) - 1
    first, layer, start = {}, {}, 0
    for stage in STAGES:
        here = [node for node in visible if staged.stages[node] == stage]
        first[stage] = start
        layer.update({node: start + depth[node] for node in here})
        start += 1 + max((depth[node] for node in here), default=-1)
    return layer, first


def _rows(
    layer: Mapping[int, int], sizes: Mapping[int, Size], first: Mapping[str, int]
) -> tuple[list[tuple[float, float]], list[tuple[str, float, float]]]:
    """Top and height of every layer, and the bands of the stages."""
    count = max(layer.values()) + 1
    starts = list(first.values())
    heights = [0.0] * count
    for node, at in layer.items():
        heights[at] = max(heights[at], sizes[node].height)
    tops, stages, y = [0.0] * count, [], 0.0
    for stage, start, stop in zip(first, starts, [*starts[1:], count], strict=True):
        top = y
        y += HEAD_AT[1]
        for at in range(start, stop):
            tops[at] = y
            y += heights[at] + (_BETWEEN_LAYERS if at + 1 < stop else 0.0)
        y = max(y, top + HEAD_AT[1] + HEAD.height) + _STAGE_FOOT
        stages.append((stage, top, y - top))
        y += _BETWEEN_STAGES
    return list(zip(tops, heights, strict=True)), stages


def _arriving(
    edges: Sequence[tuple[int, int]], layer: Mapping[int, int], drawn: Layered
) -> dict[int, list[int]]:
    """Each child's parents, as their edges come in from left to right."""
    arriving: dict[int, list[int]] = {}
    for parent, child in edges:
        arriving.setdefault(child, []).append(parent)
    for child, parents in arriving.items():
        parents.sort(key=lambda parent: drawn.x[parent, layer[child] - 1])
    return arriving
