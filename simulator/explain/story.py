"""The story in numbers: cup after cup, each brewed, judged, blamed and improved by one gradient step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from simulator.coffee import Opinion, Tasting, opinions
from simulator.experiment.problem import Problem
from simulator.explain.blame import Blame, blame
from simulator.explain.ledger import Array, Ledger, read
from simulator.explain.levers import Lever, Suggestion, levers, suggestions

LEARNING_RATE = 0.02
"""The usual dare: a slope of one point across a knob's range moves it by a fiftieth of that range."""

CONTENT = 0.01
"""Points across the whole box: where no slope within reach is steeper, the descent has converged."""


@dataclass(frozen=True, eq=False)
class Step:
    """One step of projected gradient descent: x ← clip(x + rate·∂objective/∂x, 0, 1).

    Attributes:
        learning_rate: the size of change one dares.
        x: where it leads, shape (n,).
        changes: knob -> change in its unit.
        held: knobs that ended at a bound which the gradient points beyond.
        predicted: slopes times changes of the coordinates.
        real: the change of the objective when the next cup is brewed.
    """

    learning_rate: float
    x: Array
    changes: Mapping[str, float]
    held: tuple[str, ...]
    predicted: float
    real: float


@dataclass(frozen=True, eq=False)
class Chapter:
    """One cup, forward and backward, and the step away from it (None after the last)."""

    number: int
    recipe: Mapping[str, float]
    tasting: Tasting
    objective: float
    opinions: tuple[Opinion, ...]
    ledger: Ledger
    blame: Blame
    levers: tuple[Lever, ...]
    suggestions: tuple[Suggestion, ...]
    steepest: float
    """The largest slope that does not point out of the box, points across the whole box."""
    step: Step | None


@dataclass(frozen=True, eq=False)
class Story:
    """All chapters. The last cup is brewed and judged as the first one."""

    problem: Problem
    chapters: tuple[Chapter, ...]

    @property
    def converged(self) -> bool:
        """Whether the last cup has no slope left worth following."""
        return self.chapters[-1].steepest <= CONTENT


def tell(problem: Problem, x: Array, steps: int = 1, learning_rate: float = LEARNING_RATE) -> Story:
    """The story from the recipe at coordinates x, shape (n,), over so many gradient steps.

    Raises:
        ValueError: a negative number of steps, or a learning rate that is not positive and finite.
    """
    if steps < 0:
        raise ValueError(f"steps = {steps} must not be negative")
    if not (learning_rate > 0 and np.isfinite(learning_rate)):
        raise ValueError(f"learning rate = {learning_rate} must be positive and finite")
    chapters = []
    x = np.clip(np.asarray(x, dtype=float), 0.0, 1.0)
    for number in range(1, steps + 2):
        chapter = _chapter(problem, x, number, learning_rate if number <= steps else None)
        chapters.append(chapter)
        if chapter.step is not None:
            x = chapter.step.x
    return Story(problem, tuple(chapters))


def _chapter(problem: Problem, x: Array, number: int, learning_rate: float | None) -> Chapter:
    tasting = problem.tasting(x)
    ledger = read(problem, x)
    gradient = -problem.value_and_gradient(x)[1]
    return Chapter(
        number=number,
        recipe=problem.recipe(x),
        tasting=tasting,
        objective=float(problem.objective_of(tasting)),
        opinions=opinions(tasting, problem.customers),
        ledger=ledger,
        blame=blame(problem, tasting, ledger),
        levers=levers(problem, ledger),
        suggestions=suggestions(problem, tasting, ledger),
        steepest=float(np.max(np.abs(np.where(_outwards(x, gradient), 0.0, gradient)))),
        step=None if learning_rate is None else _step(problem, x, gradient, learning_rate),
    )


def _outwards(x: Array, gradient: Array) -> Array:
    return np.asarray(((x >= 1.0) & (gradient > 0)) | ((x <= 0.0) & (gradient < 0)))


def _step(problem: Problem, x: Array, gradient: Array, learning_rate: float) -> Step:
    there = np.clip(x + learning_rate * gradient, 0.0, 1.0)
    before, after = problem.settings(x), problem.settings(there)
    held = _outwards(there, gradient)
    value, next_value = (float(problem.objective_of(problem.tasting(at))) for at in (x, there))
    return Step(
        learning_rate=learning_rate,
        x=there,
        changes={knob: float(after[knob] - before[knob]) for knob in problem.knobs},
        held=tuple(knob for knob, stays in zip(problem.knobs, held, strict=True) if stays),
        predicted=float(gradient @ (there - x)),
        real=next_value - value,
    )
