"""Spectral projected gradients: the last step's curvature sets the next step's length."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import ClassVar, Literal

from simulator.optimizers.box import Array, Box
from simulator.optimizers.claims import Claim
from simulator.optimizers.counting import Counted
from simulator.optimizers.directions import share_of_box
from simulator.optimizers.line_search import backtrack
from simulator.optimizers.method import Seeds
from simulator.optimizers.options import REFUSE_UNKNOWN, require
from simulator.optimizers.outcome import Outcome
from simulator.optimizers.side_by_side import Point, Walk, Walker, run_side_by_side
from simulator.optimizers.stopping import Stopping


@dataclass(frozen=True)
class BarzilaiBorwein:
    """x ← x + λ·(project(x − α·g) − x), α from the last step: Barzilai & Borwein 1988.

    The projected, nonmonotone form of Birgin, Martínez & Raydan 2000: λ is 1 unless the value rises
    above the worst of the last ``memory`` ones (Grippo, Lampariello & Lucidi 1986). It mostly is,
    so a step costs one evaluation, and valleys are crossed in irregular, often astonishing leaps.
    """

    step: Literal["long", "short", "alternating"] = "alternating"
    """α = s·s / s·y (long), s·y / y·y (short), or the two in turn (Dai & Fletcher 2005), from the
    last movement s and its change of gradient y."""
    memory: int = 10
    """How many values a new one is compared with, >= 1; 1 lets none rise."""
    initial_step: float = 0.1
    """The first step moves a parameter by this share of its range, in (0, 1]."""

    family: ClassVar[str] = "line-search"
    uses: ClassVar[str] = "gradient"
    __pydantic_config__: ClassVar = REFUSE_UNKNOWN

    def __post_init__(self) -> None:
        if self.step not in ("long", "short", "alternating"):
            raise ValueError(f"step must be long, short or alternating, got {self.step!r}")
        require(self, "memory", at_least=1)
        require(self, "initial_step", above=0, at_most=1)

    def minimize(
        self, objective: Counted, box: Box, starts: Array, stopping: Stopping, seeds: Seeds
    ) -> list[Outcome]:
        """Advance every start, a column of ``starts``, until it stops; see :class:`Method`."""
        return run_side_by_side(self._walk, objective, box, starts, stopping, seeds)

    def _walk(self, walker: Walker, start: Array) -> Walk[Claim]:
        point = yield from walker.begin(start)
        length = share_of_box(walker.box, point.gradient, self.initial_step)
        values = deque([point.value], maxlen=self.memory)
        while (reason := walker.arrived(point)) is None:
            after = yield from _step(walker, point, length, max(values))
            if after is None:
                return walker.stuck(point)
            long = self.step == "long" or (self.step == "alternating" and walker.steps % 2 == 0)
            length = spectral_length(point, after, long) or 4 * length
            values.append(after.value)
            point = after
        return walker.claim(point, reason)


def _step(walker: Walker, point: Point, length: float, worst: float) -> Walk[Point | None]:
    towards = walker.box.project(point.x - length * point.gradient) - point.x
    found = yield from backtrack(
        walker, point, lambda share: point.x + share * towards, 1.0, reference=worst
    )
    return None if found is None else found[0]


def spectral_length(before: Point, after: Point, long: bool) -> float | None:
    """The step length that fits the curvature between two points; None where it is not positive."""
    moved, change = after.x - before.x, after.gradient - before.gradient
    curved = float(moved @ change)
    if not curved > 0:
        return None
    return float(moved @ moved) / curved if long else curved / float(change @ change)
