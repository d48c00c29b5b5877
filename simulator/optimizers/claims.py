"""What a solver claims as it stops, held against the gradient at its answer."""

from __future__ import annotations

from time import perf_counter
from typing import NamedTuple

import numpy as np

from simulator.optimizers.box import Array, Box
from simulator.optimizers.counting import Counted
from simulator.optimizers.outcome import Outcome
from simulator.optimizers.stopping import Stopping, StopReason
from simulator.optimizers.visits import RunEnded, Seen, Visits


class Claim(NamedTuple):
    """What a solver says as it stops: where, why, and in its own words."""

    x: Array
    value: float
    reason: StopReason
    """A claim to have converged, or SOLVER_STOPPED where it makes none."""
    message: str


class Hearing:
    """Turns the claims of the repeats of one minimisation into outcomes."""

    def __init__(self, objective: Counted, box: Box, stopping: Stopping) -> None:
        self._objective = objective
        self._box = box
        self._stopping = stopping

    def outcome(self, repeat: int, visits: Visits, claim: Claim, began: float) -> Outcome:
        """The outcome of a repeat that ends now with a claim, begun at the clock reading."""
        wall_s = perf_counter() - began
        claim = claim._replace(x=self._box.project(np.asarray(claim.x, dtype=np.float64)))
        seen, residual = self._known(repeat, visits, claim), np.nan
        if seen.gradient is not None:
            residual = float(self._box.residual(claim.x, seen.gradient))
        return Outcome(
            x=claim.x,
            value=seen.value,
            gradient_norm=residual,
            status=judged(claim.reason, residual, self._stopping),
            message=f"{claim.message} (residual {residual:.1e})",
            counts=self._objective.counts(repeat),
            wall_s=wall_s,
            trace=self._objective.trace(repeat, began),
        )

    def _known(self, repeat: int, visits: Visits, claim: Claim) -> Seen:
        """What is known at the claimed point.

        A gradient the run has seen there serves; else one is looked up outside the count, which
        is not possible for a noisy objective.
        """
        for seen in (visits.last, visits.best):
            if seen is not None and np.array_equal(seen.x, claim.x):
                return seen if seen.gradient is not None else self._looked_up(repeat, seen)
        return self._looked_up(repeat, Seen(claim.x, claim.value, None))

    def _looked_up(self, repeat: int, seen: Seen) -> Seen:
        looked = self._objective.uncharged(seen.x, repeat) if np.isfinite(seen.value) else None
        return seen if looked is None else seen._replace(gradient=looked[1])


def cut_short(end: RunEnded, visits: Visits, start: Array) -> Claim:
    """What stands when a run is ended from outside: the best point, or the last good one."""
    seen = visits.last if end.reason is StopReason.NONFINITE else visits.best
    x, value = (seen.x, seen.value) if seen else (start, np.nan)
    return Claim(x, value, end.reason, str(end))


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
