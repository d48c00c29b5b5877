"""One repeat at a time, for solvers that work on a single point and know nothing of repeats."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter
from typing import NamedTuple

import numpy as np
from numpy.random import SeedSequence

from simulator.optimizers.box import Array, Box
from simulator.optimizers.counting import Counted
from simulator.optimizers.method import Seeds, checked_starts
from simulator.optimizers.outcome import Outcome
from simulator.optimizers.stopping import Stopping, StopReason


class Claim(NamedTuple):
    """What a solver says as it stops: where, why, and in its own words."""

    x: Array
    value: float
    reason: StopReason
    """A claim to have converged, or SOLVER_STOPPED where it makes none."""
    message: str


class RunEnded(Exception):
    """Raised inside a solver's call of the objective to end its run; never seen outside."""

    def __init__(self, reason: StopReason, message: str) -> None:
        super().__init__(message)
        self.reason = reason


class Seen(NamedTuple):
    """A point that the repeat has evaluated; the gradient is None where it was not asked for."""

    x: Array
    value: float
    gradient: Array | None


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
        self.best: Seen | None = None
        self.last: Seen | None = None
        self._objective = objective
        self._repeat = repeat
        self._repeats = np.array([repeat])
        self._left = stopping.max_evaluations - objective.counts(repeat).value

    def value(self, x: Array) -> float:
        """The value at x; one value call."""
        point = self._admit(x)
        value = float(self._objective.value(point, self._repeats)[0])
        self._remember(point[:, 0], value, None)
        return value

    def value_and_gradient(self, x: Array) -> tuple[float, Array]:
        """The value and the gradient, of shape (n,), at x; one value and one gradient call."""
        point = self._admit(x)
        values, gradients = self._objective.value_and_gradient(point, self._repeats)
        value, gradient = float(values[0]), gradients[:, 0].copy()
        self._remember(point[:, 0], value, gradient)
        return value, gradient.copy()

    def hessian(self, x: Array) -> Array:
        """The matrix of second derivatives at x, of shape (n, n); one Hessian call."""
        hessian = self._objective.hessian(self._inside(x), self._repeats)[:, :, 0].copy()
        if not np.isfinite(hessian).all():
            raise RunEnded(StopReason.NONFINITE, f"no finite Hessian at x = {x}")
        return hessian

    def known(self, claim: Claim) -> Seen:
        """What is known at the claimed point.

        A gradient the run has seen there serves; else one is looked up outside the count, which
        is not possible for a noisy objective.
        """
        for seen in (self.last, self.best):
            if seen is not None and np.array_equal(seen.x, claim.x):
                return seen if seen.gradient is not None else self._looked_up(seen)
        return self._looked_up(Seen(claim.x, claim.value, None))

    def _looked_up(self, seen: Seen) -> Seen:
        looked = (
            self._objective.uncharged(seen.x, self._repeat) if np.isfinite(seen.value) else None
        )
        return seen if looked is None else seen._replace(gradient=looked[1])

    def _inside(self, x: Array) -> Array:
        point = self.box.project(np.asarray(x, dtype=np.float64).reshape(-1, 1))
        if np.isnan(point).any():
            raise RunEnded(StopReason.SOLVER_STOPPED, "the solver asked about an undefined point")
        return point

    def _admit(self, x: Array) -> Array:
        point = self._inside(x)
        if self._left <= 0:
            raise RunEnded(StopReason.BUDGET, "the budget is used up")
        self._left -= 1
        return point

    def _remember(self, x: Array, value: float, gradient: Array | None) -> None:
        if not (np.isfinite(value) and (gradient is None or np.isfinite(gradient).all())):
            raise RunEnded(StopReason.NONFINITE, f"no finite value or gradient at x = {x}")
        self.last = Seen(x.copy(), value, gradient)
        if self.best is None or value < self.best.value:
            self.best = self.last


def run_each(
    solve: Callable[[OneRepeat], Claim],
    objective: Counted,
    box: Box,
    starts: Array,
    stopping: Stopping,
    seeds: Seeds,
) -> list[Outcome]:
    """Run a solver from every start in turn, and hold what it claims against the gradient."""
    outcomes = []
    for repeat, start in enumerate(checked_starts(objective, box, starts, len(seeds)).T):
        one = OneRepeat(objective, repeat, box, start.copy(), stopping, seeds[repeat])
        began = perf_counter()
        try:
            claim = solve(one)
            claim = claim._replace(x=box.project(np.asarray(claim.x, dtype=np.float64)))
        except RunEnded as end:
            seen = one.last if end.reason is StopReason.NONFINITE else one.best
            x, value = (seen.x, seen.value) if seen else (one.start, np.nan)
            claim = Claim(x, value, end.reason, str(end))
        wall_s = perf_counter() - began
        outcomes.append(_outcome(one, objective, repeat, claim, began, wall_s))
    return outcomes


def _outcome(
    one: OneRepeat, objective: Counted, repeat: int, claim: Claim, began: float, wall_s: float
) -> Outcome:
    seen, residual = one.known(claim), np.nan
    if seen.gradient is not None:
        residual = float(one.box.residual(claim.x, seen.gradient))
    return Outcome(
        x=claim.x,
        value=seen.value,
        gradient_norm=residual,
        status=judged(claim.reason, residual, one.stopping),
        message=f"{claim.message} (residual {residual:.1e})",
        counts=objective.counts(repeat),
        wall_s=wall_s,
        trace=objective.trace(repeat, began),
    )


def judged(reason: StopReason, residual: float, stopping: Stopping) -> StopReason:
    """What a solver's claim is worth, given the residual at its answer (NaN: not known).

    >>> judged(StopReason.CONVERGED_VALUE, 3e-2, Stopping())
    <StopReason.SOLVER_STOPPED: 'solver-stopped'>
    >>> judged(StopReason.SOLVER_STOPPED, 3e-8, Stopping())
    <StopReason.CONVERGED_GRADIENT: 'converged-gradient'>
    """
    if reason in (StopReason.BUDGET, StopReason.NONFINITE):
        return reason
    if reason.converged and stopping.tests(reason):
        if residual <= stopping.largest_residual(reason):
            return reason
    elif stopping.tests(StopReason.CONVERGED_GRADIENT) and residual <= stopping.gradient_tolerance:
        return StopReason.CONVERGED_GRADIENT
    return StopReason.SOLVER_STOPPED
