"""The best value of a problem, from outside every race: found by many searches, confirmed by others.

Three searches of Newton over 512 screened points, and scipy's SLSQP and L-BFGS-B from 32 more starts
each, all far beyond the budget of a race. The least value that any of them found is the reference;
``confirmed`` counts the searches that agree with it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.random import SeedSequence

from simulator.experiment.objectives import ExactObjective
from simulator.experiment.problem import Array, Problem
from simulator.optimizers import LBFGSB, SLSQP, Box, Counted, Method, Multistart, Outcome, Stopping
from simulator.optimizers.spread import spread_points

_PATIENT = Stopping(20_000, gradient_tolerance=1e-10, value_tolerance=1e-15)
_SEARCHES = 3
_STARTS = 32
_AGREE = 1e-9


@dataclass(frozen=True)
class Reference:
    """The least value known of a problem.

    Attributes:
        least: the value, f*.
        point: where, in the unit box.
        confirmed: how many searches ended within 1e-9 of it, of ``searches``.
        searches: how many there were.
        certified: how far below ``least`` the true minimum may lie at most; None while unproved.
    """

    least: float
    point: tuple[float, ...]
    confirmed: int
    searches: int
    certified: float | None = None


def reference(problem: Problem, known: float | None = None) -> Reference:
    """Search for the least value; ``known`` is one that theory gives, such as 0 of a sum of squares."""
    spread = spread_points(problem.size, _STARTS, np.random.default_rng(20))
    found = _minimize(Multistart(screen=512, polish=12), problem, spread[:, :_SEARCHES])
    for method in (SLSQP(), LBFGSB()):
        found += _minimize(method, problem, spread)
    ends = np.array([outcome.x for outcome in found]).T
    found += _minimize(SLSQP(), problem, ends[:, :_SEARCHES])
    values = np.array([outcome.value for outcome in found])
    best = int(np.nanargmin(values))
    least = float(values[best]) if known is None else known
    agreeing = int((values <= least + _AGREE).sum())
    point = tuple(float(part) for part in found[best].x)
    return Reference(least, point, agreeing, len(found))


def _minimize(method: Method, problem: Problem, starts: Array) -> list[Outcome]:
    box = Box.unit(problem.size)
    seeds = [SeedSequence(7, spawn_key=(start,)) for start in range(starts.shape[1])]
    return method.minimize(Counted(ExactObjective(problem), box), box, starts, _PATIENT, seeds)
