"""The main job: the optimizers of an experiment, each from every start."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from simulator.experiment.config import Experiment
from simulator.experiment.content_key import content_keys, seed_sequence
from simulator.experiment.objectives import ExactObjective, NoisyObjective
from simulator.experiment.one_thread import one_thread
from simulator.experiment.optimizer_choice import OptimizerChoice
from simulator.experiment.problem import Array, Problem
from simulator.experiment.records import Role, RunRecord, TraceRecord
from simulator.experiment.starting_points import shared_keys, starting_points
from simulator.optimizers import BATCHED_FAMILIES, Box, Counted, Outcome, Stopping

Finished = tuple[RunRecord, TraceRecord]


@dataclass(frozen=True)
class Task:
    """One optimizer with all its repeats, which advance as one batch."""

    choice: OptimizerChoice
    role: Role


def tasks(experiment: Experiment) -> list[Task]:
    """The optimizers under test, then the reference methods that check them.

    A method of scipy that is under test anyway is not run again as a reference, unless the customers
    are noisy: then the reference sees the exact loss.
    """
    tested = [Task(choice, "tuned") for choice in experiment.optimizers]
    known = [] if experiment.noise else [choice.settings() for choice in experiment.optimizers]
    return tested + [
        Task(choice, "reference")
        for choice in experiment.check.methods
        if choice.settings() not in known
    ]


def expected_runs(experiment: Experiment) -> int:
    """How many runs the whole experiment has."""
    return len(tasks(experiment)) * experiment.starts.repeats


def run_keys(problem: Problem, task: Task, repeats: Iterable[int] | None = None) -> list[str]:
    """The content key of each of some repeats of a task; of all of them by default."""
    if repeats is None:
        repeats = range(problem.experiment.starts.repeats)
    settings = task_settings(task)
    return content_keys(problem.decided, settings, repeats, problem.dialect, np.__version__)


def task_settings(task: Task) -> dict[str, Any]:
    """What decides a task's runs beside the experiment: its method, options and objective."""
    settings = task.choice.identity
    if task.role == "reference":
        # The answer key sees the exact loss even where the optimizers under test hear noise.
        settings["objective"] = "exact"
    return settings


def run_task(problem: Problem, task: Task, repeats: list[int], config_hash: str) -> list[Finished]:
    """Run some repeats of one task. A repeat that raises is recorded as failed; the others go on."""
    with one_thread():
        try:
            outcomes: Mapping[int, Outcome | Exception] = _minimize(problem, task, repeats)
        except Exception:  # noqa: BLE001 - which repeat it was is found by running them one by one
            outcomes = _one_by_one(problem, task, repeats)
    keys = dict(zip(repeats, run_keys(problem, task, repeats), strict=True))
    starts = starting_points(problem)
    # Repeats that advance as one batch share its time equally.
    share = 1.0 / len(repeats) if task.choice.solver.family in BATCHED_FAMILIES else 1.0
    return [
        _record(problem, task, repeat, keys[repeat], starts[:, repeat], outcome, config_hash, share)
        for repeat, outcome in outcomes.items()
    ]


def failed_runs(
    problem: Problem, task: Task, repeats: list[int], config_hash: str, error: Exception
) -> list[Finished]:
    """The records of repeats that could not be run at all."""
    keys, starts = run_keys(problem, task, repeats), starting_points(problem)
    return [
        _record(problem, task, repeat, key, starts[:, repeat], error, config_hash, 1.0)
        for repeat, key in zip(repeats, keys, strict=True)
    ]


def _one_by_one(problem: Problem, task: Task, repeats: list[int]) -> dict[int, Outcome | Exception]:
    outcomes: dict[int, Outcome | Exception] = {}
    for repeat in repeats:
        try:
            outcomes.update(_minimize(problem, task, [repeat]))
        except Exception as error:  # noqa: BLE001 - recorded with the run
            outcomes[repeat] = error
    return outcomes


