"""Value and gradient of a million recipes in one call, arrays in and out, all on the same cores."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from benchmarks.bars import CLOCKS, Measurement, faster
from benchmarks.peer import Peer
from benchmarks.peers import JAX
from benchmarks.rounds import Jobs, interleaved
from benchmarks.subject import Subject

C, NUMPY, ONE_THREAD = "C dialect", "NumPy dialect", "C dialect, one thread"
JAX_BATCH = "JAX, jitted and vmapped"


def many_recipes(subject: Subject, others: dict[str, Peer]) -> Measurement:
    """Our batches beside JAX's; "cores" says how many processors each kept busy."""
    x = subject.recipes(subject.batch)
    in_c = subject.ours("c", "value", "gradient")
    jobs: Jobs = {
        C: (in_c, (x,)),
        ONE_THREAD: (on_one_thread(in_c), (x,)),
        NUMPY: (subject.ours("numpy", "value", "gradient"), (x,)),
    }
    if JAX in others and (batch := others[JAX].batch):
        jobs = {**jobs, JAX_BATCH: (batch, (x,))}
    timings = {
        name: timing.per(subject.batch)
        for name, timing in interleaved(jobs, max(subject.rounds // 4, 3), "wall").items()
    }
    what = f"value + gradient, {subject.batch:,} recipes"
    bars = [
        faster(f"{what}, {name}, {CLOCKS[clock]}", clocked, ours, JAX_BATCH, least, "ns")
        for clock in ("wall", "processor")
        for clocked in [{name: timing.by(clock) for name, timing in timings.items()}]
        for name, ours, least in (("NumPy", NUMPY, 3), ("C", C, 20))
    ]
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    notes = [f"Processors: {cores}. Our C chose its threads by timing the first recipes."]
    return Measurement(f"{what}, each", "ns", timings, bars, notes)


def on_one_thread(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """The same with the number of threads prescribed."""

    def run(x: Any) -> Any:
        os.environ["PERFECT_CUP_THREADS"] = "1"
        try:
            return function(x)
        finally:
            del os.environ["PERFECT_CUP_THREADS"]

    return run
