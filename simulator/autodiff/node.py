"""Traced scalars and arrays of them: running ordinary NumPy code on these records a graph.

A `Node` is one scalar: the operation that made it and the nodes it was made from. Nodes own their
parents; nothing owns a node, so nested gradients, closures and threads need no bookkeeping, and a
graph that nobody holds is freed at once. Serial numbers grow as nodes are made: sorting by them *is* a
topological order. Inside `recording()` equal operations on equal operands give the same node.

A node may know its value (when a function is run at a point, as ``grad(f)(x)`` does) or not (when it
is traced to be compiled). With a value Python may branch on it; without one ``if`` is refused.
"""

from __future__ import annotations

import itertools
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from fractions import Fraction
from typing import Any, Final, cast

import numpy as np

from simulator.autodiff.folding import REWRITES
from simulator.autodiff.numpy_functions import call_function, call_ufunc, elementwise
from simulator.autodiff.origin import UNKNOWN, Origin, users_line
from simulator.autodiff.primitives import BY_UFUNC, TABLE, Primitive

Key = tuple[Any, ...]
_serials: Final = itertools.count()
_NUMBERS: Final = (int, float, np.number, Fraction)


class Recorder:
    """What one recording remembers: equal nodes, and the line that adjoints inherit."""

    __slots__ = ("origin", "table")

    def __init__(self) -> None:
        self.table: dict[Key, Node] = {}
        self.origin: Origin | None = None


_RECORDER: ContextVar[Recorder | None] = ContextVar("recorder", default=None)


@contextmanager
def recording() -> Iterator[Recorder]:
    """Share equal nodes among everything recorded inside; a nested recording joins the outer one."""
    outer = _RECORDER.get()
    if outer is not None:
        line = outer.origin
        try:
            yield outer
        finally:
            outer.origin = line
        return
    token = _RECORDER.set(Recorder())
    try:
        yield cast("Recorder", _RECORDER.get())
    finally:
        _RECORDER.reset(token)


def is_recording() -> bool:
    """True inside `recording()`: a derivative taken here is part of a larger graph."""
    return _RECORDER.get() is not None