def _minimize(problem: Problem, task: Task, repeats: list[int]) -> dict[int, Outcome]:
    keys = run_keys(problem, task, repeats)
    outcomes = task.choice.solver.minimize(
        Counted(_objective(problem, task, repeats), Box.unit(problem.size)),
        Box.unit(problem.size),
        starting_points(problem)[:, repeats],
        _stopping(problem, task),
        [seed_sequence(key, "method") for key in keys],
    )
    return dict(zip(repeats, outcomes, strict=True))


def _stopping(problem: Problem, task: Task) -> Stopping:
    stop = problem.experiment.stop
    if problem.experiment.noise is None or task.role == "tuned":
        return stop
    # Without noise there is something to converge to, so the usual tolerances apply.
    return Stopping(max_evaluations=stop.max_evaluations)


def _objective(problem: Problem, task: Task, repeats: list[int]) -> Any:
    if problem.experiment.noise is None or task.role == "reference":
        return ExactObjective(problem)
    keys = shared_keys(problem, repeats)
    return NoisyObjective(problem, [seed_sequence(key, "noise") for key in keys])


def _record(
    problem: Problem,
    task: Task,
    repeat: int,
    key: str,
    start: Array,
    outcome: Outcome | Exception,
    config_hash: str,
    share: float,
) -> Finished:
    said = _failed(outcome) if isinstance(outcome, Exception) else _ended(problem, outcome, share)
    record = RunRecord(
        key=key,
        config_hash=config_hash,
        problem_hash=problem.hash,
        optimizer=task.choice.label,
        method=task.choice.method,
        family=task.choice.solver.family,
        options=task.choice.options,
        repeat=repeat,
        role=task.role,
        recipe=problem.recipe(start if isinstance(outcome, Exception) else outcome.x),
        start=problem.recipe(start),
        **said,
    )
    return record, _trace(problem, None if isinstance(outcome, Exception) else outcome, share)


def _ended(problem: Problem, outcome: Outcome, share: float) -> dict[str, Any]:
    # A noisy run is judged by the exact loss of what it recommends, not by its luckiest rating.
    (loss,) = problem.value_program(outcome.x)
    return {
        "status": outcome.status.value,
        "message": outcome.message,
        "value_count": outcome.counts.value,
        "gradient_count": outcome.counts.gradient,
        "hessian_count": outcome.counts.hessian,
        "wall_s": outcome.wall_s * share,
        "loss": float(loss),
        "score": float(problem.perfect - loss),
        "gradient_norm": outcome.gradient_norm,
    }


def _failed(error: Exception) -> dict[str, Any]:
    nothing = {"value_count": 0, "gradient_count": 0, "hessian_count": 0, "wall_s": 0.0}
    return nothing | {
        "status": "failed",
        "message": "the optimizer raised an error",
        "loss": float("nan"),
        "score": float("nan"),
        "gradient_norm": float("nan"),
        "error": f"{type(error).__name__}: {error}",
    }


def _trace(problem: Problem, outcome: Outcome | None, share: float) -> TraceRecord:
    x = np.empty((problem.size, 0)) if outcome is None else outcome.trace.x
    empty = np.empty(0)
    settings = problem.settings(x)
    trace = None if outcome is None else outcome.trace
    loss = empty if trace is None else trace.value
    true = loss if problem.experiment.noise is None else problem.map_program(x)[0]
    return TraceRecord(
        value_count=_counts(trace, "values"),
        gradient_count=_counts(trace, "gradients"),
        hessian_count=_counts(trace, "hessians"),
        wall_s=empty if trace is None else trace.wall_s * share,
        loss=loss,
        score=problem.perfect - true,
        gradient_norm=empty if trace is None else trace.gradient_norm,
        knobs=problem.knobs,
        recipe=np.array([settings[knob] for knob in problem.knobs]).reshape(problem.size, -1),
    )


def _counts(trace: Any, name: str) -> Any:
    return np.empty(0, dtype=np.int64) if trace is None else getattr(trace, name)
