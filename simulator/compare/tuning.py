"""Default against tuned: the same number of trials for every optimizer, on problems that are not raced.

Tuning is part of an algorithm, so what the trials cost is charged and shown beside what they gain.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf

import numpy as np

from simulator.compare.costs import COST_MODELS
from simulator.compare.hits import Costs, Hits
from simulator.compare.intervals import Array, Estimate
from simulator.compare.presets import Preset, race_stage, shipped
from simulator.compare.running_time import standings
from simulator.compare.settings import trials
from simulator.compare.stages import Stage, choice_of
from simulator.compare.suite import Suite
from simulator.experiment.optimizer_choice import OptimizerChoice

REPEATS = 3
_PENALTY = 10.0


@dataclass(frozen=True)
class Tuned:
    """What tuning changed for one optimizer.

    Attributes:
        optimizer: its label.
        trials: how many settings were tried, its defaults among them.
        options: the options that were changed, as chosen; empty if the defaults were best.
        default: typical ERT with the defaults, on the raced problems.
        tuned: the same with the chosen settings.
        default_success: share of runs that came within the gap, with the defaults.
        tuned_success: the same with the chosen settings.
        price: what all its trials cost.
    """

    optimizer: str
    trials: int
    options: Mapping[str, object]
    default: Estimate
    tuned: Estimate
    default_success: Estimate
    tuned_success: Estimate
    price: float

    @property
    def pays_after(self) -> float:
        """Problems that must be solved until the trials have paid for themselves; infinite if never."""
        gain = self.default.value - self.tuned.value
        return self.price / gain if gain > 0 else inf


def tuning_stage(suite: Suite, preset: Preset) -> Stage:
    """Every optimizer with all its trial settings, on tuning problems."""
    race = race_stage(suite, preset)
    choices = tuple(each for own in race.choices for each in trials(own, preset.trials))
    step = max(1, len(suite.tuning) // max(1, preset.tuning_problems))
    problems = suite.tuning[::step][: preset.tuning_problems]
    return Stage("tuning", race.suite, problems, choices, preset.budget, REPEATS)


def tuned_stage(suite: Suite, preset: Preset, tuning: Hits) -> Stage:
    """The chosen settings on raced problems, which are none of those they were tuned on.

    Settings are chosen by calls, whatever the report charges afterwards: a choice is made once.
    """
    race, model = race_stage(suite, preset), COST_MODELS["calls"]
    chosen = []
    for own in race.choices:
        best = best_trial(tuning.at(model), own, preset.trials)
        chosen.append(choice_of({**best.settings(), "label": own.label}))
    problems = shipped(suite, preset, preset.tested)
    return Stage("tuned", race.suite, problems, tuple(chosen), preset.budget, preset.repeats)


def best_trial(costs: Costs, own: OptimizerChoice, count: int) -> OptimizerChoice:
    """The trial with the least mean logarithm of first-hit costs over problems, starts and targets.

    What was not hit counts ten times the budget spent at most ("PAR10", Hutter et al. 2009), so that
    a setting is chosen for what it reaches as well as for how fast. Of equals the earlier trial wins.
    """
    tried = trials(own, count)
    scores = [_score(costs, each.label) for each in tried]
    return tried[int(np.argmin(scores))]


def price(costs: Costs, own: OptimizerChoice, count: int) -> float:
    """What all trials of an optimizer cost together."""
    columns = [costs.hits.optimizers.index(each.label) for each in trials(own, count)]
    return float(costs.spent[:, columns].sum())


def compared(
    default: Costs,
    tuned: Costs,
    tuning: Costs,
    own: tuple[OptimizerChoice, ...],
    count: int,
    gap: float,
) -> list[Tuned]:
    """Each optimizer before and after, in the order of its tuned standing."""
    before = {each.optimizer: each for each in standings(default, gap)}
    after = standings(tuned, gap)
    choices = {choice.label: choice for choice in own}
    found = []
    for each in after:
        choice = choices[each.optimizer]
        best = best_trial(tuning, choice, count)
        changed = {
            name: value for name, value in best.options.items() if value != choice.options[name]
        }
        old = before[each.optimizer]
        found.append(
            Tuned(
                each.optimizer, len(trials(choice, count)), changed, old.ert, each.ert, old.success,
                each.success, price(tuning, choice, count),
            )
        )  # fmt: skip
    return found


def _score(costs: Costs, label: str) -> float:
    column = costs.hits.optimizers.index(label)
    first: Array = costs.first[:, column]
    worst = _PENALTY * max(1.0, float(costs.spent.max()))
    return float(np.log(np.where(np.isfinite(first), np.maximum(first, 1.0), worst)).mean())
