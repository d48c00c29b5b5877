"""From a graph to bounds of all its nodes, one operation after the other."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np

from simulator.autodiff.bounds import arithmetic
from simulator.autodiff.bounds.conditions import CONDITIONS, as_number, where
from simulator.autodiff.bounds.inheritance import inherited
from simulator.autodiff.bounds.interval import (
    Bound,
    Interval,
    Slack,
    Truth,
    exactly,
    spanning,
)
from simulator.autodiff.bounds.operation import carrying_slack, rounded_at_once
from simulator.autodiff.bounds.rounding import settled
from simulator.autodiff.bounds.row import Range, Row, positive
from simulator.autodiff.bounds.shape import Shape, extremes, shape_of
from simulator.autodiff.bounds.table import BOUNDS
from simulator.autodiff.bounds.towers import Towers
from simulator.autodiff.graph import Graph
from simulator.autodiff.node import Node
from simulator.autodiff.primitives import TABLE, Primitive
from simulator.autodiff.recorder import recording

_SQUARE: Final = Row(arithmetic.square, range=positive)


class NoBounds(TypeError):
    """A graph uses an operation whose bounds nobody has told."""


@dataclass(frozen=True)
class Bounder:
    """How operations are bounded.

    Attributes:
        rows: rows of primitives that are not in the table.
        ranges: serial number of a node -> a range it is known to stay in.
        carries: rounding errors are kept as slack where their size is known; else every operation is
            widened on the spot.
        towers: operations that stand for functions of one quantity.
        shapes: what is known of towers over ranges of their argument, found when first needed; None if
            nobody is to look.
    """

    rows: Mapping[Primitive, Row] = field(default_factory=dict)
    ranges: Mapping[int, Range] = field(default_factory=dict)
    carries: bool = False
    towers: Towers = field(default_factory=Towers)
    shapes: dict[tuple[Primitive, float, float], Shape | None] | None = None

    def sweep(self, nodes: Iterable[Node], known: dict[int, Bound]) -> dict[int, Bound]:
        """Bounds of all nodes by serial number, given those of the inputs; fills ``known``."""
        with recording() as recorder:
            deriving = recorder.deriving
            for node in nodes:
                if node.serial not in known:
                    recorder.deriving = node  # what is written for it has its line
                    known[node.serial] = self._bound(node, known)
            recorder.deriving = deriving
        return known

    def check(self, graph: Graph) -> None:
        """Raise `NoBounds` if an operation of the graph has no row."""
        for node in graph.operations:
            primitive = node.primitive
            if primitive is not None and not primitive.truth and primitive.name != "where":
                self.row(node)

    def row(self, node: Node) -> Row:
        """The row of a node's operation.

        Raises:
            NoBounds: there is none; the message names the operation and the user's line.
        """
        assert node.primitive is not None
        if node.primitive.name == "multiply" and node.parents[0] is node.parents[1]:
            return _SQUARE
        row = self.rows.get(node.primitive) or BOUNDS.get(node.primitive.name)
        if row is None:
            raise NoBounds(
                f"{node.origin}: {node.primitive.name} has no row of bounds; give it one with "
                "rows={...}: simulator.autodiff.bounds.increasing, decreasing or Row"
            )
        return row

    def _bound(self, node: Node, known: Mapping[int, Bound]) -> Bound:
        if node.is_constant:
            return exactly(node.value)
        if node.primitive is None:
            raise ValueError(f"the graph uses a traced value from outside, made at {node.origin}")
        operands = [known[parent.serial] for parent in node.parents]
        name = node.primitive.name
        if name == "identity":
            return operands[0]
        if node.primitive.truth:
            logic = node.primitive.logic
            return CONDITIONS[name](*[x if logic else as_number(x) for x in operands])
        if name == "where":
            condition, a, b = operands
            assert isinstance(condition, Truth)  # the recorder takes no other
            return where(condition, as_number(a), as_number(b))
        result = self._operation(node, [as_number(x) for x in operands])
        return _narrowed(result, self.ranges.get(node.serial))

    def _operation(self, node: Node, operands: Sequence[Interval]) -> Interval:
        primitive = node.primitive
        assert primitive is not None
        if primitive in self.towers.bodies:
            return self._tower(primitive, self._cut(node.parents[0], operands[0]))
        row = self.row(node)
        return self._by_row(row, primitive, operands[:1] if row is _SQUARE else operands)

    def of(self, name: str, *operands: Interval, row: Row | None = None) -> Interval:
        """The result of the table's operation of that name, by its own row or another."""
        return self._by_row(row or BOUNDS[name], TABLE[name], operands)

    def _by_row(self, row: Row, primitive: Primitive, operands: Sequence[Interval]) -> Interval:
        if not self.carries:
            return rounded_at_once(row, operands)
        return carrying_slack(row, operands, lambda x: inherited(primitive, x, self._sizes))

    def _cut(self, node: Node, x: Interval) -> Interval:
        """A tower's argument, cut to where it is known to stay: that is where its shape is looked for."""
        if isinstance(x.low, np.ndarray):
            return x.spread()
        known = self.ranges.get(node.serial)
        return x if known is None or x.is_point else x.within(*known)

    def _tower(self, tower: Primitive, x: Interval) -> Interval:
        """A function of one number: bounded by its values at two ends where its shape is known."""
        body = self.towers.bodies[tower]
        shape = None if x.is_point else self._shape(tower, x.least, x.most)
        if shape is None:
            return self._through(body, x)
        at_low = self._through(body, replace(x, high=x.low))
        at_high = self._through(body, replace(x, low=x.high))
        low, high = extremes(shape, x, at_low, at_high)
        worse = Slack.worse(at_low.slack, at_high.slack)
        slack = Slack(worse.absolute + shape.doubt, worse.relative)
        if at_low.is_point and at_high.is_point:
            return Interval(low, high, shape.least, shape.most, slack, x.smooth)
        # Values that were widened on the way may lie outside of the range that all values are in.
        cut = Interval(low, high, smooth=x.smooth).within(shape.least, shape.most)
        result = replace(cut, slack=slack)
        return result if self.carries else settled(result)

    def _through(self, body: Graph, x: Interval) -> Interval:
        # Ranges hold for what the inputs can make of a quantity; x may be wider than that.
        alone = replace(self, ranges={})
        known = alone.sweep(body.nodes, {body.inputs[0].serial: x})
        return as_number(known[body.outputs[0].serial])

    def _shape(self, tower: Primitive, least: float, most: float) -> Shape | None:
        if self.shapes is None:
            return None
        key = (tower, least, most)
        if key not in self.shapes:
            plain = Bounder(self.rows, towers=self.towers)
            body, slope = self.towers.bodies[tower], self.towers.slope(tower)
            self.shapes[key] = shape_of(
                lambda x: plain._through(body, x), lambda x: plain._through(slope, x), least, most
            )
        return self.shapes[key]

    def _sizes(self, graph: Graph, inputs: Sequence[Interval]) -> Sequence[float]:
        known: dict[int, Bound] = {
            node.serial: x for node, x in zip(graph.inputs, inputs, strict=True)
        }
        try:
            Bounder(self.rows).sweep(graph.nodes, known)
        except NoBounds:
            return [math.inf] * len(graph.outputs)
        return [as_number(known[node.serial]).size for node in graph.outputs]


def _narrowed(result: Interval, known: Range | None) -> Interval:
    """The result cut to the range it is known to stay in, where that is worth an operation."""
    if known is None:
        return result
    least, most = max(result.least, known[0]), min(result.most, known[1])
    inside = spanning(least, most)
    if result.is_point:
        return replace(result, least=least, most=most)
    if inside.sign != result.sign or 8.0 * inside.size < result.size:
        return result.within(least, most)
    return result
