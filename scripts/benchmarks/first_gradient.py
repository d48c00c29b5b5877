"""From the model's function to its first gradient: trace, differentiate, emit or compile."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from typing import Any

from benchmarks.bars import Measurement, faster, within
from benchmarks.peer import Peer
from benchmarks.rounds import Jobs, interleaved
from benchmarks.subject import POINT, Subject
from simulator.autodiff import compile as compiled

LIMIT_S = 60e-3


def first_gradient(subject: Subject, others: dict[str, Peer]) -> Measurement:
    """Ours and those of others, everything made afresh each time."""

    def fresh(dialect: Any) -> Any:
        return compiled(subject.problem.loss, 4, dialect=dialect, wait=True)(POINT)

    names = {"Python dialect": "python", "NumPy dialect": "numpy"}
    jobs: Jobs = {name: (fresh, (dialect,)) for name, dialect in names.items()}
    jobs = {**jobs, "C dialect, nothing cached": (without_cache(lambda: fresh("c")), ())}
    slow = {name: (peer.first, (POINT,)) for name, peer in others.items() if peer.first}
    timings = interleaved({**jobs, **slow}, 3, warm=False)
    what = "model function → first gradient"
    bars = [
        *[
            within(f"{what}, {name}", timings[name].spread, LIMIT_S, "ms", "all made afresh")
            for name in names
        ],
        *[faster(what, timings, "Python dialect", name, None, "ms") for name in slow],
    ]
    return Measurement(what, "ms", timings, bars)


def without_cache(function: Callable[[], Any]) -> Callable[[], Any]:
    """The same with an empty cache of compiled libraries."""

    def run() -> Any:
        before = os.environ.get("XDG_CACHE_HOME")
        with tempfile.TemporaryDirectory() as folder:
            os.environ["XDG_CACHE_HOME"] = folder
            try:
                return function()
            finally:
                if before is None:
                    del os.environ["XDG_CACHE_HOME"]
                else:
                    os.environ["XDG_CACHE_HOME"] = before

    return run
