"""The loop of our own methods: it advances all repeats as one batch, and each leaves as it ends."""

from __future__ import annotations

from time import perf_counter
from typing import Any, NamedTuple, Protocol, TypeVar

import numpy as np

from simulator.optimizers.box import Array, Box
from simulator.optimizers.counting import Counted
from simulator.optimizers.method import Seeds, checked_starts
from simulator.optimizers.objective import Repeats
from simulator.optimizers.outcome import Outcome
from simulator.optimizers.progress import Mask, Progress, keep_columns
from simulator.optimizers.stopping import Stopping, StopReason

State = TypeVar("State", bound=tuple[Any, ...])


class UpdateRule(Protocol[State]):
    """How one step is made; everything else about a descent is the loop's.

    The state is a tuple of arrays of shape (n, R) and of scalars that all repeats share, such as
    the number of steps. ``step`` is plain NumPy arithmetic: no branch on a value, nothing changed
    in place, so that it can be traced and compiled. It may leave the box: the loop projects.
    """

    def init(self, x: Array) -> State:
        """The state before the first step, for starts of shape (n, R)."""

    def step(self, state: State, x: Array, gradient: Array) -> tuple[State, Array]:
        """The new state and the new points, from points and their gradients, all (n, R)."""


class Batch(NamedTuple):
    """The repeats still under way, side by side."""

    repeats: Repeats
    x: Array
    gradient: Array
    state: Any
    progress: Progress


def descend(
    rule: UpdateRule[Any],
    objective: Counted,
    box: Box,
    starts: Array,
    stopping: Stopping,
    seeds: Seeds,
) -> list[Outcome]:
    """Step every start until it stops; one outcome for each, in the order of the starts.

    Each step costs one value with its gradient. Rules draw no random numbers, so the seeds are
    only counted. The arithmetic of a column never mixes with another's, hence a repeat ends with
    the same bits whoever shares its batch.
    """
    x = checked_starts(objective, box, starts, len(seeds))
    batch = Batch(np.arange(x.shape[1]), x, np.zeros_like(x), rule.init(x), Progress.at(x))
    finish = Finish(objective, perf_counter())
    while batch.repeats.size:
        batch = _looked(batch, objective, box, stopping)
        spent = objective.values_spent(batch.repeats) >= stopping.max_evaluations
        batch = finish(batch, batch.progress.verdicts(spent, stopping))
        batch = _stepped(batch, rule, box)
        batch = finish(batch, {StopReason.NONFINITE: np.isnan(batch.x.max(axis=0))})
    return [finish.outcomes[repeat] for repeat in range(x.shape[1])]


def _looked(batch: Batch, objective: Counted, box: Box, stopping: Stopping) -> Batch:
    value, gradient = objective.value_and_gradient(batch.x, batch.repeats)
    progress = batch.progress.after(batch.x, value, gradient, box, stopping)
    return batch._replace(gradient=gradient, progress=progress)


def _stepped(batch: Batch, rule: UpdateRule[Any], box: Box) -> Batch:
    # A gradient near the largest float overflows in the rule; what comes of it is looked at next.
    with np.errstate(over="ignore", invalid="ignore"):
        state, x = rule.step(batch.state, batch.x, batch.gradient)
    return batch._replace(state=state, x=box.project(x))


class Finish:
    """Lets repeats leave the batch and keeps their outcomes."""

    def __init__(self, objective: Counted, began: float) -> None:
        self.outcomes: dict[int, Outcome] = {}
        self._objective = objective
        self._began = began

    def __call__(self, batch: Batch, verdicts: dict[StopReason, Mask]) -> Batch:
        """The batch without the repeats that a verdict ends; the first verdict of each counts."""
        ended = np.logical_or.reduce(list(verdicts.values()))
        if not ended.any():
            return batch
        for column in np.flatnonzero(ended):
            reason = next(reason for reason, mask in verdicts.items() if mask[column])
            self.outcomes[int(batch.repeats[column])] = self._outcome(batch, column, reason)
        return keep_columns(batch, ~ended)

    def _outcome(self, batch: Batch, column: np.intp, reason: StopReason) -> Outcome:
        repeat, memory = int(batch.repeats[column]), batch.progress
        x, value, residual = memory.x, memory.value, memory.residual
        if reason is StopReason.BUDGET and not self._objective.noisy:
            x, value, residual = memory.best_x, memory.best_value, memory.best_residual
        counts = self._objective.counts(repeat)
        message = f"after {counts.value} evaluations; residual {residual[column]:.1e}"
        if reason is StopReason.NONFINITE:
            message = f"after {counts.value} evaluations, going to x = {batch.x[:, column]}"
        return Outcome(
            x=x[:, column].copy(),
            value=float(value[column]),
            gradient_norm=float(residual[column]),
            status=reason,
            message=message,
            counts=counts,
            wall_s=perf_counter() - self._began,
            trace=self._objective.trace(repeat, self._began),
        )
