"""Bounds of a function over batches of boxes."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from simulator.autodiff.bounds.domain import Domain
from simulator.autodiff.bounds.emission import bounds_graph
from simulator.autodiff.bounds.row import Row
from simulator.autodiff.compile import Dialect
from simulator.autodiff.compile import compile as compile_graph
from simulator.autodiff.graph import Graph
from simulator.autodiff.outputs import Output
from simulator.autodiff.primitives import Primitive
from simulator.autodiff.trace import trace

Array = np.ndarray[Any, Any]


class Bounds(NamedTuple):
    """Bounds of one output over each box.

    Attributes:
        lower: no value is below; shape (*shape of the output, N), −inf where nothing is known.
        upper: no value is above.
        continuous: whether all entries are defined and continuous on the whole box; shape (N,).
    """

    lower: Array
    upper: Array
    continuous: Array


def bound(
    function: Callable[..., Any] | Graph,
    size: int | None = None,
    outputs: Sequence[Output] | Output = ("value",),
    *,
    domain: Domain | None = None,
    centred: bool = True,
    rows: Mapping[Primitive, Row] | None = None,
    dialect: Dialect = "numpy",
    wait: bool = False,
) -> Callable[[Any, Any], tuple[Bounds, ...]]:
    """A callable of lower and upper corners, each (size,) or (size, N): one `Bounds` per output.

    Args:
        function: plain NumPy arithmetic of ``x`` with shape (size,), or a traced `Graph`.
        size: how many numbers go in; not needed for a graph.
        outputs, domain, centred, rows: as for `bounds_graph`.
        dialect, wait: what the program is emitted in, as for `compile`. Every dialect's bounds are
            rigorous, but they differ in their last digits.

    Raises:
        NoBounds: an operation without a row of bounds.

    >>> bounds = bound(lambda x: x[0] * (1.0 - x[0]), 1, domain=[(0.0, 1.0)])
    >>> (value,) = bounds([0.2], [0.6])
    >>> round(float(value.lower), 6), round(float(value.upper), 6), bool(value.continuous)
    (0.16, 0.25, True)
    """
    if not isinstance(function, Graph):
        if size is None:
            raise TypeError("bound(function, size): say how many numbers go in")
        function = trace(function, size)
    outputs = (outputs,) if isinstance(outputs, str) else tuple(outputs)
    graph = bounds_graph(function, outputs, domain=domain, centred=centred, rows=rows)
    program = compile_graph(graph, outputs=("value",), dialect=dialect, wait=wait)
    inputs = len(function.inputs)
    shapes = [_shape(function, output) for output in outputs]

    def run(low: Any, high: Any) -> tuple[Bounds, ...]:
        (written,) = program(_corners(low, high, inputs))
        return _cut(written, shapes)

    return run


def _corners(low: Any, high: Any, inputs: int) -> Array:
    low, high = np.asarray(low, dtype=float), np.asarray(high, dtype=float)
    if low.shape != high.shape or low.ndim not in (1, 2) or low.shape[0] != inputs:
        raise ValueError(
            f"expected two arrays of shape ({inputs},) or ({inputs}, N), "
            f"got {low.shape} and {high.shape}"
        )
    return np.concatenate([low, high])


def _shape(graph: Graph, output: Output) -> tuple[int, ...]:
    size = len(graph.inputs)
    known = {"value": graph.shape, "gradient": (size,), "hessian": (size, size)}
    return known.get(output, (*graph.shape, size))


def _cut(written: Array, shapes: Sequence[tuple[int, ...]]) -> tuple[Bounds, ...]:
    """Rows of lower bounds, upper bounds and mark, output by output."""
    result, start = [], 0
    for shape in shapes:
        count, batch = math.prod(shape), written.shape[1:]
        lower, upper = (
            written[begin : begin + count].reshape(shape + batch)
            for begin in (start, start + count)
        )
        start += 2 * count + 1
        result.append(Bounds(lower, upper, written[start - 1] == 1.0))
    return tuple(result)
