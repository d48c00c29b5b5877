"""The dial: what turning grind and time does to a cup, and how one makes up for the other.

Three views of one recipe, all brewed by the model: each segment's score over extraction and strength (the
brewing control chart), the score over grind and time, and the two lines along which a finer grind and a
shorter brew cancel: equal extraction, and equal taste.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from simulator.coffee import RANGES, Brew, Recipe, Tasting, taste
from simulator.experiment.knobs import BREW_KNOBS, RECIPE_KNOBS
from simulator.experiment.problem import Problem
from simulator.explain.equal_lines import continued_roots, nearest_taste
from simulator.explain.ledger import Array

_WAY, _DOSES = 81, 41
_GRINDS, _TIMES = 481, 121
_PUSH = 0.15  # length of the gradient's arrow, in widths of the box

ALIKE = 0.1
"""Cups count as alike if they are no farther apart, in steps of the customers' scales."""

MAKE_UP_S: Mapping[str, tuple[float, ...]] = {
    "immersion": (-60.0, -30.0, 30.0, 60.0),
    "pour-over": (-60.0, -30.0, 30.0, 60.0),
    "espresso": (-10.0, -5.0, 5.0, 10.0, 30.0),
}
"""Method -> changes of the brew time that the table makes up for, s."""


@dataclass(frozen=True)
class MakeUp:
    """A change of the brew time, and the grinds that make up for it; None where none in the box does.

    Attributes:
        time_change_s: the change.
        unchanged: what it does to the objective if the grind stays.
        extraction_grind_um: the grind that keeps the extraction.
        taste_grind_um: the grind whose cup tastes nearest to the present one, and alike.
        taste_score: what time and that grind together do to the objective.
        distance: how far that cup still is, root of the summed squares of the customers' gaps, steps.
    """

    time_change_s: float
    unchanged: float
    extraction_grind_um: float | None
    taste_grind_um: float | None
    taste_score: float | None
    distance: float | None


@dataclass(frozen=True, eq=False)
class Dial:
    """One cup and its surroundings.

    Attributes:
        recipe: knob -> value.
        extraction_yield_pct, tds_pct: the present cup, percent.
        pushed: extraction and TDS of the cup a little further along the gradient, percent.
        pushed_to: its grind and time.
        objective: the present value.
        chart_ey, chart_tds: cups around it, shape (way, doses), percent.
        chart_scores: segment -> score of those cups.
        grind_um, time_s: axes of the plane, shapes (G,) and (T,).
        plane: objective over the plane, shape (T, G).
        equal_extraction_um, equal_taste_um: grind for each time of the plane; NaN where there is none.
        make_up: the table.
    """

    recipe: Mapping[str, float]
    extraction_yield_pct: float
    tds_pct: float
    pushed: tuple[float, float]
    pushed_to: tuple[float, float]
    objective: float
    scores: Mapping[str, float]
    chart_ey: Array
    chart_tds: Array
    chart_scores: Mapping[str, Array]
    grind_um: Array
    time_s: Array
    plane: Array
    equal_extraction_um: Array
    equal_taste_um: Array
    make_up: tuple[MakeUp, ...]


def turn_dial(problem: Problem, x: Array) -> Dial:
    """Everything around the recipe at coordinates x, shape (n,)."""
    recipe = problem.recipe(x)
    cup = brewed(problem, recipe)
    ey, tds, scores = _chart(problem, recipe)
    grind, time = _axis(problem, "grind_um", _GRINDS), _axis(problem, "time_s", _TIMES)
    plane = brewed(problem, {**recipe, "grind_um": grind[None, :], "time_s": time[:, None]})
    shape = (time.size, grind.size)
    around = np.broadcast_to(plane.extraction_yield_pct, shape)
    start = int(np.argmin(np.abs(np.log(time / recipe["time_s"]))))
    pushed = _pushed(problem, x)
    further = brewed(problem, pushed)
    return Dial(
        recipe=recipe,
        extraction_yield_pct=float(cup.extraction_yield_pct),
        tds_pct=float(cup.tds_pct),
        pushed=(float(further.extraction_yield_pct), float(further.tds_pct)),
        pushed_to=(pushed["grind_um"], pushed["time_s"]),
        objective=float(problem.objective_of(cup)),
        scores={each.name: float(each.score) for each in cup.segments},
        chart_ey=ey,
        chart_tds=tds,
        chart_scores=scores,
        grind_um=grind,
        time_s=time,
        plane=np.broadcast_to(problem.objective_of(plane), shape),
        equal_extraction_um=continued_roots(
            grind, around - float(cup.extraction_yield_pct), start, recipe["grind_um"]
        ),
        equal_taste_um=nearest_taste(grind, _distance(problem, plane, cup, shape), ALIKE)[0],
        make_up=tuple(
            _make_up(problem, recipe, cup, grind, change)
            for change in MAKE_UP_S[str(problem.experiment.brew.method)]
            if RANGES["time_s"].low <= recipe["time_s"] + change <= RANGES["time_s"].high
        ),
    )


