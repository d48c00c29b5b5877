"""Traced scalars: running ordinary NumPy code on these records a graph.

A `Node` is one scalar: the operation that made it and the nodes it was made from. Nodes own their
parents; nothing owns a node, so nested gradients, closures and threads need no bookkeeping, and a
graph that nobody holds is freed at once. Serial numbers grow as nodes are made: sorting by them *is* a
topological order. Inside `recording()` equal operations on equal operands give the same node.

A node may know its value (when a function is run at a point, as ``grad(f)(x)`` does) or not (when it
is traced to be compiled). With a value Python may branch on it; without one ``if`` is refused.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import Any, Final, cast

import numpy as np

from simulator.autodiff.arrays.numpy_functions import call_function
from simulator.autodiff.arrays.traced_array import wrap
from simulator.autodiff.arrays.ufuncs import call_ufunc, elementwise
from simulator.autodiff.folding import REWRITES
from simulator.autodiff.known_slope import Slope, between
from simulator.autodiff.origin import UNKNOWN, Origin, users_line
from simulator.autodiff.primitives import BY_UFUNC, TABLE, Primitive
from simulator.autodiff.recorder import RECORDER, Recorder

_serials: Final = itertools.count()
_NUMBERS: Final = (float, int, np.number, Fraction, np.bool)
_TRUTHS: Final = (bool, np.bool)


def _operator(name: str) -> tuple[Callable[[Node, Any], Any], Callable[[Node, Any], Any]]:
    """``a ∘ b`` and its reflection ``b ∘ a`` for the table's operation of that name."""
    primitive = TABLE[name]

    def forward(self: Node, other: Any) -> Any:
        if type(other) is Node or isinstance(other, _NUMBERS):
            return record(primitive, self, other)
        return primitive.value(self, other) if isinstance(other, np.ndarray) else NotImplemented

    def reflected(self: Node, other: Any) -> Any:
        if isinstance(other, _NUMBERS):
            return record(primitive, other, self)
        return primitive.value(other, self) if isinstance(other, np.ndarray) else NotImplemented

    return forward, reflected


