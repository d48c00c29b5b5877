"""A race on configs of one's own: their references are searched for first, and kept with the results.

Configs with noise are raced by themselves: their optimizers hear a few customers, and the true mean decides.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from simulator.compare.ordinary_results import adhoc_instance
from simulator.compare.presets import QUICK_OPTIMIZERS
from simulator.compare.race import run_stage
from simulator.compare.reading import SUITE_FILE, suite_of
from simulator.compare.stages import Stage, labelled
from simulator.compare.suite import Instance, Suite, problem_hash, suite_text
from simulator.errors import InputError, ResultsError
from simulator.experiment.config import Experiment
from simulator.experiment.optimizer_choice import OptimizerChoice
from simulator.experiment.problem import Problem, problem_of
from simulator.experiment.study import load_study

REPEATS = 10
"""Starts of each config, unless it asks for more."""


def run_configs(
    configs: Sequence[Path],
    optimizers: Sequence[str],
    folder: Path,
    processes: int,
    told: Callable[[str, int, int], None],
    *,
    allow_code: bool = False,
) -> None:
    """Race the configs' own optimizers and the usual ones on them, or those that are named.

    Raises InputError where two configs have one name, ObjectiveError for a function without leave to
    run it, ResultsError where the folder holds a race on other problems.
    """
    problems = [problem_of(_single(config), config, allow_code=allow_code) for config in configs]
    experiments = [each.experiment for each in problems]
    _refuse_same_names(experiments)
    suite = _suite(problems, folder)
    choices, name = _choices(experiments, optimizers), f"own-{suite.hash[:16]}"
    repeats = max(REPEATS, *(each.starts.repeats for each in experiments))
    for kind, instances in (("race", suite.raced), ("noisy", suite.noisy)):
        budget = max((_budget(each, experiments) for each in instances), default=0)
        stage = Stage(kind, name, instances, choices, budget, repeats)
        if instances:
            run_stage(stage, folder / kind, processes, _teller(told, stage))


def _single(config: Path) -> Experiment:
    study = load_study(config)
    if study.axes:
        raise InputError(
            f"{config}: it holds a sweep of {study.points} points; a comparison takes single experiments: "
            "give each of its points a config of its own"
        )
    return study.first


def _teller(told: Callable[[str, int, int], None], stage: Stage) -> Callable[[int], None]:
    return lambda done: told(stage.name, done, stage.runs)


def _budget(instance: Instance, experiments: Sequence[Experiment]) -> int:
    (own,) = (each for each in experiments if each.name == instance.name)
    return int(own.stop.max_evaluations)


def _suite(problems: Sequence[Problem], folder: Path) -> Suite:
    path = folder / SUITE_FILE
    kept = suite_of(folder) if path.exists() else None
    if kept is None:
        found = [adhoc_instance(each.experiment, each.code) for each in problems]
    else:
        found = _kept(problems, kept, folder)
    noisy = {each.experiment.name for each in problems if each.experiment.noise is not None}
    suite = Suite(
        tuple(each for each in found if each.name not in noisy),
        (),
        tuple(each for each in found if each.name in noisy),
    )
    if kept is None:
        folder.mkdir(parents=True, exist_ok=True)
        path.write_text(suite_text(suite), encoding="utf-8")
    return suite


def _kept(problems: Sequence[Problem], kept: Suite, folder: Path) -> list[Instance]:
    """The instances of an earlier race on the very same problems, with leave to run their functions."""
    known = {each.name: each for each in (*kept.raced, *kept.noisy)}
    if set(known) != {each.experiment.name for each in problems}:
        raise ResultsError(
            f"{folder}: it holds a race on {', '.join(known)}; choose another folder with --out"
        )
    found = []
    for problem in problems:
        own = known[problem.experiment.name]
        if problem_hash(problem) != own.hash:
            raise ResultsError(
                f"{folder}: it holds a race on another problem that is called {own.name}; results of "
                "different problems are never merged. Choose another folder with --out"
            )
        found.append(replace(own, code=problem.code))
    return found


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


def _refuse_same_names(experiments: Sequence[Experiment]) -> None:
    names = [each.name for each in experiments]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise InputError(f"two configs are named {twice[0]}; give one of them another name")
