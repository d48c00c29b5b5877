"""Stored runs back into hits: of this suite's stages, and of ordinary results folders."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from simulator.compare.hits import GAPS, Hits, collect
from simulator.compare.noisy import GAPS as NOISY_GAPS
from simulator.compare.ordinary_results import ordinary
from simulator.compare.recorded import Recorded, side_by_side
from simulator.compare.stages import Stage, choice_of
from simulator.compare.suite import Instance, Suite, read_suite
from simulator.errors import ResultsError
from simulator.experiment.content_key import config_hash
from simulator.experiment.records import RunRecord, TraceRecord
from simulator.experiment.results_folder import read_config
from simulator.experiment.store import Results, open_results

SUITE_FILE = "suite.json"


@dataclass(frozen=True)
class Found:
    """What folders hold: runs that see the exact loss, and runs that hear noisy customers, or one of them."""

    exact: Recorded | None
    noisy: Recorded | None


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


def merged(folders: Sequence[Path]) -> Found:
    """The runs of several folders side by side: races of a suite, ordinary results, or both.

    Raises ResultsError where they do not fit together, see ``side_by_side``.
    """
    found = [_found(folder) for folder in folders]
    return Found(
        _beside([(folder, each.exact) for folder, each in zip(folders, found, strict=True)]),
        _beside([(folder, each.noisy) for folder, each in zip(folders, found, strict=True)]),
    )


def _beside(parts: Sequence[tuple[Path, Recorded | None]]) -> Recorded | None:
    there = [(folder, part) for folder, part in parts if part is not None]
    if not there:
        return None
    return side_by_side([folder for folder, _ in there], [part for _, part in there])


def _found(folder: Path) -> Found:
    race, noisy = folder / "race", folder / "noisy"
    if race.is_dir() or noisy.is_dir():
        return Found(
            _part(race) if race.is_dir() else None, _part(noisy) if noisy.is_dir() else None
        )
    part = _part(folder)
    is_noisy = any("noise" in each.settings for each in part.hits.problems)
    return Found(None, part) if is_noisy else Found(part, None)


def _part(folder: Path) -> Recorded:
    with open_results(folder) as results:
        settings = read_config(folder, results.manifest.config_hash)
        progress = results.progress()
        notes = (
            ()
            if progress.complete
            else (f"{folder}: {progress}; what is missing counts as missing",)
        )
        if "compare" not in settings:
            return ordinary(folder, results, settings, notes)
    stage = stage_in(folder)
    options = {choice.label: choice.identity for choice in stage.choices}
    gaps = NOISY_GAPS if stage.name == "noisy" else GAPS
    return Recorded(read_stage(stage, folder, gaps), options, stage.budget, notes)


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
