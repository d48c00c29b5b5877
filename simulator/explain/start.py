"""Where a story starts: a recipe written on the command line, or the first start of the config."""

from __future__ import annotations

import math

from simulator.coffee import RANGES
from simulator.errors import RecipeError
from simulator.experiment.problem import Problem
from simulator.experiment.starting_points import starting_points
from simulator.explain.ledger import Array


def starting_recipe(problem: Problem, written: str | None) -> Array:
    """Coordinates, shape (n,), of a recipe written as ``grind_um=300,time_s=500``.

    Knobs that are not written stay where the config's first start has them.

    Raises:
        RecipeError: with one line for each fault: not a number, no such knob, not tuned, out of bounds.
    """
    first = starting_points(problem)[:, 0]
    if not written:
        return first
    settings = problem.recipe(first)
    faults = []
    for part in filter(None, (piece.strip() for piece in written.split(","))):
        try:
            knob, value = _read(problem, part)
        except RecipeError as error:
            faults.append(str(error))
        else:
            settings[knob] = value
    if faults:
        raise RecipeError("\n".join(faults))
    return problem.coordinates(settings)


def _read(problem: Problem, part: str) -> tuple[str, float]:
    knob, equals, text = (piece.strip() for piece in part.partition("="))
    tune, fixed = problem.experiment.tune, problem.experiment.fixed
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not equals or math.isnan(value):
        raise RecipeError(f"--recipe: {part!r} is not a setting; expected {_example(problem)}")
    if knob in fixed and value == fixed[knob]:
        return knob, value
    if knob not in tune:
        why = f"is fixed at {fixed[knob]:g}; tune it" if knob in fixed else "is not tuned"
        raise RecipeError(f"--recipe: {knob} {why}; this config tunes {', '.join(tune)}")
    bounds = tune[knob]
    if not bounds.low <= value <= bounds.high:
        unit = RANGES[knob].unit
        raise RecipeError(
            f"--recipe: {knob} = {value:g} {unit} lies outside the config's bounds, "
            f"{bounds.low:g}–{bounds.high:g} {unit} (the model itself holds for {RANGES[knob]}: "
            f"{RANGES[knob].why})"
        )
    return knob, value


def _example(problem: Problem) -> str:
    return ",".join(f"{knob}={each.centre:.4g}" for knob, each in problem.experiment.tune.items())
