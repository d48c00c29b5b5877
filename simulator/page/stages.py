"""Which station of the café each node of the graph stands in, and which nodes are looked at.

The page shows the graph at three depths: the quantities one would draw on a napkin (`NAPKIN`), every
quantity that has a name, every operation. One stage at a time can be deeper than the napkin.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePath
from typing import Final, Literal

from simulator.autodiff import Graph, Node

STAGES: Final = ("grinder", "brewer", "cup", "tongue", "customer")
"""The walk of a cup, in order."""

DEPTHS: Final = ("napkin", "names", "operations")

EVERY: Final = "every"
"""In a view: all stages are opened, for a picture that nobody can click on."""

Depth = Literal["napkin", "names", "operations"]

_ROOMS: Final = {
    "grinder.py": "grinder",
    "brewer.py": "brewer",
    "cup.py": "cup",
    "palate.py": "tongue",
    "judgement.py": "customer",
    "tasting.py": "customer",
}

_KNOB_STAGE: Final = {"grind_um": "grinder", "milk_g": "cup", "sugar_g": "cup"}

#: What one would draw on a napkin: these patterns match whole names.
_NAPKIN: Final = re.compile(
    r"recipe\.\w+|grounds\.fines_fraction|extraction\.(?:\w+_yield_pct|tds_pct)"
    r"|cup\.(?:solids|acids|bitter|fat|protein|sugar)_g_kg|perception\.\w+|segments\.[^.]+\.score|score|loss"
)


@dataclass(frozen=True)
class View:
    """What is seen: the napkin, with one stage opened deeper or none.

    Attributes:
        stage: the opened stage, "" for none, `EVERY` for all.
        depth: how deep it is opened.
    """

    stage: str = ""
    depth: Depth = "napkin"

    @property
    def key(self) -> str:
        """Its name in the page: ``napkin``, ``brewer:names`` ...

        >>> View("brewer", "names").key
        'brewer:names'
        """
        return f"{self.stage}:{self.depth}" if self.stage else "napkin"

    def opens(self, stage: str) -> bool:
        """Whether a stage is opened.

        >>> View("brewer", "names").opens("cup"), View(EVERY, "names").opens("cup")
        (False, True)
        """
        return self.stage in (stage, EVERY)


VIEWS: Final = (
    View(),
    *(View(stage, depth) for stage in STAGES for depth in ("names", "operations")),
)


@dataclass(frozen=True, eq=False)
class StagedGraph:
    """A graph with its nodes numbered in order, and the stage of each.

    Attributes:
        graph: of a `PageModel`.
    """

    graph: Graph

    @cached_property
    def nodes(self) -> tuple[Node, ...]:
        """All nodes; a node's number is its place here."""
        return self.graph.nodes

    @cached_property
    def number(self) -> dict[int, int]:
        """Serial of a node → its number."""
        return {node.serial: i for i, node in enumerate(self.nodes)}

    @cached_property
    def parents(self) -> tuple[tuple[int, ...], ...]:
        """Numbers of each node's parents, none for inputs and constants."""
        roots = {node.serial for node in self.graph.inputs}
        return tuple(
            () if node.serial in roots or node.is_constant else self._numbers(node.parents)
            for node in self.nodes
        )

    @cached_property
    def names(self) -> tuple[tuple[str, ...], ...]:
        """The names of each node, () for most."""
        return tuple(self.graph.names.get(node.serial, ()) for node in self.nodes)

    @cached_property
    def stages(self) -> tuple[str, ...]:
        """The stage of each node."""
        found: list[str] = []
        for i, node in enumerate(self.nodes):
            found.append(self._stage(i, node, found))
        return tuple(found)

    @cached_property
    def moving(self) -> tuple[bool, ...]:
        """Whether each node depends on a knob."""
        moves: list[bool] = []
        for names, parents in zip(self.names, self.parents, strict=True):
            is_dial = any(name.startswith("dial.") for name in names)
            moves.append(is_dial or any(moves[p] for p in parents))
        return tuple(moves)

    def visible(self, view: View) -> tuple[int, ...]:
        """Numbers of the nodes that a view shows, in order; constants are never shown."""
        shown = {i for i in range(len(self.nodes)) if self._is_shown(i, view)}
        inside = [i for i in shown if view.opens(self.stages[i])]
        # What an opened stage is handed from before, so that no operation starts from nowhere.
        handed = {p for i in inside for p in self.parents[i] if not view.opens(self.stages[p])}
        # And what a later stage reads of it.
        return tuple(sorted(shown | {p for p in handed if self._can_be_shown(p)}))

    def edges(self, visible: Sequence[int]) -> list[tuple[int, int]]:
        """(parent, child) of shown nodes, where a path of hidden ones leads from one to the other."""
        shown = set(visible)
        above: list[frozenset[int]] = []
        for parents in self.parents:
            above.append(_united(frozenset({p}) if p in shown else above[p] for p in parents))
        return [(parent, child) for child in visible for parent in sorted(above[child])]

    def _numbers(self, nodes: Iterable[Node]) -> tuple[int, ...]:
        return tuple(self.number[node.serial] for node in nodes)

    def _is_shown(self, i: int, view: View) -> bool:
        if not self._can_be_shown(i):
            return False
        if view.opens(self.stages[i]) and view.depth == "operations":
            return True
        if view.opens(self.stages[i]) and view.depth == "names" and self.names[i]:
            return self.moving[i] and not self.names[i][0].startswith("dial.")
        return self.moving[i] and any(_NAPKIN.fullmatch(name) for name in self.names[i])

    def _can_be_shown(self, i: int) -> bool:
        primitive = self.nodes[i].primitive
        return not self.nodes[i].is_constant and (primitive is None or primitive.name != "identity")

    def _stage(self, i: int, node: Node, before: Sequence[str]) -> str:
        for name in self.names[i]:
            kind, _, rest = name.partition(".")
            if kind in ("dial", "recipe", "brew"):
                return _KNOB_STAGE.get(rest, "brewer")
            if kind == "customers" or rest == "quality_points":
                return "customer"
            if kind == "bean":
                return "brewer"
        room = _ROOMS.get(PurePath(node.origin.file).name)
        if room:
            return room
        # Operations of the box: from a dial towards its knob, or from the score to the loss.
        moved = [before[p] for p in self.parents[i] if not self.nodes[p].is_constant]
        return moved[0] if moved else "customer"


def _united(sets: Iterable[frozenset[int]]) -> frozenset[int]:
    return frozenset[int]().union(*sets)
