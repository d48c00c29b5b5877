"""Whole optimizer steps as one program: value, gradient, update rule and the way back into the box.

A rule is two plain NumPy functions, ``init(x) -> state`` and ``step(state, x, gradient) -> (state, x)``, on
arrays of shape (n, R). They are traced on one column like any function and joined to the gradient's graph;
what comes out maps a point and a state to the next ones, so that N steps are a loop in C without a word of
Python between them, or one Python function called N times.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import numpy as np

from simulator.autodiff.arrays.traced_array import wrap
from simulator.autodiff.backprop import pull_back
from simulator.autodiff.dialects.c_call import when_compiled
from simulator.autodiff.dialects.c_dialect import c_file, c_functions
from simulator.autodiff.dialects.numpy_dialect import numpy_function
from simulator.autodiff.dialects.program import Program, linearize
from simulator.autodiff.dialects.python_dialect import PYTHON_RAISES, python_function
from simulator.autodiff.dialects.threads import share
from simulator.autodiff.graph import Graph
from simulator.autodiff.node import adopt, constant, variable
from simulator.autodiff.recorder import recording
from simulator.autodiff.structure import flatten
from simulator.autodiff.trace import array_of, as_node

Array = np.ndarray[Any, Any]


class Walk(NamedTuple):
    """Where steps have led.

    Attributes:
        x: the last points, (n, R).
        state: the rule's state there, one row per number; give it back to go on.
        points: recorded points, (records, n, R), in order.
        values: the function's values at them, (records, R).
    """

    x: Array
    state: Array
    points: Array
    values: Array


#: (state rows, steps, every) → (state rows, path): rows are the point's n, then the rule's.
_Loop = Callable[[Array, int, int], tuple[Array, Array]]


@dataclass(frozen=True, eq=False)
class Steps:
    """Many steps of a rule in one call; made by `compile_steps`.

    Attributes:
        size: n, how many numbers a point has.
        start: the rule's ``init``: points (n, R) → state rows.
        loop: takes the steps.
    """

    size: int
    start: Callable[[Array], Array]
    loop: _Loop

    def __call__(self, x: Any, steps: int, every: int = 0, state: Array | None = None) -> Walk:
        """Take steps from the points x, of shape (n,) or (n, R).

        Args:
            x: where to start; it is not moved into the box before the first step.
            steps: how many.
            every: record the point and its value before steps 0, every, 2·every …; 0 for none.
            state: of an earlier `Walk`, to go on where it ended.

        Raises:
            ValueError: a shape or a number that does not fit.
        """
        points = np.asarray(x, dtype=float)
        if points.ndim not in (1, 2) or points.shape[0] != self.size:
            raise ValueError(
                f"expected points of shape ({self.size},) or ({self.size}, R), got {points.shape}"
            )
        if steps < 0 or every < 0:
            raise ValueError(f"steps and every cannot be negative, got {steps} and {every}")
        columns = points.reshape(self.size, -1)
        rows = self.start(columns) if state is None else np.reshape(state, (-1, columns.shape[1]))
        end, path = self.loop(np.concatenate([columns, rows]), steps, every)
        batch = points.shape[1:]
        return Walk(
            end[: self.size].reshape((-1, *batch)),
            end[self.size :].reshape((-1, *batch)),
            path[:, 1:].reshape((-1, self.size, *batch)),
            path[:, 0].reshape((-1, *batch)),
        )


def compile_steps(
    init: Callable[[Any], Any],
    step: Callable[[Any, Any, Any], tuple[Any, Any]],
    graph: Graph,
    lower: Any,
    upper: Any,
    dialect: Literal["c", "numpy", "python"] = "python",
    wait: bool = False,
) -> Steps:
    """Steps ``x ← project(step(state, x, gradient))`` on the graph's only output.

    Args:
        init: the rule's state at the start, any nesting of arrays (n, R) and numbers that all
            repeats share.
        step: the rule; plain NumPy arithmetic without branches, one column never looks at another.
        graph: the function to minimize, of n inputs and one output.
        lower, upper: the box, each (n,): after every step x is clipped into it. NaN stays NaN.
        dialect: "c", "numpy" (for many columns) or "python" (column by column). A column's bits never
            depend on the others. What of "c" is not in the cache yet is compiled in the background, and
            "python" serves until then (see `compile`); without a compiler it stays, and a warning says so.
        wait: of "c": return when it is compiled.

    Raises:
        TypeError: the rule cannot be traced, or the graph has several outputs.

    >>> from simulator.autodiff import trace
    >>> graph = trace(lambda x: (x[0] - 3.0) ** 2, 1)
    >>> descend = compile_steps(
    ...     lambda x: (), lambda state, x, gradient: (state, x - 0.25 * gradient), graph, [0.0], [2.5]
    ... )
    >>> walk = descend(np.array([0.0]), 2, every=1)
    >>> walk.x, walk.values
    (array([2.25]), array([9.  , 2.25]))
    """
    if len(graph.outputs) != 1:
        raise TypeError(f"steps need a function of one output, this one has {len(graph.outputs)}")
    first, whole = (linearize(it) for it in step_graphs(init, step, graph, lower, upper))
    size = len(graph.inputs)
    make = {"c": _in_c, "numpy": _in_numpy, "python": _in_python}[dialect]
    return Steps(size, numpy_function(first), make(whole, size, wait))


def step_graphs(
    init: Callable[[Any], Any],
    step: Callable[[Any, Any, Any], tuple[Any, Any]],
    graph: Graph,
    lower: Any,
    upper: Any,
) -> tuple[Graph, Graph]:
    """Two graphs: point → state, and (point, state) → (value, point, state)."""
    size = len(graph.inputs)
    with recording():
        adopt(graph.nodes)
        x = array_of(graph.inputs, (size, 1))
        begun, rebuild = flatten(init(x))
        variables = [variable() for _ in begun]
        gradient = pull_back(graph.outputs, [constant(1.0)], graph.inputs)
        state, moved = step(wrap(rebuild(variables)), x, array_of(gradient, (size, 1)))
        low, high = (
            np.reshape(np.asarray(bound, dtype=float), (-1, 1)) for bound in (lower, upper)
        )
        moved = np.minimum(np.maximum(moved, low), high)
        leaves = [as_node(leaf) for leaf in flatten(state)[0]]
        if len(leaves) != len(variables) or np.shape(moved) != (size, 1):
            raise TypeError("a step must give back a state and points of the same form as it got")
        start = Graph(graph.inputs, tuple(as_node(leaf) for leaf in begun), (len(begun),))
        outputs = (*graph.outputs, *[as_node(cell) for cell in moved.ravel()], *leaves)
        inputs = (*graph.inputs, *variables)
    return start, Graph(inputs, outputs, (len(outputs),), graph.names)


def _records(steps: int, every: int) -> int:
    return -(-steps // every) if every else 0


def _in_python(program: Program, size: int, wait: bool) -> _Loop:
    """Column by column; a step that Python refuses (log of 0 …) is taken by NumPy."""
    function = python_function(program)
    otherwise = numpy_function(program)

    def column(values: list[float], steps: int, every: int, path: Array) -> list[float]:
        state = tuple(values)
        for step in range(steps):
            try:
                result = function(*state)
            except PYTHON_RAISES:
                result = tuple(otherwise(np.array(state).reshape(-1, 1))[:, 0].tolist())
            if every and step % every == 0:
                path[step // every] = (result[0], *state[:size])
            state = result[1:]
        return list(state)

    def loop(rows: Array, steps: int, every: int) -> tuple[Array, Array]:
        path = np.empty((_records(steps, every), 1 + size, rows.shape[1]))
        end = np.empty_like(rows)
        for j in range(rows.shape[1]):
            end[:, j] = column(rows[:, j].tolist(), steps, every, path[:, :, j])
        return end, path

    return loop


def _in_numpy(program: Program, size: int, wait: bool) -> _Loop:
    function = numpy_function(program)

    def loop(rows: Array, steps: int, every: int) -> tuple[Array, Array]:
        path = np.empty((_records(steps, every), 1 + size, rows.shape[1]))
        for step in range(steps):
            result = function(rows)
            if every and step % every == 0:
                path[step // every, 0], path[step // every, 1:] = result[0], rows[:size]
            rows = result[1:]
        return rows, path

    return loop


def _in_c(program: Program, size: int, wait: bool) -> _Loop:
    sizes = f"#define STATE {program.inputs}\n#define SIZE {size}\n"
    source = "\n".join([c_functions(program), sizes, c_file("steps.h")])
    meanwhile = _in_python(program, size, wait)
    made: _Loop = when_compiled(
        source,
        len(program.instructions),
        lambda narrow, wide: _c_loop(narrow, wide, size),
        meanwhile,
        wait,
    )
    return made


def _c_loop(narrow: ctypes.CDLL, wide: ctypes.CDLL, size: int) -> _Loop:
    for library in (narrow, wide):
        pointer, count, whole = ctypes.c_void_p, ctypes.c_ssize_t, ctypes.c_int64
        library.steps.argtypes = [pointer, pointer, count, count, count, whole, whole, pointer]
        library.steps.restype = ctypes.c_int

    def loop(rows: Array, steps: int, every: int) -> tuple[Array, Array]:
        columns = rows.shape[1]
        rows = np.ascontiguousarray(rows)
        end, path = np.empty_like(rows), np.empty((_records(steps, every), 1 + size, columns))
        function = (narrow if columns <= 2 else wide).steps

        def work(first: int, last: int) -> None:
            places = rows.ctypes.data, end.ctypes.data, columns, first, last
            if function(*places, steps, every, path.ctypes.data):
                raise MemoryError("no memory for the program's values")

        share(work, columns, sample=8)
        return end, path

    return loop
