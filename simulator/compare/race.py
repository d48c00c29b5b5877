"""Runs what a stage's folder does not hold yet, on one core or several, and stores each piece at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import replace
from functools import lru_cache
from itertools import islice
from pathlib import Path
from time import process_time

import numpy as np

from simulator.compare.stages import Job, Stage, budgeted
from simulator.compare.suite import Instance
from simulator.experiment.problem import DIALECT, Problem
from simulator.experiment.records import COUNT_COLUMNS, FLOAT_COLUMNS, RunRecord, TraceRecord
from simulator.experiment.runs import run_task
from simulator.experiment.store import Store, open_store
from simulator.running.workers import worker_pool

Finished = tuple[RunRecord, TraceRecord]
RUNGS = np.unique(
    np.concatenate(
        [
            10.0 ** (np.arange(-100, 61) / 10),
            *(k * 10.0 ** np.arange(-10, 2) for k in (2, 5)),
            [10.0**-k for k in range(1, 9)],
        ]
    )
)
"""Gaps between 1e6 and 1e-10, ten to a decade, and the targets themselves to the last bit."""

Told = Callable[[int], None]
"""Hears how many more runs are done."""
Used = Callable[[float], None]
"""Hears how many more processor seconds that took."""


def open_stage(stage: Stage, folder: Path) -> Store:
    """The results folder of a stage, new or opened again. Raises ResultsError as ``open_store`` does."""
    return open_store(
        stage.settings(),
        name=f"compare-{stage.name}",
        seed=0,
        expected_runs=stage.runs,
        dialect=DIALECT,
        out=folder,
    )


def run_stage(
    stage: Stage,
    folder: Path,
    processes: int = 0,
    told: Told = lambda _: None,
    used: Used = lambda _: None,
) -> None:
    """Run what is missing. Stopped at any moment, the same call goes on from what is stored.

    With 0 processes it runs in this one. Others use one thread each, so that 1 of them and 8 find the
    same bits; in this process the libraries' own threads may change the last calls of a run.
    """
    with open_stage(stage, folder) as store:
        store.discard_damaged()
        config_hash = store.results.manifest.config_hash
        missing, here = _missing(stage, store.results.done_keys(), told), process_time()
        for finished, elsewhere in _computed(missing, config_hash, processes):
            store.add(finished)
            before, here = here, process_time()
            used(here - before + elsewhere)
            told(len(finished))
        store.finish()


def compute(job: Job, repeats: list[int], config_hash: str) -> list[Finished]:
    """The runs of a job from some of its starts, their traces thinned to what a comparison reads."""
    problem = kept_problem(job.instance, job.budget, job.repeats)
    least = job.instance.reference.least
    return [
        (replace(run, problem_hash=job.instance.hash), thinned(problem, trace, least))
        for run, trace in run_task(problem, job.task, repeats, config_hash)
    ]


def thinned(problem: Problem, trace: TraceRecord, least: float) -> TraceRecord:
    """The calls that first came within each rung of a fine ladder above ``least``, and the last call.

    Every target of every comparison is a rung, so no first hit is lost or moved. ``loss`` is the best
    true value so far; recipes are left out. A slow run keeps some hundred of its thousand calls.
    """
    true = problem.perfect - trace.score
    best = np.fmin.accumulate(np.where(np.isfinite(true), true, np.inf))
    first = np.searchsorted(-best, -(least + RUNGS), side="left")
    last = [best.size - 1] if best.size else []
    rows = np.unique(np.append(first[first < best.size], last)).astype(np.intp)
    columns = {name: getattr(trace, name)[rows] for name in COUNT_COLUMNS + FLOAT_COLUMNS}
    columns["loss"] = best[rows]
    return TraceRecord(**columns, knobs=(), recipe=np.empty((0, rows.size)))


def _missing(stage: Stage, done: frozenset[str], told: Told) -> Iterator[tuple[Job, list[int]]]:
    for job in stage.jobs():
        problem = kept_problem(job.instance, job.budget, job.repeats)
        left = [repeat for repeat, key in enumerate(job.keys(problem)) if key not in done]
        told(stage.repeats - len(left))
        if left:
            yield job, left


def _computed(
    missing: Iterator[tuple[Job, list[int]]], config_hash: str, processes: int
) -> Iterator[tuple[list[Finished], float]]:
    """Finished pieces, each with the processor seconds that it took in another process."""
    if not processes:
        yield from ((compute(job, repeats, config_hash), 0.0) for job, repeats in missing)
        return
    with worker_pool(processes) as pool:
        under_way: set[Future[tuple[list[Finished], float]]] = set()
        try:
            while True:
                for job, repeats in islice(missing, max(0, 3 * processes - len(under_way))):
                    under_way.add(pool.submit(_timed, job, repeats, config_hash))
                if not under_way:
                    return
                ready, under_way = wait(under_way, return_when=FIRST_COMPLETED)
                yield from (future.result() for future in ready)
        finally:
            for future in under_way:
                future.cancel()


def _timed(job: Job, repeats: list[int], config_hash: str) -> tuple[list[Finished], float]:
    began = process_time()
    return compute(job, repeats, config_hash), process_time() - began


@lru_cache(maxsize=4)
def _by_content(instance: _ByHash, budget: int, repeats: int) -> Problem:
    return budgeted(instance.instance, budget, repeats)


class _ByHash:
    """An instance that is known by its name and hash, so that its compiled problem can be kept."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance

    def __hash__(self) -> int:
        return hash(self.instance.hash)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _ByHash) and (
            (self.instance.name, self.instance.hash) == (other.instance.name, other.instance.hash)
        )


def kept_problem(instance: Instance, budget: int, repeats: int) -> Problem:
    """The problem of an instance; the last few of a process stay compiled."""
    return _by_content(_ByHash(instance), budget, repeats)
