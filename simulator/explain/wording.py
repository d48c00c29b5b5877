"""Numbers, units and names as a reader of one language expects them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from simulator.coffee import RANGES
from simulator.experiment.problem import Problem
from simulator.explain.catalogue import Catalogue

_DECIMALS = {"grind_um": 0, "time_s": 0}

NEGLIGIBLE = 5e-4
"""Smaller changes are written as about 0."""


@dataclass(frozen=True)
class Wording:
    """How to say things about one problem in one language."""

    catalogue: Catalogue
    problem: Problem

    def say(self, key: str, **values: Any) -> str:
        """A message of the catalogue."""
        return self.catalogue.say(key, **values)

    def word(self, kind: str, name: str) -> str:
        """A word of the catalogue, or the name itself."""
        return self.catalogue.word(kind, name)

    @property
    def is_share(self) -> bool:
        """Whether the objective is a share of customers instead of a score."""
        return self.problem.perfect != 9.0

    def amount(self, knob: str, value: float) -> str:
        """An amount of a knob with its unit: two digits behind what is read off, no sign."""
        text = f"{abs(value):.0f}" if abs(value) >= 100 else f"{abs(value):.2g}"
        return f"{text} {self.word('symbol', RANGES[knob].unit)}"

    def setting(self, knob: str, value: float) -> str:
        """Where a knob stands, with its unit."""
        return f"{value:.{_DECIMALS.get(knob, 1)}f} {self.word('symbol', RANGES[knob].unit)}"

    def turn(self, knob: str, change: float) -> str:
        """A change of a knob in words: "25 s shorter"."""
        return self.say(f"{_way('', change)}.{knob}", amount=self.amount(knob, change))

    def order(self, knob: str, change: float) -> str:
        """A change of a knob as an order: "Brew 25 s shorter"."""
        return self.say(f"{_way('do_', change)}.{knob}", amount=self.amount(knob, change))

    def objective(self, value: float) -> str:
        """A score with two decimals, or a share of customers in percent."""
        return f"{value:.1%}" if self.is_share else f"{value:.2f}"

    def points(self, value: float) -> str:
        """An unsigned amount of score, or of customers, with its unit."""
        number = f"{100 * value:.2g} %" if self.is_share else f"{value:.2f}"
        return self.say("units.share" if self.is_share else "units.points", value=number)

    def gain(self, value: float) -> str:
        """A change of score (or share) with its sign, to two significant digits where small."""
        if self.is_share:
            return f"{signed(100 * value)} %"
        return signed(value)

    def quantity(self, name: str) -> str:
        """The name of a taste quantity."""
        return self.word("quantity", name)


def signed(value: float) -> str:
    """A number with its sign: two decimals, or three if it is smaller than 0.1.

    >>> signed(0.184), signed(-0.0123), signed(-2.5e-7), signed(0.0)
    ('+0.18', '−0.012', '≈ 0', '0')
    """
    if abs(value) < NEGLIGIBLE:
        return "≈ 0" if value else "0"
    text = f"{value:+.2f}" if abs(value) >= 0.1 else f"{value:+.3f}"
    return text.replace("-", "−", 1) if value < 0 else text


def _way(prefix: str, change: float) -> str:
    return prefix + ("more" if change > 0 else "less")
