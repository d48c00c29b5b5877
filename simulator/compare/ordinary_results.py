"""Configs, and results of ``simulator run``, as problems of a comparison: their reference is found now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from simulator.compare.hits import GAPS, collect
from simulator.compare.noisy import GAPS as NOISY_GAPS
from simulator.compare.proofs import certified
from simulator.compare.recorded import Recorded
from simulator.compare.references import reference
from simulator.compare.suite import Instance, instance_of
from simulator.errors import ResultsError
from simulator.experiment.config import Experiment, experiment_from, run_part
from simulator.experiment.function import Code
from simulator.experiment.problem import Problem
from simulator.experiment.records import RunRecord, TraceRecord
from simulator.experiment.store import Results

_SAME = 1e-9


def ordinary(
    folder: Path, results: Results, settings: Mapping[str, Any], notes: tuple[str, ...]
) -> Recorded:
    """The runs of an experiment as hits; its reference comes from outside of them.

    With noise only the optimizers under test are told of, by the true mean of what they served.
    Raises ResultsError for a sweep, for a function, and where the taste model has changed since.
    """
    if "sweep" in settings:
        raise ResultsError(f"{folder}: it holds a sweep; compare works on single experiments")
    experiment = experiment_from(settings, str(folder))
    if experiment.problem is not None:
        raise ResultsError(
            f"{folder}: it is about a function of your own, {experiment.problem}, whose reference optimum "
            "cannot be searched for without running it: race its config instead, with "
            "simulator compare CONFIG --allow-code"
        )
    problem = Problem(experiment)
    runs = [run for run in results.runs() if run.role == "tuned" or experiment.noise is None]
    _refuse_other_model(folder, problem, runs)
    instance = adhoc_instance(experiment)
    options = {run.optimizer: {"method": run.method, **run.options} for run in runs}
    counted = (
        (
            replace(run, problem_hash=instance.hash),
            instance.name,
            _true(results.trace(run.key), problem),
        )
        for run in runs
    )
    stop, repeats = int(experiment.stop.max_evaluations), experiment.starts.repeats
    gaps = GAPS if experiment.noise is None else NOISY_GAPS
    hits = collect([instance], list(options), repeats, counted, gaps, stop)
    return Recorded(hits, options, stop, notes)


def adhoc_instance(experiment: Experiment, code: Code | None = None) -> Instance:
    """A config as a problem of a comparison, with its reference optimum, and a proof if there is one.

    With noise the reference is that of the true mean. ``code`` is leave to run its function.
    """
    resolved = experiment.resolved()
    settings = {name: part for name, part in run_part(experiment).items() if name != "stop"}
    settings |= {"name": experiment.name, "starts": resolved["starts"]}
    if "bean" in resolved:
        settings["bean"] = resolved["bean"]
    exact = {name: part for name, part in settings.items() if name != "noise"}
    problem = Problem(experiment_from(exact), code=code)
    optimum = certified(problem, reference(problem))
    return instance_of(experiment.name, experiment.name, settings, optimum, code)


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
