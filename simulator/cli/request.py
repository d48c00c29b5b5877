"""What ``simulator run`` is asked for."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from simulator.errors import InputError
from simulator.experiment.problem import problem_of
from simulator.experiment.study import load_study
from simulator.running.plan import Plan
from simulator.running.shards import Shard, parsed_shard
from simulator.running.work import WHOLE

MOST_PROCESSES = 512
"""More of them than any machine has cores for; thousands take it down."""


@dataclass(frozen=True)
class Request:
    """What the command line asks for."""

    config: Path
    sets: tuple[str, ...] = ()
    sweeps: tuple[str, ...] = ()
    out: Path | None = None
    jobs: int = 1
    dask: str | None = None
    shard: str | None = None
    loudness: int = 0
    as_json: bool = False
    figures: bool = True
    allow_code: bool = False


def cores_of(request: Request) -> int:
    """How many processes compute. Raises InputError for more than this machine should be asked for."""
    if request.dask is not None:
        return request.jobs or os.cpu_count() or 1
    return processes_of(request.jobs)


def processes_of(jobs: int) -> int:
    """What ``--jobs`` asks for. Raises InputError if no machine should be asked for so many."""
    if jobs > MOST_PROCESSES:
        raise InputError(f"--jobs {jobs}: too many processes; expected up to {MOST_PROCESSES}")
    return jobs or os.cpu_count() or 1


def shard_of(request: Request) -> Shard:
    """The share that was asked for. Raises InputError if it is none."""
    return WHOLE if request.shard is None else parsed_shard(request.shard)


def plan_of(request: Request) -> Plan:
    """The runs that are asked for.

    Raises ConfigFaults for what does not fit, and ObjectiveError for a function that may not or cannot
    be used.
    """
    study = load_study(request.config, request.sets, request.sweeps)
    problem = problem_of(study.first, request.config, allow_code=request.allow_code)
    return Plan(study, problem.code)
