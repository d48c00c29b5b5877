"""How likely one person's just-about-right answers are: an ordered probit with a level of its own.

What a person feels is the distance from just right, z = c + a·(q − 1.25) + b·(EY − 20)/4 + u + e, with
the person's own level u ~ N(0, s_between²) and e ~ N(0, s_within²) for each cup. The answer is "just
about right" within ±(δ + ½) steps, and one step further for each unit beyond. The level is integrated
out by Gauss–Hermite nodes laid over the person's own answers (Liu & Pierce 1994).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import scipy.special

from simulator.calibration.ratings import Array, Ratings

PARAMETERS = ("constant", "stimulus_slope", "extraction_slope", "band", "log_within", "log_between")
"""What is fitted: c, a, b, δ (steps), and the logarithms of s_within and s_between."""

START = np.array([0.0, 1.2, 0.0, 0.25, math.log(0.7), math.log(0.35)])
_NODES, _WEIGHTS = np.polynomial.hermite.hermgauss(7)
_FAR = 40.0  # the open end of an answer at the edge of the scale, in steps
_PER_CUP = 8
# Answer -> (low, band's part in it, high, band's part in it). Answers above 3 are mirrored, so that no
# probability is a difference of two numbers near 1.
_ENDS = {1: (-_FAR, 0.0, -1.5, -1.0), 2: (-1.5, -1.0, -0.5, -1.0), 3: (-0.5, -1.0, 0.5, 1.0)}
_NO_CUP = (-_FAR, 0.0, _FAR, 0.0)


def negative_log_likelihood(parameters: Any, person: Any) -> Any:
    """−log of the probability of one person's answers on one scale: plain arithmetic, traceable.

    Args:
        parameters: six numbers, see :data:`PARAMETERS`.
        person: one column of :func:`people`.
    """
    constant, stimulus_slope, extraction_slope, band = (parameters[i] for i in range(4))
    within, between = np.exp(parameters[4]), np.exp(parameters[5])
    center, width, cups = person[0], person[1], person[2:]
    levels = [center + float(root) * width for root in _NODES]
    logs: list[Any] = [-0.5 * (level / between) ** 2 for level in levels]
    for start in range(0, cups.shape[0], _PER_CUP):
        weight, side, stimulus, steps, low, low_band, high, high_band = (
            cups[start + place] for place in range(_PER_CUP)
        )
        felt = side * constant + stimulus * stimulus_slope + steps * extraction_slope
        lower, upper = low + low_band * band - felt, high + high_band * band - felt
        for index, level in enumerate(levels):
            own = side * level
            inside = scipy.special.ndtr((upper - own) / within) - scipy.special.ndtr(
                (lower - own) / within
            )
            logs[index] = logs[index] + weight * np.log(inside)
    terms = [
        float(weight * math.exp(root**2)) * np.exp(log)
        for weight, root, log in zip(_WEIGHTS, _NODES, logs, strict=True)
    ]
    return parameters[5] - np.log(sum(terms[1:], terms[0]) * width / math.sqrt(2.0 * math.pi))


def people(ratings: Ratings, scale: str) -> Array:
    """The data of a scale, one column a person: where to lay the nodes, then eight numbers a cup."""
    answers, weight = ratings.answers[scale], ratings.weight
    side = np.where(answers > 3, -1.0, 1.0)
    mirrored = np.where(answers > 3, 6 - answers, answers).astype(int)
    ends = np.array([_NO_CUP, *(_ENDS[answer] for answer in (1, 2, 3))])
    at = np.where(weight > 0, mirrored, 0)
    stimulus = side * (ratings.stimulus(scale) - 1.25)
    steps = side * (ratings.extraction_pct - 20.0) / 4.0
    cups = np.stack([weight, side, stimulus, steps, *np.moveaxis(ends[at], -1, 0)], axis=1)
    center, width = _laid_nodes(ratings, scale)
    return np.concatenate([[center, width], cups.reshape(-1, weight.shape[1])])


def _laid_nodes(ratings: Ratings, scale: str) -> tuple[Array, Array]:
    """Where each person's level lies, roughly, and √2 times how far it may be from there."""
    answers, weight = ratings.answers[scale], ratings.weight
    plane = [np.ones_like(answers), ratings.stimulus(scale) - 1.25, ratings.extraction_pct - 20.0]
    rated = weight > 0
    fitted = np.linalg.lstsq(
        np.stack([p[rated] for p in plane], axis=1), answers[rated], rcond=None
    )
    left = answers - sum(c * p for c, p in zip(fitted[0], plane, strict=True))
    cups = weight.sum(axis=0)
    mean = (weight * left).sum(axis=0) / cups
    # Shrunk as the best linear prediction would, with scatter .7 within and .35 between people.
    shrink = cups / (cups + (0.7 / 0.35) ** 2)
    return 1.2 * shrink * mean, np.sqrt(2.0 * 1.5 * 0.7**2 / cups)
