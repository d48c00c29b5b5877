"""Hessians of many parameters: one Hessian–vector product, run on a batch of unit vectors.

Writing all n² second derivatives out takes about n times the operations of a gradient, which soon is
more source than it is worth. The product H·v takes about four times the value, whatever n is; its
columns for v = e₁ … eₙ are the Hessian.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np

from simulator.autodiff.backprop import pull_back, push_forward
from simulator.autodiff.calling import Array, Compiled
from simulator.autodiff.graph import Graph
from simulator.autodiff.node import Node, adopt, constant, variable
from simulator.autodiff.outputs import Output
from simulator.autodiff.recorder import recording

#: Up to so many parameters the second derivatives are written out one by one.
WRITTEN_OUT: Final = 8


def product_graph(graph: Graph, by: Sequence[Node]) -> Graph:
    """(x, v) → H·v, as a graph with ``len(by)`` more inputs."""
    with recording():
        adopt(graph.nodes)
        direction = tuple(variable() for _ in by)
        gradient = pull_back(graph.outputs, [constant(1.0)], by)
        product = push_forward(gradient, by, direction)
    return Graph((*graph.inputs, *direction), tuple(product), (len(by),))


def hessian_function(product: Compiled, size: int) -> Callable[[Array], Array]:
    """A function of x, (inputs,) or (inputs, N), that returns the Hessian, (size, size) or (size, size, N).

    Args:
        product: the compiled `product_graph`.
        size: how many parameters there are.
    """
    units = np.eye(size)

    def run(x: Array) -> Array:
        if x.ndim == 1:
            return product(np.vstack([np.repeat(x[:, None], size, axis=1), units]))[0]
        columns = [
            product(np.vstack([x, np.repeat(unit[:, None], x.shape[1], axis=1)]))[0]
            for unit in units
        ]
        return np.stack(columns, axis=1)

    return run


def with_wide_hessian(
    compiled: Compiled, product: Compiled, size: int, outputs: Sequence[Output]
) -> Compiled:
    """``compiled`` makes all outputs but the Hessians; these come from batched products."""
    hessian = hessian_function(product, size)

    def run(x: Any) -> tuple[Array, ...]:
        others = iter(compiled(x))
        x = np.asarray(x, dtype=float)
        return tuple([hessian(x) if output == "hessian" else next(others) for output in outputs])

    return run
