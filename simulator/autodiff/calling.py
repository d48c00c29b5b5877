"""Emitted functions as callables: one recipe (inputs,) or a batch (inputs, N) in, an array per output out."""

from __future__ import annotations

import itertools
import math
import struct
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import numpy as np

from simulator.autodiff.numpy_dialect import numpy_function
from simulator.autodiff.program import Program
from simulator.autodiff.python_dialect import PYTHON_RAISES, python_function
from simulator.autodiff.source import load_source

Array = np.ndarray[Any, Any]
Compiled = Callable[[Any], tuple[Array, ...]]
Shapes = Sequence[tuple[int, ...]]
#: (inputs, N) → (outputs, N), the outputs flat.
Rows = Callable[[Array], Array]


def one_at_a_time(program: Program, shapes: Shapes) -> Compiled:
    """The program in the Python dialect; a batch is run column by column."""
    straight_line = python_function(program)
    split = _splitter(shapes)
    one, count = (program.inputs,), len(program.outputs)
    pack = struct.Struct(f"{count}d").pack
    array, asarray, memory = np.ndarray, np.asarray, bytearray
    fallback = cache(lambda: numpy_function(program))

    def column(x: Array) -> Array:
        try:
            # Three times faster than np.array(...), and this is the inner loop of every optimizer.
            return array(count, float, memory(pack(*straight_line(*x.tolist()))))
        except PYTHON_RAISES:
            return fallback()(x.reshape(-1, 1))[:, 0]

    def run(x: Any) -> tuple[Array, ...]:
        x = asarray(x, dtype=float)
        if x.shape == one:
            return split(column(x))
        _check_shape(x, program.inputs)
        columns = [column(x[:, j]) for j in range(x.shape[1])]
        return split(np.stack(columns, axis=1) if columns else np.empty((count, 0)))

    return run


def all_at_once(program: Program, shapes: Shapes, rows: Rows) -> Compiled:
    """The program as ``rows`` has it; one recipe is a batch of one."""
    split = _splitter(shapes)

    def run(x: Any) -> tuple[Array, ...]:
        x = np.asarray(x, dtype=float)
        _check_shape(x, program.inputs)
        return split(rows(x) if x.ndim == 2 else rows(x.reshape(-1, 1))[:, 0])

    return run


def whichever_suits(program: Program, shapes: Shapes) -> Compiled:
    """One recipe in the Python dialect, a batch in NumPy's; neither is emitted before it is needed."""
    one = cache(lambda: one_at_a_time(program, shapes))
    many = cache(lambda: all_at_once(program, shapes, numpy_function(program)))

    def run(x: Any) -> tuple[Array, ...]:
        x = np.asarray(x, dtype=float)
        return one()(x) if x.ndim == 1 else many()(x)

    return run


def _check_shape(x: Array, inputs: int) -> None:
    if x.ndim not in (1, 2) or x.shape[0] != inputs:
        raise ValueError(
            f"expected an array of shape ({inputs},) or ({inputs}, N), got shape {x.shape}"
        )


def _splitter(shapes: Shapes) -> Callable[[Array], tuple[Array, ...]]:
    """Cuts the rows of all outputs into one array per output."""
    stops = list(itertools.accumulate(math.prod(shape) for shape in shapes))
    cuts = []
    for shape, stop in zip(shapes, stops, strict=True):
        rows = f"rows[{stop - math.prod(shape)}:{stop}]"
        if shape == ():
            cuts.append(f"rows[{stop - 1}, ...]")
        else:
            cuts.append(rows if len(shape) == 1 else f"{rows}.reshape({shape} + rows.shape[1:])")
    text = f"def split(rows):\n return ({''.join(cut + ', ' for cut in cuts)})"
    return load_source(text, {}, "split")  # type: ignore[no-any-return]
