"""How much the learning rate matters: the same optimizer with rates from a hundredth to ten times its own."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulator.compare.hits import Costs
from simulator.compare.intervals import Array, family_resamples, interval, median
from simulator.compare.presets import Preset, race_stage, shipped
from simulator.compare.running_time import running_times
from simulator.compare.settings import has_rate, with_rate
from simulator.compare.stages import Stage
from simulator.compare.suite import Suite
from simulator.experiment.optimizer_choice import OptimizerChoice

FACTORS = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)
REPEATS = 10


@dataclass(frozen=True, eq=False)
class Sensitivity:
    """One optimizer: the typical ERT at each factor of its learning rate, with 95 % intervals, all (F,)."""

    optimizer: str
    factors: Array
    ert: Array
    low: Array
    high: Array
    n: int


def sensitivity_stage(suite: Suite, preset: Preset) -> Stage:
    """Every optimizer that has a learning rate, at each factor, on the configs as they are shipped."""
    race = race_stage(suite, preset)
    choices = tuple(
        with_rate(choice, factor)
        for choice in race.choices
        if has_rate(choice)
        for factor in FACTORS
    )
    problems = shipped(suite, preset, preset.sensitivity)
    return Stage("sensitivity", race.suite, problems, choices, preset.budget, REPEATS)


def sensitivities(
    costs: Costs, choices: tuple[OptimizerChoice, ...], gap: float
) -> list[Sensitivity]:
    """A curve for each optimizer; samples of families make the intervals."""
    times = running_times(costs, gap)
    chosen = family_resamples(costs.hits.families, "sensitivity")
    found = []
    for choice in choices:
        if not has_rate(choice):
            continue
        labels = [with_rate(choice, factor).label for factor in FACTORS]
        columns = [costs.hits.optimizers.index(label) for label in labels]
        own = times[:, columns]
        low, high = interval(np.stack([median(own[draw], axis=0) for draw in chosen]))
        found.append(
            Sensitivity(
                choice.label, np.array(FACTORS), median(own, axis=0), low, high, times.shape[0]
            )
        )
    return found
