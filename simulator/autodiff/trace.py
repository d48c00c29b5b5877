"""A function of NumPy-style scalars becomes a graph: run it once on traced scalars and keep what it did."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from simulator.autodiff.arrays.refusals import explained
from simulator.autodiff.arrays.traced_array import TracedArray
from simulator.autodiff.graph import Graph
from simulator.autodiff.node import Node, constant, variable
from simulator.autodiff.origin import Origin
from simulator.autodiff.recorder import recording


def trace(
    function: Callable[..., Any],
    size: int,
    *,
    names: Sequence[str] = (),
    has_aux: bool = False,
) -> Graph:
    """Record ``function(x)`` for an unknown ``x`` of shape (size,).

    Args:
        function: plain NumPy arithmetic; returns a number or an array (any nesting of sequences).
        size: how many numbers go in.
        names: names of the inputs, in order.
        has_aux: the function returns ``(output, extra)``; every traced scalar found in ``extra``
            (dataclasses, mappings, sequences) is named by its field path, such as ``cup.tds_pct``.

    Raises:
        TypeError: the function branches on a value, converts one to a plain number, or calls
            something that cannot be differentiated; the message names the line.
        ValueError: there are more names than inputs, or two are the same.

    >>> graph = trace(lambda x: np.exp(x[0]) * x[1], 2)
    >>> len(graph)
    2
    """
    if len(names) > size:
        raise ValueError(f"{len(names)} names for {size} inputs: {', '.join(names)}")
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        raise ValueError(f"two inputs cannot both be called {twice[0]!r}; each name once")
    with recording():
        line = _definition(function)
        inputs = tuple(variable(origin=line) for _ in range(size))
        with explained():
            result = function(array_of(inputs, (size,)))
        output, extra = result if has_aux else (result, None)
        if output is None:
            raise TypeError(f"{line}: the function returned nothing to trace: no return?")
        outputs = np.asarray(output, dtype=object)
        nodes = tuple(as_node(cell) for cell in outputs.ravel())
    named = [(str(name), node) for name, node in zip(names, inputs, strict=False)]
    return Graph(inputs, nodes, outputs.shape, _gather_names([*named, *field_paths(extra)]))


def array_of(nodes: Sequence[Node], shape: tuple[int, ...]) -> Any:
    """Traced scalars as a `TracedArray` of that shape; a bare scalar for shape ()."""
    if shape == ():
        return nodes[0]
    array = np.empty(len(nodes), dtype=object)
    for i, node in enumerate(nodes):
        array[i] = node
    return array.reshape(shape).view(TracedArray)


def as_node(cell: Any) -> Node:
    """A traced scalar as it is, a number as a constant."""
    return cell if type(cell) is Node else constant(cell)


def field_paths(thing: Any, path: str = "") -> Iterator[tuple[str, Node]]:
    """Every traced scalar inside nested dataclasses, mappings and sequences, with its path."""
    if type(thing) is Node:
        yield path, thing
        return
    prefix = f"{path}." if path else ""
    if dataclasses.is_dataclass(thing) and not isinstance(thing, type):
        items: Any = [(f.name, getattr(thing, f.name)) for f in dataclasses.fields(thing)]
    elif isinstance(thing, Mapping):
        items = thing.items()
    elif isinstance(thing, list | tuple | np.ndarray):
        items = [(getattr(item, "name", None) or str(i), item) for i, item in enumerate(thing)]
    else:
        return
    for key, item in items:
        yield from field_paths(item, f"{prefix}{key}")


def _gather_names(pairs: Sequence[tuple[str, Node]]) -> dict[int, tuple[str, ...]]:
    names: dict[int, tuple[str, ...]] = {}
    for name, node in pairs:
        if not node.is_constant:
            names[node.serial] = (*names.get(node.serial, ()), name)
    return names


def _definition(function: Callable[..., Any]) -> Origin:
    code = getattr(function, "__code__", None)
    return Origin(code.co_filename, code.co_firstlineno) if code else Origin("<function>", 0)
