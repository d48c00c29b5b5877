"""One repeat at a time, for solvers that work on a single point and know nothing of repeats."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter

import numpy as np
from numpy.random import SeedSequence

from simulator.optimizers.box import Array, Box
from simulator.optimizers.claims import Claim, Hearing, cut_short
from simulator.optimizers.counting import Counted
from simulator.optimizers.method import Seeds, checked_starts
from simulator.optimizers.outcome import Outcome
from simulator.optimizers.stopping import Stopping, StopReason
from simulator.optimizers.visits import RunEnded, Visits


class OneRepeat:
    """The objective as a single-point solver sees it: points of shape (n,), floats back.

    Every call is counted. A point outside the box, which from a solver that knows the bounds is a
    rounding error, is evaluated at its projection. RunEnded goes through the solver when the
    budget is used up, an answer is not finite, or the solver asks about an undefined point.
    """

    def __init__(
        self,
        objective: Counted,
        repeat: int,
        box: Box,
        start: Array,
        stopping: Stopping,
        seed: SeedSequence,
    ) -> None:
        self.box = box
        self.start = start
        self.stopping = stopping
        self.seed = seed
        self.visits = Visits(box, stopping.max_evaluations - objective.counts(repeat).value)
        self._objective = objective
        self._repeats = np.array([repeat])

    @property
    def has_gradient(self) -> bool:
        """Whether ``value_and_gradient`` may be asked for; else a solver has to do without."""
        return self._objective.has_gradient

    @property
    def has_hessian(self) -> bool:
        """Whether ``hessian`` may be asked for."""
        return self._objective.has_hessian

    def value(self, x: Array) -> float:
        """The value at x; one value call."""
        point = self.visits.admit(x)
        value = float(self._objective.value(point, self._repeats)[0])
        self.visits.remember(point[:, 0], value, None)
        return value

    def value_and_gradient(self, x: Array) -> tuple[float, Array]:
        """The value and the gradient, of shape (n,), at x; one value and one gradient call."""
        point = self.visits.admit(x)
        values, gradients = self._objective.value_and_gradient(point, self._repeats)
        value, gradient = float(values[0]), gradients[:, 0].copy()
        self.visits.remember(point[:, 0], value, gradient)
        return value, gradient.copy()

    def hessian(self, x: Array) -> Array:
        """The matrix of second derivatives at x, of shape (n, n); one Hessian call."""
        hessian = self._objective.hessian(self.visits.inside(x), self._repeats)[:, :, 0].copy()
        if not np.isfinite(hessian).all():
            raise RunEnded(
                StopReason.NONFINITE, f"no finite Hessian at {x}, bounds taken as 0 and 1"
            )
        return hessian


def run_each(
    solve: Callable[[OneRepeat], Claim],
    objective: Counted,
    box: Box,
    starts: Array,
    stopping: Stopping,
    seeds: Seeds,
) -> list[Outcome]:
    """Run a solver from every start in turn, and hold what it claims against the gradient."""
    hearing, outcomes = Hearing(objective, box, stopping), []
    for repeat, start in enumerate(checked_starts(objective, box, starts, len(seeds)).T):
        one = OneRepeat(objective, repeat, box, start.copy(), stopping, seeds[repeat])
        began = perf_counter()
        try:
            claim = solve(one)
        except RunEnded as end:
            claim = cut_short(end, one.visits, one.start)
        outcomes.append(hearing.outcome(repeat, one.visits, claim, began))
    return outcomes
