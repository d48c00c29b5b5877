"""Expected running time: all that was spent, by the runs that failed too, for each success.

ERT = Σ spent ÷ number of successes (Hansen et al. 2016, "COCO", arXiv 1605.03560): what restarting until
success would cost on average. Without a success it is infinite.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.compare.hits import Costs
from simulator.compare.intervals import (
    Array,
    Estimate,
    family_resamples,
    interval,
    median,
    resamples,
    wilson,
)


@dataclass(frozen=True)
class Standing:
    """How one optimizer does at one gap, over all problems.

    Attributes:
        optimizer: its label.
        ert: the median over problems of its expected running time.
        success: the share of runs that came within the gap, Wilson's interval.
        median_cost: the median cost of a first hit over all runs, failures infinite.
        solved: problems that at least one run solved.
        problems: how many there are.
    """

    optimizer: str
    ert: Estimate
    success: Estimate
    median_cost: float
    solved: int
    problems: int


def expected_running_time(first: Array, spent: Array, present: NDArray[np.bool_]) -> Array:
    """ERT over the last axis, the repeats: costs of first hits (..., R), of whole runs, and which are there.

    >>> first = np.array([10.0, np.inf]); spent = np.array([30.0, 100.0])
    >>> float(expected_running_time(first, spent, np.array([True, True])))
    110.0
    """
    hit = np.isfinite(first) & present
    paid = np.where(hit, np.where(np.isfinite(first), first, 0.0), np.where(present, spent, 0.0))
    successes = hit.sum(axis=-1)
    total = paid.sum(axis=-1)
    ert: Array = np.where(successes > 0, total / np.maximum(successes, 1), np.inf)
    return ert


def running_times(costs: Costs, gap: float) -> Array:
    """ERT of every optimizer on every problem, (P, S)."""
    return expected_running_time(costs.gap(gap), costs.spent, costs.hits.present)


def resampled_running_times(costs: Costs, gap: float) -> Array:
    """The same over bootstrap samples of the repeats, (B, P, S); problems draw independently."""
    problems, optimizers, repeats = costs.hits.present.shape
    first = costs.gap(gap)
    drawn = np.empty((0,))
    for place, each in enumerate(costs.hits.problems):
        chosen = resamples(repeats, "repeats", each.hash)
        if not drawn.size:
            drawn = np.empty((len(chosen), problems, optimizers))
        drawn[:, place] = expected_running_time(
            first[place][:, chosen].transpose(1, 0, 2),
            costs.spent[place][:, chosen].transpose(1, 0, 2),
            costs.hits.present[place][:, chosen].transpose(1, 0, 2),
        )
    return drawn


def ert_intervals(costs: Costs, gap: float) -> list[list[Estimate]]:
    """ERT with its interval for every problem (rows) and optimizer (columns)."""
    values, present = running_times(costs, gap), costs.hits.present.sum(axis=2)
    low, high = interval(resampled_running_times(costs, gap))
    return [
        [
            Estimate(float(values[p, s]), float(low[p, s]), float(high[p, s]), int(present[p, s]))
            for s in range(values.shape[1])
        ]
        for p in range(values.shape[0])
    ]


def standings(costs: Costs, gap: float) -> list[Standing]:
    """Every optimizer at one gap, the least typical ERT first.

    The interval of the median comes from samples of families of problems, and of repeats within them.
    """
    values = running_times(costs, gap)
    drawn = resampled_running_times(costs, gap)
    problems = family_resamples(costs.hits.families, "problems")
    typical = np.stack(
        [median(draw[chosen], axis=0) for draw, chosen in zip(drawn, problems, strict=True)]
    )
    low, high = interval(typical)
    middle, first = median(values, axis=0), costs.gap(gap)
    found = []
    for s, label in enumerate(costs.hits.optimizers):
        present = costs.hits.present[:, s]
        hits = np.isfinite(first[:, s]) & present
        ert = Estimate(float(middle[s]), float(low[s]), float(high[s]), values.shape[0])
        found.append(
            Standing(
                label,
                ert,
                wilson(int(hits.sum()), int(present.sum())),
                float(median(first[:, s].ravel())),
                int(hits.any(axis=1).sum()),
                values.shape[0],
            )
        )
    return sorted(found, key=lambda each: (each.ert.value, -each.success.value, each.optimizer))
