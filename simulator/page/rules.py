"""The optimizers of the race: update rules traced as they stand in `simulator.optimizers`, and emitted.

Only the learning rate is left open: it becomes an input, so that people can dare more or less in the page.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from types import SimpleNamespace
from typing import Any, Final

import numpy as np

from simulator.autodiff import Graph, trace
from simulator.autodiff.arrays.traced_array import wrap
from simulator.autodiff.structure import flatten
from simulator.experiment.optimizer_choice import OptimizerChoice, usual_choices
from simulator.optimizers import LearningRate

_MOST: Final = 8


@dataclass(frozen=True)
class RaceRule:
    """One optimizer of the race, for points of n coordinates in the unit box.

    Attributes:
        label: as in tables and pictures.
        method: as in configs.
        learning_rate: the first learning rate that it has in the config.
        start: graph of n coordinates → state.
        step: graph of learning rate, coordinates, gradient, state → coordinates in the box, state.
    """

    label: str
    method: str
    learning_rate: float
    start: Graph
    step: Graph


def race_rules(choices: Sequence[OptimizerChoice], size: int) -> tuple[RaceRule, ...]:
    """Every rule of a config that can be written as a program, then the descent family's others."""
    taken = {choice.method for choice in choices}
    entrants = [*choices, *(each for each in usual_choices() if each.method not in taken)]
    return tuple(_rules(entrants, size))[:_MOST]


def _rules(choices: Sequence[OptimizerChoice], size: int) -> Iterator[RaceRule]:
    for choice in choices:
        solver: Any = choice.solver
        if not (hasattr(solver, "init") and hasattr(solver, "step")):
            continue
        try:
            yield traced_rule(choice, size)
        except TypeError:
            continue  # a rule that branches on values is no straight line, so it cannot race


def traced_rule(choice: OptimizerChoice, size: int) -> RaceRule:
    """Trace a rule for points of ``size`` coordinates.

    Raises:
        TypeError: the rule branches on a value.
    """
    solver: Any = choice.solver
    begun, rebuild = flatten(solver.init(np.zeros((size, 1))))

    def start(x: Any) -> Any:
        return np.stack([*flatten(solver.init(x.reshape(size, 1)))[0]])

    def step(inputs: Any) -> Any:
        x, gradient = inputs[1 : 1 + size], inputs[1 + size : 1 + 2 * size]
        state = wrap(rebuild(list(inputs[1 + 2 * size :])))
        # The rule's own step, on its own options, with a rate that is known only in the page.
        options = {each.name: getattr(solver, each.name) for each in fields(solver)}
        rule = SimpleNamespace(
            **options | {"learning_rate": _open(solver.learning_rate, inputs[0])}
        )
        after, moved = type(solver).step(rule, state, x.reshape(size, 1), gradient.reshape(size, 1))
        inside = np.minimum(np.maximum(moved, 0.0), 1.0)
        return np.stack([*inside.ravel(), *flatten(after)[0]])

    return RaceRule(
        choice.label,
        choice.method,
        _first_rate(solver.learning_rate),
        trace(start, size),
        trace(step, 1 + 2 * size + len(begun)),
    )


def _first_rate(rate: LearningRate) -> float:
    return float(rate) if isinstance(rate, float | int) else float(rate(0.0))


def _open(rate: LearningRate, first: Any) -> Any:
    """The same schedule with another first rate."""
    if isinstance(rate, float | int):
        return lambda step: first
    name = "rate" if hasattr(rate, "rate") else "start"
    options = {each.name: getattr(rate, each.name) for each in fields(rate)} | {name: first}
    schedule: Any = type(rate).__call__
    return lambda step: schedule(SimpleNamespace(**options), step)
