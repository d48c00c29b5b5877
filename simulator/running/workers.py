"""Where batches are computed: in this process, or in a pool of processes, behind one small protocol.

Workers of a pool ignore Ctrl-C, which is for the process that sends them work, and end by themselves as
soon as that process is gone, however it went.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor
from contextlib import contextmanager, suppress
from typing import Any, Protocol

from simulator.running.batches import Batch, Done, run_batch
from simulator.running.interrupts import Interrupt

Compute = Callable[[Batch], list[Done]]

# One thread per worker: the matrices are tiny, and workers share the cores anyway.
_ONE_THREAD = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS")


class WorkersLost(Exception):
    """No worker can be had any more; what was stored is kept."""


class Workers(Protocol):
    """Computes batches, several at a time."""

    slots: int
    """How many batches are computed at the same time."""
    queued: int
    """How many batches it wants at hand, those being computed included."""

    def submit(self, batch: Batch) -> Future[list[Done]]:
        """Have a batch computed."""

    def lost(self, error: BaseException) -> bool:
        """Whether ``error`` says that the worker died, rather than that the batch is at fault."""

    def alone(self) -> bool:
        """Whether a lost worker takes no other batch with it."""

    def check(self) -> None:
        """Raise WorkersLost if none can be had any more."""

    def renewed(self) -> None:
        """Replace workers that died. Raises WorkersLost if that cannot be done."""

    def stop(self) -> None:
        """End at once, whatever is being computed."""

    def close(self) -> None:
        """End after the last batch."""


class InProcess:
    """This very process, one batch after another."""

    slots = 1
    queued = 1

    def __init__(self, interrupt: Interrupt, compute: Compute = run_batch) -> None:
        self._interrupt = interrupt
        self._compute = compute

    def submit(self, batch: Batch) -> Future[list[Done]]:
        """Compute the batch now; the future is done."""
        future: Future[list[Done]] = Future()
        try:
            with self._interrupt.working_here():
                future.set_result(self._compute(batch))
        except Exception as error:  # noqa: BLE001 - told like that of any other worker
            future.set_exception(error)
        return future

    def lost(self, error: BaseException) -> bool:
        """Never: it would be lost as well."""
        return False

    def alone(self) -> bool:
        """There is only one."""
        return True

    def check(self) -> None:
        """It is there."""

    def renewed(self) -> None:
        """Nothing to replace."""

    def stop(self) -> None:
        """Nothing to stop."""

    def close(self) -> None:
        """Nothing to end."""


class LocalPool:
    """A pool of processes on this machine."""

    def __init__(self, slots: int, compute: Compute = run_batch) -> None:
        self.slots = slots
        self.queued = 2 * slots
        self._compute = compute
        self._pool = worker_pool(slots)

    def submit(self, batch: Batch) -> Future[list[Done]]:
        """Have a batch computed by the next worker that is free."""
        with _no_ctrl_c_for_children():
            try:
                return self._pool.submit(self._compute, batch)
            except BrokenExecutor as error:
                failed: Future[list[Done]] = Future()
                failed.set_exception(error)
                return failed

    def lost(self, error: BaseException) -> bool:
        """Whether a worker ended abruptly: then all batches at hand are lost with it."""
        return isinstance(error, BrokenExecutor)

    def alone(self) -> bool:
        """Not so: a pool breaks as a whole."""
        return False

    def check(self) -> None:
        """A pool on this machine can always be had again."""

    def renewed(self) -> None:
        """Start a new pool."""
        self.stop()
        self._pool = worker_pool(self.slots)

    def stop(self) -> None:
        """Kill the workers."""
        for process in list((getattr(self._pool, "_processes", None) or {}).values()):
            with suppress(OSError, ValueError):
                process.kill()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def close(self) -> None:
        """Let the workers end; there is nothing left to do."""
        self._pool.shutdown(wait=True)


def worker_pool(slots: int) -> ProcessPoolExecutor:
    """Processes that never hear Ctrl-C, use one thread each, and end with this one."""
    # Not fork: the parent has threads (progress, SQLite), whose locks a forked child would inherit.
    methods = multiprocessing.get_all_start_methods()
    context: Any = multiprocessing.get_context("forkserver" if "forkserver" in methods else "spawn")
    if "forkserver" in methods:
        # Loaded once, before the workers are forked from it.
        context.set_forkserver_preload(["simulator.running.batches", "simulator.experiment.runs"])
    with child_guards():
        pool = ProcessPoolExecutor(slots, mp_context=context, initializer=_begin)
        for _ in range(slots):
            pool.submit(os.getpid)
    return pool


def _begin() -> None:
    """The first thing that a worker does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_the_parent, daemon=True).start()


def _end_with_the_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


@contextmanager
def child_guards() -> Iterator[None]:
    """Processes that start in the block never receive Ctrl-C and use one thread each."""
    with _no_ctrl_c_for_children(), _one_thread_for_children():
        yield


@contextmanager
def _no_ctrl_c_for_children() -> Iterator[None]:
    """Processes that start in the block never receive Ctrl-C, not even before their first line."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def _one_thread_for_children() -> Iterator[None]:
    before = {name: os.environ.get(name) for name in _ONE_THREAD}
    os.environ.update({name: "1" for name, value in before.items() if value is None})
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
