"""From a function to a fast callable: trace, differentiate, emit."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Final, Literal

import numpy as np

from simulator.autodiff.calling import Array, Compiled, Shapes, all_at_once, one_at_a_time
from simulator.autodiff.diagnosis import (
    Nonfinite,
    NonfiniteError,
    OnNonfinite,
    diagnose_nodes,
)
from simulator.autodiff.dialects.c_call import c_callable
from simulator.autodiff.dialects.numpy_dialect import numpy_function
from simulator.autodiff.dialects.program import Program, linearize
from simulator.autodiff.graph import Graph
from simulator.autodiff.node import Node
from simulator.autodiff.outputs import Output, check_scalar, graph_of, listed, outputs_graph
from simulator.autodiff.wide_hessian import WRITTEN_OUT, product_graph, with_wide_hessian

Dialect = Literal["python", "numpy", "c"]


def compile(  # noqa: A001
    function: Callable[..., Any] | Graph,
    size: int | None = None,
    outputs: Sequence[Output] | Output = ("value", "gradient"),
    dialect: Dialect = "python",
    parameters: int | None = None,
    nonfinite: OnNonfinite = "return",
    names: Sequence[str] = (),
    wait: bool = False,
) -> Compiled:
    """A callable of an array (size,) or a batch (size, N) that returns one array per output.

    Args:
        function: plain NumPy arithmetic of ``x`` with shape (size,), or a traced `Graph`.
        size: how many numbers go in; not needed for a graph.
        outputs: one or several of "value" (shape of the output), "gradient" (size,) and "hessian"
            (size, size) of a scalar function, "jacobian" (\\*output shape, size). A batch adds a last
            axis of length N. Hessians by more than eight inputs are batched products.
        dialect: "python" for one recipe at a time, "numpy" for batches, "c" for both. A column's bits
            never depend on its neighbours. Compiled C is kept in the user's cache folder. What is not
            there yet is compiled in the background: until that has finished the Python dialect serves
            single recipes and NumPy's batches, and last digits may differ. Without a compiler they go
            on serving, and a warning says so once.
        parameters: differentiate by the first so many inputs only; the others are data. All, if
            left out.
        nonfinite: "return" infinities and NaN as IEEE arithmetic has them, at no cost, or "raise"
            `NonfiniteError`, which names the operation, its operands and the line.
        names: of the inputs, in order, for error messages; a graph has its own.
        wait: of the C dialect: return when it is compiled, so that every call runs in C.

    Raises:
        TypeError: the function cannot be traced (see `trace`), or returns several numbers where one
            is needed.
        ValueError: no such output or dialect, or names that are too many or not distinct.

    >>> f = compile(lambda x: x[0] ** 2 * x[1], 2)
    >>> f(np.array([3.0, 4.0]))
    (array(36.), array([24.,  9.]))
    """
    if dialect not in _DIALECTS:
        raise ValueError(f"no dialect {dialect!r}; there are {listed(list(_DIALECTS))}")
    if isinstance(outputs, str):
        outputs = (outputs,)
    graph = graph_of(function, size, names)
    is_wide = "hessian" in outputs and len(graph.inputs[:parameters]) > WRITTEN_OUT
    written_out = [output for output in outputs if output != "hessian" or not is_wide]
    whole, shapes = outputs_graph(graph, written_out, parameters)
    make = _DIALECTS[dialect]
    compiled = make(linearize(whole), shapes, wait)
    if is_wide:
        check_scalar(graph, "hessian")
        by = graph.inputs[:parameters]
        many = _in_numpy if dialect == "python" else make
        product = many(linearize(product_graph(graph, by)), [(len(by),)], wait)
        compiled = with_wide_hessian(compiled, product, len(by), outputs)
    if nonfinite == "return":
        return compiled
    if nonfinite == "raise":
        return _watched(compiled, graph, whole.outputs)
    raise ValueError(f"nonfinite is 'return' or 'raise', not {nonfinite!r}")


def _in_python(program: Program, shapes: Shapes, wait: bool) -> Compiled:
    return one_at_a_time(program, shapes)


def _in_numpy(program: Program, shapes: Shapes, wait: bool) -> Compiled:
    return all_at_once(program, shapes, numpy_function(program))


_DIALECTS: Final[Mapping[str, Callable[[Program, Shapes, bool], Compiled]]] = MappingProxyType(
    {"python": _in_python, "numpy": _in_numpy, "c": c_callable}
)


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
