"""Seconds, apart from everything else: the warm-up by itself, then interleaved rounds, wall and CPU.

An optimizer's first run traces and compiles the problem, too; it is timed as the warm-up and enters no
median. Then every optimizer runs once in each round, in an order drawn anew, so that whatever else the
machine does in the meantime falls on all of them alike.
"""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from time import perf_counter, process_time

import numpy as np

from simulator.compare.intervals import Estimate, interval, median, resamples
from simulator.compare.presets import Preset, race_stage, shipped
from simulator.compare.race import kept_problem
from simulator.compare.stages import Job, rng_of
from simulator.compare.suite import Instance, Suite
from simulator.experiment.optimizer_choice import OptimizerChoice
from simulator.experiment.problem import Problem
from simulator.experiment.runs import run_task
from simulator.running.workers import worker_pool

ROUNDS = 10
REPEATS = 3
BUDGET = 100


@dataclass(frozen=True)
class Seconds:
    """One timing: of ``REPEATS`` runs side by side, ``visits`` points visited by all of them."""

    problem: str
    optimizer: str
    round: int
    wall_s: float
    cpu_s: float
    visits: int


@dataclass(frozen=True)
class Timings:
    """All timings; round 0 is the warm-up."""

    machine: str
    rounds: int
    seconds: tuple[Seconds, ...]


@dataclass(frozen=True)
class Speed:
    """Seconds of one optimizer: medians over problems and rounds, intervals by bootstrap."""

    optimizer: str
    wall_ms: Estimate
    cpu_ms: Estimate
    wall_us_per_visit: float
    warm_up_ms: float


def timed(suite: Suite, preset: Preset, told: Callable[[int], None] = lambda _: None) -> Timings:
    """Time every optimizer of the race on some of its problems, in one process with one thread."""
    race, found = race_stage(suite, preset), []
    with worker_pool(1) as pool:
        for instance in shipped(suite, preset, preset.timing):
            for number in range(ROUNDS + 1):
                found += pool.submit(_round, instance, race.choices, number).result()
                told(len(race.choices))
    return Timings(f"{platform.machine()}, {os.cpu_count()} cores", ROUNDS, tuple(found))


def _round(instance: Instance, choices: Sequence[OptimizerChoice], number: int) -> list[Seconds]:
    """Every optimizer once, in an order of the round's own; in round 0 each from an untraced problem."""
    found = []
    for place in rng_of("rounds", instance.name, number).permutation(len(choices)):
        job = Job(instance, choices[place].settings(), BUDGET, REPEATS)
        problem = _warm(instance) if number else None
        wall, cpu = perf_counter(), process_time()
        finished = run_task(problem or job.problem, job.task, list(range(REPEATS)), "")
        taken = perf_counter() - wall, process_time() - cpu
        visits = sum(run.value_count for run, _ in finished)
        found.append(Seconds(instance.name, job.task.choice.label, number, *taken, visits))
    return found


def _warm(instance: Instance) -> Problem:
    """The instance's problem with every program compiled and called once."""
    problem = kept_problem(instance, BUDGET, REPEATS)
    for program in (problem.value_program, problem.gradient_program, problem.hessian_program):
        program(np.full((problem.size, 1), 0.5))
    return problem


def speeds(timings: Timings) -> list[Speed]:
    """The optimizers by wall time, the fastest first."""
    by_label: dict[str, list[Seconds]] = {}
    for each in timings.seconds:
        by_label.setdefault(each.optimizer, []).append(each)
    found = []
    for label, all_rounds in by_label.items():
        own = [each for each in all_rounds if each.round > 0]
        first = [each.wall_s for each in all_rounds if each.round == 0]
        per_visit = [each.wall_s / max(1, each.visits) for each in own]
        found.append(
            Speed(
                label,
                _middle([1e3 * each.wall_s / REPEATS for each in own], label),
                _middle([1e3 * each.cpu_s / REPEATS for each in own], label),
                1e6 * float(np.median(per_visit)),
                1e3 * float(np.median(first)) / REPEATS,
            )
        )
    return sorted(found, key=lambda each: each.wall_ms.value)


def _middle(values: list[float], label: str) -> Estimate:
    array = np.array(values)
    low, high = interval(median(array[resamples(array.size, "seconds", label)]))
    return Estimate(float(median(array)), float(low), float(high), array.size)


def write(timings: Timings, path: Path) -> None:
    """Write the timings as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(asdict(timings)) + "\n", encoding="utf-8")


def read(path: Path) -> Timings | None:
    """The timings in a file; None if there is none."""
    if not path.exists():
        return None
    content = json.loads(path.read_text(encoding="utf-8"))
    seconds = tuple(Seconds(**each) for each in content["seconds"])
    return Timings(content["machine"], content["rounds"], seconds)