class Node:
    """One scalar of a computational graph.

    Attributes:
        primitive: the operation that made it; None for an input or a constant.
        parents: its operands.
        value: its number, if known while recording; always known for constants.
        is_constant: it depends on no input.
        origin: the user's line that made it.
        serial: grows with every node made; parents come before children.
    """

    __slots__ = ("is_constant", "origin", "parents", "primitive", "serial", "value")
    __hash__ = None  # type: ignore[assignment]

    def __init__(
        self,
        primitive: Primitive | None,
        parents: tuple[Node, ...],
        value: Any,
        is_constant: bool,
        origin: Origin,
    ) -> None:
        self.serial = next(_serials)
        self.primitive = primitive
        self.parents = parents
        self.value = value
        self.is_constant = is_constant
        self.origin = origin

    def __repr__(self) -> str:
        what = "constant" if self.is_constant else "input"
        what = self.primitive.name if self.primitive else what
        known = "" if self.value is None else f" = {self.value!s}"
        return f"<traced {what}{known} from {self.origin}>"

    # fmt: off
    def __neg__(self) -> Any: return apply("negative", self)
    def __pos__(self) -> Any: return self
    def __abs__(self) -> Any: return apply("absolute", self)
    def __invert__(self) -> Any: return apply("logical_not", self)
    def __add__(self, other: Any) -> Any: return _binary(np.add, self, other)
    def __radd__(self, other: Any) -> Any: return _binary(np.add, other, self)
    def __sub__(self, other: Any) -> Any: return _binary(np.subtract, self, other)
    def __rsub__(self, other: Any) -> Any: return _binary(np.subtract, other, self)
    def __mul__(self, other: Any) -> Any: return _binary(np.multiply, self, other)
    def __rmul__(self, other: Any) -> Any: return _binary(np.multiply, other, self)
    def __truediv__(self, other: Any) -> Any: return _binary(np.divide, self, other)
    def __rtruediv__(self, other: Any) -> Any: return _binary(np.divide, other, self)
    def __floordiv__(self, other: Any) -> Any: return _binary(np.floor_divide, self, other)
    def __rfloordiv__(self, other: Any) -> Any: return _binary(np.floor_divide, other, self)
    def __mod__(self, other: Any) -> Any: return _binary(np.remainder, self, other)
    def __rmod__(self, other: Any) -> Any: return _binary(np.remainder, other, self)
    def __pow__(self, other: Any) -> Any: return _binary(np.power, self, other)
    def __rpow__(self, other: Any) -> Any: return _binary(np.power, other, self)
    def __and__(self, other: Any) -> Any: return _binary(np.logical_and, self, other)
    def __rand__(self, other: Any) -> Any: return _binary(np.logical_and, other, self)
    def __or__(self, other: Any) -> Any: return _binary(np.logical_or, self, other)
    def __ror__(self, other: Any) -> Any: return _binary(np.logical_or, other, self)
    def __lt__(self, other: Any) -> Any: return _binary(np.less, self, other)
    def __le__(self, other: Any) -> Any: return _binary(np.less_equal, self, other)
    def __gt__(self, other: Any) -> Any: return _binary(np.greater, self, other)
    def __ge__(self, other: Any) -> Any: return _binary(np.greater_equal, self, other)
    def __eq__(self, other: Any) -> Any: return _binary(np.equal, self, other)
    def __ne__(self, other: Any) -> Any: return _binary(np.not_equal, self, other)
    # fmt: on

    def __bool__(self) -> bool:
        if self.value is None:
            raise TypeError(
                f"{users_line()}: Python has to branch here, but the value is not known while "
                "compiling: every recipe runs the same straight line. Use np.where, np.maximum or "
                "np.clip; grad(f)(x) allows branches."
            )
        return bool(self.value)

    def _refuse_conversion(self) -> Any:
        raise TypeError(
            f"{users_line()}: a traced value cannot become a plain number, its gradient would be "
            "lost. If it is assigned into an array, make that array with np.zeros_like(x) or "
            "np.stack; if it goes into a math.* function, use the np.* one; .value peeks at it."
        )

    __float__ = __int__ = __index__ = __complex__ = _refuse_conversion

    def __getattr__(self, name: str) -> Any:
        # NumPy evaluates np.exp on a plain object array as element.exp().
        primitive = TABLE.get(name)
        if primitive is None or len(primitive.pulls) != 1:
            raise AttributeError(f"a traced scalar has no attribute {name!r}")
        return lambda: record(primitive, self)

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        primitive = BY_UFUNC.get(ufunc)
        if (
            primitive is not None
            and method == "__call__"
            and not kwargs
            and not any(isinstance(x, np.ndarray) for x in inputs)
        ):
            return record(primitive, *inputs)
        return wrap(call_ufunc(ufunc, method, inputs, kwargs))

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        return wrap(call_function(function, args, kwargs))

    @staticmethod
    def __record__(primitive: Primitive, *operands: Any) -> Any:
        if any(isinstance(x, np.ndarray) for x in operands):
            return wrap(elementwise(primitive, operands))
        return record(primitive, *operands)


class TracedArray(np.ndarray[Any, Any]):
    """A NumPy array of traced scalars (dtype object); indexing, assignment and views are NumPy's own."""

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        return wrap(call_ufunc(ufunc, method, inputs, kwargs))

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        return wrap(call_function(function, args, kwargs))

    @staticmethod
    def __record__(primitive: Primitive, *operands: Any) -> Any:
        return wrap(elementwise(primitive, operands))

    # fmt: off
    def sum(self, *args: Any, **kwargs: Any) -> Any: return np.sum(self, *args, **kwargs)
    def prod(self, *args: Any, **kwargs: Any) -> Any: return np.prod(self, *args, **kwargs)
    def mean(self, *args: Any, **kwargs: Any) -> Any: return np.mean(self, *args, **kwargs)
    def max(self, *args: Any, **kwargs: Any) -> Any: return np.max(self, *args, **kwargs)
    def min(self, *args: Any, **kwargs: Any) -> Any: return np.min(self, *args, **kwargs)
    def var(self, *args: Any, **kwargs: Any) -> Any: return np.var(self, *args, **kwargs)
    def std(self, *args: Any, **kwargs: Any) -> Any: return np.std(self, *args, **kwargs)
    def clip(self, *args: Any, **kwargs: Any) -> Any: return np.clip(self, *args, **kwargs)
    def dot(self, *args: Any, **kwargs: Any) -> Any: return np.dot(self, *args, **kwargs)
    # fmt: on


