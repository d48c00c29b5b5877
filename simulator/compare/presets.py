"""The two ready-made comparisons, and which stages each has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from simulator.compare.stages import Stage, labelled
from simulator.compare.suite import Instance, Suite
from simulator.optimizers import METHODS


@dataclass(frozen=True)
class Preset:
    """How large a comparison is.

    Attributes:
        optimizers: names of the methods that race.
        numbers: which instances of each config are raced.
        classical: how many of the classical functions.
        budget: most value calls of a run.
        repeats: starts of each problem.
        trials: settings that each optimizer may try when it is tuned, its defaults among them.
        tuning_problems: how many of the suite's tuning problems they are tried on.
        tested: how many of the raced problems tuned settings are tested on.
        sensitivity: how many problems the learning rates are varied on.
        noisy: how many of the noisy problems.
        timing: how many problems are timed.
    """

    optimizers: tuple[str, ...]
    numbers: range
    classical: int
    budget: int
    repeats: int
    trials: int
    tuning_problems: int
    tested: int
    sensitivity: int
    noisy: int
    timing: int


QUICK_OPTIMIZERS = (
    "gradient-descent", "momentum", "nesterov", "adam", "barzilai-borwein", "bfgs", "newton", "multistart",
    "l-bfgs-b", "slsqp", "tnc", "trust-constr", "nelder-mead", "dual-annealing",
)  # fmt: skip

PRESETS: Mapping[str, Preset] = MappingProxyType(
    {
        "quick": Preset(
            optimizers=QUICK_OPTIMIZERS,
            numbers=range(1),
            classical=6,
            budget=300,
            repeats=10,
            trials=3,
            tuning_problems=2,
            tested=4,
            sensitivity=2,
            noisy=1,
            timing=1,
        ),
        "full": Preset(
            optimizers=tuple(METHODS),
            numbers=range(6),
            classical=20,
            budget=1000,
            repeats=10,
            trials=8,
            tuning_problems=4,
            tested=9,
            sensitivity=5,
            noisy=3,
            timing=4,
        ),
    }
)
"""The ready-made comparisons by name."""


def raced(suite: Suite, preset: Preset) -> tuple[Instance, ...]:
    """The instances of a suite that a preset races on."""
    coffee = [each for each in suite.raced if each.group != "classical"]
    chosen = [each for each in coffee if int(each.name.rpartition("/")[2]) in preset.numbers]
    classical = [each for each in suite.raced if each.group == "classical"]
    # Spread over the list, which begins with the easy ones.
    step = len(classical) / preset.classical if preset.classical else 1
    picked = [classical[int(i * step)] for i in range(preset.classical)]
    return (*chosen, *picked)


def shipped(suite: Suite, preset: Preset, count: int) -> tuple[Instance, ...]:
    """Of the raced problems, ``count`` configs as they are shipped, spread over the list."""
    own = [each for each in raced(suite, preset) if each.name.endswith("/0")]
    step = len(own) / count
    return tuple(own[int(i * step)] for i in range(count))


def race_stage(suite: Suite, preset: Preset, optimizers: Sequence[str] = ()) -> Stage:
    """The main stage: every optimizer with its defaults on every problem."""
    choices = tuple(labelled(name) for name in optimizers or preset.optimizers)
    return Stage(
        "race", f"{suite.version}-{suite.hash[:16]}", raced(suite, preset), choices, preset.budget,
        preset.repeats,
    )  # fmt: skip
