"""The point to beat: many starts over the box, each polished by Newton's method."""

from __future__ import annotations

from typing import Final

import numpy as np

from simulator.certify.boxes import Array
from simulator.experiment.objectives import ExactObjective
from simulator.experiment.problem import Problem
from simulator.optimizers import Box, Counted, Multistart, Stopping

#: Searches of the whole box, and evaluations of each.
_SEARCHES: Final = 3
_EVALUATIONS: Final = 1500


def best_known(problem: Problem) -> Array:
    """The best point that three searches from many starts find, shape (n,); the same every time.

    With noise it is the best for the true mean over all customers.
    """
    box = Box(np.zeros(problem.size), np.ones(problem.size))
    starts = np.random.default_rng(0).random((problem.size, _SEARCHES))
    seeds = np.random.SeedSequence(0).spawn(_SEARCHES)
    outcomes = Multistart().minimize(
        Counted(ExactObjective(problem)), box, starts, Stopping(max_evaluations=_EVALUATIONS), seeds
    )
    best = min(outcomes, key=lambda outcome: np.nan_to_num(outcome.value, nan=np.inf))
    return np.clip(best.x, 0.0, 1.0)
