"""What a descent remembers of each repeat, and the tests that end it."""

from __future__ import annotations

from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from simulator.optimizers.box import Array, Box
from simulator.optimizers.stopping import WINDOW, Stopping, StopReason

Mask = NDArray[np.bool_]
Columns = TypeVar("Columns", bound=tuple[Any, ...])


class Progress(NamedTuple):
    """The memory of R repeats; every array has R along its last axis."""

    good: Mask
    """Whether the last value and gradient were finite."""
    x: Array
    """The last good points, of shape (n, R), with their ``value`` and ``residual``."""
    value: Array
    residual: Array
    best_x: Array
    """The points of lowest value, of shape (n, R), with their value and residual."""
    best_value: Array
    best_residual: Array
    unmoved: NDArray[np.int64]
    """Steps in a row that moved no parameter by more than the step tolerance."""
    mark: Array
    """The value that a new one must undercut by more than the value tolerance to be a gain."""
    ungained: NDArray[np.int64]
    """Steps in a row without such a gain."""

    @classmethod
    def at(cls, starts: Array) -> Progress:
        """Before the first evaluation, with starts of shape (n, R)."""
        repeats = starts.shape[1]
        unknown, worst = np.full(repeats, np.nan), np.full(repeats, np.inf)
        none = np.zeros(repeats, dtype=np.int64)
        good = np.ones(repeats, dtype=np.bool_)
        return cls(good, starts, unknown, unknown, starts, worst, unknown, none, worst, none)

    def after(
        self, x: Array, value: Array, gradient: Array, box: Box, stopping: Stopping
    ) -> Progress:
        """The memory once values and gradients at x are known."""
        residual = box.residual(x, gradient)
        good = np.isfinite(value) & np.isfinite(residual)
        best = good & (value < self.best_value)
        moved = np.abs(x - self.x).max(axis=0) > stopping.step_tolerance
        gained = good & (self.mark - value > stopping.value_tolerance)
        return Progress(
            good=good,
            x=np.where(good, x, self.x),
            value=np.where(good, value, self.value),
            residual=np.where(good, residual, self.residual),
            best_x=np.where(best, x, self.best_x),
            best_value=np.where(best, value, self.best_value),
            best_residual=np.where(best, residual, self.best_residual),
            unmoved=np.where(moved, 0, self.unmoved + 1),
            mark=np.where(gained, value, self.mark),
            ungained=np.where(gained, 0, self.ungained + 1),
        )

    def verdicts(self, spent: Mask, stopping: Stopping) -> dict[StopReason, Mask]:
        """For every reason the repeats it ends, the more telling reasons first.

        ``spent`` marks the repeats whose budget is used up. The tests are those of
        :mod:`simulator.optimizers.stopping`.
        """
        steady = {
            StopReason.CONVERGED_GRADIENT: self.good,
            StopReason.CONVERGED_STEP: self.unmoved >= WINDOW,
            StopReason.CONVERGED_VALUE: self.ungained >= WINDOW,
        }
        claims = {
            claim: sign & (self.residual <= stopping.largest_residual(claim))
            for claim, sign in steady.items()
            if stopping.tests(claim)
        }
        return {StopReason.NONFINITE: ~self.good, **claims, StopReason.BUDGET: spent}


def keep_columns(columns: Columns, keep: Mask) -> Columns:
    """The chosen repeats of a tuple of arrays with R along the last axis, tuples and scalars."""
    kept = [
        keep_columns(part, keep)
        if isinstance(part, tuple)
        else np.compress(keep, part, axis=-1)
        if isinstance(part, np.ndarray) and part.ndim
        else part
        for part in columns
    ]
    make = getattr(columns, "_make", type(columns))
    result: Columns = make(kept)
    return result
