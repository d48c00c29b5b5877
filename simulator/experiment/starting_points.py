"""Where each repeat starts: the same coordinates for every optimizer."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

import numpy as np

from simulator.experiment import content_key
from simulator.experiment.config import problem_part
from simulator.experiment.content_key import seed_sequence
from simulator.experiment.problem import Array, Problem
from simulator.optimizers.spread import spread_points


# A problem's repeats are sent out a few at a time, and each time their starts are asked for.
@lru_cache(maxsize=4)
def starting_points(problem: Problem) -> Array:
    """Coordinates of the starts, shape (n, repeats), not to be written to.

    More repeats leave the first ones as they are.

    Given recipes are used in turn. Otherwise points are drawn from the region of the config: a
    scrambled Sobol sequence, which spreads them evenly, or independent uniform draws.
    """
    starts = problem.experiment.starts
    if starts.recipes:
        given = [problem.coordinates(recipe) for recipe in starts.recipes]
        return _read_only(np.stack([given[i % len(given)] for i in range(starts.repeats)], axis=1))
    low, high = _region(problem)
    unit = _sobol(problem) if starts.draw == "sobol" else _random(problem)
    return _read_only(low[:, None] + unit * (high - low)[:, None])


def shared_keys(problem: Problem, repeats: Iterable[int]) -> list[str]:
    """Per repeat, the key of what all optimizers share in it: start and noise."""
    experiment = problem.experiment
    return content_key.shared_keys(problem_part(experiment), experiment.seed, repeats)


def _read_only(points: Array) -> Array:
    points.setflags(write=False)
    return points


def _region(problem: Problem) -> tuple[Array, Array]:
    within = problem.experiment.starts.within or {}
    tune = problem.experiment.tune
    lows = {knob: within.get(knob, (bounds.low, 0.0))[0] for knob, bounds in tune.items()}
    highs = {knob: within.get(knob, (0.0, bounds.high))[1] for knob, bounds in tune.items()}
    return problem.coordinates(lows), problem.coordinates(highs)


def _sobol(problem: Problem) -> Array:
    repeats = problem.experiment.starts.repeats
    rng = np.random.default_rng(seed_sequence(shared_keys(problem, [0])[0], "start"))
    return spread_points(problem.size, repeats, rng)


def _random(problem: Problem) -> Array:
    draws = [
        np.random.default_rng(seed_sequence(key, "start")).random(problem.size)
        for key in shared_keys(problem, range(problem.experiment.starts.repeats))
    ]
    return np.stack(draws, axis=1)
