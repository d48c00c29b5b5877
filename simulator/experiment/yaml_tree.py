"""A config as a tree of values that know where they stand in the file."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from simulator.experiment.faults import Fault
from simulator.experiment.yaml_scalars import Scalar

Path = tuple[str | int, ...]

# YAML's line breaks, which are more than "\n": the parser counts lines by them.
LINE_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")

# A pair written [low, high] stands for {low: ..., high: ...}; a fault in `low` belongs to its first
# item.
_PAIR: Mapping[str | int, int] = {"low": 0, "high": 1}


@dataclass(frozen=True)
class Place:
    """A position in a text; line and column count from 1.

    ``file`` is empty for the document's own file. Where it names a flag of the command line, line
    and column are 0.
    """

    line: int
    column: int
    file: str = ""


@dataclass(frozen=True)
class ScalarNode:
    """A single value: as written (``text``, and whether in quotes) and as read (``value``)."""

    place: Place
    text: str
    quoted: bool
    value: Scalar
    size: int = 1
    height: int = 0

    def plain(self) -> Scalar:
        """Give the value as Python data."""
        return self.value

    def __str__(self) -> str:
        """Quote the value as the file writes it."""
        if self.value is None:
            return "nothing"
        return f'"{self.text}"' if self.quoted else self.text


@dataclass(frozen=True)
class ListNode:
    """A list; ``size`` counts the values in it and below, ``height`` the levels below."""

    place: Place
    items: tuple[Node, ...]
    size: int
    height: int

    def plain(self) -> list[Any]:
        """Give the list as Python data."""
        return [item.plain() for item in self.items]

    def __str__(self) -> str:
        """Quote the list: short ones whole, others by their length."""
        if all(isinstance(item, ScalarNode) for item in self.items) and len(self.items) <= 6:
            return f"[{', '.join(map(str, self.items))}]"
        return f"a list of {len(self.items)}"


@dataclass(frozen=True)
class Entry:
    """One ``key: value`` of a mapping, with the place of the key."""

    key: str
    place: Place
    node: Node


@dataclass(frozen=True)
class MapNode:
    """``key: value`` pairs in the order of the file; keys are text and do not repeat."""

    place: Place
    entries: tuple[Entry, ...]
    size: int
    height: int

    def plain(self) -> dict[str, Any]:
        """Give the mapping as Python data."""
        return {entry.key: entry.node.plain() for entry in self.entries}

    def __str__(self) -> str:
        """Name the keys."""
        return f"a mapping with {', '.join(entry.key for entry in self.entries) or 'no keys'}"


Node = ScalarNode | ListNode | MapNode


@dataclass(frozen=True)
class Found:
    """What stands at a path: the node, the place of its key, and whether all of the path exists.

    Where it does not, ``node`` is the deepest one on the way that does.
    """

    node: Node
    key_place: Place
    complete: bool


@dataclass(frozen=True)
class Document:
    """A file that could be read: its tree, its lines, and faults that did not stop the reading."""

    file: str
    lines: tuple[str, ...]
    root: MapNode
    faults: tuple[Fault, ...] = field(default=())
    layers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The lines of other files that some of its values come from."""

    def data(self) -> dict[str, Any]:
        """Give the whole file as Python data: dicts, lists, text, numbers, booleans, None."""
        return self.root.plain()

    def find(self, path: Sequence[str | int]) -> Found:
        """Look up a path of keys and list positions, as far as it exists."""
        found = Found(self.root, self.root.place, True)
        for part in path:
            step = _child(found.node, part)
            if step is None:
                return Found(found.node, found.key_place, False)
            found = step
        return found

    def line(self, place: Place) -> str:
        """Give the text of the line of a place; empty where there is none."""
        lines = self.layers.get(place.file, ()) if place.file else self.lines
        return lines[place.line - 1] if 0 < place.line <= len(lines) else ""


def mapping(place: Place, entries: Iterable[Entry]) -> MapNode:
    """Build a mapping of entries, of which the last with a key counts."""
    kept = {entry.key: entry for entry in entries}
    return MapNode(place, tuple(kept.values()), *_extent([entry.node for entry in kept.values()]))


def sequence(place: Place, items: Iterable[Node]) -> ListNode:
    """Build a list."""
    nodes = tuple(items)
    return ListNode(place, nodes, *_extent(nodes))


def tree_of(value: Any, place: Place) -> Node:
    """Build the tree of plain data, all of it in one place.

    >>> tree_of({"tune": {"time_s": [20, 60]}}, Place(1, 1)).plain()
    {'tune': {'time_s': [20, 60]}}
    """
    if isinstance(value, Mapping):
        return mapping(place, (Entry(k, place, tree_of(v, place)) for k, v in value.items()))
    if isinstance(value, list | tuple):
        return sequence(place, (tree_of(item, place) for item in value))
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return ScalarNode(place, text, isinstance(value, str), value)


def placed(node: Node, where: Callable[[Place], Place]) -> Node:
    """Give the same tree with every place changed."""
    place = where(node.place)
    if isinstance(node, MapNode):
        entries = (Entry(e.key, where(e.place), placed(e.node, where)) for e in node.entries)
        return mapping(place, entries)
    if isinstance(node, ListNode):
        return sequence(place, (placed(item, where) for item in node.items))
    return replace(node, place=place)


def pair_position(part: str | int) -> str | int:
    """The position of ``low`` and ``high`` in a pair; anything else as it is."""
    return _PAIR.get(part, part)


def _child(node: Node, part: str | int) -> Found | None:
    if isinstance(node, MapNode):
        for entry in node.entries:
            if entry.key == part:
                return Found(entry.node, entry.place, True)
    elif isinstance(node, ListNode):
        position = pair_position(part)
        if isinstance(position, int) and 0 <= position < len(node.items):
            item = node.items[position]
            return Found(item, item.place, True)
    return None


def _extent(nodes: Sequence[Node]) -> tuple[int, int]:
    """Size and height of a node that holds ``nodes``."""
    height = 1 + max((node.height for node in nodes), default=-1)
    return 1 + sum(node.size for node in nodes), height
