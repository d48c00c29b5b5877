"""Two kinds of customers found by their liking alone: a mixture of two surfaces, without labels.

Class k likes a cup by a quadratic surface in x = TDS − 1.25 and y = (EY − 20)/4; each person has a level
of its own, and belongs to class 1 with probability π. One person's likelihood is the log-sum-exp over the
two classes. Answers are left out on purpose: with them a mixture sorts people by how they use the scales,
not by what they like.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.special
from numpy.typing import NDArray

from simulator.calibration.likelihood import Factor, Fit
from simulator.calibration.newton import polish
from simulator.calibration.ratings import Array, Ratings
from simulator.optimizers import Adam, Box, Counted, Stopping

TERMS = 6
"""Of a surface: 1, x, y, x², x·y, y²."""
SIZE = 1 + 2 * TERMS + 2
"""logit π, the surfaces of the two classes, logarithms of the standard deviations of a cup and a level."""

_PER_CUP = 2 + TERMS - 1
_STARTS = 8
_FIRST = Stopping(max_evaluations=200)
_BOX = Box(
    np.r_[-4.0, np.tile([0.0, *[-15.0] * 5], 2), -3.0, -4.0],
    np.r_[4.0, np.tile([12.0, *[15.0] * 5], 2), 3.0, 3.0],
)


def negative_log_likelihood(parameters: Any, person: Any) -> Any:
    """−log density of one person's liking: plain arithmetic, traceable.

    Args:
        parameters: of shape (SIZE,).
        person: one column of :func:`people`.
    """
    first, second = _class_log_likelihoods(parameters, person)
    # log(π·e^a + (1 − π)·e^b) with π = lgt(u), as softplus: no exponential can overflow.
    odds = parameters[0] + first - second
    return _softplus(-parameters[0]) - first - _softplus(-odds)


def _softplus(u: Any) -> Any:
    return np.logaddexp(0.0, u)


def log_odds(parameters: Any, person: Any) -> Any:
    """Logarithm of the odds that the person belongs to class 1, given the ratings."""
    first, second = _class_log_likelihoods(parameters, person)
    return parameters[0] + first - second


def _class_log_likelihoods(parameters: Any, person: Any) -> list[Any]:
    surfaces = (parameters[1 : 1 + TERMS], parameters[1 + TERMS : 1 + 2 * TERMS])
    log_within, log_between = parameters[1 + 2 * TERMS], parameters[2 + 2 * TERMS]
    precision, ratio = np.exp(-2.0 * log_within), np.exp(2.0 * (log_within - log_between))
    count, cups = person[0], person[1:]
    found = []
    for surface in surfaces:
        left_1: Any = 0.0
        left_2: Any = 0.0
        for start in range(0, cups.shape[0], _PER_CUP):
            left = cups[start + 1] - surface[0]
            for place in range(1, TERMS):
                left = left - surface[place] * cups[start + 1 + place]
            weighted = cups[start] * left
            left_1, left_2 = left_1 + weighted, left_2 + weighted * left
        squares = precision * (left_2 - left_1 * left_1 / (count + ratio))
        scale = count * (2.0 * log_within + math.log(2.0 * math.pi)) + np.log(count / ratio + 1.0)
        found.append(-0.5 * (squares + scale))
    return found


def people(ratings: Ratings) -> Array:
    """One column a person: how many cups, then weight, liking, x, y, x², x·y, y² of each."""
    x, y = ratings.tds_pct - 1.25, (ratings.extraction_pct - 20.0) / 4.0
    cups = np.stack([ratings.weight, ratings.liking, x, y, x * x, x * y, y * y], axis=1)
    count = ratings.weight.sum(axis=0, keepdims=True)
    return np.concatenate([count, cups.reshape(-1, count.shape[1])])


@dataclass(frozen=True)
class Mixture:
    """Two classes by liking; class 1 is the one that likes stronger coffee."""

    parameters: Array
    share: float
    """Probability of class 1."""
    log_likelihood: float
    membership: Array
    """Probability that each person belongs to class 1, of shape (people,)."""
    labelled_log_likelihood: float
    """Largest log-likelihood of the same two surfaces with the published labels as classes."""
    agreement: NDArray[np.int_]
    """People by class (rows) and published cluster (columns)."""
    starts_agreeing: int
    """Of the starts, how many led to this optimum."""


def factor(numbers: int) -> Factor:
    """The compiled graph of one person."""
    return Factor(negative_log_likelihood, SIZE, numbers)


def fit_mixture(ratings: Ratings) -> Mixture:
    """The best of several starts: the project's Adam, then Newton."""
    data, everyone = people(ratings), np.ones(ratings.people.size)
    fit = Fit(factor(data.shape[0]), np.stack([data] * _STARTS), np.stack([everyone] * _STARTS))
    seeds = [np.random.SeedSequence(i) for i in range(_STARTS)]
    outcomes = Adam().minimize(Counted(fit), _BOX, _starts(), _FIRST, seeds)
    found = polish(fit, _BOX, np.stack([each.x for each in outcomes], axis=1), tolerance=1e-9)
    values = fit.value(found, np.arange(_STARTS))
    best = _strong_first(found[:, np.argmin(values)])
    odds = _log_odds(best, data)
    classes = np.where(odds > 0, 1, 2)
    counts = [
        [int(((classes == c) & (ratings.cluster == k)).sum()) for k in (1, 2)] for c in (1, 2)
    ]
    return Mixture(
        parameters=best,
        share=float(scipy.special.expit(best[0])),
        log_likelihood=float(-values.min() * ratings.people.size),
        membership=np.asarray(scipy.special.expit(odds)),
        labelled_log_likelihood=_labelled(ratings, data, best),
        agreement=np.array(counts),
        starts_agreeing=int((values < values.min() + 1e-6).sum()),
    )


