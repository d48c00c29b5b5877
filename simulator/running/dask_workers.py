"""Batches computed by Dask distributed: the workers of a scheduler somewhere, or of a local cluster.

Dask itself redoes the batch of a worker that it lost; a batch that killed several workers comes back as
lost and is taken apart like any other. The workers need this package, of the same version.
"""

from __future__ import annotations

import logging
from concurrent.futures import Future
from contextlib import suppress
from time import monotonic
from typing import Any

from simulator.errors import InputError
from simulator.running.batches import Batch, Done, run_batch
from simulator.running.pool import WorkersLost, child_guards
from simulator.running.workers import Compute

LOCAL = "local"
_CONNECT_S = 10
# How long a scheduler that does not answer is waited for.
_PATIENCE_S = 15.0


def dask_workers(address: str, slots: int, compute: Compute = run_batch) -> DaskWorkers:
    """Workers of the scheduler at ``address``, or, if it is ``local``, of ``slots`` new processes.

    Raises InputError if Dask is not installed or there is no scheduler.
    """
    try:
        import distributed
    except ImportError:
        raise InputError(
            "--dask: Dask is not installed; install it with: pip install 'perfect-cup[dask]'"
        ) from None
    if address != LOCAL and "://" not in address:
        raise InputError(f"--dask {address}: expected tcp://host:port of a scheduler, or local")
    _quieten()
    cluster = _local_cluster(slots) if address == LOCAL else None
    try:
        client = distributed.Client(cluster or address, timeout=_CONNECT_S, set_as_default=False)
    except (OSError, ValueError, RuntimeError) as error:
        raise InputError(
            f"--dask {address}: no scheduler answers there ({type(error).__name__}); "
            "start one with: dask scheduler"
        ) from error
    return DaskWorkers(client, cluster, slots if cluster else _threads(client), compute)


class DaskWorkers:
    """The workers of one scheduler."""

    def __init__(self, client: Any, cluster: Any, slots: int, compute: Compute) -> None:
        self.slots = slots
        self.queued = 2 * slots
        self._client = client
        self._cluster = cluster
        self._compute = compute
        self._executor = client.get_executor(pure=False)
        self._silent_since: float | None = None

    def submit(self, batch: Batch) -> Future[list[Done]]:
        """Have a batch computed by whichever worker is free."""
        future: Future[list[Done]] = self._executor.submit(self._compute, batch)
        return future

    def lost(self, error: BaseException) -> bool:
        """Whether the batch was under way on several workers that died."""
        return type(error).__name__ == "KilledWorker"

    def check(self) -> None:
        """Raise WorkersLost if the scheduler has been silent for too long."""
        if self._client.status == "running":
            self._silent_since = None
            return
        self._silent_since = self._silent_since or monotonic()
        if self._client.status == "closed" or monotonic() - self._silent_since > _PATIENCE_S:
            raise WorkersLost("the Dask scheduler is gone; what was finished is stored")

    def stop(self) -> None:
        """Drop what is under way, and end."""
        with suppress(Exception):
            self._executor.shutdown(wait=False, cancel_futures=True)
        self._leave()

    def close(self) -> None:
        """End after the last batch."""
        with suppress(Exception):
            self._executor.shutdown(wait=True)
        self._leave()

    def _leave(self) -> None:
        with suppress(Exception):
            self._client.close(timeout=1)
        if self._cluster is not None:
            with suppress(Exception):
                self._cluster.close(timeout=1)


def _quieten() -> None:
    """What a user must know of Dask's troubles is said by us, in one line."""
    for name in [
        name for name in logging.root.manager.loggerDict if name.startswith("distributed")
    ]:
        logging.getLogger(name).setLevel(logging.CRITICAL)


def _local_cluster(slots: int) -> Any:
    import dask
    from distributed import LocalCluster

    quiet = {"distributed.scheduler.allowed-failures": 1, "distributed.worker.daemon": True}
    with dask.config.set(quiet), child_guards():
        return LocalCluster(
            n_workers=slots, threads_per_worker=1, dashboard_address=None, silence_logs=50
        )


def _threads(client: Any) -> int:
    return sum(client.nthreads().values()) or 1
