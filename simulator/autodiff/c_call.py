"""Compiled C as a Python callable: one recipe without ceremony, many recipes on many threads."""

from __future__ import annotations

import ctypes
import itertools
import math
import os
import threading
import time
import warnings
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import Any, Final

import numpy as np

from simulator.autodiff.c_compiler import CompilerWarning, NoCompilerError
from simulator.autodiff.c_dialect import c_file, c_source
from simulator.autodiff.c_library import load_extension, load_library
from simulator.autodiff.graph import Graph
from simulator.autodiff.numpy_dialect import numpy_function
from simulator.autodiff.program import Program, linearize

Array = np.ndarray[Any, Any]
Shapes = Sequence[tuple[int, ...]]
Compiled = Callable[[Any], tuple[Array, ...]]

#: Seconds of work that justify another thread, which takes about 50 µs to start.
WORTH_A_THREAD: Final = 0.5e-3

#: Columns whose time is taken before deciding on threads.
SAMPLE: Final = 1024

#: Operations from which a call lets other Python threads run meanwhile.
_LONG: Final = 20_000


def c_callable(graph: Graph, shapes: Shapes) -> Compiled:
    """The graph's outputs as a function of an array (inputs,) or (inputs, N), compiled from C.

    The outputs, flat in the graph, come back as one array per shape; a batch adds a last axis of length N.
    A column's bits depend neither on its batch nor on the number of threads. Where C cannot be compiled,
    a `CompilerWarning` says so once and the NumPy dialect runs instead.

    Raises:
        TypeError: a primitive of the user's own cannot be written in C.
    """
    program = linearize(graph)
    source = c_source(program)
    try:
        narrow, wide = libraries(source, len(program.instructions))
    except NoCompilerError as error:
        fall_back(str(error))
        return _checked(program, shapes, numpy_function(program))
    batch = _checked(program, shapes, Columns(wide.columns, program))
    try:
        bridge = _bridge()
    except NoCompilerError as error:
        fall_back(f"{error}; calls for one recipe go through ctypes and take 3 µs longer", "ctypes")
        return batch
    address = ctypes.cast(narrow.one_column, ctypes.c_void_p).value
    is_long = len(program.instructions) > _LONG
    # The address stays good: a loaded library is never unloaded.
    call: Compiled = bridge.Call(address, program.inputs, tuple(shapes), is_long, batch)
    return call


def libraries(source: str, operations: int) -> tuple[ctypes.CDLL, ctypes.CDLL]:
    """The library for one recipe, of two lanes, and the one for batches, compiled side by side."""
    with ThreadPoolExecutor(2) as pool:
        narrow, wide = pool.map(lambda lanes: load_library(source, operations, lanes), (2, None))
    return narrow, wide


@lru_cache(maxsize=1)
def _bridge() -> Any:
    return load_extension("perfect_cup_call", c_file("call.c"))


@lru_cache(maxsize=8)
def fall_back(why: str, to: str = "the NumPy dialect") -> None:
    """Warn, once per reason, that something slower runs instead of C."""
    warnings.warn(f"C is not used ({why}): {to} runs instead", CompilerWarning, stacklevel=3)


def _checked(program: Program, shapes: Shapes, rows_of: Callable[[Array], Array]) -> Compiled:
    """A function of one recipe or a batch, from one that maps (inputs, N) to (outputs, N)."""
    sizes = [math.prod(shape) for shape in shapes]
    stops = list(itertools.accumulate(sizes))
    cuts = [
        (shape, stop - size, stop) for shape, size, stop in zip(shapes, sizes, stops, strict=True)
    ]

    def run(x: Any) -> tuple[Array, ...]:
        x = np.asarray(x, dtype=float)
        if x.ndim not in (1, 2) or x.shape[0] != program.inputs:
            raise ValueError(
                f"expected an array of shape ({program.inputs},) or ({program.inputs}, N), "
                f"got shape {x.shape}"
            )
        rows = rows_of(x if x.ndim == 2 else x.reshape(-1, 1))
        batch = x.shape[1:]
        return tuple(rows[start:stop].reshape(shape + batch) for shape, start, stop in cuts)

    return run


class Columns:
    """A library's ``columns``: (inputs, N) → (outputs, N), on as many threads as the work is worth."""

    def __init__(self, function: Any, program: Program, threads: int | None = None) -> None:
        pointer, size = ctypes.c_void_p, ctypes.c_ssize_t
        function.argtypes = [pointer, size, pointer, size, size, size]
        function.restype = ctypes.c_int
        self._function = function
        self._program = program
        self._threads = threads

    def __call__(self, x: Array) -> Array:
        x = np.ascontiguousarray(x)
        count = x.shape[1]
        out = np.empty((len(self._program.outputs), count))

        def work(start: int, stop: int) -> None:
            if self._function(x.ctypes.data, count, out.ctypes.data, count, start, stop):
                raise MemoryError("no memory for the program's values")

        share(work, count, self._threads)
        return out


def share(
    work: Callable[[int, int], None],
    count: int,
    threads: int | None = None,
    sample: int = SAMPLE,
) -> None:
    """Call ``work(start, stop)`` on pieces that cover ``range(count)``, on several threads.

    Without a number of threads a sample is timed, and each thread gets at least `WORTH_A_THREAD`.
    """
    began = time.perf_counter()
    done = min(count, sample)
    work(0, done)
    left = count - done
    if left == 0:
        return
    seconds = (time.perf_counter() - began) / done * left
    if threads is None:
        threads = min(processors(), 1 + int(seconds / WORTH_A_THREAD))
    # A few pieces for each thread, so that a slow one does not keep the others waiting.
    piece = sample * math.ceil(left / threads / 8 / sample) if threads > 1 else left
    starts = list(range(done, count, piece))
    failures: list[BaseException] = []

    def take() -> None:
        try:
            while True:
                start = starts.pop()
                work(start, min(start + piece, count))
        except IndexError:
            return  # nothing left
        except BaseException as error:  # noqa: BLE001 (handed to the caller)
            failures.append(error)

    helpers = [threading.Thread(target=take, daemon=True) for _ in range(threads - 1)]
    for helper in helpers:
        helper.start()
    take()
    for helper in helpers:
        helper.join()
    if failures:
        raise failures[0]


def processors() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
