"""Drawing a graph in layers: who stands where, so that few edges cross and none runs through a box.

The method of Sugiyama, Tagawa & Toda (1981). Nodes come with their layer. An edge that passes a layer gets
a place of its own there, shared by all edges from the same node; the order within layers is improved by
medians and by swapping neighbours; then every layer is shifted towards its neighbours, as near as the
widths allow.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

_SWEEPS = 8
_SHIFTS = 24

#: A place in a layer: (node, layer). The node itself where its layer is, else its edges passing by.
Place = tuple[int, int]


@dataclass(frozen=True)
class Layered:
    """Where nodes and passing edges stand.

    Attributes:
        x: centre of each place.
        ends: node → the last layer in which its edges have a place.
        width: of the whole drawing.
        crossings: how many pairs of edges cross between neighbouring layers.
    """

    x: Mapping[Place, float]
    ends: Mapping[int, int]
    width: float
    crossings: int


def in_layers(
    layer: Mapping[int, int],
    edges: Sequence[tuple[int, int]],
    width: Callable[[int], float],
    *,
    lane: float = 10.0,
    gap: float = 14.0,
) -> Layered:
    """Arrange nodes within their layers.

    Args:
        layer: node → its layer, 0, 1, …
        edges: (parent, child), the child in a later layer.
        width: of a node's box.
        lane: width kept free for an edge that passes a layer.
        gap: between neighbours.

    >>> drawn = in_layers({0: 0, 1: 0, 2: 1, 3: 1}, [(0, 3), (1, 2)], lambda node: 10.0)
    >>> drawn.crossings, drawn.x[0, 0] < drawn.x[1, 0], drawn.x[3, 1] < drawn.x[2, 1]
    (0, True, True)
    """
    ends = dict(layer)
    for parent, child in edges:
        ends[parent] = max(ends[parent], layer[child] - 1)
    rows: list[list[Place]] = [[] for _ in range(max(layer.values()) + 1)]
    for node in sorted(layer):
        for at in range(layer[node], ends[node] + 1):
            rows[at].append((node, at))
    down = _links(layer, ends, edges)
    up: dict[Place, list[Place]] = {}
    for place, below in down.items():
        for other in below:
            up.setdefault(other, []).append(place)
    crossings = _order(rows, up, down)
    wide = {p: width(p[0]) if layer[p[0]] == p[1] else lane for row in rows for p in row}
    x = _positions(rows, up, down, wide, gap)
    left = min(x[p] - wide[p] / 2 for p in x)
    right = max(x[p] + wide[p] / 2 for p in x)
    return Layered({p: at - left for p, at in x.items()}, ends, right - left, crossings)


def _links(
    layer: Mapping[int, int], ends: Mapping[int, int], edges: Sequence[tuple[int, int]]
) -> dict[Place, list[Place]]:
    """Place → the places in the next layer that it is joined to."""
    down: dict[Place, list[Place]] = {}
    for node, start in layer.items():
        for at in range(start, ends[node]):
            down.setdefault((node, at), []).append((node, at + 1))
    for parent, child in edges:
        down.setdefault((parent, layer[child] - 1), []).append((child, layer[child]))
    return down


def _order(
    rows: list[list[Place]], up: Mapping[Place, list[Place]], down: Mapping[Place, list[Place]]
) -> int:
    """Order every row in place; returns the crossings that are left."""
    best, best_rows = _crossings(rows, down), [list(row) for row in rows]
    for sweep in range(_SWEEPS):
        downwards = sweep % 2 == 0
        others = up if downwards else down
        numbers = range(1, len(rows)) if downwards else range(len(rows) - 2, -1, -1)
        for i in numbers:
            beside = {p: k for k, p in enumerate(rows[i - 1 if downwards else i + 1])}
            _by_median(rows[i], others, beside)
            _swap(
                rows[i],
                up,
                rows[i - 1] if i else [],
                down,
                rows[i + 1] if i + 1 < len(rows) else [],
            )
        now = _crossings(rows, down)
        if now < best:
            best, best_rows = now, [list(row) for row in rows]
    rows[:] = best_rows
    return best


def _by_median(
    row: list[Place], others: Mapping[Place, list[Place]], beside: Mapping[Place, int]
) -> None:
    def middle(place: Place) -> float:
        at = [beside[other] for other in others.get(place, ())]
        return sum(at) / len(at) if at else own[place]

    own = {place: float(k) for k, place in enumerate(row)}
    row.sort(key=middle)


def _swap(
    row: list[Place],
    up: Mapping[Place, list[Place]],
    above: Sequence[Place],
    down: Mapping[Place, list[Place]],
    below: Sequence[Place],
) -> None:
    """Swap neighbours as long as that removes crossings."""
    sides = [
        (links, {place: k for k, place in enumerate(other)})
        for links, other in ((up, above), (down, below))
    ]
    joined = {
        place: [sorted(at[other] for other in links.get(place, ())) for links, at in sides]
        for place in row
    }
    for _ in range(4):
        swapped = False
        for k in range(len(row) - 1):
            (up_a, down_a), (up_b, down_b) = joined[row[k]], joined[row[k + 1]]
            kept = _inversions(up_a, up_b) + _inversions(down_a, down_b)
            # Without crossings nothing is gained, so the other order need not be counted.
            if kept and _inversions(up_b, up_a) + _inversions(down_b, down_a) < kept:
                row[k], row[k + 1] = row[k + 1], row[k]
                swapped = True
        if not swapped:
            return


def _inversions(left: Sequence[int], right: Sequence[int]) -> int:
    """Crossings of the edges of two neighbours, the first left of the second; both in order."""
    if not left or not right or left[-1] <= right[0]:
        return 0
    return sum([bisect_left(right, end) for end in left])


def _crossings(rows: Sequence[Sequence[Place]], down: Mapping[Place, list[Place]]) -> int:
    total = 0
    for row, after in pairwise(rows):
        at = {place: k for k, place in enumerate(after)}
        seen: list[int] = []
        for place in row:
            ends = sorted(at[other] for other in down.get(place, ()))
            total += sum(len(seen) - bisect_left(seen, end + 1) for end in ends)
            for end in ends:
                insort(seen, end)
    return total


def _positions(
    rows: Sequence[Sequence[Place]],
    up: Mapping[Place, list[Place]],
    down: Mapping[Place, list[Place]],
    wide: Mapping[Place, float],
    gap: float,
) -> dict[Place, float]:
    x: dict[Place, float] = {}
    for row in rows:
        total = sum(wide[p] + gap for p in row)
        at = -total / 2
        for place in row:
            x[place] = at + (wide[place] + gap) / 2
            at += wide[place] + gap
    for shift in range(_SHIFTS):
        order = rows if shift % 2 == 0 else rows[::-1]
        for row in order:
            wanted = [_wanted(place, up, down, x, both=shift >= 4, first=up if shift % 2 == 0 else down)
                      for place in row]  # fmt: skip
            settled = _settle(row, wanted, wide, gap)
            x.update(zip(row, settled, strict=True))
    return x


def _wanted(
    place: Place,
    up: Mapping[Place, list[Place]],
    down: Mapping[Place, list[Place]],
    x: Mapping[Place, float],
    *,
    both: bool,
    first: Mapping[Place, list[Place]],
) -> tuple[float, float]:
    """Where a place would like to stand, and how much it minds: passing edges want to be straight."""
    others = [*up.get(place, ()), *down.get(place, ())] if both else first.get(place, ())
    if not others:
        return x[place], 0.05
    node, pull, weight = place[0], 0.0, 0.0
    for other in others:
        w = 30.0 if other[0] == node else 1.0
        pull += w * x[other]
        weight += w
    return pull / weight, weight


def _settle(
    row: Sequence[Place],
    wanted: Sequence[tuple[float, float]],
    wide: Mapping[Place, float],
    gap: float,
) -> list[float]:
    """The nearest positions in this order that do not overlap, by pooling adjacent violators."""
    offset, offsets = 0.0, []
    for k, place in enumerate(row):
        if k:
            offset += (wide[row[k - 1]] + wide[place]) / 2 + gap
        offsets.append(offset)
    blocks: list[list[float]] = []  # mean, weight, count
    for (target, weight), off in zip(wanted, offsets, strict=True):
        blocks.append([target - off, weight, 1.0])
        while len(blocks) > 1 and blocks[-2][0] > blocks[-1][0]:
            mean, weight_2, count = blocks.pop()
            last = blocks[-1]
            total = last[1] + weight_2
            blocks[-1] = [(last[0] * last[1] + mean * weight_2) / total, total, last[2] + count]
    means = [mean for mean, _, count in blocks for _ in range(int(count))]
    return [mean + off for mean, off in zip(means, offsets, strict=True)]
