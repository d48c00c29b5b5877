"""From a function to a fast callable: trace, differentiate, emit."""

from __future__ import annotations

import itertools
import math
import struct
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Final, Literal, get_args

import numpy as np

from simulator.autodiff.backprop import pull_back
from simulator.autodiff.diagnosis import (
    Nonfinite,
    NonfiniteError,
    OnNonfinite,
    diagnose_nodes,
)
from simulator.autodiff.graph import Graph
from simulator.autodiff.matrices import jacobian_nodes, second_derivatives
from simulator.autodiff.node import Node, adopt, constant
from simulator.autodiff.numpy_dialect import numpy_function
from simulator.autodiff.program import linearize
from simulator.autodiff.python_dialect import PYTHON_RAISES, python_function
from simulator.autodiff.recorder import recording
from simulator.autodiff.source import load_source
from simulator.autodiff.trace import trace
from simulator.autodiff.wide_hessian import WRITTEN_OUT, hessian_function

Output = Literal["value", "gradient", "jacobian", "hessian"]
Dialect = Literal["python", "numpy"]
Array = np.ndarray[Any, Any]
Compiled = Callable[[Any], tuple[Array, ...]]


def compile(  # noqa: A001
    function: Callable[..., Any] | Graph,
    size: int | None = None,
    outputs: Sequence[Output] | Output = ("value", "gradient"),
    dialect: Dialect = "python",
    parameters: int | None = None,
    nonfinite: OnNonfinite = "return",
) -> Compiled:
    """A callable of an array (size,) or a batch (size, N) that returns one array per output.

    Args:
        function: plain NumPy arithmetic of ``x`` with shape (size,), or a traced `Graph`.
        size: how many numbers go in; not needed for a graph.
        outputs: one or several of "value" (shape of the output), "gradient" (size,) and "hessian"
            (size, size) of a scalar function, "jacobian" (\\*output shape, size). A batch adds a last
            axis of length N. Hessians by more than eight inputs are batched products, in NumPy.
        dialect: "python" for one recipe at a time, "numpy" for batches. A batch of the Python dialect
            is run column by column: a column's bits never depend on its neighbours.
        parameters: differentiate by the first so many inputs only; the others are data. All, if
            left out.
        nonfinite: "return" infinities and NaN as IEEE arithmetic has them, at no cost, or "raise"
            `NonfiniteError`, which names the operation, its operands and the line.

    Raises:
        TypeError: the function cannot be traced (see `trace`), or returns several numbers where one
            is needed.
        ValueError: no such output or dialect.

    >>> f = compile(lambda x: x[0] ** 2 * x[1], 2)
    >>> f(np.array([3.0, 4.0]))
    (array(36.), array([24.,  9.]))
    """
    if dialect not in _DIALECTS:
        raise ValueError(f"no dialect {dialect!r}; there are {_listed(_DIALECTS)}")
    if isinstance(outputs, str):
        outputs = (outputs,)
    graph = function if isinstance(function, Graph) else trace(function, _known(size))
    apart = "hessian" in outputs and len(graph.inputs[:parameters]) > WRITTEN_OUT
    with recording():  # in one recording, so that all outputs share what they have in common
        blocks = [
            derivative_graph(graph, output, parameters)
            for output in outputs
            if output != "hessian" or not apart
        ]
    shapes = [block.shape for block in blocks]
    nodes = tuple(node for block in blocks for node in block.outputs)
    compiled = _DIALECTS[dialect](Graph(graph.inputs, nodes), shapes)
    if apart:
        compiled = _with_wide_hessian(compiled, graph, parameters, outputs)
    if nonfinite == "return":
        return compiled
    if nonfinite == "raise":
        return _watched(compiled, graph, nodes)
    raise ValueError(f"nonfinite is 'return' or 'raise', not {nonfinite!r}")


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
    if output in ("gradient", "hessian"):
        _check_scalar(graph, output)
    with recording():
        adopt(graph.nodes)
        if output == "gradient":
            nodes = pull_back(graph.outputs, [constant(1.0)], by)
            return Graph(graph.inputs, tuple(nodes), (size,), graph.names)
        if output == "hessian":
            nodes = second_derivatives(graph.outputs[0], by)
            return Graph(graph.inputs, tuple(nodes), (size, size), graph.names)
        if output == "jacobian":
            nodes = jacobian_nodes(by, graph.outputs)
            return Graph(graph.inputs, tuple(nodes), (*graph.shape, size), graph.names)
    raise ValueError(f"no output {output!r}; there are {_listed(get_args(Output))}")


