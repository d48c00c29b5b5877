"""How well liking is foretold for people who took no part in the fit, against simple baselines.

The people are dealt into folds; each fold is foretold from the others. What counts is the mean log-density
of a rating given TDS and extraction alone, a person's ratings taken together: nothing of a held-out
person is known, neither answers nor cluster. All models but the first have a level, or a level and a slope
in TDS, of each person's own, fitted in the same way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

import numpy as np
import scipy.special

from simulator.calibration.groups import Group, Likelihoods, refit_groups
from simulator.calibration.likelihood import Factor, Fit
from simulator.calibration.liking import gaussian
from simulator.calibration.newton import polish
from simulator.calibration.ratings import Array, Ratings
from simulator.optimizers import Box

FOLDS = 5
TERMS = 6
_PER_CUP = 3 + TERMS - 1
_SIZE = TERMS + 3
_START = np.r_[5.85, np.zeros(TERMS - 1), np.log([1.5, 0.7, 1.2])]
_BOX = Box(
    np.r_[-5.0, np.full(5, -20.0), np.full(3, -6.0)], np.r_[15.0, np.full(5, 20.0), np.full(3, 3.0)]
)


@dataclass(frozen=True)
class Surface:
    """A model of mean liking: what is known beforehand of each cup, and which terms are fitted."""

    known: Array
    """Points off the level, (cups, people)."""
    terms: int
    """1: the level alone; 6: a quadratic surface in TDS and extraction."""
    own_slope: bool = True
    """Whether each person has a slope in TDS beside a level."""


def negative_log_likelihood(parameters: Any, person: Any) -> Any:
    """−log density of one person's liking under a surface; plain arithmetic, traceable."""
    cups = person[3:]
    left_1: Any = 0.0
    left_x: Any = 0.0
    left_2: Any = 0.0
    for start in range(0, cups.shape[0], _PER_CUP):
        left = cups[start + 1] - parameters[0]
        for place in range(1, TERMS):
            left = left - parameters[place] * cups[start + 2 + place]
        weighted = cups[start] * left
        left_1, left_2 = left_1 + weighted, left_2 + weighted * left
        left_x = left_x + weighted * cups[start + 2]
    return gaussian(parameters[TERMS:], person[:3], (left_1, left_x, left_2))


def people(ratings: Ratings, surface: Surface) -> Array:
    """The data of a surface, one column a person."""
    x, y = ratings.tds_pct - 1.25, (ratings.extraction_pct - 20.0) / 4.0
    terms = np.array([x, y, x * x, x * y, y * y]) * (surface.terms == TERMS)
    off = x * surface.own_slope
    weight = ratings.weight
    cups = np.stack([weight, ratings.liking - surface.known, off, *terms], axis=1)
    sums = [weight.sum(axis=0), (weight * off).sum(axis=0), (weight * off**2).sum(axis=0)]
    return np.concatenate([sums, cups.reshape(-1, weight.shape[1])])


def held_out_scores(
    these: Likelihoods, ratings: Ratings, groups: Sequence[Group]
) -> dict[str, float]:
    """Mean log-density of a held-out rating by model, in natural units (nats); larger is better.

    Args:
        these: the compiled likelihoods.
        ratings: everybody's.
        groups: fitted to everybody: everyone, cluster 1, cluster 2; where the folds' fits start.
    """
    fold = np.random.default_rng(2022).permutation(ratings.people.size) % FOLDS
    totals: dict[str, float] = {}
    kept = [(fold != held).astype(float) for held in range(FOLDS)]
    members = [ratings.group(name) for name in ("everyone", "cluster_1", "cluster_2")]
    refitted = refit_groups(
        these, [keep * member for keep in kept for member in members], [*groups] * FOLDS
    )
    for held, keep in enumerate(kept):
        palates = refitted[3 * held : 3 * held + 3]
        for name, score in _one_fold(ratings, keep, members, palates).items():
            totals[name] = totals.get(name, 0.0) + score
    return {name: total / ratings.count for name, total in totals.items()}


def _one_fold(
    ratings: Ratings, keep: Array, members: Sequence[Array], palates: Sequence[Group]
) -> dict[str, float]:
    """Log-densities of the held-out people's ratings, added up, by model."""
    flat = np.zeros_like(ratings.liking)
    kept = [keep * member for member in members]
    losses = [-group.penalty(ratings) for group in palates]
    plans = {
        "a level of each person's own": (Surface(flat, 1, own_slope=False), kept[0]),
        "a level and a TDS slope of each person's own": (Surface(flat, 1), kept[0]),
        "quadratic surface": (Surface(flat, TERMS), kept[0]),
        "model, everyone's palate": (Surface(losses[0], 1), kept[0]),
        "quadratic 1": (Surface(flat, TERMS), kept[1]),
        "quadratic 2": (Surface(flat, TERMS), kept[2]),
        "model 1": (Surface(losses[1], 1), kept[1]),
        "model 2": (Surface(losses[2], 1), kept[2]),
    }
    found = dict(zip(plans, _densities(ratings, list(plans.values())), strict=True))
    share = kept[1].sum() / keep.sum()
    two = partial(_either, share)
    models = {
        "overall mean": _overall_mean(ratings, keep),
        **{name: each for name, each in found.items() if not name[-1].isdigit()},
        "quadratic surface, two clusters": two(found["quadratic 1"], found["quadratic 2"]),
        "model, two clusters": two(found["model 1"], found["model 2"]),
    }
    return {name: float(each[keep == 0].sum()) for name, each in models.items()}


def _densities(ratings: Ratings, plans: Sequence[tuple[Surface, Array]]) -> list[Array]:
    """Log-density of each person's ratings under each surface, fitted to the people that weigh."""
    data = np.stack([people(ratings, surface) for surface, _ in plans])
    factor = _factor(data.shape[1])
    fit = Fit(factor, data, np.stack([weight for _, weight in plans]))
    found = polish(fit, _BOX, np.repeat(_START[:, None], len(plans), axis=1), tolerance=1e-8)
    count = data.shape[2]
    return [
        -factor.value_and_gradient(np.repeat(x[:, None], count, axis=1), each)[0]
        for x, each in zip(found.T, data, strict=True)
    ]


def _either(share: float, first: Array, second: Array) -> Array:
    """Of people who belong to the first cluster with a probability."""
    logs = np.stack([np.log(share) + first, np.log1p(-share) + second])
    return np.asarray(scipy.special.logsumexp(logs, axis=0))


def _overall_mean(ratings: Ratings, keep: Array) -> Array:
    """One normal distribution for all ratings."""
    weight = ratings.weight * keep
    mean = np.average(ratings.liking, weights=weight)
    variance = np.average((ratings.liking - mean) ** 2, weights=weight)
    logs = -0.5 * ((ratings.liking - mean) ** 2 / variance + np.log(2.0 * np.pi * variance))
    return np.asarray((ratings.weight * logs).sum(axis=0))


@cache
def _factor(numbers: int) -> Factor:
    """The compiled graph; the folds share it."""
    return Factor(negative_log_likelihood, _SIZE, numbers)
