"""Sends batches to workers, stores what comes back, and finds the run that kills its worker.

Nothing is done twice and nothing twice at the same time: a run that is stored is left out, a run is
claimed before it is sent. What is stored survives whatever happens afterwards.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, replace
from time import sleep

from simulator.experiment.store import Store
from simulator.running.backlog import Backlog
from simulator.running.batches import Batch, Done, recorded_as_failed
from simulator.running.interrupts import Interrupt
from simulator.running.sizing import Sizing
from simulator.running.workers import Workers, WorkersLost

_LOOK_UP_S = 0.1
_OTHERS_S = 0.3
# A single run is given one more chance: the first time somebody else may have ended its worker.
_CHANCES = 2


class Killed(Exception):
    """Recorded with a run that ended the process computing it."""


@dataclass(frozen=True)
class Trouble:
    """Something worth a line in the log that is no run's result."""

    what: str


@dataclass(frozen=True)
class Found:
    """Runs that need not be computed: stored before (``cached``), or meanwhile by another process."""

    label: str
    runs: int
    cached: bool


Event = Done | Found | Trouble | None
Told = Callable[[Event], None]
"""Hears of every piece that was stored or found, of troubles, and now and then of nothing."""


class Dispatch:
    """One process's work on a study."""

    def __init__(
        self,
        store: Store,
        backlog: Backlog,
        sizing: Sizing,
        workers: Workers,
        interrupt: Interrupt,
        told: Told,
    ) -> None:
        self._store = store
        self._backlog = backlog
        self._sizing = sizing
        self._workers = workers
        self._interrupt = interrupt
        self._told = told
        self._under_way: dict[Future[list[Done]], Batch] = {}
        self._elsewhere: deque[Batch] = deque()

    def run(self) -> None:
        """Do all that is left. Raises KeyboardInterrupt after an orderly stop that the user asked for."""
        while not self._interrupt.asked:
            self._send()
            if not self._under_way and not self._wait_for_others():
                return
            self._receive()
        self._drain()
        raise self._interrupt.ended()

    def _send(self) -> None:
        while len(self._under_way) < self._workers.queued and not self._interrupt.asked:
            batch = self._backlog.batch()
            if batch is None:
                return
            claimed = self._claimed(batch)
            if claimed is not None:
                self._under_way[self._workers.submit(claimed)] = claimed

    def _claimed(self, batch: Batch) -> Batch | None:
        granted = frozenset(self._store.claims.take(batch.keys))
        mine, others = _split(batch, granted)
        if others is not None:
            self._elsewhere.append(others)
        return mine

    def _wait_for_others(self) -> bool:
        """Whether runs are left that other processes claimed; takes over those they gave up."""
        if not self._elsewhere:
            return False
        for _ in range(len(self._elsewhere)):
            batch = self._elsewhere.popleft()
            done = self._store.results.stored(batch.keys)
            _, left = _split(batch, done)
            self._count_others(batch, left)
            mine = None if left is None else self._claimed(left)
            if mine is not None:
                self._under_way[self._workers.submit(mine)] = mine
                return True
        self._told(None)
        sleep(_OTHERS_S)
        return True

    def _count_others(self, batch: Batch, left: Batch | None) -> None:
        remaining = frozenset(left.keys) if left else frozenset[str]()
        for piece in batch.pieces:
            gone = len(piece.keys) - len(piece.only(remaining).keys)
            if gone:
                self._sizing.finished(piece.label, gone)
                self._told(Found(piece.label, gone, cached=False))

    def _receive(self) -> None:
        if not self._under_way:
            return
        ready, _ = wait(self._under_way, timeout=_LOOK_UP_S, return_when=FIRST_COMPLETED)
        suspects = [batch for future in ready if (batch := self._taken(future)) is not None]
        if not ready:
            self._workers.check()
        if suspects:
            runs = sum(len(batch.keys) for batch in suspects)
            self._told(Trouble(f"a worker died; {runs} runs are computed again"))
            self._workers.check()
            self._try_alone(suspects)
        self._told(None)

    def _taken(self, future: Future[list[Done]]) -> Batch | None:
        """Store what a future holds; the batch, if its worker died."""
        batch = self._under_way.pop(future)
        if future.cancelled():
            raise WorkersLost("the workers are gone; what was finished is stored")
        error = future.exception()
        if error is None:
            self._keep(future.result())
        elif self._workers.lost(error):
            return batch
        elif isinstance(error, WorkersLost):
            raise error
        else:
            self._isolate(batch, error)
        return None

    def _try_alone(self, suspects: Sequence[Batch]) -> None:
        """Batches whose worker died, one at a time, so that who kills it is known."""
        waiting = deque((batch, _CHANCES) for batch in suspects)
        while waiting and not self._interrupt.asked:
            batch, chances = waiting.popleft()
            error = self._outcome_alone(batch)
            if error is None:
                continue
            single = len(batch.keys) == 1
            if single and chances <= 1:
                self._told(
                    Trouble(f"run {batch.keys[0][:12]} kills its worker; recorded as failed")
                )
                self._keep(recorded_as_failed(batch, error))
            else:
                # Half of a batch is tried with one chance less only where it cannot be halved.
                left = chances - 1 if single else _CHANCES
                waiting.extendleft((half, left) for half in reversed(batch.halves()))

    def _outcome_alone(self, batch: Batch) -> Exception | None:
        """Compute and store a batch with nothing beside it; what went wrong if its worker died."""
        future = self._workers.submit(batch)
        while not future.done():
            wait([future], timeout=_LOOK_UP_S)
            self._told(None)
            if self._interrupt.overdue:
                return None
        error = future.exception()
        if error is None:
            self._keep(future.result())
        elif self._workers.lost(error):
            self._workers.check()
            return Killed("the process that computed it ended abruptly, each time it was tried")
        elif isinstance(error, WorkersLost):
            raise error
        else:
            self._isolate(batch, error)
        return None

    def _isolate(self, batch: Batch, error: BaseException) -> None:
        """A batch that raised as a whole: its halves by themselves, down to single runs."""
        if not isinstance(error, Exception):
            raise error
        if len(batch.keys) == 1:
            self._keep(recorded_as_failed(batch, error))
            return
        self._try_alone(batch.halves())

    def _drain(self) -> None:
        """Store what finishes before the time is up."""
        while self._under_way and not self._interrupt.overdue:
            ready, _ = wait(self._under_way, timeout=_LOOK_UP_S / 2, return_when=FIRST_COMPLETED)
            for future in ready:
                self._taken(future)
            for future in list(self._under_way):
                if future.cancel():
                    del self._under_way[future]

    def _keep(self, done: Sequence[Done]) -> None:
        rows = [row for part in done for row in part.rows]
        if rows:
            self._store.add_packed(rows)
        for part in done:
            if part.rows:
                self._sizing.measured(part.label, len(part.rows), part.seconds)
                self._sizing.finished(part.label, len(part.rows))
            self._told(part)


def _split(batch: Batch, keys: frozenset[str]) -> tuple[Batch | None, Batch | None]:
    """The part of a batch that has these keys, and the rest."""
    if len(keys) == len(batch.keys):
        return batch, None
    rest = frozenset(batch.keys) - keys
    sides = []
    for side in (keys, rest):
        pieces = tuple(kept for piece in batch.pieces if (kept := piece.only(side)).keys)
        sides.append(replace(batch, pieces=pieces) if pieces else None)
    return sides[0], sides[1]
