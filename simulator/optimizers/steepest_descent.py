"""Steepest descent whose step lengths are searched for instead of scheduled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np

from simulator.optimizers.box import Array, Box
from simulator.optimizers.claims import Claim
from simulator.optimizers.counting import Counted
from simulator.optimizers.directions import Free, search_lines, share_of_box
from simulator.optimizers.line_search import backtrack
from simulator.optimizers.method import Seeds
from simulator.optimizers.options import REFUSE_UNKNOWN, require
from simulator.optimizers.outcome import Outcome
from simulator.optimizers.side_by_side import Point, Walk, Walker, run_side_by_side
from simulator.optimizers.stopping import Stopping


@dataclass(frozen=True)
class SteepestDescent:
    """x ← project(x − α·g) with α from a line search at every step.

    It needs no learning rate, and no step makes things worse; along a flat valley it crawls like
    all steepest descent. ``armijo`` backtracks along the arc that the box bends (Bertsekas 1976),
    ``strong-wolfe`` searches the straight line up to the next bound (Nocedal & Wright 2006).
    """

    line_search: Literal["armijo", "strong-wolfe"] = "armijo"
    """How the step length is found."""
    initial_step: float = 0.1
    """The first trial moves a parameter by this share of its range, in (0, 1]."""
    flatness: float = 0.1
    """What strong-wolfe leaves of the slope, in (0.0001, 1)."""

    family: ClassVar[str] = "line-search"
    uses: ClassVar[str] = "gradient"
    __pydantic_config__: ClassVar = REFUSE_UNKNOWN

    def __post_init__(self) -> None:
        if self.line_search not in ("armijo", "strong-wolfe"):
            raise ValueError(
                f"line_search must be armijo or strong-wolfe, got {self.line_search!r}"
            )
        require(self, "initial_step", above=0, at_most=1)
        require(self, "flatness", above=1e-4, below=1)

    def minimize(
        self, objective: Counted, box: Box, starts: Array, stopping: Stopping, seeds: Seeds
    ) -> list[Outcome]:
        """Advance every start, a column of ``starts``, until it stops; see :class:`Method`."""
        return run_side_by_side(self._walk, objective, box, starts, stopping, seeds)

    def _walk(self, walker: Walker, start: Array) -> Walk[Claim]:
        if self.line_search == "armijo":
            return _backtracking(walker, start, self.initial_step)
        rule = SteepestDirections(walker.box, self.initial_step, self.flatness)
        return search_lines(walker, start, rule)


def _backtracking(walker: Walker, start: Array, initial_step: float) -> Walk[Claim]:
    point, first = (yield from walker.begin(start)), None
    while (reason := walker.arrived(point)) is None:
        if first is None:
            first = share_of_box(walker.box, point.gradient, initial_step)
        x, slope = point.x, point.gradient
        found = yield from backtrack(walker, point, lambda length: x - length * slope, first)  # noqa: B023
        if found is None:
            return walker.stuck(point)
        point, length = found
        # Twice the last length, so that steps can also grow.
        first = 2 * length
    return walker.claim(point, reason)


class SteepestDirections:
    """Always downhill; the first trial expects the gain of the last step once more."""

    def __init__(self, box: Box, initial_step: float, flatness: float) -> None:
        self.flatness = flatness
        self._box = box
        self._initial_step = initial_step
        self._gain: float | None = None

    def direction(self, point: Point, free: Free) -> Array:
        """Against the gradient."""
        return np.where(free, -point.gradient, 0.0)

    def first_length(self, point: Point, direction: Array) -> float:
        """The least point of the parabola with the slope here and the last gain."""
        slope = -float(point.gradient @ direction)
        if self._gain is None or not self._gain > 0:
            return share_of_box(self._box, direction, self._initial_step)
        return 2.02 * self._gain / slope

    def learn(self, before: Point, after: Point) -> None:
        """Take in a step."""
        self._gain = before.value - after.value

    def forget(self) -> bool:
        """Only the last gain can be forgotten."""
        learnt, self._gain = self._gain is not None, None
        return learnt
