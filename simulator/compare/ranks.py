"""Ranks over problems, and paired tests with Holm's correction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from simulator.compare.hits import Costs
from simulator.compare.intervals import Array, Estimate, family_resamples, interval
from simulator.compare.running_time import running_times

Families = Sequence[tuple[bool, str]]


@dataclass(frozen=True)
class Rank:
    """The mean rank of an optimizer over the problems; 1 is the best."""

    optimizer: str
    mean: Estimate
    first_places: int


@dataclass(frozen=True)
class Paired:
    """One optimizer against another, problem by problem.

    Attributes:
        one: the optimizer under test.
        other: whom it is compared with.
        wins: problems on which ``one`` has the smaller ERT.
        losses: problems on which it has the larger.
        ties: problems on which they are equal, both unsolved included.
        p: two-sided p-value of Wilcoxon's signed-rank test over families of problems.
        p_holm: the same corrected for the pairs of ``one`` (Holm 1979).
        p_chosen: corrected for the pairs of every candidate, as one must who let these runs choose ``one``.
        ratio: the median over problems of ERT(other) ÷ ERT(one), with its interval.
    """

    one: str
    other: str
    wins: int
    losses: int
    ties: int
    p: float
    p_holm: float
    p_chosen: float
    ratio: Estimate


def ranks(costs: Costs, gap: float) -> list[Rank]:
    """Mean ranks by ERT among ``costs.hits.optimizers``, the best first; ties share their mean."""
    places = stats.rankdata(running_times(costs, gap), axis=1)
    chosen = family_resamples(costs.hits.families, "ranks")
    low, high = interval(np.stack([places[draw].mean(axis=0) for draw in chosen]))
    found = [
        Rank(
            label,
            Estimate(float(places[:, s].mean()), float(low[s]), float(high[s]), places.shape[0]),
            int((places[:, s] == places.min(axis=1)).sum()),
        )
        for s, label in enumerate(costs.hits.optimizers)
    ]
    return sorted(found, key=lambda each: (each.mean.value, each.optimizer))


def paired(
    costs: Costs, gap: float, one: str, others: Sequence[str], candidates: Sequence[str] = ()
) -> list[Paired]:
    """``one`` against each of the others; ``candidates`` are those of whom it might be the best by luck."""
    times, families = running_times(costs, gap), costs.hits.families
    column = costs.hits.optimizers.index

    def values(mine: str) -> list[float]:
        own = times[:, column(mine)]
        logs = (_log_ratios(own, times[:, column(other)]) for other in others)
        return [_signed_rank(each, families) for each in logs]

    own = values(one)
    all_pairs = own + [p for mine in candidates if mine != one for p in values(mine)]
    corrected = zip(own, holm(own), holm(all_pairs), strict=False)
    return [
        _pair(one, other, times[:, column(one)], times[:, column(other)], families, p)
        for other, p in zip(others, corrected, strict=True)
    ]


def holm(p: Sequence[float]) -> list[float]:
    """P-values corrected for being several (Holm 1979), in their order.

    >>> [round(value, 3) for value in holm([0.01, 0.04, 0.03])]
    [0.03, 0.06, 0.06]
    """
    order = np.argsort(p, kind="stable")
    corrected, so_far = [0.0] * len(p), 0.0
    for place, index in enumerate(order):
        so_far = max(so_far, min(1.0, (len(p) - place) * p[index]))
        corrected[index] = so_far
    return corrected


def _pair(
    one: str,
    other: str,
    mine: Array,
    theirs: Array,
    families: Families,
    p: tuple[float, float, float],
) -> Paired:
    ratios = _ratios(mine, theirs)
    drawn = [np.median(ratios[draw]) for draw in family_resamples(families, "pairs")]
    low, high = interval(np.array(drawn))
    ratio = Estimate(float(np.median(ratios)), float(low), float(high), ratios.size)
    wins, losses = int((mine < theirs).sum()), int((mine > theirs).sum())
    return Paired(one, other, wins, losses, mine.size - wins - losses, *p, ratio)


def _ratios(mine: Array, theirs: Array) -> Array:
    """theirs ÷ mine; both unsolved is 1."""
    both = np.isinf(mine) & np.isinf(theirs)
    with np.errstate(invalid="ignore"):
        ratios: Array = np.where(both, 1.0, theirs / mine)
    return ratios


def _log_ratios(mine: Array, theirs: Array) -> Array:
    """Logarithms of the ratios; an infinite ratio is larger than any other, whatever it is."""
    logs: Array = np.log(np.clip(_ratios(mine, theirs), 1e-300, 1e300))
    return logs


def _signed_rank(logs: Array, families: Families) -> float:
    """Of the families' medians: problems of one family are not independent, so they have one voice."""
    members: dict[object, list[float]] = {}
    for family, each in zip(families, logs, strict=True):
        members.setdefault(family, []).append(float(each))
    differences = np.array([np.median(own) for own in members.values()])
    differences = differences[differences != 0]
    if not differences.size:
        return 1.0
    # Exact for few families without ties, else the normal approximation.
    return float(stats.wilcoxon(differences, method="auto", correction=True).pvalue)