class Node:
    """One scalar of a computational graph.

    Attributes:
        primitive: the operation that made it; None for an input or a constant.
        parents: its operands.
        value: its number, if known while recording; always known for constants.
        is_constant: it depends on no input.
        is_truth: a truth value; all others are numbers.
        derives: the node whose derivative it is a part of; None for what the user wrote.
        slope: its derivative in one earlier node, where whoever wrote the formula has said it.
        serial: grows with every node made; parents come before children.
    """

    __slots__ = (
        "_made_at", "derives", "is_constant", "is_truth", "parents", "primitive", "serial", "slope", "value",
    )  # fmt: skip
    __hash__ = None  # type: ignore[assignment]

    def __init__(
        self,
        primitive: Primitive | None,
        parents: tuple[Node, ...],
        value: Any,
        is_constant: bool,
        origin: Origin | None,
        derives: Node | None = None,
    ) -> None:
        self.serial = next(_serials)
        self.primitive = primitive
        self.parents = parents
        self.value = value
        self.is_constant = is_constant
        self.is_truth = type(value) is bool if primitive is None else primitive.truth
        self.derives = derives
        self.slope: Slope | None = None
        self._made_at = origin

    @property
    def origin(self) -> Origin:
        """The user's line that made it; a derivative has the line of what it is the derivative of."""
        node: Node | None = self
        while node is not None and node._made_at is None:
            node = node.derives
        return node._made_at if node is not None and node._made_at is not None else UNKNOWN

    def __repr__(self) -> str:
        what = "constant" if self.is_constant else "input"
        what = self.primitive.name if self.primitive else what
        known = "" if self.value is None else f" = {self.value!s}"
        return f"<traced {what}{known} from {self.origin}>"

    __add__, __radd__ = _operator("add")
    __sub__, __rsub__ = _operator("subtract")
    __mul__, __rmul__ = _operator("multiply")
    __truediv__, __rtruediv__ = _operator("divide")
    __floordiv__, __rfloordiv__ = _operator("floor_divide")
    __mod__, __rmod__ = _operator("remainder")
    __pow__, __rpow__ = _operator("power")
    __and__, __rand__ = _operator("logical_and")
    __or__, __ror__ = _operator("logical_or")
    __xor__, __rxor__ = _operator("not_equal")
    __lt__ = _operator("less")[0]
    __le__ = _operator("less_equal")[0]
    __gt__ = _operator("greater")[0]
    __ge__ = _operator("greater_equal")[0]
    __eq__ = _operator("equal")[0]
    __ne__ = _operator("not_equal")[0]

    # fmt: off
    def __neg__(self) -> Any: return apply("negative", self)
    def __pos__(self) -> Any: return self
    def __abs__(self) -> Any: return apply("absolute", self)
    def __invert__(self) -> Any: return apply("logical_not", self)
    def __floor__(self) -> Any: return apply("floor", self)
    def __ceil__(self) -> Any: return apply("ceil", self)
    def __trunc__(self) -> Any: return apply("trunc", self)
    def __copy__(self) -> Any: return self
    def __deepcopy__(self, memo: Any) -> Any: return self
    def conjugate(self) -> Any: return self
    # fmt: on

    def __bool__(self) -> bool:
        if self.value is None:
            raise TypeError(
                f"{users_line()}: Python has to branch here, but the value is not known while "
                "compiling: every recipe runs the same straight line. Use np.where, np.maximum or "
                "np.clip; grad(f)(x) allows branches."
            )
        return bool(self.value)

    def _refuse_conversion(self, *_: Any) -> Any:
        raise TypeError(
            f"{users_line()}: a traced value cannot become a plain number, its gradient would be "
            "lost. If it is assigned into an array, make that array with np.zeros_like(x) or "
            "np.stack; if it goes into a math.* function, use the np.* one; .value peeks at it."
        )

    __float__ = __int__ = __index__ = __complex__ = __round__ = _refuse_conversion

    def __getattr__(self, name: str) -> Any:
        # NumPy evaluates np.exp on a plain object array as element.exp(), np.hypot as a.hypot(b).
        primitive = TABLE.get(name)
        if primitive is None:
            raise AttributeError(f"a traced scalar has no attribute {name!r}")
        return lambda *others: record(primitive, self, *others)

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        primitive = BY_UFUNC.get(ufunc)
        if primitive is not None and method == "__call__" and not kwargs:
            for x in inputs:
                if type(x) is not Node and isinstance(x, np.ndarray | list | tuple):
                    break
            else:
                return record(primitive, *inputs)
        return wrap(call_ufunc(ufunc, method, inputs, kwargs))

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        return wrap(call_function(function, args, kwargs))

    def __with_slope__(self, operand: Any, slope: Any) -> Node:
        """Learn ∂self/∂operand, for derivatives to use instead of the chain rule in between.

        It is ignored where something else than the operand varies too, for then it is not all there is.
        """
        if type(operand) is Node and type(slope) is Node:
            inside = between(operand, self)
            if inside is not None:
                self.slope = Slope(operand, slope, inside)
        return self

    @staticmethod
    def __record__(primitive: Primitive, *operands: Any) -> Any:
        if any(isinstance(x, np.ndarray | list | tuple) for x in operands):
            return wrap(elementwise(primitive, operands))
        return record(primitive, *operands)


def constant(number: Any) -> Node:
    """A constant node; equal bit patterns share one node inside a recording."""
    if type(number) is float:
        value: float | bool = number
    elif isinstance(number, _TRUTHS):
        value = bool(number)
    elif isinstance(number, _NUMBERS) and not isinstance(number, np.complexfloating):
        value = float(number)
    else:
        raise TypeError(
            f"{users_line()}: a traced value can meet numbers only, got {type(number).__name__}"
        )
    recorder = RECORDER.get()
    if recorder is None:
        return Node(None, (), value, True, UNKNOWN)
    key = _constant_key(value)
    found = recorder.constants.get(key)
    if found is None:
        found = recorder.constants[key] = Node(None, (), value, True, UNKNOWN)
    return found


