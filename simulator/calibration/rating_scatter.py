"""How much ratings scatter around the model: of one person, between persons' levels, between their slopes.

liking = (what the palates of the person's cluster say of the cup) + L + v + w·(TDS − 1.25) + e, with e, v
and w normal. Only sums over a person's cups matter, so a person is six numbers.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from simulator.calibration.groups import Group, descend
from simulator.calibration.likelihood import Factor, Fit
from simulator.calibration.liking import gaussian
from simulator.calibration.ratings import Array, Ratings
from simulator.optimizers import Box

PARAMETERS = ("level", "log_within", "log_between", "log_slope")
"""What is fitted: L, and the logarithms of the standard deviations of e, v and w (points, points, points
for each % of TDS)."""

START = np.array([0.0, math.log(1.5), math.log(0.7), math.log(1.2)])
BOX = Box(np.array([-4.0, -3.0, -4.0, -4.0]), np.array([4.0, 3.0, 3.0, 3.0]))
_NUMBERS = 6


def negative_log_likelihood(parameters: Any, person: Any) -> Any:
    """−log density of one person's liking: plain arithmetic, traceable.

    Args:
        parameters: 4 numbers, see :data:`PARAMETERS`.
        person: one column of :func:`people`.
    """
    level, count, sum_x = parameters[0], person[0], person[1]
    sum_1, sum_off, sum_2 = person[3], person[4], person[5]
    left = (
        sum_1 - level * count,
        sum_off - level * sum_x,
        sum_2 - 2.0 * level * sum_1 + level * level * count,
    )
    return gaussian(parameters[1:], person[:3], left)


def people(ratings: Ratings, clusters: Sequence[Group]) -> Array:
    """One column a person: how many cups, Σx, Σx²; then Σr, Σr·x, Σr² of what the model leaves.

    Args:
        ratings: everybody's.
        clusters: the fitted groups of cluster 1 and cluster 2.
    """
    weight, x = ratings.weight, ratings.tds_pct - 1.25
    said = np.zeros_like(weight)
    for name, group in zip(("cluster_1", "cluster_2"), clusters, strict=True):
        members = ratings.group(name)
        foretold = group.perfect_liking(ratings, members) - group.penalty(ratings)
        said = said + members * foretold
    left = ratings.liking - said
    parts = (np.ones_like(x), x, x * x, left, left * x, left * left)
    return np.stack([(weight * part).sum(axis=0) for part in parts])


def scatter_fit(ratings: Ratings, clusters: Sequence[Group]) -> Fit:
    """The objective of the fit, over all people."""
    data = people(ratings, clusters)
    factor = Factor(negative_log_likelihood, len(PARAMETERS), _NUMBERS)
    return Fit(factor, data[None], np.ones((1, data.shape[1])))


def fit_scatter(fit: Fit) -> Array:
    """The optimum, of shape (4, 1)."""
    return descend(fit, BOX, START)
