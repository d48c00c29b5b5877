"""The check: is the best recipe that our own optimizers found as good as the best of scipy's?"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

import numpy as np

from simulator.experiment.near_optimal import near_optimal_ranges
from simulator.experiment.problem import Problem
from simulator.experiment.records import RunRecord
from simulator.experiment.runs import tasks
from simulator.optimizers import METHODS

#: A recipe is near-optimal if its objective is within this of the best: points, or share.
MARGIN = 0.01


@dataclass(frozen=True)
class Summary:
    """All repeats of one optimizer.

    Attributes:
        best: its best run.
        runs: all its runs.
        reached: how many came within the tolerance of the best known loss.
        median_score: over the repeats; failed runs count as the worst.
    """

    best: RunRecord
    runs: tuple[RunRecord, ...]
    reached: int
    median_score: float

    @property
    def is_ours(self) -> bool:
        """Written by hand in this project, not scipy's."""
        return self.best.family != "scipy"

    @property
    def failed(self) -> int:
        """How many runs ended in an error."""
        return sum(run.failed for run in self.runs)

    def lesser(self, below: float) -> list[float]:
        """Scores under ``below`` at which runs converged, best first: the lesser optima."""
        return sorted(
            (r.score for r in self.runs if r.status.startswith("converged") and r.score < below),
            reverse=True,
        )


@dataclass(frozen=True)
class NearOptimal:
    """A knob's range of values that some near-optimal recipe has."""

    knob: str
    low: float
    high: float


@dataclass(frozen=True)
class Verdict:
    """What an experiment found, held against scipy.

    Attributes:
        summaries: per optimizer, in the order of the config; the check's methods last.
        ours: the best run of the hand-written optimizers.
        reference: the best run of scipy's methods.
        gap: loss of ours − loss of the reference, in the objective's unit; negative if ours is better.
        tolerance: the largest gap that counts as agreement.
        ranges: near-optimal ranges around the better of the two.
        shortest: the near-optimal recipe with the shortest brew, if time is tuned.
    """

    summaries: tuple[Summary, ...]
    ours: RunRecord
    reference: RunRecord
    gap: float
    tolerance: float
    ranges: tuple[NearOptimal, ...]
    shortest: Mapping[str, float] | None

    @property
    def hand_written(self) -> bool:
        """Whether ``ours`` is of this project; else only other packages' optimizers competed."""
        return self.ours.method in METHODS

    @property
    def agrees(self) -> bool:
        """Ours misses nothing that scipy found."""
        return self.gap <= self.tolerance

    @property
    def failed(self) -> int:
        """How many runs ended in an error."""
        return sum(summary.failed for summary in self.summaries)


def judge(
    problem: Problem, runs: Sequence[RunRecord], *, near_optimal: bool = True
) -> Verdict | None:
    """The verdict over finished runs; None if ours or scipy's side has no usable run.

    ``near_optimal=False`` leaves out the ranges: they alone evaluate the objective again.
    """
    usable = [run for run in runs if not run.failed and math.isfinite(run.loss)]
    tested = [run for run in usable if run.family != "scipy"]
    # Plugins compete in the tables; they speak for this project only where nothing of it ran.
    ours = [run for run in tested if run.method in METHODS] or tested
    scipys = [run for run in usable if run.family == "scipy"]
    if not ours or not scipys:
        return None
    tolerance = float(problem.experiment.check.tolerance or 0.0)
    best_ours, best_scipys = _best(ours), _best(scipys)
    best = min(best_ours.loss, best_scipys.loss)
    winner = best_ours if best_ours.loss <= best_scipys.loss else best_scipys
    ranges, shortest = _near_optimal(problem, winner) if near_optimal else ((), None)
    return Verdict(
        summaries=tuple(_summaries(problem, runs, best + tolerance)),
        ours=best_ours,
        reference=best_scipys,
        gap=best_ours.loss - best_scipys.loss,
        tolerance=tolerance,
        ranges=ranges,
        shortest=shortest,
    )


def _best(runs: Sequence[RunRecord]) -> RunRecord:
    return min(runs, key=lambda run: (math.inf if math.isnan(run.loss) else run.loss, run.repeat))


def _summaries(problem: Problem, runs: Sequence[RunRecord], reach: float) -> list[Summary]:
    result = []
    for task in tasks(problem.experiment):
        own = tuple(
            run for run in runs if (run.optimizer, run.role) == (task.choice.label, task.role)
        )
        if not own:
            continue
        scores = [run.score if math.isfinite(run.score) else -math.inf for run in own]
        reached = sum(run.loss <= reach for run in own)
        result.append(Summary(_best(own), own, reached, median(scores)))
    return result


def _near_optimal(
    problem: Problem, best: RunRecord
) -> tuple[tuple[NearOptimal, ...], Mapping[str, float] | None]:
    x = problem.coordinates(best.recipe)
    reaches = near_optimal_ranges(problem.value_and_gradient, x, MARGIN)
    ranges = tuple(
        NearOptimal(knob, problem.recipe(low.recipe)[knob], problem.recipe(high.recipe)[knob])
        for knob, (low, high) in zip(problem.knobs, reaches, strict=True)
    )
    if "time_s" not in problem.knobs:
        return ranges, None
    shortest, _ = reaches[problem.knobs.index("time_s")]
    return ranges, problem.recipe(shortest.recipe)


def as_json(problem: Problem, config_hash: str, verdict: Verdict) -> dict[str, Any]:
    """The verdict as one JSON object for programs."""
    return {
        "experiment": problem.experiment.name,
        "config_hash": config_hash,
        "objective": problem.experiment.problem or problem.experiment.objective.kind,
        "optimizers": [
            _entry(summary.best)
            | {
                "repeats": len(summary.runs),
                "reached_best": summary.reached,
                "failed": summary.failed,
                "median_score": _number(summary.median_score),
            }
            for summary in verdict.summaries
        ],
        "reference": _entry(verdict.reference),
        "agreement": {
            "gap": verdict.gap,
            "tolerance": verdict.tolerance,
            "agrees": verdict.agrees,
        },
        "near_optimal": {
            "margin": MARGIN,
            "ranges": {r.knob: [r.low, r.high] for r in verdict.ranges},
            "shortest_brew": verdict.shortest and dict(verdict.shortest),
        },
    }


def _entry(run: RunRecord) -> dict[str, Any]:
    return {
        "name": run.optimizer,
        "method": run.method,
        "role": run.role,
        "score": _number(run.score),
        "loss": _number(run.loss),
        "recipe": dict(run.recipe),
        "evaluations": {
            "value": run.value_count,
            "gradient": run.gradient_count,
            "hessian": run.hessian_count,
        },
        "status": run.status,
        "repeat": run.repeat,
        "wall_s": run.wall_s,
    }


def _number(value: float) -> float | None:
    """JSON knows no NaN and no infinity."""
    return float(value) if np.isfinite(value) else None
