"""What a study found at each of its points, held against scipy there."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from simulator.experiment.records import RunRecord
from simulator.experiment.results import Results
from simulator.experiment.study import Point
from simulator.running.plan import Plan, keys_of


@dataclass(frozen=True, slots=True)
class PointResult:
    """What one point came to, runs shared with other points included; small, because there may be many.

    Attributes:
        index: its place in the study, from 0.
        varied: the settings that vary.
        expected: how many runs the point has.
        runs: how many of them are there.
        failed: how many of these ended in an error.
        optimizer: the hand-written optimizer whose run is the best of ours; None if none is usable.
        score: of that run, in the unit of the objective; −∞ if there is none.
        gap: loss of our best − loss of scipy's best; NaN if one is missing.
        tolerance: the largest gap that counts as agreement.
    """

    index: int
    varied: Mapping[str, Any]
    expected: int
    runs: int
    failed: int
    optimizer: str | None
    score: float
    gap: float
    tolerance: float

    @property
    def agrees(self) -> bool:
        """Ours misses nothing that scipy found."""
        return self.gap <= self.tolerance


def by_point(plan: Plan, results: Results) -> Iterator[PointResult]:
    """The points of a study, one after another."""
    for point in plan.study:
        yield _at(point, [key for _, some in keys_of(plan, point) for key in some], results)


def _at(point: Point, keys: Sequence[str], results: Results) -> PointResult:
    runs, failed = 0, 0
    ours: RunRecord | None = None
    reference: RunRecord | None = None
    for run in results.of(keys):
        runs, failed = runs + 1, failed + run.failed
        if run.family == "scipy":
            reference = _better(reference, run)
        else:
            ours = _better(ours, run)
    return PointResult(
        index=point.index,
        varied=point.varied,
        expected=len(keys),
        runs=runs,
        failed=failed,
        optimizer=ours.optimizer if ours else None,
        score=ours.score if ours else -math.inf,
        gap=ours.loss - reference.loss if ours and reference else math.nan,
        tolerance=float(point.experiment.check.tolerance or 0.0),
    )


def _better(known: RunRecord | None, run: RunRecord) -> RunRecord | None:
    if run.failed or not math.isfinite(run.loss):
        return known
    if known is None or (run.loss, run.repeat) < (known.loss, known.repeat):
        return run
    return known
