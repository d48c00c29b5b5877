"""Profiles: the share of problems solved within a multiple of the best, or within so many evaluations.

- *Performance profile* (Dolan & Moré 2002): over the ratio of a solver's cost to the least of a named set.
  Ratios depend on the set (Gould & Scott 2016), so the set is part of the profile and pairs stand beside it.
- *Data profile* (Moré & Wild 2009): over the cost in units of n + 1; no solver changes another's curve.
- *Runtime distribution* (Hansen et al. 2016): the same over all targets of the ladder at once, with bands.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from simulator.compare.hits import Costs
from simulator.compare.intervals import Array, family_resamples, interval
from simulator.compare.running_time import running_times

POINTS = 160


@dataclass(frozen=True, eq=False)
class Profile:
    """Curves over a common axis: one row of ``share`` for each optimizer, with bands where there are any.

    Attributes:
        optimizers: whose curves; for a performance profile also the set that ratios refer to.
        x: the axis, (K,).
        share: (S, K), between 0 and 1.
        low: lower ends of 95 % bands, (S, K), or None.
        high: upper ends, or None.
        n: what a share of 1 is made of: problems, runs, or runs times targets.
    """

    optimizers: tuple[str, ...]
    x: Array
    share: Array
    low: Array | None
    high: Array | None
    n: int


def performance_profile(costs: Costs, gap: float, most: float = 64.0) -> Profile:
    """Over the ratio of a solver's ERT to the least among ``costs.hits.optimizers``, problem by problem.

    A problem that none of them solved counts for nobody, and still in n.
    """
    times = running_times(costs, gap)
    best = times.min(axis=1, keepdims=True)
    with np.errstate(invalid="ignore"):
        ratios = np.where(np.isfinite(times), times / best, np.inf)
    x = np.geomspace(1.0, most, POINTS)
    share = (ratios.T[:, :, None] <= x * (1 + 1e-12)).mean(axis=1)
    return Profile(costs.hits.optimizers, x, share, None, None, times.shape[0])


def pairwise(costs: Costs, gap: float, one: str, others: Sequence[str]) -> list[Profile]:
    """Performance profiles of ``one`` against each of the others, two solvers at a time."""
    panels = []
    for other in others:
        pair = costs.hits.of((one, other)).at(costs.model)
        panels.append(performance_profile(pair, gap))
    return panels


def data_profile(costs: Costs, gap: float, most: float) -> Profile:
    """Over the cost of the first hit in units of n + 1; every run counts once. Bands by families."""
    return _distribution(costs, costs.gap(gap)[..., None], most)


def runtime_distribution(costs: Costs, most: float) -> Profile:
    """Over the same axis: the share of (problem, start, target) that was hit; bands by families."""
    return _distribution(costs, costs.first, most)


def _distribution(costs: Costs, first: Array, most: float) -> Profile:
    scaled = first / costs.sizes[:, None, None, None]
    x = np.geomspace(0.1, most, POINTS)
    problems, optimizers, repeats, gaps = scaled.shape
    curves = np.empty((problems, optimizers, x.size))
    for p in range(problems):
        for s in range(optimizers):
            ordered = np.sort(scaled[p, s], axis=None)
            curves[p, s] = np.searchsorted(ordered, x, side="right") / (repeats * gaps)
    chosen = family_resamples(costs.hits.families, "bands")
    weights = np.stack([np.bincount(draw, minlength=problems) / draw.size for draw in chosen])
    low, high = interval(np.einsum("bp,psk->bsk", weights, curves))
    return Profile(
        costs.hits.optimizers, x, curves.mean(axis=0), low, high, problems * repeats * gaps
    )