_SCALARS: Final = (Node, *_NUMBERS, np.bool)


def constant(number: Any) -> Node:
    """A constant node; equal bit patterns share one node inside a recording."""
    if isinstance(number, bool | np.bool):
        value: float | bool = bool(number)
        key: Key = (bool, value)
    elif isinstance(number, _NUMBERS) and not isinstance(number, np.complexfloating):
        value = float(number)
        key = (float, struct.pack("d", value))
    else:
        raise TypeError(
            f"{users_line()}: a traced value can meet numbers only, got {type(number).__name__}"
        )
    recorder = _RECORDER.get()
    found = recorder.table.get(key) if recorder else None
    if found is None:
        found = Node(None, (), value, True, UNKNOWN)
        if recorder:
            recorder.table[key] = found
    return found


def variable(value: Any = None, stands_for: Node | None = None, origin: Origin = UNKNOWN) -> Node:
    """A fresh input. One that stands for an outer node passes derivatives on to it unchanged."""
    if stands_for is None:
        return Node(None, (), value, False, origin)
    return Node(TABLE["identity"], (stands_for,), stands_for.value, False, stands_for.origin)


def apply(name: str, *operands: Any) -> Any:
    """Record the table's operation of that name."""
    return record(TABLE[name], *operands)


def record(primitive: Primitive, *operands: Any) -> Node:
    """The node of one operation on scalars: an old one if it is known, folded if it can be."""
    nodes = tuple([x if type(x) is Node else constant(x) for x in operands])
    recorder = _RECORDER.get()
    serials = [node.serial for node in nodes]
    key = (primitive, *(sorted(serials) if primitive.commutative else serials))
    if recorder is not None and (found := recorder.table.get(key)) is not None:
        return found
    node = _make(primitive, nodes, recorder)
    if recorder is not None:
        recorder.table[key] = node
    return node


def _make(primitive: Primitive, nodes: tuple[Node, ...], recorder: Recorder | None) -> Node:
    if all([node.is_constant for node in nodes]):
        return constant(_evaluate(primitive, nodes))
    rewrite = REWRITES.get(primitive.name)
    if rewrite is not None and (simpler := rewrite(apply, nodes)) is not None:
        return cast("Node", simpler)
    value = None
    if not any([node.value is None for node in nodes]):
        value = _evaluate(primitive, nodes)
    origin = recorder.origin if recorder is not None else None
    return Node(primitive, nodes, value, False, origin or users_line())


def _evaluate(primitive: Primitive, nodes: tuple[Node, ...]) -> float | bool:
    with np.errstate(all="ignore"):
        result = primitive.value(*[node.value for node in nodes])
    return bool(result) if primitive.truth else float(result)


def _binary(ufunc: Any, left: Any, right: Any) -> Any:
    if isinstance(left, np.ndarray) or isinstance(right, np.ndarray):
        return ufunc(left, right)
    if isinstance(left, _SCALARS) and isinstance(right, _SCALARS):
        return record(BY_UFUNC[ufunc], left, right)
    return NotImplemented


def wrap(result: Any) -> Any:
    """Object arrays as `TracedArray`, also inside lists and tuples; all else unchanged."""
    if isinstance(result, np.ndarray) and result.dtype == object:
        return result.view(TracedArray) if result.ndim else result[()]
    if isinstance(result, list | tuple):
        return type(result)([wrap(item) for item in result])
    return result
