"""Stored runs back into hits: of this suite's stages, and of ordinary results folders."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from simulator.compare.hits import GAPS, Hits, collect
from simulator.compare.references import reference
from simulator.compare.stages import Stage, choice_of
from simulator.compare.suite import Instance, Suite, instance_of, read_suite
from simulator.errors import ResultsError
from simulator.experiment.config import Experiment, experiment_from, run_part
from simulator.experiment.content_key import config_hash
from simulator.experiment.problem import Problem
from simulator.experiment.records import RunRecord, TraceRecord
from simulator.experiment.results_folder import read_config
from simulator.experiment.store import Results, open_results

SUITE_FILE = "suite.json"
_SAME = 1e-9


@dataclass(frozen=True)
class Recorded:
    """Runs in results folders, as hits, with what there should be.

    Attributes:
        hits: of all runs found.
        options: of each optimizer, for the record.
        budget: most value calls of a run.
        notes: what a reader must know, such as folders that are not finished.
    """

    hits: Hits
    options: Mapping[str, Mapping[str, Any]]
    budget: int
    notes: tuple[str, ...] = ()


def read_stage(stage: Stage, folder: Path, gaps: Sequence[float] = GAPS) -> Hits:
    """The hits of a stage that this program has run. Raises ResultsError if they are of something else."""
    with open_results(folder) as results:
        if results.manifest.config_hash != config_hash(stage.settings()):
            raise ResultsError(
                f"{folder}: it holds another comparison, with hash "
                f"{results.manifest.config_hash[:12]}; this one has "
                f"{config_hash(stage.settings())[:12]}. Choose another folder with --out"
            )
        labels = [choice.label for choice in stage.choices]
        runs = _named(results, stage.instances)
        return collect(stage.instances, labels, stage.repeats, runs, gaps, stage.budget)


def stage_in(folder: Path) -> Stage:
    """The stage whose results are in a folder, with the problems of the suite they belong to.

    Raises ResultsError where the suite's problems are not those of the results.
    """
    with open_results(folder) as results:
        settings = read_config(folder, results.manifest.config_hash)
    suite = suite_of(folder.parent)
    known = {each.name: each for each in (*suite.raced, *suite.tuning, *suite.noisy)}
    instances = []
    for name, hashed in settings["problems"].items():
        if name not in known or known[name].hash != hashed:
            mine = known[name].hash[:12] if name in known else "none of that name"
            raise ResultsError(
                f"{folder}: its problem {name} has hash {hashed[:12]}, the suite's is {mine}; results of "
                "different problems are never merged. Run the comparison again with this version"
            )
        instances.append(known[name])
    choices = tuple(choice_of(each) for each in settings["optimizers"])
    return Stage(
        settings["compare"], settings["suite"], tuple(instances), choices, settings["budget"],
        settings["repeats"],
    )  # fmt: skip


def suite_of(folder: Path) -> Suite:
    """The suite of a comparison's folder: its own, or the one that comes with the package."""
    own = folder / SUITE_FILE
    return read_suite(own if own.exists() else None)


def merged(folders: Sequence[Path]) -> Recorded:
    """The runs of several folders side by side: races of a suite, or ordinary results, not both.

    The same optimizer in two folders is refused unless its options are the same; problems that one
    folder has and another has not are missing for its optimizers, and that is said.
    """
    parts = [_part(folder) for folder in folders]
    problems: dict[str, Instance] = {}
    options: dict[str, Mapping[str, Any]] = {}
    for folder, part in zip(folders, parts, strict=True):
        for each in part.hits.problems:
            other = problems.setdefault(each.name, each)
            if other.hash != each.hash:
                raise ResultsError(
                    f"{folder}: its problem {each.name} has hash {each.hash[:12]}, that of the folders "
                    f"before it {other.hash[:12]}; results of different problems are never merged"
                )
        for label, own in part.options.items():
            if options.setdefault(label, own) != own:
                raise ResultsError(
                    f"{folder}: its optimizer {label} has other options than in the folders before it; "
                    "give one of them a label of its own"
                )
    budgets = {part.budget for part in parts}
    if len(budgets) > 1:
        raise ResultsError(
            f"the folders allow {', '.join(map(str, sorted(budgets)))} evaluations a run; only runs with "
            "the same budget are compared"
        )
    notes = tuple(note for part in parts for note in part.notes)
    hits = _joined([part.hits for part in parts], tuple(problems.values()), tuple(options))
    return Recorded(hits, options, budgets.pop(), notes)


