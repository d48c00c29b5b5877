"""What each run had spent when it first came within each target: the one thing all statistics read.

Targets are fixed before any run: the reference optimum of the problem plus a ladder of gaps. A run that
never comes within a target has spent infinitely much for it. Counts stay counts of values, gradients and
Hessians, so that a cost model can be chosen afterwards.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from simulator.compare.costs import CostModel
from simulator.compare.suite import Instance
from simulator.errors import ResultsError
from simulator.experiment.records import RunRecord, TraceRecord

Array = NDArray[np.float64]

GAPS = tuple(10.0**-k for k in range(1, 9))
"""The ladder: 1e-1, 1e-2, ... 1e-8 above the reference."""


def first_hits(trace: TraceRecord, least: float, gaps: Sequence[float] = GAPS) -> Array:
    """Counts (values, gradients, Hessians) at the first point within each gap of ``least``, (G, 3).

    Infinite where the run never came within it. ``trace.loss`` is read; values that are not finite
    never hit.
    """
    counts = np.stack([trace.value_count, trace.gradient_count, trace.hessian_count], axis=1)
    best = np.fmin.accumulate(np.where(np.isfinite(trace.loss), trace.loss, np.inf))
    found = np.full((len(gaps), 3), np.inf)
    for row, gap in enumerate(gaps):
        (within,) = np.nonzero(best <= least + gap)
        if within.size:
            found[row] = counts[within[0]]
    return found


@dataclass(frozen=True, eq=False)
class Hits:
    """First hits of P problems, S optimizers, R repeats, G gaps.

    Attributes:
        problems: the instances, in order.
        optimizers: their labels, in order.
        gaps: the ladder of targets.
        counts: (P, S, R, G, 3), counts at the first hit; infinite without one.
        spent: (P, S, R, 3), counts of the whole run.
        present: (P, S, R), whether the run is there.
        failed: (P, S, R), whether it ended in an error: such a run has hit nothing.
        final: (P, S, R), how far the true loss of what the run recommends in the end lies above the
            reference; infinite without a recommendation.
    """

    problems: tuple[Instance, ...]
    optimizers: tuple[str, ...]
    gaps: tuple[float, ...]
    counts: Array
    spent: Array
    present: NDArray[np.bool_]
    failed: NDArray[np.bool_]
    final: Array

    @property
    def missing(self) -> int:
        """How many runs are not there."""
        return int((~self.present).sum())

    @property
    def families(self) -> list[tuple[bool, str]]:
        """Of each problem, whether it is classical, and its family: the units that intervals draw."""
        return [(each.is_classical, each.family) for each in self.problems]

    def at(self, model: CostModel) -> Costs:
        """The hits under a cost model."""
        prices = np.stack([model.of(each.size, each.operations) for each in self.problems])
        # Infinity times a price of zero would not be a number.
        never = np.isinf(self.counts[..., 0])
        finite = np.where(np.isinf(self.counts), 0.0, self.counts)
        hits = np.einsum("psrgc,pc->psrg", finite, prices)
        spent = np.einsum("psrc,pc->psr", self.spent, prices)
        return Costs(self, model, np.where(never, np.inf, hits), spent)

    def of(self, optimizers: Sequence[str]) -> Hits:
        """Only some optimizers, in the order given. Nothing about them changes."""
        chosen = [self.optimizers.index(label) for label in optimizers]
        return replace(
            self,
            optimizers=tuple(optimizers),
            counts=self.counts[:, chosen],
            spent=self.spent[:, chosen],
            present=self.present[:, chosen],
            failed=self.failed[:, chosen],
            final=self.final[:, chosen],
        )

    def on(self, problems: Sequence[int]) -> Hits:
        """Only some problems, by position."""
        chosen = list(problems)
        return replace(
            self,
            problems=tuple(self.problems[i] for i in chosen),
            counts=self.counts[chosen],
            spent=self.spent[chosen],
            present=self.present[chosen],
            failed=self.failed[chosen],
            final=self.final[chosen],
        )


@dataclass(frozen=True, eq=False)
class Costs:
    """Hits under one cost model: ``first`` of shape (P, S, R, G), ``spent`` of shape (P, S, R)."""

    hits: Hits
    model: CostModel
    first: Array
    spent: Array

    def gap(self, gap: float) -> Array:
        """First-hit costs at one gap of the ladder, (P, S, R)."""
        return self.first[..., self.hits.gaps.index(gap)]

    @property
    def sizes(self) -> Array:
        """n + 1 of each problem, (P,): the unit of data profiles."""
        return np.array([each.size + 1.0 for each in self.hits.problems])


def collect(
    problems: Sequence[Instance],
    optimizers: Sequence[str],
    repeats: int,
    runs: Iterable[tuple[RunRecord, str, TraceRecord]],
    gaps: Sequence[float] = GAPS,
    budget: int = 0,
) -> Hits:
    """Hits of stored runs, each with the name of its problem.

    A run that ended in an error hit nothing; it is charged the whole ``budget``, because what it had
    spent by then is not known.

    Raises ResultsError for a run whose problem hash is not that of the problem it is counted for:
    results of different problems are never merged.
    """
    place = {each.name: i for i, each in enumerate(problems)}
    column = {label: i for i, label in enumerate(optimizers)}
    shape = (len(problems), len(optimizers), repeats)
    counts = np.full((*shape, len(gaps), 3), np.inf)
    spent, present = np.zeros((*shape, 3)), np.zeros(shape, dtype=np.bool_)
    failed, final = np.zeros(shape, dtype=np.bool_), np.full(shape, np.inf)
    for run, name, trace in runs:
        instance = problems[place[name]]
        if run.problem_hash != instance.hash:
            raise ResultsError(
                f"{name}: a run of {run.optimizer} belongs to a problem with hash "
                f"{run.problem_hash[:12]}, the comparison is about {instance.hash[:12]}; results of "
                "different problems are never merged. Run it again, or compare it by itself"
            )
        if run.optimizer not in column or run.repeat >= repeats:
            continue
        cell = place[name], column[run.optimizer], run.repeat
        present[cell], failed[cell] = True, run.failed
        spent[cell] = run.value_count, run.gradient_count, run.hessian_count
        if run.failed:
            spent[cell] = budget, 0, 0
        elif np.isfinite(run.loss):
            final[cell] = run.loss - instance.reference.least
        counts[cell] = first_hits(trace, instance.reference.least, gaps)
    named = tuple(problems), tuple(optimizers), tuple(gaps)
    return Hits(*named, counts, spent, present, failed, final)
