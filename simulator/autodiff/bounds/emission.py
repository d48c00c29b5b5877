"""From a graph to the graph of its bounds."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, reduce
from itertools import islice

from simulator.autodiff.bounds.centred import Box, around, best_centres, middle, tightened
from simulator.autodiff.bounds.conditions import as_number
from simulator.autodiff.bounds.domain import Domain, ranges_over
from simulator.autodiff.bounds.interval import Bound, Interval, Scalar, TruthScalar, both, choose
from simulator.autodiff.bounds.rounding import settled
from simulator.autodiff.bounds.row import Range, Row
from simulator.autodiff.bounds.sweep import Bounder
from simulator.autodiff.bounds.towers import Towers, with_towers
from simulator.autodiff.graph import Graph
from simulator.autodiff.node import Node, variable
from simulator.autodiff.outputs import Output, derivative_graph
from simulator.autodiff.primitives import TABLE, Primitive
from simulator.autodiff.recorder import recording
from simulator.autodiff.trace import as_node


def bounds_graph(
    graph: Graph,
    outputs: Sequence[Output] | Output = ("value",),
    *,
    domain: Domain | None = None,
    centred: bool = True,
    rows: Mapping[Primitive, Row] | None = None,
) -> Graph:
    """The graph that bounds a graph's outputs over boxes of its inputs.

    Its inputs are all lower corners, then all upper corners of a box: (low₀ … lowₙ₋₁, high₀ … highₙ₋₁).
    Its outputs are, for each of ``outputs`` in turn: the lower bounds of all its entries in row-major
    order, their upper bounds, and a mark: 1 if it is defined and continuous on the whole box, else 0.
    No value is outside of its bounds, rounding included, at any point of the box where it is defined.
    A box that is empty, has a NaN corner or leaves the domain gets NaN bounds and mark 0.

    Args:
        graph: of numbers.
        outputs: one or several of "value", "gradient", "hessian" and "jacobian".
        domain: the range (least, most) of each input that all boxes lie in. Knowing it makes bounds
            narrower and cheaper: signs are known beforehand, and functions of one quantity are
            bounded exactly.
        centred: use the slopes to tighten the value, and the Hessian, if it is among the outputs, to
            tighten the gradient.
        rows: bounds of primitives of one's own.

    Raises:
        NoBounds: an operation without a row; the message names it and the user's line.
        ValueError: the domain does not fit the inputs.

    >>> from simulator.autodiff import trace
    >>> bounds = bounds_graph(trace(lambda x: x[0] * x[0], 1), centred=False)
    >>> len(bounds.inputs), len(bounds.outputs)
    (2, 3)
    """
    outputs = (outputs,) if isinstance(outputs, str) else tuple(outputs)
    reach = _checked(graph, domain)
    own = dict(rows or {})
    with recording():
        Bounder(own).check(graph)
        towers = Towers()
        functions = _functions(graph, outputs, centred, towers if domain is not None else None)
        joined = Graph(graph.inputs, tuple(node for nodes in functions.values() for node in nodes))
        known = Bounder(own, towers=towers, shapes={})
        ranges = ranges_over(joined, reach, known) if domain is not None else {}
        bounder = replace(known, ranges=ranges, carries=True)
        lows, highs = ([variable(origin=x.origin) for x in graph.inputs] for _ in "lh")
        box = [Interval(*ends) for ends in zip(lows, highs, *zip(*reach, strict=True), strict=True)]
        bounds = _Bounds(graph.inputs, functions, box, bounder, centred)
        is_box = _is_box(box)
        written = [row for output in outputs for row in _written(bounds.of(output), is_box)]
    return Graph((*lows, *highs), tuple(written), (len(written),))


def _checked(graph: Graph, domain: Domain | None) -> list[Range]:
    if domain is None:
        return [(-math.inf, math.inf)] * len(graph.inputs)
    reach = [(float(least), float(most)) for least, most in domain]
    if len(reach) != len(graph.inputs):
        raise ValueError(
            f"the graph has {len(graph.inputs)} inputs, the domain {len(reach)} ranges"
        )
    for i, (least, most) in enumerate(reach):
        if not least <= most:
            raise ValueError(f"the range of input {i} is empty: [{least!r}, {most!r}]")
    return reach


def _functions(
    graph: Graph, outputs: Sequence[Output], centred: bool, towers: Towers | None
) -> dict[str, tuple[Node, ...]]:
    """Output -> nodes of it and, if needed, of the derivatives that tighten it; towers are single nodes."""
    plain = graph if towers is None else with_towers(graph, towers)
    names = list(outputs)
    if centred and "value" in outputs:
        names.append(_slopes_of(graph))
    graphs = {name: derivative_graph(plain, name) for name in dict.fromkeys(names)}
    nodes = tuple(node for part in graphs.values() for node in part.outputs)
    if towers is not None:
        nodes = with_towers(Graph(graph.inputs, nodes), towers).outputs
    found = iter(nodes)
    return {name: tuple(islice(found, len(part.outputs))) for name, part in graphs.items()}


def _slopes_of(graph: Graph) -> Output:
    return "gradient" if len(graph.outputs) == 1 else "jacobian"


@dataclass(frozen=True)
class _Bounds:
    """The bounds that are being written.

    Attributes:
        inputs: of the graph that is bounded.
        functions: output -> its nodes.
        box: one interval per input.
        bounder: how operations are bounded.
        centred: tighten by derivatives.
    """

    inputs: Sequence[Node]
    functions: Mapping[str, tuple[Node, ...]]
    box: Box
    bounder: Bounder
    centred: bool

    def of(self, output: str) -> list[Interval]:
        """Bounds of all entries of an output, as tight as they can be had."""
        natural = [as_number(self._natural[node.serial]) for node in self.functions[output]]
        if not self.centred:
            return natural
        if output == "value":
            return self._around_best_centres(natural)
        if output == "gradient" and "hessian" in self.functions:
            return self._around_middle(natural)
        return natural

    @cached_property
    def _natural(self) -> dict[int, Bound]:
        nodes = [node for nodes in self.functions.values() for node in nodes]
        return self._sweep(nodes, self.box)

    def _sweep(self, nodes: Sequence[Node], at: Sequence[Interval]) -> dict[int, Bound]:
        known: dict[int, Bound] = {node.serial: x for node, x in zip(self.inputs, at, strict=True)}
        return self.bounder.sweep(Graph(tuple(self.inputs), tuple(nodes)).nodes, known)

    def _around_best_centres(self, natural: Sequence[Interval]) -> list[Interval]:
        name = "gradient" if "gradient" in self.functions else "jacobian"
        slopes, size, result = self.of(name), len(self.inputs), []
        for i, (node, bound) in enumerate(zip(self.functions["value"], natural, strict=True)):
            mine = slopes[i * size : (i + 1) * size]
            forms = []
            for centre in best_centres(self.box, mine):
                value = as_number(self._sweep([node], centre)[node.serial])
                forms.append(around(centre, self.box, mine, value, self.bounder))
            result.append(tightened(bound, *forms))
        return result

    def _around_middle(self, natural: Sequence[Interval]) -> list[Interval]:
        centre, slopes, size = middle(self.box), self.of("hessian"), len(self.inputs)
        nodes = self.functions["gradient"]
        values = self._sweep(nodes, centre)
        result = []
        for i, (node, bound) in enumerate(zip(nodes, natural, strict=True)):
            mine, value = slopes[i * size : (i + 1) * size], as_number(values[node.serial])
            form = around(centre, self.box, mine, value, self.bounder)
            result.append(tightened(bound, form, form))
        return result


def _is_box(box: Box) -> TruthScalar:
    """Whether the corners span a box inside the domain."""
    conditions: list[TruthScalar] = []
    for x in box:
        conditions.append(TABLE["less_equal"](x.low, x.high))
        if x.least > -math.inf:
            conditions.append(TABLE["greater_equal"](x.low, x.least))
        if x.most < math.inf:
            conditions.append(TABLE["less_equal"](x.high, x.most))
    return reduce(both, conditions, True)


def _written(bounds: Sequence[Interval], is_box: TruthScalar) -> list[Node]:
    """Lower bounds, upper bounds and the mark of one output; NaN where there is no box."""
    bounds = [settled(bound) for bound in bounds]
    spoilt = choose(is_box, 0.0, math.nan)
    lows = [_known(bound.low, -math.inf) + spoilt for bound in bounds]
    highs = [_known(bound.high, math.inf) + spoilt for bound in bounds]
    smooth = reduce(both, [bound.smooth for bound in bounds], is_box)
    return [as_node(row) for row in (*lows, *highs, choose(smooth, 1.0, 0.0))]


def _known(end: Scalar, otherwise: float) -> Scalar:
    """An end, or infinity for one that is unknown."""
    return choose(TABLE["isnan"](end), otherwise, end)
