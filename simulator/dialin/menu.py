"""A short menu for many customers: k recipes, each customer takes the one they like best.

What counts is the mean over customers of h(best score), with h the score itself or the smoothed share above a
threshold. "Best" is softened, τ·log Σ exp(score/τ), so that every recipe feels every customer; the engine
gives the gradient by all k recipes at once, and τ falls in stages until nothing is soft any more.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations
from typing import Any

import numpy as np
import scipy.optimize
import scipy.special
from numpy.random import SeedSequence

from simulator.autodiff import compile as compiled
from simulator.autodiff import trace
from simulator.coffee import Segment
from simulator.dialin.traits import Array
from simulator.errors import InputError
from simulator.experiment.problem import Problem
from simulator.optimizers import LBFGS, Box, Counted, Stopping

MOST = 8
"""Recipes on one menu."""

_STAGES = (0.5, 0.1, 0.02)
_STARTS = 8
_CHECKED = 2  # starts from which scipy runs, too
_SPREADS = (0.35, 0.30)  # of people's ideals of sweetness and creaminess, as logarithms: chosen
_STEPS = (5, 4, 5, 4, 3, 3, 3, 3)  # of the grid, for each knob in turn


@dataclass(frozen=True, eq=False)
class Menu:
    """What was found.

    Attributes:
        recipes: knob -> value, one for each place on the menu.
        served: share of the customers who take each recipe.
        value: mean over customers of h(best score).
        alone: the same for the best single recipe.
        by_scipy: the value that scipy's L-BFGS-B reaches from the same starts.
        on_grid: the value of the best menu on the grid, all of them tried.
    """

    recipes: tuple[dict[str, float], ...]
    served: tuple[float, ...]
    value: float
    alone: float
    by_scipy: float
    on_grid: float


def choose_menu(problem: Problem, k: int, *, people: int = 1, seed: int = 0) -> Menu:
    """The best k recipes for the customers of an experiment.

    Args:
        problem: the experiment's box, brew and customers.
        k: how many recipes, 1 to `MOST`.
        people: into how many each segment that takes milk or sugar is split, with ideals of their own.
        seed: of the starts and of the people.

    Raises:
        InputError: k or people out of range.
    """
    if not 1 <= k <= MOST or not 1 <= people <= 200:
        raise InputError(
            f"k = {k}, people = {people}: expected 1 to {MOST} recipes, 1 to 200 people"
        )
    customers = _crowd(problem, people, seed)
    recipes, on_grid = _best_on_grid(problem, customers, k)
    place, value = _climbed(problem, customers, k, recipes, seed)
    by_scipy = _by_scipy(problem, customers, k, recipes, seed)
    alone = value
    if k > 1:
        first, _ = _best_on_grid(problem, customers, 1)
        _, alone = _climbed(problem, customers, 1, first, seed)
    scores = _scores(problem, customers, place)
    share = np.array([float(share) for _, share in customers])
    taken = np.bincount(scores.argmax(axis=1), weights=share, minlength=k) / share.sum()
    order = np.argsort(-taken)
    return Menu(
        tuple(problem.recipe(place[:, j]) for j in order),
        tuple(taken[order].tolist()),
        value,
        alone,
        by_scipy,
        on_grid,
    )


Crowd = Sequence[tuple[Segment, float]]


def _crowd(problem: Problem, people: int, seed: int) -> Crowd:
    """The customers, those who add milk or sugar split into people."""
    if people == 1:
        return problem.customers
    rng, crowd = np.random.default_rng(seed), []
    for segment, share in problem.customers:
        if not (segment.ideal_sweetness or segment.ideal_creaminess):
            crowd.append((segment, share))
            continue
        for factors in np.exp(_SPREADS * rng.standard_normal((people, 2))):
            ideals = {
                "ideal_sweetness": segment.ideal_sweetness * float(factors[0]),
                "ideal_creaminess": segment.ideal_creaminess * float(factors[1]),
            }
            crowd.append((replace(segment, **ideals), share / people))
    return crowd


def _scores(problem: Problem, customers: Crowd, places: Array) -> Array:
    """Score of each customer for each recipe, shape (customers, recipes)."""
    tasting = problem.tasting(places, customers)
    many = places.shape[1]
    return np.array([np.broadcast_to(each.score, (many,)) for each in tasting.segments])


def _worth(problem: Problem) -> Callable[[Any], Any]:
    """h: what a score counts."""
    objective = problem.experiment.objective
    if objective.kind == "mean-score":
        return lambda score: score
    threshold, width = objective.threshold, objective.width
    return lambda score: scipy.special.expit((score - threshold) / width)


def _value(problem: Problem, customers: Crowd, scores: Array) -> float:
    """Mean over customers of what their best is worth; scores of shape (customers, recipes)."""
    share = np.array([float(share) for _, share in customers])
    return float(share @ _worth(problem)(scores.max(axis=1)) / share.sum())


@dataclass(frozen=True, eq=False)
class _Softened:
    """The menu's loss as an objective: columns are menus, recipe after recipe, then log τ."""

    problem: Problem
    customers: Crowd
    k: int
    softness: float

    @property
    def size(self) -> int:
        """Parameters of a menu."""
        return self.k * self.problem.size

    @cached_property
    def _program(self) -> Callable[[Any], tuple[Array, ...]]:
        graph = trace(self._loss, self.size)
        return compiled(graph, outputs=("value", "gradient"), dialect="numpy")

    @cached_property
    def _curvature(self) -> Callable[[Any], tuple[Array, ...]]:
        return compiled(trace(self._loss, self.size), outputs=("hessian",), dialect="numpy")

    def _loss(self, x: Any) -> Any:
        n, worth = self.problem.size, _worth(self.problem)
        cups = [
            self.problem.tasting(x[j * n : (j + 1) * n], self.customers).segments
            for j in range(self.k)
        ]
        whole = sum(float(share) for _, share in self.customers)
        total = 0.0
        for i, (_, share) in enumerate(self.customers):
            best = cups[0][i].score / self.softness
            for cup in cups[1:]:
                best = np.logaddexp(best, cup[i].score / self.softness)
            total = total - (float(share) / whole) * worth(self.softness * best)
        return total

    def value(self, x: Array, repeats: Array) -> Array:
        """Losses, shape (R,)."""
        return self._program(x)[0]

    def value_and_gradient(self, x: Array, repeats: Array) -> tuple[Array, Array]:
        """Losses and their gradients, shape (n, R)."""
        value, gradient = self._program(x)
        return value, gradient

    def hessian(self, x: Array, repeats: Array) -> Array:
        """Second derivatives, shape (n, n, R)."""
        return self._curvature(x)[0]


