"""What a study will cost, without running it: how many runs, how many evaluations, how long."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from time import perf_counter

from simulator.experiment.runs import run_task, tasks
from simulator.running.plan import Plan, Unit
from simulator.running.shards import Shard

#: Trials stop after so long; what was not tried is taken to cost what the others did.
TRIAL_SECONDS = 5.0


@dataclass(frozen=True)
class Forecast:
    """The size of a study, or of a share of it.

    Attributes:
        points: experiments in the study.
        runs: distinct runs of the share.
        most_evaluations: if every run used up its budget.
        seconds: expected time with all cores at work, from one trial batch of each optimizer.
        tried: how many optimizers were tried, of how many.
    """

    points: int
    runs: int
    most_evaluations: int
    seconds: float
    tried: tuple[int, int]


def forecast(plan: Plan, cores: int, shard: Shard) -> Forecast:
    """Foresee a study's cost: each optimizer is tried on some starts, and nothing is stored."""
    runs: dict[str, int] = {}
    budget = 0
    units: dict[str, Unit] = {}
    evaluations = plan.study.first.stop.max_evaluations
    at = -1
    for unit in plan.units:
        if unit.point != at:
            at = unit.point
            evaluations = plan.study.point(at).experiment.stop.max_evaluations
        units.setdefault(unit.label, unit)
        runs[unit.label] = runs.get(unit.label, 0) + unit.runs
        budget += unit.runs * evaluations
    seconds = _tried(plan, units)
    usual = sum(seconds.values()) / max(len(seconds), 1)
    work = sum(count * seconds.get(label, usual) for label, count in runs.items())
    return Forecast(
        points=plan.study.points,
        runs=-(-plan.runs // shard.count),
        most_evaluations=-(-budget // shard.count),
        seconds=work / shard.count / cores,
        tried=(len(seconds), len(units)),
    )


def duration(seconds: float) -> str:
    """A time as people say it.

    >>> duration(3.2), duration(200), duration(7300), duration(2e5)
    ('3 s', '3 min 20 s', '2 h 1 min', '2 d 7 h')
    """
    whole = round(seconds)
    for unit, inner, size, part in (("d", "h", 86400, 3600), ("h", "min", 3600, 60)):
        if whole >= size:
            return f"{whole // size} {unit} {whole % size // part} {inner}"
    return f"{whole // 60} min {whole % 60} s" if whole >= 60 else f"{whole} s"


def _tried(plan: Plan, units: Mapping[str, Unit]) -> dict[str, float]:
    """Seconds per run of each optimizer, as far as there was time to try."""
    began, seconds = perf_counter(), {}
    for label, unit in units.items():
        if perf_counter() - began > TRIAL_SECONDS:
            break
        point = plan.study.point(unit.point)
        problem, task = plan.shelf.problem(point.experiment), tasks(point.experiment)[unit.task]
        repeats = list(range(unit.first, min(unit.first + unit.together, unit.end)))
        before = perf_counter()
        run_task(problem, task, repeats, "")
        seconds[label] = (perf_counter() - before) / len(repeats)
    return seconds
