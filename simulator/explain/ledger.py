"""One walk over the graph at one recipe, kept: every node's value, what it owes, and what moves it.

The forward sweep gives values; the backward sweep gives each node its credit, ∂objective/∂node (the
objective is what is maximised, so the credit is minus the adjoint of the loss). Going forward once more
along the same partial derivatives gives ∂node/∂knob. Everything that `simulator explain` says is read
off this ledger, by the names that nodes have in `Tasting`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import simulator
from simulator.autodiff import Node
from simulator.experiment.problem import Problem

Array = NDArray[np.float64]
_ROOT = Path(simulator.__file__).parent.parent


@dataclass(frozen=True)
class Reading:
    """What the graph knows of one named quantity at one recipe.

    Attributes:
        name: its name in `Tasting`, e.g. ``perception.bitterness``.
        value: in its own unit.
        credit: ∂objective/∂quantity, points (or share of customers) per unit of it.
        source: ``file:line`` of the code that computes it.
        serial: the node's number, the key of `Ledger`'s tables.
    """

    name: str
    value: float
    credit: float
    source: str
    serial: int


@dataclass(frozen=True, eq=False)
class Ledger:
    """A walk over the graph at one recipe.

    Attributes:
        knobs: names of the tuned knobs.
        x: the recipe's coordinates, shape (n,).
        readings: by name; a quantity that no knob moves, or that moves nothing, is not there.
        tangents: per node, ∂node/∂knob for each knob in the knob's own unit, shape (n,).
        partials: per node, its parents with ∂node/∂parent; parents have smaller numbers.
        credits: per node, ∂objective/∂node.
        names: per node, its names; segments that taste alike share nodes.
    """

    knobs: tuple[str, ...]
    x: Array
    readings: Mapping[str, Reading]
    tangents: Mapping[int, Array]
    partials: Mapping[int, tuple[tuple[int, float], ...]]
    credits: Mapping[int, float]
    names: Mapping[int, tuple[str, ...]]

    def slope(self, quantity: str, knob: str) -> float:
        """∂quantity/∂knob, in their units; 0 for what is not in the graph."""
        reading = self.readings.get(quantity)
        if reading is None:
            return 0.0
        return float(self.tangents[reading.serial][self.knobs.index(knob)])

    def credit(self, quantity: str) -> float:
        """∂objective/∂quantity; 0 for what is not in the graph."""
        reading = self.readings.get(quantity)
        return 0.0 if reading is None else reading.credit

    def source(self, quantity: str) -> str | None:
        """``file:line`` that computes the quantity; None for what is not in the graph."""
        reading = self.readings.get(quantity)
        return None if reading is None else reading.source

    def own_credits(self, quantities: Sequence[str]) -> dict[str, float]:
        """∂objective/∂quantity of each, what reaches it through another one of them left out.

        So the credits of a set of quantities through which every knob must act can be added up:
        ∂objective/∂knob = Σ own credit · ∂quantity/∂knob.
        """
        cut = {self.readings[name].serial: name for name in quantities if name in self.readings}
        received = {max(self.credits): -1.0}
        for serial in sorted(self.partials, reverse=True):
            if serial in received and serial not in cut:
                for parent, partial in self.partials[serial]:
                    received[parent] = received.get(parent, 0.0) + received[serial] * partial
        found = dict.fromkeys(quantities, 0.0)
        return found | {name: received.get(serial, 0.0) for serial, name in cut.items()}

    def path(self, quantity: str, knob: str) -> tuple[Reading, ...]:
        """The named nodes from a knob through a quantity to the loss, along the widest path of blame.

        Upstream each node is left to the parent through which the knob moves it most; downstream to
        the child that handed it most of its credit.
        """
        reading = self.readings.get(quantity)
        if reading is None:
            return ()
        at = self.knobs.index(knob)
        upstream = list(self._towards(reading.serial, at))[::-1]
        downstream = list(self._onwards(reading.serial))
        return self._named([*upstream, reading.serial, *downstream])

    def _towards(self, serial: int, knob: int) -> Iterator[int]:
        while self.partials.get(serial):
            serial = max(
                self.partials[serial], key=lambda edge: abs(edge[1] * self._tangent(edge[0], knob))
            )[0]
            if self._tangent(serial, knob) == 0.0:
                return
            yield serial

    def _onwards(self, serial: int) -> Iterator[int]:
        givers: dict[int, tuple[int, float]] = {}
        for child, edges in self.partials.items():
            for parent, partial in edges:
                received = self.credits[child] * partial
                if parent not in givers or abs(received) > abs(givers[parent][1]):
                    givers[parent] = (child, received)
        while serial in givers:
            serial = givers[serial][0]
            yield serial

    def _tangent(self, serial: int, knob: int) -> float:
        tangent = self.tangents.get(serial)
        return 0.0 if tangent is None else float(tangent[knob])

    def _named(self, serials: list[int]) -> tuple[Reading, ...]:
        """The readings of those that have names; of several names the one most like the next one's."""
        found: list[Reading] = []
        for serial in reversed(serials):
            if names := self.names.get(serial):
                after = found[-1].name if found else ""
                found.append(self.readings[max(names, key=lambda name: _shared(name, after))])
        return tuple(reversed(found))