def _starts(size: int, first: Array, seed: int) -> Array:
    """Menus to start from, shape (size, R): the grid's best, and others by chance."""
    starts = np.random.default_rng(seed).uniform(0.05, 0.95, (size, _STARTS))
    starts[:, 0] = first.T.ravel()
    return starts


def _climbed(
    problem: Problem, customers: Crowd, k: int, first: Array, seed: int
) -> tuple[Array, float]:
    """The best menu from many starts, shape (n, k), and its value, nothing soft."""
    size = k * problem.size
    starts = _starts(size, first, seed)
    seeds = [SeedSequence(i) for i in range(_STARTS)]
    for softness in _STAGES:
        soft = _Softened(problem, customers, k, softness)
        outcomes = LBFGS().minimize(
            Counted(soft), Box.unit(size), starts, Stopping(max_evaluations=60), seeds
        )
        starts = np.stack([each.x for each in outcomes], axis=1)
    menus = [column.reshape(k, problem.size).T for column in starts.T]
    values = [_value(problem, customers, _scores(problem, customers, menu)) for menu in menus]
    best = int(np.argmax(values))
    return menus[best], values[best]


def _by_scipy(problem: Problem, customers: Crowd, k: int, first: Array, seed: int) -> float:
    """The value that scipy's L-BFGS-B reaches from the first of the same starts, by itself."""
    size, found = k * problem.size, -np.inf
    for start in _starts(size, first, seed).T[:_CHECKED]:
        x = start
        for softness in _STAGES:
            soft = _Softened(problem, customers, k, softness)

            def loss(at: Array, soft: _Softened = soft) -> tuple[float, Array]:
                value, gradient = soft.value_and_gradient(at[:, None], np.zeros(1, dtype=int))
                return float(value[0]), gradient[:, 0]

            x = scipy.optimize.minimize(
                loss, x, jac=True, method="L-BFGS-B", bounds=[(0.0, 1.0)] * size
            ).x
        menu = x.reshape(k, problem.size).T
        found = max(found, _value(problem, customers, _scores(problem, customers, menu)))
    return found


def _best_on_grid(problem: Problem, customers: Crowd, k: int) -> tuple[Array, float]:
    """The best menu of recipes on a grid, shape (n, k), found by trying all that could be.

    A recipe that another beats with every customer need not be on any menu, which leaves few; where even
    those make too many menus, the grid is thinned to the recipes that are best for most.
    """
    axes = [np.linspace(0.0, 1.0, steps) for steps in _STEPS[: problem.size]]
    places = np.array([axis.ravel() for axis in np.meshgrid(*axes, indexing="ij")])
    scores = _scores(problem, customers, places)
    share = np.array([float(share) for _, share in customers])
    order = np.argsort(-(share @ scores))
    kept: list[int] = []
    for place in order.tolist():
        column = scores[:, [place]]
        if not kept or not np.all(scores[:, kept] >= column, axis=0).any():
            kept.append(place)
    most = {1: 5000, 2: 300, 3: 60, 4: 30}.get(k, 18)
    kept = kept[:most]
    menus = np.array(list(combinations(kept, min(k, len(kept)))))
    values = (share / share.sum()) @ _worth(problem)(scores[:, menus].max(axis=2))
    best = int(values.argmax())
    chosen = places[:, menus[best]]
    if chosen.shape[1] < k:
        chosen = np.concatenate(
            [chosen, np.repeat(chosen[:, :1], k - chosen.shape[1], axis=1)], axis=1
        )
    return chosen, float(values[best])