def _with_wide_hessian(
    compiled: Compiled, graph: Graph, parameters: int | None, outputs: Sequence[Output]
) -> Compiled:
    """``compiled`` makes all outputs but the Hessians; these come from batched products."""
    _check_scalar(graph, "hessian")
    hessian = hessian_function(graph, parameters)

    def run(x: Any) -> tuple[Array, ...]:
        others = iter(compiled(x))
        x = np.asarray(x, dtype=float)
        return tuple([hessian(x) if output == "hessian" else next(others) for output in outputs])

    return run


def _check_scalar(graph: Graph, output: Output) -> None:
    if len(graph.outputs) != 1:
        raise TypeError(
            f"{output} needs a function of one output, this one has {len(graph.outputs)}; "
            "ask for 'jacobian'"
        )


def _known(size: int | None) -> int:
    if size is None:
        raise TypeError("compile(function, size): say how many numbers go in")
    return size


def _listed(names: Any) -> str:
    *most, last = [repr(name) for name in names]
    return f"{', '.join(most)} and {last}"


def _one_at_a_time(graph: Graph, shapes: Sequence[tuple[int, ...]]) -> Compiled:
    program = linearize(graph)
    straight_line = python_function(program)
    split = _splitter(shapes)
    one, count = (program.inputs,), len(program.outputs)
    pack = struct.Struct(f"{count}d").pack
    array, asarray, memory = np.ndarray, np.asarray, bytearray
    fallback: list[Callable[[Array], Array]] = []

    def column(x: Array) -> Array:
        try:
            # Three times faster than np.array(...), and this is the inner loop of every optimizer.
            return array(count, float, memory(pack(*straight_line(*x.tolist()))))
        except PYTHON_RAISES:
            if not fallback:
                fallback.append(numpy_function(program))
            return fallback[0](x.reshape(-1, 1))[:, 0]

    def run(x: Any) -> tuple[Array, ...]:
        x = asarray(x, dtype=float)
        if x.shape == one:
            return split(column(x))
        _check_shape(x, program.inputs)
        columns = [column(x[:, j]) for j in range(x.shape[1])]
        return split(np.stack(columns, axis=1) if columns else np.empty((count, 0)))

    return run


def _batched(graph: Graph, shapes: Sequence[tuple[int, ...]]) -> Compiled:
    program = linearize(graph)
    function = numpy_function(program)
    split = _splitter(shapes)

    def run(x: Any) -> tuple[Array, ...]:
        x = np.asarray(x, dtype=float)
        _check_shape(x, program.inputs)
        return split(function(x) if x.ndim == 2 else function(x.reshape(-1, 1))[:, 0])

    return run


_DIALECTS: Final[Mapping[str, Callable[[Graph, Sequence[tuple[int, ...]]], Compiled]]] = (
    MappingProxyType({"python": _one_at_a_time, "numpy": _batched})
)


def _check_shape(x: Array, inputs: int) -> None:
    if x.ndim not in (1, 2) or x.shape[0] != inputs:
        raise ValueError(
            f"expected an array of shape ({inputs},) or ({inputs}, N), got shape {x.shape}"
        )


def _splitter(shapes: Sequence[tuple[int, ...]]) -> Callable[[Array], tuple[Array, ...]]:
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


def _watched(compiled: Compiled, graph: Graph, nodes: Sequence[Node]) -> Compiled:
    """The same, but raising where a result is not finite."""

    def run(x: Any) -> tuple[Array, ...]:
        results = compiled(x)
        if not all([np.isfinite(result).all() for result in results]):
            raise NonfiniteError(_first_report(graph, nodes, np.asarray(x, dtype=float), results))
        return results

    return run


def _first_report(
    graph: Graph, nodes: Sequence[Node], x: Array, results: Sequence[Array]
) -> Nonfinite:
    column = None
    if x.ndim == 2:
        bad = [~np.isfinite(rows).reshape(-1, x.shape[1]).all(axis=0) for rows in results]
        column = int(np.argmax(np.any(bad, axis=0)))
    report = diagnose_nodes(graph, nodes, (x if column is None else x[:, column]).tolist())
    assert report is not None
    return replace(report, column=column)
