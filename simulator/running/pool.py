"""Processes that compute what they are sent, each over a pipe of its own.

The executors of the standard library have one pipe for all results: a worker that is killed while it
writes there leaves half a message, and who reads it waits for ever. Here the pipe of a dead worker
ends, its one call fails, and another process takes its place.

Workers hear neither Ctrl-C nor SIGTERM, which are for the process that sends them work, and end by
themselves as soon as that process is gone, however it went.
"""

from __future__ import annotations

import atexit
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from queue import Empty, SimpleQueue
from typing import Any, NamedTuple, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

# One thread per worker: the matrices are tiny, and workers share the cores anyway.
_ONE_THREAD = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS")
_READY = "ready"
_NO_GUARD = (
    "a worker ended before it began; a script that uses several processes must do its work below: "
    'if __name__ == "__main__":'
)


class WorkersLost(Exception):
    """No worker can be had any more; what was stored is kept."""


class WorkerDied(BrokenExecutor):
    """The process that computed something ended before it answered."""


class _Call(NamedTuple):
    """Something to compute, and where its outcome is awaited."""

    future: Future[Any]
    function: Callable[..., Any]
    arguments: tuple[Any, ...]
    named: dict[str, Any]


class _Worker(NamedTuple):
    """A process, and our end of its pipe."""

    process: BaseProcess
    pipe: Connection


class WorkerPool(Executor):
    """An executor of ``slots`` processes; a call whose process dies fails with WorkerDied.

    A call fails with WorkersLost where processes cannot be started, or end before they begin.
    """

    def __init__(self, slots: int) -> None:
        self._calls: SimpleQueue[_Call | None] = SimpleQueue()
        self._lock = threading.Lock()
        self._starting = threading.Lock()
        self._processes: set[BaseProcess] = set()
        self._closed = self._killed = False
        self._threads = [threading.Thread(target=self._serve, daemon=True) for _ in range(slots)]
        for thread in self._threads:
            thread.start()
        atexit.register(self.kill)

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Have ``fn`` called by the next worker that is free; all of it must be picklable."""
        future: Future[T] = Future()
        with self._lock:
            if self._closed:
                raise RuntimeError("the workers were sent home")
            self._calls.put(_Call(future, fn, args, kwargs))
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End after the last call, or after those under way."""
        if cancel_futures:
            self._cancel()
        self._close()
        if wait:
            for thread in self._threads:
                thread.join()

    def kill(self) -> None:
        """End at once, whatever is being computed."""
        self._cancel()
        self._close()
        with self._lock:
            self._killed = True
            for process in self._processes:
                with suppress(OSError, ValueError):
                    process.kill()
        for thread in self._threads:
            thread.join()

    def _cancel(self) -> None:
        with suppress(Empty):
            while (call := self._calls.get_nowait()) is not None:
                call.future.cancel()
            # It was for a thread.
            self._calls.put(None)

    def _close(self) -> None:
        with self._lock:
            if not self._closed:
                self._closed = True
                for _ in self._threads:
                    self._calls.put(None)
                atexit.unregister(self.kill)

    def _started(self) -> _Worker | WorkersLost:
        ours, theirs = _context().Pipe()
        process = _context().Process(target=_answer, args=(theirs,))
        try:
            with self._starting, child_guards():
                process.start()
        except RuntimeError:
            # Raised in a process that is itself only starting.
            return WorkersLost(_NO_GUARD)
        except OSError as error:
            return WorkersLost(f"no process could be started: {error}")
        finally:
            # Only the worker holds its end, so that the pipe ends with the worker.
            theirs.close()
        with self._lock:
            self._processes.add(process)
            if self._killed:
                process.kill()
        return _Worker(process, ours)

    def _serve(self) -> None:
        """What the thread of one slot does: sends its worker calls and hears its answers."""
        worker, fresh = self._started(), True
        while (call := self._calls.get()) is not None:
            if not call.future.set_running_or_notify_cancel():
                continue
            if isinstance(worker, WorkersLost):
                worker, fresh = self._started(), True
            if isinstance(worker, WorkersLost):
                call.future.set_exception(worker)
                continue
            try:
                if fresh:
                    worker.pipe.recv()
                fresh = False
                _exchange(worker.pipe, call)
            except (EOFError, OSError):
                self._end(worker)
                call.future.set_exception(_lost(fresh))
                worker = WorkersLost("it died")
        if isinstance(worker, _Worker):
            self._end(worker)

    def _end(self, worker: _Worker) -> None:
        # At the end of its pipe a worker leaves.
        worker.pipe.close()
        worker.process.join()
        with self._lock:
            self._processes.discard(worker.process)


def _exchange(pipe: Connection, call: _Call) -> None:
    """Send a call and pass on its outcome. Raises EOFError or OSError if the worker died."""
    try:
        pipe.send((call.function, call.arguments, call.named))
        good, outcome = pipe.recv()
    except (EOFError, OSError):
        raise
    except Exception as error:  # noqa: BLE001 - what cannot be sent is an error of the call
        good, outcome = False, error
    if good:
        call.future.set_result(outcome)
    else:
        call.future.set_exception(outcome)


def _lost(fresh: bool) -> Exception:
    if fresh:
        return WorkersLost(_NO_GUARD)
    return WorkerDied("the process that computed it ended abruptly")


def _answer(pipe: Connection) -> None:
    """What a worker does: answers calls until its pipe ends."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    threading.Thread(target=_end_with_the_parent, daemon=True).start()
    with suppress(EOFError, OSError):
        pipe.send(_READY)
        while True:
            function, arguments, named = pipe.recv()
            try:
                answer = True, function(*arguments, **named)
            except BaseException as error:  # noqa: BLE001 - told to whom it concerns
                answer = False, error
            try:
                pipe.send(answer)
            except (EOFError, OSError):
                raise
            except Exception as error:  # noqa: BLE001 - it cannot be pickled
                pipe.send((False, RuntimeError(f"its outcome cannot be sent: {error}")))


def _end_with_the_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _context() -> Any:
    # Not fork: the parent has threads (progress, SQLite), whose locks a forked child would inherit.
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    # Loaded once, before the workers are forked from it.
    context.set_forkserver_preload(["simulator.running.batches", "simulator.experiment.runs"])
    return context


@contextmanager
def child_guards() -> Iterator[None]:
    """Processes that start in the block never hear Ctrl-C or SIGTERM and use one thread each."""
    with _deaf_children(), _one_thread_for_children():
        yield


@contextmanager
def _deaf_children() -> Iterator[None]:
    """Processes that start in the block hear no signal to stop, not even before their first line."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
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
