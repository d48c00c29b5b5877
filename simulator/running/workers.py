"""Where batches are computed: in this process, or in a pool of processes, behind one small protocol."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import Protocol

from simulator.running.batches import Batch, Done, run_batch
from simulator.running.interrupts import Interrupt
from simulator.running.pool import WorkerDied, WorkerPool, WorkersLost

__all__ = ["Compute", "InProcess", "LocalPool", "Workers", "WorkersLost", "worker_pool"]

Compute = Callable[[Batch], list[Done]]


class Workers(Protocol):
    """Computes batches, several at a time."""

    slots: int
    """How many batches are computed at the same time."""
    queued: int
    """How many batches it wants at hand, those being computed included."""

    def submit(self, batch: Batch) -> Future[list[Done]]:
        """Have a batch computed."""

    def lost(self, error: BaseException) -> bool:
        """Whether ``error`` says that the worker died, rather than that the batch is at fault.

        Another takes its place, and no other batch is lost with it.
        """

    def check(self) -> None:
        """Raise WorkersLost if none can be had any more."""

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

    def check(self) -> None:
        """It is there."""

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
        return self._pool.submit(self._compute, batch)

    def lost(self, error: BaseException) -> bool:
        """Whether a worker ended abruptly."""
        return isinstance(error, WorkerDied)

    def check(self) -> None:
        """A process on this machine can always be had again; a call says if not."""

    def stop(self) -> None:
        """Kill the workers."""
        self._pool.kill()

    def close(self) -> None:
        """Let the workers end; there is nothing left to do."""
        self._pool.shutdown(wait=True)


def worker_pool(slots: int) -> WorkerPool:
    """Processes for anything that can be sent to them: an executor of the usual kind."""
    return WorkerPool(slots)
