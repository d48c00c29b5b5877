"""What one repeat has asked and seen: its budget, its last point and its best."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from simulator.optimizers.box import Array, Box
from simulator.optimizers.stopping import StopReason


class RunEnded(Exception):
    """Raised inside a solver's question to end its run; never seen outside."""

    def __init__(self, reason: StopReason, message: str) -> None:
        super().__init__(message)
        self.reason = reason


class Seen(NamedTuple):
    """A point that the repeat has evaluated; the gradient is None where it was not asked for."""

    x: Array
    value: float
    gradient: Array | None


class Visits:
    """The questions of one repeat: which are admitted, and what came of them.

    RunEnded is raised when the budget is used up, an answer is not finite, or the solver asks about
    an undefined point.
    """

    def __init__(self, box: Box, allowed: int) -> None:
        self.left = allowed
        """Value calls that may still be made."""
        self.best: Seen | None = None
        self.last: Seen | None = None
        self._box = box

    def inside(self, x: Array) -> Array:
        """The nearest points in the box, of shape (n, k), for x of shape (n,) or (n, k)."""
        columns = np.asarray(x, dtype=np.float64).reshape(self._box.size, -1)
        points = self._box.project(columns)
        if np.isnan(points).any():
            raise RunEnded(StopReason.SOLVER_STOPPED, "the solver asked about an undefined point")
        return points

    def admit(self, x: Array) -> Array:
        """The same, once the budget has been charged one value call for each point."""
        points = self.inside(x)
        if self.left < points.shape[1]:
            raise RunEnded(StopReason.BUDGET, "the budget is used up")
        self.left -= points.shape[1]
        return points

    def remember(self, x: Array, value: float, gradient: Array | None) -> None:
        """Keep what was answered at x, of shape (n,)."""
        if not (np.isfinite(value) and (gradient is None or np.isfinite(gradient).all())):
            raise RunEnded(
                StopReason.NONFINITE, f"no finite value or gradient at {x}, bounds taken as 0 and 1"
            )
        self.last = Seen(x.copy(), value, gradient)
        if self.best is None or value < self.best.value:
            self.best = self.last
