"""From a function to a fast callable: trace, differentiate, emit."""

from __future__ import annotations

import builtins
import math
from collections.abc import Callable, Sequence
from typing import Any, Literal

import numpy as np

from simulator.autodiff.backprop import pull_back
from simulator.autodiff.derivatives import jacobian_nodes, second_derivatives
from simulator.autodiff.graph import Graph
from simulator.autodiff.node import constant, recording
from simulator.autodiff.numpy_dialect import numpy_function
from simulator.autodiff.program import linearize
from simulator.autodiff.python_dialect import PYTHON_RAISES, python_function
from simulator.autodiff.trace import trace

Output = Literal["value", "gradient", "jacobian", "hessian"]
Dialect = Literal["python", "numpy"]
Array = np.ndarray[Any, Any]


def compile(  # noqa: A001
    function: Callable[..., Any] | Graph,
    size: int | None = None,
    outputs: Sequence[Output] = ("value", "gradient"),
    dialect: Dialect = "python",
    parameters: int | None = None,
) -> Callable[[Any], tuple[Array, ...]]:
    """A callable of an array (size,) or a batch (size, N) that returns one array per output.

    Args:
        function: plain NumPy arithmetic of ``x`` with shape (size,), or a traced `Graph`.
        size: how many numbers go in; not needed for a graph.
        outputs: what to return: "value" (shape of the output), "gradient" (size,) and "hessian"
            (size, size) of a scalar function, "jacobian" (\\*output shape, size). A batch adds a last
            axis of length N.
        dialect: "python" for one recipe at a time, "numpy" for batches. A batch of the Python dialect
            is run column by column: a column's bits never depend on its neighbours.
        parameters: differentiate by the first so many inputs only; the others are data. All, if
            left out.

    Raises:
        TypeError: the function cannot be traced (see `trace`), or returns several numbers where one
            is needed.
        ValueError: no such output or dialect.

    >>> f = compile(lambda x: x[0] ** 2 * x[1], 2)
    >>> f(np.array([3.0, 4.0]))
    (array(36.), array([24.,  9.]))
    """
    graph = function if isinstance(function, Graph) else trace(function, _known(size))
    blocks = [derivative_graph(graph, output, parameters) for output in outputs]
    shapes = [block.shape for block in blocks]
    whole = Graph(graph.inputs, tuple(node for block in blocks for node in block.outputs))
    if dialect == "python":
        return _one_at_a_time(whole, shapes)
    if dialect == "numpy":
        return _batched(whole, shapes)
    raise ValueError(f"no dialect {dialect!r}; there are 'python' and 'numpy'")


def derivative_graph(graph: Graph, output: Output, parameters: int | None = None) -> Graph:
    """The graph of a derivative of a graph's output by its first ``parameters`` inputs.

    Raises:
        TypeError: a gradient or Hessian of several outputs.
        ValueError: no such output.
    """
    by = graph.inputs[:parameters]
    size = len(by)
    if output == "value":
        return graph
    if output in ("gradient", "hessian") and len(graph.outputs) != 1:
        raise TypeError(
            f"{output} needs a function of one output, this one has {len(graph.outputs)}; "
            "ask for 'jacobian'"
        )
    with recording():
        if output == "gradient":
            nodes = pull_back(graph.outputs, [constant(1.0)], by)
            return Graph(graph.inputs, tuple(nodes), (size,), graph.names)
        if output == "hessian":
            nodes = second_derivatives(graph.outputs[0], by)
            return Graph(graph.inputs, tuple(nodes), (size, size), graph.names)
        if output == "jacobian":
            nodes = jacobian_nodes(by, graph.outputs)
            return Graph(graph.inputs, tuple(nodes), (*graph.shape, size), graph.names)
    raise ValueError(f"no output {output!r}; there are value, gradient, jacobian and hessian")


def _known(size: int | None) -> int:
    if size is None:
        raise TypeError("compile(function, size): say how many numbers go in")
    return size


def _one_at_a_time(graph: Graph, shapes: Sequence[tuple[int, ...]]) -> Callable[[Any], Any]:
    program = linearize(graph)
    straight_line = python_function(program)
    split = _splitter(shapes)
    fallback: list[Callable[[Array], Array]] = []

    def column(x: Array) -> Sequence[float] | Array:
        try:
            return straight_line(*x.tolist())
        except PYTHON_RAISES:
            if not fallback:
                fallback.append(numpy_function(program))
            return np.ravel(fallback[0](x.reshape(-1, 1)))

    def run(x: Any) -> tuple[Array, ...]:
        x = _checked(x, program.inputs)
        if x.ndim == 1:
            return split(np.array(column(x), dtype=float))
        columns = [column(x[:, j]) for j in range(x.shape[1])]
        return split(np.array(columns, dtype=float).reshape(-1, len(program.outputs)).T)

    return run


def _batched(graph: Graph, shapes: Sequence[tuple[int, ...]]) -> Callable[[Any], Any]:
    program = linearize(graph)
    function = numpy_function(program)
    split = _splitter(shapes)

    def run(x: Any) -> tuple[Array, ...]:
        x = _checked(x, program.inputs)
        return split(function(x) if x.ndim == 2 else function(x.reshape(-1, 1))[:, 0])

    return run


def _checked(columns: Any, inputs: int) -> Array:
    x: Array = np.asarray(columns, dtype=float)
    if x.ndim not in (1, 2) or x.shape[0] != inputs:
        raise ValueError(
            f"expected an array of shape ({inputs},) or ({inputs}, N), got shape {x.shape}"
        )
    return x


def _splitter(shapes: Sequence[tuple[int, ...]]) -> Callable[[Array], tuple[Array, ...]]:
    """Cuts the rows of all outputs into one array per output."""
    sizes = [math.prod(shape) for shape in shapes]
    stops = [builtins.sum(sizes[: i + 1]) for i in range(len(sizes))]
    cuts = [
        (stop - size, stop, shape) for size, stop, shape in zip(sizes, stops, shapes, strict=True)
    ]

    def split(rows: Array) -> tuple[Array, ...]:
        return tuple(
            [rows[start:stop].reshape(shape + rows.shape[1:]) for start, stop, shape in cuts]
        )

    return split