def _part(folder: Path) -> Recorded:
    race = folder / "race" if (folder / "race").is_dir() else folder
    with open_results(race) as results:
        settings = read_config(race, results.manifest.config_hash)
        progress = results.progress()
        notes = (
            () if progress.complete else (f"{race}: {progress}; what is missing counts as missing",)
        )
        if "compare" not in settings:
            return _ordinary(race, results, settings, notes)
    stage = stage_in(race)
    options = {choice.label: choice.identity for choice in stage.choices}
    return Recorded(read_stage(stage, race), options, stage.budget, notes)


def _ordinary(
    folder: Path, results: Results, settings: Mapping[str, Any], notes: tuple[str, ...]
) -> Recorded:
    """The results of ``simulator run``: their reference is searched for now, outside the runs."""
    if "sweep" in settings:
        raise ResultsError(f"{folder}: it holds a sweep; compare works on single experiments")
    experiment = experiment_from(settings, str(folder))
    problem = Problem(experiment)
    instance = adhoc_instance(experiment)
    runs = [run for run in results.runs() if run.role == "tuned" or experiment.noise is None]
    _refuse_other_model(folder, problem, runs)
    options = {run.optimizer: {"method": run.method, **run.options} for run in runs}
    counted = (
        (
            replace(run, problem_hash=instance.hash),
            instance.name,
            _true(results.trace(run.key), problem),
        )
        for run in runs
    )
    stop = int(experiment.stop.max_evaluations)
    repeats = experiment.starts.repeats
    hits = collect([instance], list(options), repeats, counted, GAPS, stop)
    return Recorded(hits, options, stop, notes)


def adhoc_instance(experiment: Experiment) -> Instance:
    """A config as a problem of a comparison: its reference optimum is searched for now."""
    if experiment.problem is not None:
        raise ResultsError(f"{experiment.name}: a function of your own; compare works on coffee")
    settings = {
        name: part for name, part in run_part(experiment).items() if name != "stop"
    } | {"name": experiment.name}  # fmt: skip
    starts = experiment.resolved()["starts"]
    settings |= {"starts": starts, "bean": experiment.resolved()["bean"]}
    exact = {name: part for name, part in settings.items() if name != "noise"}
    optimum = reference(Problem(experiment_from(exact)))
    return instance_of(experiment.name, experiment.name, settings, optimum)


def _true(trace: TraceRecord, problem: Problem) -> TraceRecord:
    return replace(trace, loss=problem.perfect - trace.score)


def _refuse_other_model(folder: Path, problem: Problem, runs: Sequence[RunRecord]) -> None:
    """What was stored must still be true: the answers are tasted again."""
    for run in runs:
        if run.failed or not np.isfinite(run.loss):
            continue
        if run.problem_hash != problem.hash:
            raise ResultsError(f"{folder}: a run of {run.optimizer} belongs to another problem")
        now = float(problem.value_program(problem.coordinates(run.recipe))[0])
        if abs(now - run.loss) > _SAME:
            raise ResultsError(
                f"{folder}: the recipe of {run.optimizer} had loss {run.loss:.12g} when it was stored, and "
                f"has {now:.12g} now: the taste model has changed. Run the experiment again"
            )


def _named(
    results: Results, instances: Sequence[Instance]
) -> Iterator[tuple[RunRecord, str, TraceRecord]]:
    names = {each.hash: each.name for each in instances}
    for run in results.runs():
        if run.problem_hash not in names:
            raise ResultsError(
                f"{results.path}: a run of {run.optimizer} belongs to a problem with hash "
                f"{run.problem_hash[:12]}, which is none of this comparison's; results of different "
                "problems are never merged"
            )
        yield run, names[run.problem_hash], results.trace(run.key)


def _joined(
    parts: Sequence[Hits], problems: tuple[Instance, ...], optimizers: tuple[str, ...]
) -> Hits:
    repeats = max(part.present.shape[2] for part in parts)
    gaps = parts[0].gaps
    shape = (len(problems), len(optimizers), repeats)
    whole = Hits(
        problems,
        optimizers,
        gaps,
        np.full((*shape, len(gaps), 3), np.inf),
        np.zeros((*shape, 3)),
        np.zeros(shape, dtype=np.bool_),
        np.zeros(shape, dtype=np.bool_),
    )
    names = [each.name for each in problems]
    for part in parts:
        rows = [names.index(each.name) for each in part.problems]
        columns = [optimizers.index(label) for label in part.optimizers]
        cells = np.ix_(rows, columns, range(part.present.shape[2]))
        for name in ("counts", "spent", "present", "failed"):
            getattr(whole, name)[cells] = getattr(part, name)
    return whole