def brewed(problem: Problem, settings: Mapping[str, Any]) -> Tasting:
    """The cup of these settings, knobs of the recipe and of the brew, tuned or not; arrays broadcast."""
    brew: Brew = problem.experiment.brew.brew(
        **{knob: settings[knob] for knob in BREW_KNOBS if knob in problem.experiment.tune}
    )
    if "dose_g" in settings:
        brew = replace(brew, dose_g=settings["dose_g"])
    return taste(
        Recipe(**{knob: settings[knob] for knob in RECIPE_KNOBS}),
        brew,
        problem.experiment.bean,
        problem.customers,
        problem.experiment.parameters,
    )


def _axis(problem: Problem, knob: str, count: int) -> Array:
    """Even steps by ratio over the tuned range of a knob, or over the model's."""
    within = problem.experiment.tune.get(knob, RANGES[knob])
    return np.geomspace(within.low, within.high, count)


def _chart(problem: Problem, recipe: Mapping[str, float]) -> tuple[Array, Array, dict[str, Array]]:
    """Cups of every extraction and strength within reach.

    From coarse and short through this cup to fine and long moves the extraction; the dose moves the
    strength. An espresso keeps its grind, because its extraction is not monotone in it.
    """
    grind, time = _way(problem, recipe)
    dose = np.linspace(RANGES["dose_g"].low, RANGES["dose_g"].high, _DOSES)
    cups = brewed(
        problem,
        {**recipe, "grind_um": grind[:, None], "time_s": time[:, None], "dose_g": dose[None, :]},
    )
    shape = (grind.size, dose.size)
    scores = {each.name: np.broadcast_to(each.score, shape) for each in cups.segments}
    return (
        np.broadcast_to(cups.extraction_yield_pct, shape),
        np.broadcast_to(cups.tds_pct, shape),
        scores,
    )


def _way(problem: Problem, recipe: Mapping[str, float]) -> tuple[Array, Array]:
    grinds, times = RANGES["grind_um"], RANGES["time_s"]
    here = np.log([recipe["grind_um"], recipe["time_s"]])
    ends = [np.log([grinds.high, times.low]), np.log([grinds.low, times.high])]
    if problem.experiment.brew.method == "espresso":
        ends = [np.array([here[0], end[1]]) for end in ends]
    parts = np.linspace(0.0, 1.0, _WAY // 2 + 1)[:, None]
    before, after = ends[0] + parts * (here - ends[0]), here + parts * (ends[1] - here)
    # A cup at a corner of the box has only one side.
    sides = [
        side for side, end in ((before, ends[0]), (after, ends[1])) if not np.allclose(end, here)
    ]
    way = np.exp(np.concatenate([sides[0], *(side[1:] for side in sides[1:])]))
    return way[:, 0], way[:, 1]


def _pushed(problem: Problem, x: Array) -> dict[str, float]:
    """The recipe a fixed length along the gradient, milk and sugar left alone."""
    gradient = -problem.value_and_gradient(x)[1]
    still = [knob in ("milk_g", "sugar_g") for knob in problem.knobs]
    way = np.where(still, 0.0, gradient)
    way = np.where(((x >= 1) & (way > 0)) | ((x <= 0) & (way < 0)), 0.0, way)
    length = float(np.linalg.norm(way))
    there = x + _PUSH * way / length if length else x
    return problem.recipe(np.clip(there, 0.0, 1.0))


def _distance(problem: Problem, cups: Tasting, cup: Tasting, shape: tuple[int, ...]) -> Array:
    """How different the customers find the cups: Σ shares · Σ (difference of gaps)², in steps²."""
    total = np.zeros(shape)
    whole = sum(share for _, share in problem.customers)
    for theirs, ours in zip(cups.segments, cup.segments, strict=True):
        share = float(ours.share) / whole
        for aspect in ("intensity", "acidity", "mouthfeel", "bitterness"):
            difference = getattr(theirs, aspect).gap - getattr(ours, aspect).gap
            total = total + share * np.square(difference)
        total = total + share * np.square(theirs.grit_penalty - ours.grit_penalty)
    return total


def _make_up(
    problem: Problem, recipe: Mapping[str, float], cup: Tasting, grind: Array, change: float
) -> MakeUp:
    then = {**recipe, "time_s": recipe["time_s"] + change}
    here = float(problem.objective_of(cup))
    cups = brewed(problem, {**then, "grind_um": grind})
    shape = grind.shape
    missing = np.broadcast_to(cups.extraction_yield_pct, shape) - float(cup.extraction_yield_pct)
    same = continued_roots(grind, missing[None, :], 0, recipe["grind_um"])[0]
    nearest, distance = nearest_taste(grind, _distance(problem, cups, cup, shape)[None, :], ALIKE)
    found = bool(np.isfinite(nearest[0]))
    kept = brewed(problem, {**then, "grind_um": float(nearest[0])}) if found else None
    return MakeUp(
        time_change_s=change,
        unchanged=float(problem.objective_of(brewed(problem, then))) - here,
        extraction_grind_um=float(same) if np.isfinite(same) else None,
        taste_grind_um=float(nearest[0]) if found else None,
        taste_score=None if kept is None else float(problem.objective_of(kept)) - here,
        distance=float(distance[0]) if found else None,
    )
