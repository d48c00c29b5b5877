"""Emitted functions as callables: one recipe (inputs,) or a batch (inputs, N) in, an array per output out."""

from __future__ import annotations

import itertools
import math
import struct
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import numpy as np

from simulator.autodiff.dialects.numpy_dialect import numpy_function
from simulator.autodiff.dialects.program import Program
from simulator.autodiff.dialects.python_dialect import PYTHON_RAISES, python_function
from simulator.autodiff.dialects.source import load_source

Array = np.ndarray[Any, Any]
Compiled = Callable[[Any], tuple[Array, ...]]
Shapes = Sequence[tuple[int, ...]]
#: (inputs, N) → (outputs, N), the outputs flat.
Rows = Callable[[Array], Array]


def one_at_a_time(program: Program, shapes: Shapes) -> Compiled:
    """The program in the Python dialect; a batch is run column by column."""
    straight_line = python_function(program)
    count = len(program.outputs)
    fallback = cache(lambda: numpy_function(program))

    def column(x: Array) -> Any:
        try:
            return straight_line(*x.tolist())
        except PYTHON_RAISES:
            return fallback()(x.reshape(-1, 1))[:, 0]

    def rows(x: Array) -> Array:
        columns = [column(x[:, j]) for j in range(x.shape[1])]
        return np.array(columns).T.copy() if columns else np.empty((count, 0))

    return _with_shortcut(straight_line, program, shapes, all_at_once(program, shapes, rows))


def _with_shortcut(
    straight_line: Callable[..., Any], program: Program, shapes: Shapes, otherwise: Compiled
) -> Compiled:
    """``otherwise``, but with as little as possible around the straight line where one recipe comes in.

    The inner loop of every optimizer: views of packed bytes are three times faster than np.array(...).
    """
    sizes = [math.prod(shape) for shape in shapes]
    starts = [0, *itertools.accumulate(sizes)]
    arrays = [
        f"ndarray({shape}, double, memory, {8 * start}), "
        for shape, start in zip(shapes, starts, strict=False)
    ]
    text = f"""\
def run(x):
 if type(x) is not ndarray or x.dtype is not double or x.shape != {(program.inputs,)}:
  return otherwise(x)
 try:
  memory = bytearray(pack(*straight_line(*x.tolist())))
 except RAISES:
  return otherwise(x)
 return ({"".join(arrays)})"""
    names = {
        "ndarray": np.ndarray,
        "double": np.dtype(float),
        "pack": struct.Struct(f"{sum(sizes)}d").pack,
        "straight_line": straight_line,
        "otherwise": otherwise,
        "RAISES": PYTHON_RAISES,
    }
    return load_source(text, names, "run")  # type: ignore[no-any-return]


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