def _constant_key(value: float | bool) -> float | bool | str:
    # As keys 0.0, -0.0 and False would be the same, and so would 1.0 and True.
    return repr(value) if not value or value is True else value


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
    for x in operands:
        if type(x) is not Node:
            operands = tuple([x if type(x) is Node else constant(x) for x in operands])
            break
    recorder = RECORDER.get()
    if recorder is None:
        with np.errstate(all="ignore"):
            return _make(primitive, operands, None)
    known = recorder.made[primitive]
    key = _key(primitive, operands)
    node = known.get(key)
    if node is None:
        node = known[key] = _make(primitive, operands, recorder)
    return node


def _key(primitive: Primitive, operands: tuple[Node, ...]) -> Any:
    if len(operands) == 1:
        return operands[0].serial
    key = tuple([x.serial for x in operands])
    return key[::-1] if primitive.commutative and key[0] > key[1] else key


def adopt(nodes: Iterable[Node]) -> None:
    """Let the rest of this recording share these nodes, which an earlier one made."""
    recorder = RECORDER.get()
    assert recorder is not None
    for node in nodes:
        if node.primitive is not None:
            recorder.made[node.primitive].setdefault(_key(node.primitive, node.parents), node)
        elif node.is_constant:
            recorder.constants.setdefault(_constant_key(node.value), node)


def _make(primitive: Primitive, nodes: tuple[Node, ...], recorder: Recorder | None) -> Node:
    logic, known, varies = primitive.logic, True, False
    for node in nodes:
        logic = logic or node.is_truth
        known = known and node.value is not None
        varies = varies or not node.is_constant
    if logic:
        nodes = _of_their_kind(primitive, nodes)
    if not varies:
        return _folded(primitive, nodes, None if recorder is None else recorder.deriving)
    rewrite = REWRITES.get(primitive.name)
    if rewrite is not None:
        simpler: Node | None = rewrite(apply, *nodes)
        if simpler is not None:
            return simpler
    value = _evaluate(primitive, nodes) if known else None
    deriving = None if recorder is None else recorder.deriving
    origin = users_line() if deriving is None else None
    return Node(primitive, nodes, value, False, origin, deriving)


def _folded(primitive: Primitive, nodes: tuple[Node, ...], deriving: Node | None) -> Node:
    value = _evaluate(primitive, nodes)
    if math.isfinite(value):
        return constant(value)
    # Kept with its operands and its line: somebody will ask where the NaN came from.
    return Node(primitive, nodes, value, True, users_line() if deriving is None else None, deriving)


def _evaluate(primitive: Primitive, nodes: tuple[Node, ...]) -> float | bool:
    result = primitive.value(*[node.value for node in nodes])
    return bool(result) if primitive.truth else float(result)


def _of_their_kind(primitive: Primitive, nodes: tuple[Node, ...]) -> tuple[Node, ...]:
    """Truth values where logic wants them, numbers where arithmetic does: a truth counts 1 or 0."""
    if primitive.name == "where":
        return (_truth(nodes[0]), *nodes[1:])
    if primitive.logic:
        return tuple([_truth(node) for node in nodes])
    if primitive.truth:  # comparisons take either
        return nodes
    if len(nodes) > 1 and all([node.is_truth for node in nodes]):
        raise TypeError(
            f"{users_line()}: {primitive.name} of two truth values: NumPy takes it for logic, Python "
            "for arithmetic. Write & or | for logic, and np.where(condition, 1.0, 0.0) to count."
        )
    return tuple([apply("where", node, 1.0, 0.0) if node.is_truth else node for node in nodes])


def _truth(node: Node) -> Node:
    return node if node.is_truth else cast("Node", apply("not_equal", node, 0.0))
