"""Compiled C as a Python callable: one recipe without ceremony, many recipes on many threads."""

from __future__ import annotations

import contextlib
import ctypes
import os
import threading
from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final

import numpy as np

from simulator.autodiff.calling import Array, Compiled, Shapes, all_at_once, whichever_suits
from simulator.autodiff.dialects.c_compiler import NoCompilerError
from simulator.autodiff.dialects.c_dialect import c_file, c_source
from simulator.autodiff.dialects.c_library import (
    extension_is_built,
    library_is_built,
    load_extension,
    load_library,
)
from simulator.autodiff.dialects.pending import Pending, fall_back
from simulator.autodiff.dialects.program import Program
from simulator.autodiff.dialects.threads import share

#: Operations from which a call lets other Python threads run meanwhile.
_LONG: Final = 20_000

#: Lanes of the library for one recipe, and of the one for batches.
_LANES: Final = (2, None)


def c_callable(program: Program, shapes: Shapes, wait: bool = False) -> Compiled:
    """The program as a function of an array (inputs,) or (inputs, N), compiled from C.

    The outputs, flat in the program, come back as one array per shape; a batch adds a last axis of length
    N. A column's bits depend neither on its batch nor on the number of threads.

    What has been compiled before is loaded at once. Otherwise the compiler runs in the background, and
    `whichever_suits` serves until it has finished, unless one wants to ``wait``. Where C cannot be
    compiled, a `CompilerWarning` says so once; where the variable PERFECT_CUP_C is "off" nobody asks.

    Raises:
        TypeError: a primitive of the user's own cannot be written in C.
        ValueError: PERFECT_CUP_C is something else than "off" or "on".
    """

    def use(narrow: ctypes.CDLL, wide: ctypes.CDLL) -> Compiled:
        batch = all_at_once(program, shapes, Columns(wide.columns, program))
        return _for_one_recipe(narrow, program, shapes, batch)

    made: Compiled = when_compiled(
        c_source(program), len(program.instructions), use, whichever_suits(program, shapes), wait
    )
    return made


def when_compiled(
    source: str,
    operations: int,
    use: Callable[[ctypes.CDLL, ctypes.CDLL], Any],
    meanwhile: Callable[..., Any],
    wait: bool,
) -> Any:
    """``use(narrow, wide)`` of the compiled source: at once, later (see `Pending`) or never."""
    if not _is_wanted():
        return meanwhile
    try:
        if wait or _is_built(source, operations):
            return use(*libraries(source, operations))
    except NoCompilerError as error:
        fall_back(str(error))
        return meanwhile
    return Pending(lambda: use(*libraries(source, operations)), meanwhile)


def _is_wanted() -> bool:
    said = os.environ.get("PERFECT_CUP_C", "").strip().lower() or "on"
    if said not in ("on", "off"):
        raise ValueError(f"PERFECT_CUP_C is 'on' or 'off', not {said!r}")
    return said == "on"


def _is_built(source: str, operations: int) -> bool:
    built = all([library_is_built(source, operations, lanes) for lanes in _LANES])
    return built and extension_is_built(c_file("call.c"))


def libraries(source: str, operations: int) -> tuple[ctypes.CDLL, ctypes.CDLL]:
    """The library for one recipe, of two lanes, and the one for batches, compiled side by side."""
    narrow, wide = _LANES
    # A daemon thread, unlike an executor's, does not keep an ending program waiting.
    other = threading.Thread(target=_build_quietly, args=(source, operations, narrow), daemon=True)
    other.start()
    try:
        for_batches = load_library(source, operations, wide)
    finally:
        other.join()
    return load_library(source, operations, narrow), for_batches


def _build_quietly(source: str, operations: int, lanes: int | None) -> None:
    with contextlib.suppress(NoCompilerError):  # who loads it will hear
        load_library(source, operations, lanes)


def _for_one_recipe(
    library: ctypes.CDLL, program: Program, shapes: Shapes, otherwise: Compiled
) -> Compiled:
    """``otherwise``, but with a shortcut for one recipe."""
    try:
        bridge = _bridge()
    except NoCompilerError as error:
        fall_back(str(error), "calls for one recipe go through ctypes and take 3 µs longer")
        return otherwise
    address = ctypes.cast(library.one_column, ctypes.c_void_p).value
    is_long = len(program.instructions) > _LONG
    # The address stays good: a loaded library is never unloaded.
    call: Compiled = bridge.Call(address, program.inputs, tuple(shapes), is_long, otherwise)
    return call


@lru_cache(maxsize=1)
def _bridge() -> Any:
    return load_extension("perfect_cup_call", c_file("call.c"))


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
