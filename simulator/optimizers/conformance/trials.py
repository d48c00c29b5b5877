"""The small minimisations that a conformance check looks at, and the meter under them.

The meter lies below the common counter, where a method cannot talk to it: what it says is what the
objective was really asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.random import SeedSequence

from simulator.optimizers.box import Array, Box
from simulator.optimizers.counting import Counted
from simulator.optimizers.method import Method
from simulator.optimizers.objective import Objective, Repeats
from simulator.optimizers.outcome import Outcome
from simulator.optimizers.stopping import Stopping

BUDGET = 150
"""Evaluations of a trial: enough for quick methods to arrive, and for slow ones to be cut off."""


@dataclass(frozen=True)
class Bowl:
    """A quadratic bowl with its centre inside the box of the trials, or outside it."""

    centre: tuple[float, ...] = (0.4, 1.3)
    size: int = 2

    def value(self, x: Array, repeats: Repeats) -> Array:
        """Curvatures 1 and 4, and a slight twist."""
        a, b = x[0] - self.centre[0], x[1] - self.centre[1]
        value: Array = 0.5 * a * a + 2.0 * b * b + 0.5 * a * b
        return value

    def value_and_gradient(self, x: Array, repeats: Repeats) -> tuple[Array, Array]:
        """With the gradient."""
        a, b = x[0] - self.centre[0], x[1] - self.centre[1]
        return self.value(x, repeats), np.stack([a + 0.5 * b, 4.0 * b + 0.5 * a])

    def hessian(self, x: Array, repeats: Repeats) -> Array:
        """The constant matrix of second derivatives."""
        return np.repeat(np.array([[1.0, 0.5], [0.5, 4.0]])[:, :, None], x.shape[1], axis=2)


@dataclass(frozen=True)
class Hollow:
    """A bowl that is undefined (NaN) where x₀ < 0: on the way from some starts, never at the minimum."""

    bowl: Bowl = field(default_factory=Bowl)
    size: int = 2

    def value(self, x: Array, repeats: Repeats) -> Array:
        """NaN left of 0."""
        return np.where(x[0] < 0, np.nan, self.bowl.value(x, repeats))

    def value_and_gradient(self, x: Array, repeats: Repeats) -> tuple[Array, Array]:
        """NaN left of 0."""
        value, gradient = self.bowl.value_and_gradient(x, repeats)
        return np.where(x[0] < 0, np.nan, value), np.where(x[0] < 0, np.nan, gradient)

    def hessian(self, x: Array, repeats: Repeats) -> Array:
        """NaN left of 0."""
        return np.where(x[0] < 0, np.nan, self.bowl.hessian(x, repeats))


class Meter:
    """An objective that notes what it is really asked, per repeat."""

    def __init__(self, objective: Objective, noisy: bool = False) -> None:
        self.size = objective.size
        self.noisy = noisy
        self._objective = objective
        self.asked: list[tuple[str, int, Array]] = []
        self.looks: list[tuple[int, Array]] = []

    def value(self, x: Array, repeats: Repeats) -> Array:
        """One value for each column."""
        self._note(("value",), x, repeats)
        return self._objective.value(x, repeats)

    def value_and_gradient(self, x: Array, repeats: Repeats) -> tuple[Array, Array]:
        """One value and one gradient for each column."""
        self._note(("value", "gradient"), x, repeats)
        return self._objective.value_and_gradient(x, repeats)

    def hessian(self, x: Array, repeats: Repeats) -> Array:
        """One Hessian for each column."""
        self._note(("hessian",), x, repeats)
        return self._objective.hessian(x, repeats)

    def count(self, kind: str, repeat: int) -> int:
        """How often a repeat was really asked for a value, a gradient or a Hessian."""
        return sum(asked == kind and of == repeat for asked, of, _ in self.asked)

    def _note(self, kinds: Sequence[str], x: Array, repeats: Repeats) -> None:
        for column, repeat in enumerate(repeats):
            self.asked.extend((kind, int(repeat), x[:, column].copy()) for kind in kinds)


class Watched(Counted):
    """The common counter, which also notes every look outside the count."""

    def __init__(self, meter: Meter, box: Box) -> None:
        super().__init__(meter, box)
        self._meter_below = meter

    def uncharged(self, x: Array, repeat: int) -> tuple[float, Array] | None:
        """As the counter's, noted and taken out of what the meter saw."""
        before = len(self._meter_below.asked)
        looked = super().uncharged(x, repeat)
        if looked is not None:
            del self._meter_below.asked[before:]
            self._meter_below.looks.append((repeat, np.array(x)))
        return looked


@dataclass(frozen=True, eq=False)
class Trial:
    """One minimisation of a method: what it was given, and all that came of it."""

    box: Box
    starts: Array
    stopping: Stopping
    outcomes: Sequence[Outcome]
    meter: Meter
    objective: Objective

    def residual(self, x: Array) -> float:
        """The true first-order residual at x, from a gradient asked for here and now."""
        gradient = self.objective.value_and_gradient(x[:, None], np.array([0]))[1]
        return float(self.box.residual(x, gradient[:, 0]))

    def value(self, x: Array) -> float:
        """The true value at x."""
        return float(self.objective.value(x[:, None], np.array([0]))[0])


TRIAL_BOX = Box(np.array([-1.0, 0.5]), np.array([2.0, 3.0]))
TRIAL_STARTS = np.array([[-0.7, 1.9, 0.1], [2.6, 0.8, 1.6]])


def tried(
    method: Method,
    objective: Objective,
    budget: int = BUDGET,
    *,
    columns: Sequence[int] = (0, 1, 2),
    noisy: bool = False,
    stopping: Stopping | None = None,
    **changed: Any,
) -> Trial:
    """Let a method minimise from some of the common starts, each with its own seed.

    ``changed`` overrides the ``box``, the ``starts`` or the ``seeds``, to give it nonsense.
    """
    box = changed.get("box", TRIAL_BOX)
    starts = changed.get("starts", TRIAL_STARTS[:, list(columns)])
    seeds = changed.get("seeds", [SeedSequence(42, spawn_key=(column,)) for column in columns])
    meter = Meter(objective, noisy)
    rule = stopping or Stopping(max_evaluations=budget)
    outcomes = method.minimize(Watched(meter, box), box, starts, rule, seeds)
    return Trial(box, starts, rule, outcomes, meter, objective)
