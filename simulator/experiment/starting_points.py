"""Where each repeat starts: the same coordinates for every optimizer."""

from __future__ import annotations

import numpy as np
from scipy.stats import qmc

from simulator.experiment.config import problem_part
from simulator.experiment.content_key import seed_sequence, shared_key
from simulator.experiment.problem import Array, Problem


def starting_points(problem: Problem) -> Array:
    """Coordinates of the starts, shape (n, repeats); more repeats leave the first ones as they are.

    Given recipes are used in turn. Otherwise points are drawn from the region of the config: a
    scrambled Sobol sequence, which spreads them evenly, or independent uniform draws.
    """
    starts = problem.experiment.starts
    if starts.recipes:
        given = [problem.coordinates(recipe) for recipe in starts.recipes]
        return np.stack([given[i % len(given)] for i in range(starts.repeats)], axis=1)
    low, high = _region(problem)
    unit = _sobol(problem) if starts.draw == "sobol" else _random(problem)
    return low[:, None] + unit * (high - low)[:, None]


def shared_keys(problem: Problem) -> list[str]:
    """Per repeat, the key of what all optimizers share in it: start and noise."""
    experiment = problem.experiment
    part = problem_part(experiment)
    return [shared_key(part, experiment.seed, r) for r in range(experiment.starts.repeats)]


def _region(problem: Problem) -> tuple[Array, Array]:
    within = problem.experiment.starts.within or {}
    tune = problem.experiment.tune
    lows = {knob: within.get(knob, (bounds.low, 0.0))[0] for knob, bounds in tune.items()}
    highs = {knob: within.get(knob, (0.0, bounds.high))[1] for knob, bounds in tune.items()}
    return problem.coordinates(lows), problem.coordinates(highs)


def _sobol(problem: Problem) -> Array:
    repeats = problem.experiment.starts.repeats
    rng = np.random.default_rng(seed_sequence(shared_keys(problem)[0], "start"))
    # Powers of two keep the sequence balanced; a prefix of a longer draw is the shorter draw.
    points: Array = qmc.Sobol(problem.size, scramble=True, rng=rng).random_base2(
        int(np.ceil(np.log2(max(repeats, 2))))
    )
    return points[:repeats].T


def _random(problem: Problem) -> Array:
    draws = [
        np.random.default_rng(seed_sequence(key, "start")).random(problem.size)
        for key in shared_keys(problem)
    ]
    return np.stack(draws, axis=1)