def unit_slopes(problem: Problem, x: Array) -> Array:
    """∂knob/∂coordinate at coordinates x: how many of its units a knob moves per width of the box."""
    settings = problem.settings(x)
    return np.array(
        [
            settings[knob] * np.log(bounds.high / bounds.low)
            if bounds.scale == "log"
            else bounds.high - bounds.low
            for knob, bounds in problem.experiment.tune.items()
        ]
    )


def read(problem: Problem, x: Array) -> Ledger:
    """Walk the problem's graph at coordinates x, forward and backward, and keep what it says."""
    graph = problem.graph
    backward: list[Any] = [step for step in graph.walk([float(v) for v in x]) if _goes_back(step)]
    units = unit_slopes(problem, x)
    tangents: dict[int, Array] = {
        node.serial: row / units for node, row in zip(graph.inputs, np.eye(len(x)), strict=True)
    }
    readings: dict[str, Reading] = {}
    for step in reversed(backward):
        node = step.node
        if step.partials:
            tangents[node.serial] = _tangent(step, tangents, len(x))
        for name in graph.names.get(node.serial, ()):
            readings[name] = Reading(name, step.value, -step.adjoint, source_of(node), node.serial)
    # A partial of exactly 0 hands on nothing; 0 · inf would be NaN.
    partials = {
        step.node.serial: tuple(
            (parent.serial, partial)
            for parent, partial in zip(step.node.parents, step.partials, strict=False)
            if partial != 0.0 and not parent.is_constant
        )
        for step in backward
    }
    received = {step.node.serial: -step.adjoint for step in backward}
    names = {step.node.serial: graph.names.get(step.node.serial, ()) for step in backward}
    return Ledger(problem.knobs, x, readings, tangents, partials, received, names)


def source_of(node: Node) -> str:
    """Where a node's operation stands in the code, as ``file:line`` from the project's root."""
    return f"{_shown(node.origin.file)}:{node.origin.line}"


@cache
def _shown(file: str) -> str:
    path = Path(file)
    return (path.relative_to(_ROOT) if path.is_relative_to(_ROOT) else path).as_posix()


def _shared(name: str, other: str) -> int:
    """Length of the common beginning."""
    return next(
        (i for i, (a, b) in enumerate(zip(name, other, strict=False)) if a != b),
        min(len(name), len(other)),
    )


def _goes_back(step: Any) -> bool:
    return hasattr(step, "adjoint")


def _tangent(step: Any, tangents: Mapping[int, Array], size: int) -> Array:
    total = np.zeros(size)
    for parent, partial in zip(step.node.parents, step.partials, strict=True):
        # A partial of exactly 0 hands on nothing; 0 · inf would be NaN.
        if partial != 0.0 and parent.serial in tangents:
            total += partial * tangents[parent.serial]
    return total
