"""A race on configs of one's own: their references are searched for first, and kept with the results."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from simulator.compare.presets import QUICK_OPTIMIZERS
from simulator.compare.race import run_stage
from simulator.compare.reading import SUITE_FILE, adhoc_instance, suite_of
from simulator.compare.stages import Stage, labelled
from simulator.compare.suite import Suite, suite_text
from simulator.errors import InputError
from simulator.experiment.config import Experiment, load
from simulator.experiment.optimizer_choice import OptimizerChoice

REPEATS = 10
"""Starts of each config, unless it asks for more."""


def run_configs(
    configs: Sequence[Path],
    optimizers: Sequence[str],
    folder: Path,
    processes: int,
    told: Callable[[str, int, int], None],
) -> None:
    """Race the configs' own optimizers and the usual ones on them, or those that are named.

    Raises InputError where two configs have one name, or where one has noise, whose targets are others.
    """
    experiments = [load(config) for config in configs]
    _refuse_unusable(experiments)
    suite = _suite(experiments, folder)
    choices = _choices(experiments, optimizers)
    budget = max(int(each.stop.max_evaluations) for each in experiments)
    repeats = max(REPEATS, *(each.starts.repeats for each in experiments))
    stage = Stage("race", f"own-{suite.hash[:16]}", suite.raced, choices, budget, repeats)
    run_stage(stage, folder / "race", processes, lambda done: told("race", done, stage.runs))


def _suite(experiments: Sequence[Experiment], folder: Path) -> Suite:
    path = folder / SUITE_FILE
    if path.exists() and {each.name for each in suite_of(folder).raced} == {
        each.name for each in experiments
    }:
        kept = suite_of(folder)
        for each in kept.raced:
            each.check()
        return kept
    suite = Suite(tuple(adhoc_instance(each) for each in experiments), (), ())
    folder.mkdir(parents=True, exist_ok=True)
    path.write_text(suite_text(suite), encoding="utf-8")
    return suite


def _choices(
    experiments: Sequence[Experiment], optimizers: Sequence[str]
) -> tuple[OptimizerChoice, ...]:
    if optimizers:
        return tuple(labelled(name) for name in optimizers)
    found: dict[str, OptimizerChoice] = {}
    for name in QUICK_OPTIMIZERS:
        choice = labelled(name)
        found[choice.label] = choice
    known = [choice.identity for choice in found.values()]
    for experiment in experiments:
        for choice in experiment.optimizers:
            if choice.identity not in known:
                found[choice.label] = choice
                known.append(choice.identity)
    return tuple(found.values())


def _refuse_unusable(experiments: Sequence[Experiment]) -> None:
    names = [each.name for each in experiments]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise InputError(f"two configs are named {twice[0]}; give one of them another name")
    for each in experiments:
        if each.noise is not None:
            raise InputError(
                f"{each.name}: its customers are noisy, and a gap of 1e-8 means nothing to them; "
                "take noise out, or run the suite, which has noisy problems of its own"
            )
