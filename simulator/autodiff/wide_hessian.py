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
from simulator.autodiff.graph import Graph
from simulator.autodiff.node import Node, adopt, constant, variable
from simulator.autodiff.numpy_dialect import numpy_function
from simulator.autodiff.program import linearize
from simulator.autodiff.recorder import recording

#: Up to so many parameters the second derivatives are written out one by one.
WRITTEN_OUT: Final = 8

Array = np.ndarray[Any, Any]


def product_graph(graph: Graph, by: Sequence[Node]) -> Graph:
    """(x, v) → H·v, as a graph with ``len(by)`` more inputs."""
    with recording():
        adopt(graph.nodes)
        direction = tuple(variable() for _ in by)
        gradient = pull_back(graph.outputs, [constant(1.0)], by)
        product = push_forward(gradient, by, direction)
    return Graph((*graph.inputs, *direction), tuple(product), (len(by),))


def hessian_function(graph: Graph, parameters: int | None = None) -> Callable[[Array], Array]:
    """A function of x, (size,) or (size, N), that returns the Hessian, (n, n) or (n, n, N)."""
    by = graph.inputs[:parameters]
    product = numpy_function(linearize(product_graph(graph, by)))
    units = np.eye(len(by))

    def run(x: Array) -> Array:
        if x.ndim == 1:
            return product(np.vstack([np.repeat(x[:, None], len(by), axis=1), units]))
        columns = [
            product(np.vstack([x, np.repeat(unit[:, None], x.shape[1], axis=1)])) for unit in units
        ]
        return np.stack(columns, axis=1)

    return run