def _starts() -> Array:
    """Opposite slopes in TDS, which tells the classes apart, and small random surfaces."""
    rng = np.random.default_rng(118)
    starts = np.zeros((SIZE, _STARTS))
    starts[1 : 1 + 2 * TERMS] = 0.3 * rng.standard_normal((2 * TERMS, _STARTS))
    starts[[1, 1 + TERMS]] += 5.85
    starts[2] += 1.0
    starts[2 + TERMS] -= 1.0
    starts[-2:] = [[math.log(1.5)], [math.log(0.7)]]
    return starts


def _strong_first(parameters: Array) -> Array:
    if parameters[2] >= parameters[2 + TERMS]:
        return parameters
    classes = parameters[1 : 1 + 2 * TERMS].reshape(2, TERMS)[::-1].ravel()
    return np.concatenate([[-parameters[0]], classes, parameters[1 + 2 * TERMS :]])


def _log_odds(parameters: Array, data: Array) -> Array:
    return np.array([float(log_odds(parameters, column)) for column in data.T])


def _labelled(ratings: Ratings, data: Array, near: Array) -> float:
    """Log-likelihood of two surfaces where everybody's class is the published cluster."""
    # A prior certain of the label: the odds of the data cannot turn it over.
    certain = np.where(ratings.cluster == 1, 1000.0, -1000.0)

    def person(parameters: Any, numbers: Any) -> Any:
        label = np.concatenate([numbers[-1:], parameters])
        return negative_log_likelihood(label, numbers[:-1])

    labelled = np.concatenate([data, certain[None, :]])
    known = Factor(person, SIZE - 1, labelled.shape[0])
    fit = Fit(known, labelled[None], np.ones((1, ratings.people.size)))
    box = Box(_BOX.lower[1:], _BOX.upper[1:])
    optimum = polish(fit, box, near[1:, None], tolerance=1e-9)
    return float(-fit.value(optimum, np.array([0]))[0] * ratings.people.size)
