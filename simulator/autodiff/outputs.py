"""What is asked of a function: value, gradient, Jacobian, Hessian; each a graph, sharing operations."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final, Literal, get_args

from simulator.autodiff.backprop import pull_back
from simulator.autodiff.graph import Graph
from simulator.autodiff.matrices import jacobian_nodes, second_derivatives
from simulator.autodiff.node import adopt, constant
from simulator.autodiff.recorder import recording
from simulator.autodiff.trace import trace

Output = Literal["value", "gradient", "jacobian", "hessian"]
OUTPUTS: Final = get_args(Output)


def graph_of(
    function: Callable[..., Any] | Graph, size: int | None, names: Sequence[str] = ()
) -> Graph:
    """The function traced, or the graph as it is.

    Raises:
        TypeError: no size of a function, or names for a graph, which has its own.
        ValueError: the graph has another size.
    """
    if not isinstance(function, Graph):
        if size is None:
            raise TypeError("say how many numbers go in: compile(function, size)")
        return trace(function, size, names=names)
    if names:
        raise TypeError("a graph has its own names: trace(function, size, names=...) gives them")
    if size not in (None, len(function.inputs)):
        raise ValueError(f"size is {size}, but the graph has {len(function.inputs)} inputs")
    return function


def outputs_graph(
    graph: Graph, outputs: Sequence[Output], parameters: int | None = None
) -> tuple[Graph, list[tuple[int, ...]]]:
    """One graph of all outputs, flat and in order, and their shapes.

    Raises:
        TypeError: a gradient or Hessian of several outputs.
        ValueError: no such output.
    """
    with recording():  # in one recording, so that all outputs share what they have in common
        blocks = [derivative_graph(graph, output, parameters) for output in outputs]
    nodes = tuple(node for block in blocks for node in block.outputs)
    return Graph(graph.inputs, nodes, (len(nodes),), graph.names), [it.shape for it in blocks]


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
        check_scalar(graph, output)
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
    raise ValueError(f"no output {output!r}; there are {listed(OUTPUTS)}")


def check_scalar(graph: Graph, output: Output) -> None:
    """Raise TypeError if the graph has several outputs."""
    if len(graph.outputs) != 1:
        raise TypeError(
            f"{output} needs a function of one output, this one has {len(graph.outputs)}; "
            "ask for 'jacobian'"
        )


def listed(names: Sequence[str]) -> str:
    """Quoted names in a sentence.

    >>> listed(["a", "b", "c"])
    "'a', 'b' and 'c'"
    """
    *most, last = [repr(name) for name in names]
    return f"{', '.join(most)} and {last}" if most else last
