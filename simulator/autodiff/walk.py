"""The two sweeps one node at a time, on plain numbers: backprop for people who want to watch.

No graph of derivatives is built and nothing is emitted: this is the textbook algorithm, and it agrees
with the fast paths.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from simulator.autodiff.node import Node
from simulator.autodiff.topology import Wiring


@dataclass(frozen=True)
class Forward:
    """A node gets its value.

    Attributes:
        node: the node; its ``primitive`` is None for an input.
        name: the quantity's name, if it has one.
        operands: the values of its parents.
        value: what the operation makes of them.
    """

    node: Node
    name: str | None
    operands: tuple[float, ...]
    value: float


@dataclass(frozen=True)
class Backward:
    """A node hands its adjoint on to its parents.

    Attributes:
        node: the node.
        name: the quantity's name, if it has one.
        value: its value.
        adjoint: ∂output/∂node, complete when the walk arrives here.
        partials: ∂node/∂parent for every parent.
        shares: what each parent receives: adjoint · partial, or 0 where nothing flows.
    """

    node: Node
    name: str | None
    value: float
    adjoint: float
    partials: tuple[float, ...]
    shares: tuple[float, ...]


def evaluate(graph: Wiring, x: Sequence[float]) -> dict[int, Any]:
    """The value of every node at x, by its serial number.

    Raises:
        ValueError: x does not have one number per input.
    """
    values: dict[int, Any] = {}
    for step in forward(graph, x, values):
        del step
    return values


def walk(graph: Wiring, x: Sequence[float], output: int) -> Iterator[Forward | Backward]:
    """First every node forward, then every node backward from one output.

    Nodes that the output does not depend on, or that depend on no input, have no backward step.
    """
    values: dict[int, Any] = {}
    yield from forward(graph, x, values)
    yield from backward(graph, values, graph.outputs[output])


def forward(graph: Wiring, x: Sequence[float], values: dict[int, Any]) -> Iterator[Forward]:
    """The forward sweep; fills ``values`` as it goes."""
    if len(x) != len(graph.inputs):
        raise ValueError(f"the graph has {len(graph.inputs)} inputs, got {len(x)} numbers")
    given = {node.serial: float(v) for node, v in zip(graph.inputs, x, strict=True)}
    for node in graph.nodes:
        if node.is_constant:
            values[node.serial] = node.value
            continue
        operands: tuple[Any, ...] = ()
        if node.serial in given:
            value: Any = given[node.serial]
        else:
            assert node.primitive is not None
            operands = tuple(values[parent.serial] for parent in node.parents)
            with np.errstate(all="ignore"):
                value = node.primitive.value(*operands)
            value = bool(value) if node.primitive.truth else float(value)
        values[node.serial] = value
        yield Forward(node, graph.name(node), operands, value)


def backward(graph: Wiring, values: dict[int, Any], output: Node) -> Iterator[Backward]:
    """The reverse sweep from one output over known values."""
    received: defaultdict[int, list[float]] = defaultdict(list)
    received[output.serial].append(1.0)
    roots = {node.serial for node in graph.inputs}
    for node in reversed(graph.nodes):
        if node.serial not in received or node.is_constant:
            continue
        adjoint = sum(received.pop(node.serial))
        if node.serial in roots or node.primitive is None:
            yield Backward(node, graph.name(node), values[node.serial], adjoint, (), ())
            continue
        partials = local_partials(node, values)
        shares = _shares(node, values, adjoint, partials)
        for parent, partial, share in zip(node.parents, partials, shares, strict=True):
            # A partial of exactly 0 hands on nothing; 0 · inf would be NaN.
            if partial != 0.0:
                received[parent.serial].append(share)
        yield Backward(node, graph.name(node), values[node.serial], adjoint, partials, shares)


def local_partials(node: Node, values: Mapping[int, Any]) -> tuple[float, ...]:
    """∂node/∂parent for every parent, given the values of the node and its parents."""
    return _pulled(node, values, 1.0, [not parent.is_constant for parent in node.parents])


def _shares(
    node: Node, values: Mapping[int, Any], adjoint: float, partials: Sequence[float]
) -> tuple[float, ...]:
    return _pulled(node, values, adjoint, [partial != 0.0 for partial in partials])


def _pulled(
    node: Node, values: Mapping[int, Any], adjoint: float, flows: Sequence[bool]
) -> tuple[float, ...]:
    assert node.primitive is not None
    # NumPy scalars follow IEEE arithmetic where Python's floats raise.
    y, *operands = [
        np.bool(v) if isinstance(v, bool) else np.float64(v)
        for v in (values[n.serial] for n in (node, *node.parents))
    ]
    with np.errstate(all="ignore"):
        return tuple(
            float(pull(np.float64(adjoint), y, *operands)) if pull is not None and flow else 0.0
            for pull, flow in zip(node.primitive.pulls, flows, strict=True)
        )
