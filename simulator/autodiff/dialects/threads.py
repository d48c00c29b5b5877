"""Columns of a batch shared among threads, as many as a quick measurement says are worth it."""

from __future__ import annotations

import math
import os
import threading
import time
from collections.abc import Callable
from typing import Final

#: Seconds of work that justify another thread, which takes about 50 µs to start.
WORTH_A_THREAD: Final = 0.5e-3

#: Columns whose time is taken before deciding on threads.
SAMPLE: Final = 1024


def share(
    work: Callable[[int, int], None],
    count: int,
    threads: int | None = None,
    sample: int = SAMPLE,
) -> None:
    """Call ``work(start, stop)`` on pieces that cover ``range(count)``, on several threads.

    Args:
        work: lets other Python threads run meanwhile.
        count: of columns.
        threads: how many; without a number the variable PERFECT_CUP_THREADS says it, and without that
            a sample is timed: each thread gets at least `WORTH_A_THREAD`, up to one per processor.
        sample: columns that are timed.

    Raises:
        ValueError: PERFECT_CUP_THREADS is not a whole number from 1.
    """
    began = time.perf_counter()
    done = min(count, sample)
    work(0, done)
    left = count - done
    if left == 0:
        return
    seconds = (time.perf_counter() - began) / done * left
    threads = threads or threads_wanted()
    if threads is None:
        threads = min(processors(), 1 + int(seconds / WORTH_A_THREAD))
    # A few pieces for each thread, so that a slow one does not keep the others waiting.
    piece = sample * math.ceil(left / threads / 8 / sample) if threads > 1 else left
    _in_threads(work, range(done, count, piece), count, piece, threads)


def _in_threads(
    work: Callable[[int, int], None], starts: range, count: int, piece: int, threads: int
) -> None:
    waiting = list(starts)
    failures: list[BaseException] = []

    def take() -> None:
        try:
            while True:
                start = waiting.pop()
                work(start, min(start + piece, count))
        except IndexError:
            return  # nothing left
        except BaseException as error:  # noqa: BLE001 (handed to the caller)
            failures.append(error)

    others = [threading.Thread(target=take, daemon=True) for _ in range(threads - 1)]
    for other in others:
        other.start()
    take()
    for other in others:
        other.join()
    if failures:
        raise failures[0]


def threads_wanted() -> int | None:
    """What PERFECT_CUP_THREADS says; None if it says nothing."""
    said = os.environ.get("PERFECT_CUP_THREADS", "").strip()
    if not said:
        return None
    if not said.isdecimal() or int(said) < 1:
        raise ValueError(f"PERFECT_CUP_THREADS is a whole number from 1, not {said!r}")
    return int(said)


def processors() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
