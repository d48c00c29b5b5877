"""Fits groups of people by likelihood: everyone, the two published clusters, all sides in step.

A group's likelihood is a product of four parts that share no parameter: the answers on three
just-about-right scales, and liking given those answers. So a group is three fits of the one kind of graph
and one of the other, and all groups run side by side.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from simulator.calibration import answers, liking
from simulator.calibration.likelihood import Factor, Fit
from simulator.calibration.newton import polish
from simulator.calibration.ratings import SCALES, Array, Ratings
from simulator.coffee.judgement import banded_penalty, mean_excess
from simulator.optimizers import Adam, Box, Counted, Stopping

GROUPS = ("everyone", "cluster_1", "cluster_2")
BITTER_THRESHOLD_PCT = 0.6
"""Chosen: the ratings cannot tell thresholds below those of the weakest brews from a straight line."""
BITTER_SCATTER_PCT = 0.5

ANSWERS_BOX = Box(
    np.array([-3.0, -6.0, -3.0, -0.45, -3.0, -5.0]), np.array([3.0, 6.0, 3.0, 2.0, 2.0, 2.0])
)
LIKING_BOX = Box(np.r_[0.0, np.full(9, -8.0), np.full(3, -6.0)], np.r_[12.0, np.full(12, 8.0)])
_FIRST = Stopping(max_evaluations=60)


@dataclass(frozen=True)
class Group:
    """What was fitted for one group."""

    scales: Mapping[str, Array]
    """Scale -> six numbers, see :data:`simulator.calibration.answers.PARAMETERS`."""
    liking: Array
    """See :data:`simulator.calibration.liking.PARAMETERS`."""

    def scatter(self, scale: str) -> float:
        """Standard deviation of what is felt for one cup, within and between people together."""
        return float(np.hypot(*np.exp(self.scales[scale][4:])))

    def costs(self, scale: str) -> tuple[float, float]:
        """Points for a step below and above just right."""
        first = 1 + 2 * list(SCALES).index(scale)
        return float(self.liking[first]), float(self.liking[first + 1])

    @property
    def too_bitter(self) -> float:
        """Points for a %TDS-equivalent above the threshold: never a gain."""
        return max(float(self.liking[liking.BITTER_COST]), 0.0)

    def penalty(self, ratings: Ratings) -> Array:
        """What the model says each cup costs the mean drinker of the group, points, (cups, people)."""
        excess = np.asarray(mean_excess(ratings.tds_pct - BITTER_THRESHOLD_PCT, BITTER_SCATTER_PCT))
        total = self.too_bitter * excess
        for scale in SCALES:
            gap = self.gap(scale, ratings.stimulus(scale), ratings.extraction_pct)
            scatter, band = self.scatter(scale), self.scales[scale][3]
            total = total + banded_penalty(gap, band, scatter, *self.costs(scale))
        return total

    def gap(self, scale: str, stimulus: Array, extraction_pct: Array) -> Array:
        """Mean distance from just right, in steps."""
        constant, by_stimulus, by_extraction, *_ = self.scales[scale]
        steps = (extraction_pct - 20.0) / 4.0
        return np.asarray(constant + by_stimulus * (stimulus - 1.25) + by_extraction * steps)

    def perfect_liking(self, ratings: Ratings, members: Array) -> float:
        """The level that makes the mean liking over the members' cups what they said it was.

        It is the fitted level and a bit: the model's costs go on where the scale ends at 1 and 5.
        """
        weight = ratings.weight * members
        return float(np.average(ratings.liking + self.penalty(ratings), weights=weight))


@dataclass(frozen=True, eq=False)
class Likelihoods:
    """The two kinds of graphs, compiled once, with everybody's data."""

    answers: Factor
    liking: Factor
    answers_data: Mapping[str, Array]
    liking_data: Array

    def answers_fit(self, weights: Sequence[Array]) -> Fit:
        """For groups of people, given by their weights: all scales of the first, of the second …"""
        data = np.stack([self.answers_data[scale] for _ in weights for scale in SCALES])
        return Fit(self.answers, data, np.stack([w for w in weights for _ in SCALES]))

    def liking_fit(self, weights: Sequence[Array]) -> Fit:
        """For groups of people, given by their weights."""
        return Fit(self.liking, np.stack([self.liking_data] * len(weights)), np.stack(weights))


def likelihoods(ratings: Ratings) -> Likelihoods:
    """Trace and prepare."""
    by_scale = {scale: answers.people(ratings, scale) for scale in SCALES}
    of_liking = liking.people(ratings, BITTER_THRESHOLD_PCT, BITTER_SCATTER_PCT)
    numbers = next(iter(by_scale.values())).shape[0]
    return Likelihoods(
        Factor(answers.negative_log_likelihood, len(answers.PARAMETERS), numbers),
        Factor(liking.negative_log_likelihood, len(liking.PARAMETERS), of_liking.shape[0]),
        by_scale,
        of_liking,
    )


def descend(fit: Fit, box: Box, start: Array) -> Array:
    """The project's Adam from one rough start for all, then Newton: optima of shape (n, fits)."""
    starts = np.repeat(start[:, None], fit.weight.shape[0], axis=1)
    seeds = [np.random.SeedSequence(i) for i in range(starts.shape[1])]
    outcomes = Adam().minimize(Counted(fit), box, starts, _FIRST, seeds)
    return polish(fit, box, np.stack([each.x for each in outcomes], axis=1))


def fit_groups(these: Likelihoods, weights: Sequence[Array]) -> list[Group]:
    """One group for each set of weights, from a rough start."""
    by_scale = descend(these.answers_fit(weights), ANSWERS_BOX, answers.START)
    by_liking = descend(these.liking_fit(weights), LIKING_BOX, liking.START)
    return grouped(by_scale, by_liking)


def refit_groups(
    these: Likelihoods, weights: Sequence[Array], near: Sequence[Group]
) -> list[Group]:
    """As :func:`fit_groups`, from the optima of nearly the same people."""
    by_scale = np.stack([group.scales[scale] for group in near for scale in SCALES], axis=1)
    by_liking = np.stack([group.liking for group in near], axis=1)
    return grouped(
        polish(these.answers_fit(weights), ANSWERS_BOX, by_scale),
        polish(these.liking_fit(weights), LIKING_BOX, by_liking),
    )


def grouped(by_scale: Array, by_liking: Array) -> list[Group]:
    """Groups from the columns of the two fits."""
    names, count = list(SCALES), len(SCALES)
    return [
        Group({name: by_scale[:, count * i + k] for k, name in enumerate(names)}, by_liking[:, i])
        for i in range(by_liking.shape[1])
    ]


def best_tds_pct(group: Group) -> float:
    """TDS in percent that the group likes best at 20 % extraction, within 0.4–2 %."""
    tds = np.linspace(0.4, 2.0, 16001)
    excess = mean_excess(tds - BITTER_THRESHOLD_PCT, BITTER_SCATTER_PCT)
    cost = group.too_bitter * np.asarray(excess)
    for scale in SCALES:
        gap, band = group.gap(scale, tds, np.full_like(tds, 20.0)), group.scales[scale][3]
        cost = cost + banded_penalty(gap, band, group.scatter(scale), *group.costs(scale))
    return float(tds[np.argmin(cost)])
