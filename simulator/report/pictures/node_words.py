"""What nodes of the graph are called, and how their values are written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from simulator.page import StagedGraph, page_words, unit_of

_SIGNS: Final[Mapping[str, str]] = {
    "multiply": "×", "add": "+", "subtract": "−", "divide": "÷", "power": "^", "negative": "−( )",
    "ndtr": "Φ", "expit": "logistic",
}  # fmt: skip
_ASPECT_PARTS = ("gap", "penalty")


@dataclass(frozen=True)
class NodeWords:
    """The words for the nodes of one graph in one language."""

    staged: StagedGraph
    language: str

    @cached_property
    def _words(self) -> Mapping[str, str]:
        return page_words(self.language)

    def stage(self, name: str) -> str:
        """The name of a stage, and on a second line what happens there."""
        return f"{self._words[f'stage.{name}']}\n{self._words[f'stage.{name}_about']}"

    def title(self, node: int) -> str:
        """The quantity's words, or the operation's sign."""
        names = self.staged.names[node]
        if names:
            return self._quantity(names[0])
        primitive = self.staged.nodes[node].primitive
        return _SIGNS.get(primitive.name, primitive.name) if primitive else "?"

    def value(self, node: int, value: float) -> str:
        """The value with its unit; shares in percent."""
        names = self.staged.names[node]
        unit = unit_of(names[0]) if names else ""
        if unit == "share":
            return f"{100 * value:.3g} %"
        word = self._words.get(f"unit.{unit}", self._words.get(f"symbol.{unit}", unit))
        return f"{value:.4g} {word}".strip()

    def _quantity(self, path: str) -> str:
        *room, last = path.split(".")
        segment = self._words.get(f"segment.{room[1]}", room[1]) if room[:1] == ["segments"] else ""
        if room[:1] == ["dial"]:
            return self._words["node.dial"].format(knob=self._words.get(f"knob.{last}", last))
        if room[:2] == ["grounds", "boulders"]:
            return self._words[f"node.{last}"].format(number=int(room[2]) + 1)
        if segment and last in _ASPECT_PARTS:
            aspect = self._words.get(f"aspect.{room[2]}", room[2])
            return self._words[f"node.{last}"].format(aspect=aspect, segment=segment)
        if segment:
            told = self._words.get(f"node.{last}", "{segment}")
            return told.format(segment=segment) if "{segment}" in told else segment
        kinds = ("node", "knob", "quantity")
        return next(
            (self._words[f"{kind}.{last}"] for kind in kinds if f"{kind}.{last}" in self._words),
            last.replace("_", " "),
        )
