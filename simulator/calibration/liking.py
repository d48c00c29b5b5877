"""How likely one person's liking is, given the person's own answers: a Gaussian with own level and slope.

liking = L0 − Σ_scales [p⁻·(3 − answer)₊ + p⁺·(answer − 3)₊] − the same for the temperature served
− p_b·Ψ(bitterness − threshold) + v + w·(TDS − 1.25) + e, with v, w, e normal. The person's level v and
slope w are integrated out in closed form (Woodbury's identity, a determinant of two by two).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from simulator.calibration.ratings import Array, Ratings
from simulator.coffee.judgement import mean_excess

COSTS = (
    "intensity_low", "intensity_high", "acidity_low", "acidity_high",
    "mouthfeel_low", "mouthfeel_high", "served_low", "served_high", "too_bitter",
)  # fmt: skip
PARAMETERS = ("level", *COSTS, "log_within", "log_between", "log_slope")
"""What is fitted: L0, the costs in points a step (bitterness: points per %), and the logarithms of the
standard deviations of e, v and w."""

START = np.array([7.3, *[0.7] * 6, 0.3, 0.1, 0.3, math.log(1.25), math.log(0.6), math.log(1.0)])
BITTER_COST = PARAMETERS.index("too_bitter")


def negative_log_likelihood(parameters: Any, person: Any) -> Any:
    """−log of the density of one person's liking: plain arithmetic, traceable.

    Args:
        parameters: 13 numbers, see :data:`PARAMETERS`.
        person: one column of :func:`people`.
    """
    count = len(COSTS)
    cups, left_1, left_x, left_2 = person[3:], 0.0, 0.0, 0.0
    for start in range(0, cups.shape[0], count + 3):
        weight, liking, off = cups[start], cups[start + 1], cups[start + 2]
        left = liking - parameters[0]
        for place in range(count):
            left = left + parameters[1 + place] * cups[start + 3 + place]
        weighted = weight * left
        left_1, left_x = left_1 + weighted, left_x + weighted * off
        left_2 = left_2 + weighted * left
    return gaussian(parameters[1 + count :], person[:3], (left_1, left_x, left_2))


def gaussian(log_deviations: Any, design: Any, left: tuple[Any, Any, Any]) -> Any:
    """−log density of residuals with a level and a slope of their own, from their sums.

    Args:
        log_deviations: logarithms of the standard deviations of a cup, the level, the slope.
        design: how many cups, Σx and Σx² over them.
        left: Σr, Σr·x and Σr² of the residuals r.
    """
    precision, level, slope = (np.exp(-2.0 * log_deviations[i]) for i in range(3))
    count, sum_x, sum_xx = (design[i] * precision for i in range(3))
    left_1, left_x, left_2 = (each * precision for each in left)
    a, b, c = count + level, sum_x, sum_xx + slope
    determinant = a * c - b * b
    explained = (
        c * left_1 * left_1 - 2.0 * b * left_1 * left_x + a * left_x * left_x
    ) / determinant
    log_scale = design[0] * log_deviations[0] + log_deviations[1] + log_deviations[2]
    squares = left_2 - explained + np.log(determinant) + design[0] * math.log(2.0 * math.pi)
    return log_scale + 0.5 * squares


def people(ratings: Ratings, threshold: float, scatter: float) -> Array:
    """The data of liking, one column a person: three sums, then what bears on each cup.

    Args:
        ratings: of the people.
        threshold: bitterness above which a cup costs, %TDS-equivalents.
        scatter: spread of people's thresholds.
    """
    weight, off = ratings.weight, ratings.tds_pct - 1.25
    answers = (*ratings.answers.values(), ratings.served)
    misses = [miss for a in answers for miss in (np.maximum(3 - a, 0), np.maximum(a - 3, 0))]
    # The level is that of a cup served as warm as these were on average.
    rated = weight > 0
    misses[6:] = [miss - miss[rated].mean() for miss in misses[6:]]
    bitter = np.asarray(mean_excess(ratings.tds_pct - threshold, scatter))
    cups = np.stack([weight, ratings.liking, off, *misses, bitter], axis=1)
    sums = [weight.sum(axis=0), (weight * off).sum(axis=0), (weight * off**2).sum(axis=0)]
    return np.concatenate([sums, cups.reshape(-1, weight.shape[1])])
