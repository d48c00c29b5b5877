"""What a study found at each of its points, held against scipy there."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from simulator.experiment.records import RunRecord
from simulator.experiment.results import Results
from simulator.experiment.study import Point
from simulator.running.plan import Plan, keys_of


@dataclass(frozen=True)
class PointResult:
    """What one point came to, runs shared with other points included.

    Attributes:
        point: the settings that vary.
        expected: how many runs the point has.
        runs: how many of them are there.
        failed: how many of these ended in an error.
        ours: the best run of the hand-written optimizers, if any is usable.
        reference: the best run of scipy's methods, if any is usable.
    """

    point: Point
    expected: int
    runs: int
    failed: int
    ours: RunRecord | None
    reference: RunRecord | None

    @property
    def gap(self) -> float:
        """Loss of our best − loss of scipy's best; NaN if one is missing."""
        if self.ours is None or self.reference is None:
            return math.nan
        return self.ours.loss - self.reference.loss

    @property
    def agrees(self) -> bool:
        """Ours misses nothing that scipy found."""
        return self.gap <= float(self.point.experiment.check.tolerance or 0.0)


def by_point(plan: Plan, results: Results) -> Iterator[PointResult]:
    """The points of a study, one after another."""
    for point in plan.study:
        keys = [key for _, some in keys_of(plan, point) for key in some]
        runs = list(results.of(keys))
        yield PointResult(
            point,
            len(keys),
            len(runs),
            sum(run.failed for run in runs),
            _best([run for run in runs if run.family != "scipy"]),
            _best([run for run in runs if run.family == "scipy"]),
        )


def _best(runs: Sequence[RunRecord]) -> RunRecord | None:
    usable = [run for run in runs if not run.failed and math.isfinite(run.loss)]
    return min(usable, key=lambda run: (run.loss, run.repeat), default=None)
