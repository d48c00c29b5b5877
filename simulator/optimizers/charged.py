"""A counter for one repeat that charges everything: finite differences, and the last look too.

The common counter takes gradients as they come and checks a finished answer outside the count. Where
somebody pays for every call, in scipy's ``nfev`` or in a function that takes an hour, neither is
honest. Here a gradient that the objective cannot give is made of n + 1 values, each charged, and the
budget holds for all of them.
"""

from __future__ import annotations

from time import perf_counter
from typing import NamedTuple

import numpy as np
from numpy.random import SeedSequence

from simulator.optimizers.box import Array, Box
from simulator.optimizers.counting import Counted
from simulator.optimizers.method import Method, Seeds
from simulator.optimizers.objective import Objective, Repeats
from simulator.optimizers.outcome import Outcome
from simulator.optimizers.stopping import Stopping, StopReason
from simulator.optimizers.trace import Call
from simulator.optimizers.visits import RunEnded

STEP = float(np.sqrt(np.finfo(float).eps))
"""The length of a difference, as a share of the box: where rounding and curvature err alike
(Nocedal & Wright 2006, section 8.1)."""


class Best(NamedTuple):
    """The point of lowest value so far; the gradient is None where none was made there."""

    x: Array
    value: float
    gradient: Array | None


class Charged(Counted):
    """Counts like :class:`Counted`, for a single repeat, and never lets it exceed ``budget`` values.

    Where the budget would be exceeded, :class:`RunEnded` goes through the method. ``differences``
    says that the objective has no gradient of its own.
    """

    def __init__(self, objective: Objective, box: Box, budget: int, *, differences: bool) -> None:
        super().__init__(objective, box)
        self.has_gradient = True
        self.best: Best | None = None
        self._differences = differences
        self._budget = budget
        self._inside = box

    @property
    def left(self) -> int:
        """How many value calls the budget still holds."""
        return self._budget - self.counts(0).value

    def value(self, x: Array, repeats: Repeats) -> Array:
        """The values at the columns of x; one value call for each."""
        self._afford(len(repeats))
        value = super().value(x, repeats)
        self._remember(x, value, None)
        return value

    def value_and_gradient(self, x: Array, repeats: Repeats) -> tuple[Array, Array]:
        """Values and gradients; by differences, n + 1 value calls for each column and no gradient."""
        if not self._differences:
            self._afford(len(repeats))
            value, gradient = super().value_and_gradient(x, repeats)
        else:
            if 0 < self.left <= self.size:
                self.value(x[:, :1], repeats[:1])  # a last value is worth more than nothing
            self._afford(len(repeats) * (self.size + 1))
            columns = [
                self._by_differences(x[:, i], repeats[i : i + 1]) for i in range(len(repeats))
            ]
            value = np.array([value for value, _ in columns])
            gradient = np.stack([slopes for _, slopes in columns], axis=1)
        self._remember(x, value, gradient)
        return value, gradient

    def uncharged(self, x: Array, repeat: int) -> tuple[float, Array] | None:
        """The same at one point of shape (n,), and charged, too; None where nothing is left for it."""
        price = self.size + 1 if self._differences else 1
        if self.left < price:
            return None
        value, gradient = self.value_and_gradient(x[:, None], np.array([repeat]))
        return float(value[0]), gradient[:, 0].copy()

    def _by_differences(self, x: Array, repeat: Repeats) -> tuple[float, Array]:
        lengths = STEP * (self._inside.upper - self._inside.lower)
        # Forward, and backward where the box ends; by what the floats really differ.
        moved = x + np.where(x + lengths > self._inside.upper, -lengths, lengths)
        points = np.tile(x[:, None], self.size + 1)
        points[np.arange(self.size), np.arange(self.size) + 1] = moved
        repeats = np.repeat(repeat, self.size + 1)
        self._charge(Call.VALUE, repeats)
        values = self._objective.value(points, repeats)
        slopes: Array = (values[1:] - values[0]) / (moved - x)
        norms = np.full(self.size + 1, np.nan)
        norms[0] = self._norm(x[:, None], slopes[:, None])[0]
        self._tape.append(Call.VALUE, repeats, perf_counter(), points, values, norms)
        return float(values[0]), slopes

    def _afford(self, price: int) -> None:
        if self.left < price:
            raise RunEnded(StopReason.BUDGET, "the budget is used up")

    def _remember(self, x: Array, value: Array, gradient: Array | None) -> None:
        for i in np.flatnonzero(np.isfinite(value)):
            known = self.best is not None and np.array_equal(self.best.x, x[:, i])
            if self.best is None or value[i] < self.best.value or (known and gradient is not None):
                slopes = None if gradient is None else gradient[:, i].copy()
                self.best = Best(x[:, i].copy(), float(value[i]), slopes)


def minimize_charged(
    method: Method, meter: Charged, box: Box, start: Array, stopping: Stopping, seed: SeedSequence
) -> Outcome:
    """Minimise from one start, of shape (n,); where the run is cut short, the best point is the answer."""
    began = perf_counter()
    try:
        (outcome,) = method.minimize(meter, box, start[:, None], stopping, [seed])
    except RunEnded as end:
        return _cut_short(end, meter, box, box.project(start), began)
    return outcome


def by_differences(
    method: Method, objective: Objective, box: Box, starts: Array, stopping: Stopping, seeds: Seeds
) -> list[Outcome]:
    """As a method's minimize, one start after the other, with gradients made of counted values."""
    outcomes = []
    for start, seed in zip(starts.T, seeds, strict=True):
        meter = Charged(objective, box, stopping.max_evaluations, differences=True)
        outcomes.append(minimize_charged(method, meter, box, start, stopping, seed))
    return outcomes


def _cut_short(end: RunEnded, meter: Charged, box: Box, start: Array, began: float) -> Outcome:
    best, residual = meter.best, np.nan
    if best is not None and best.gradient is not None:
        residual = float(box.residual(best.x, best.gradient))
    return Outcome(
        x=start if best is None else best.x,
        value=np.nan if best is None else best.value,
        gradient_norm=residual,
        status=end.reason,
        message=str(end),
        counts=meter.counts(0),
        wall_s=perf_counter() - began,
        trace=meter.trace(0, began),
    )
