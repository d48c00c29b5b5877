"""Running a function once at a point, on traced scalars that know their values.

This is what `grad(f)(x)` and its relatives have in common: put variables in the place of the arguments
to differentiate by, run, and give results back in the caller's shapes, checked.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from simulator.autodiff.arrays.refusals import explained
from simulator.autodiff.arrays.traced_array import wrap
from simulator.autodiff.diagnosis import (
    NonfiniteError,
    OnNonfinite,
    first_nonfinite,
    known_values,
)
from simulator.autodiff.node import Node, variable
from simulator.autodiff.structure import Rebuild, flatten, paths
from simulator.autodiff.trace import array_of, as_node, field_paths

Function = Callable[..., Any]
Argnum = int | str | tuple[int | str, ...]


@dataclass(frozen=True)
class Call:
    """A function, its arguments, and which of them to differentiate by.

    Attributes:
        nested: the call happens inside another derivative, so results stay traced.
    """

    function: Function
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    argnum: Argnum
    nonfinite: OnNonfinite
    nested: bool
    has_aux: bool = False

    def run(self) -> Run:
        """Run the function on fresh variables; to be called inside `recording()`."""
        chosen = [self._argument(place) for place in self.places]
        several = isinstance(self.argnum, tuple)
        leaves, rebuild = flatten(tuple(chosen) if several else chosen[0])
        if any([isinstance(leaf, bool | np.bool_) for leaf in leaves]):
            raise TypeError(
                f"cannot differentiate {_called(self.function)} with respect to a truth value: "
                "give numbers, such as 1.0 for True"
            )
        inputs = [variable(stands_for=as_node(leaf)) for leaf in leaves]
        fresh = wrap(rebuild(inputs))
        args, kwargs = list(self.args), dict(self.kwargs)
        for place, argument in zip(self.places, fresh if several else (fresh,), strict=True):
            if isinstance(place, str):
                kwargs[place] = argument
            else:
                args[place] = argument
        with explained():
            result = self.function(*args, **kwargs)
        output, extra = result if self.has_aux else (result, None)
        if output is None:
            raise TypeError(
                f"{_called(self.function)} returned nothing to differentiate: no return?"
            )
        outputs, rebuild_output = flatten(output)
        nodes = [as_node(x) for x in outputs]
        shape = None if several else _shape(chosen[0])
        return Run(self, inputs, rebuild, shape, nodes, rebuild_output, _shape(output), extra)

    @property
    def places(self) -> tuple[int | str, ...]:
        return self.argnum if isinstance(self.argnum, tuple) else (self.argnum,)

    def names(self) -> list[str]:
        """What the numbers differentiated by are called in the function's own signature."""
        try:
            called = list(inspect.signature(self.function).parameters)
        except (TypeError, ValueError):
            called = []
        names = []
        for place in self.places:
            root = place
            if isinstance(root, int):
                root = called[root] if -len(called) <= root < len(called) else "x"
            names += paths(self._argument(place), root)
        return names

    def _argument(self, place: int | str) -> Any:
        try:
            return self.kwargs[place] if isinstance(place, str) else self.args[place]
        except LookupError:
            raise TypeError(
                f"argnum {place!r}: the call has {len(self.args)} positional arguments and the "
                f"keywords {sorted(self.kwargs)}"
            ) from None


@dataclass(frozen=True)
class Run:
    """What a call did, and how to give its results back."""

    call: Call
    inputs: list[Node]
    rebuild_input: Rebuild
    input_shape: tuple[int, ...] | None
    outputs: list[Node]
    rebuild_output: Rebuild
    output_shape: tuple[int, ...] | None
    extra: Any

    def called(self, nested: bool) -> Run:
        """The same run, giving results to a caller inside another derivative, or outside of all."""
        return replace(self, call=replace(self.call, nested=nested))

    def like_input(self, nodes: Sequence[Node]) -> Any:
        return self._finished(nodes, self.rebuild_input)

    def like_output(self, nodes: Sequence[Node]) -> Any:
        return self._finished(nodes, self.rebuild_output)

    def like_array(self, nodes: Sequence[Node], shape: tuple[int, ...]) -> Any:
        return self._finished(nodes, lambda cells: array_of(cells, shape))

    def with_extra(self, result: Any) -> Any:
        if not self.call.has_aux:
            return result
        return result, wrap(self.extra) if self.call.nested else numbers(self.extra)

    def only_output(self, caller: str) -> Node:
        if len(self.outputs) != 1:
            raise TypeError(
                f"{caller} needs a function that returns one number, this one returned "
                f"{len(self.outputs)}; jacobian and vjp take any number of outputs"
            )
        return self.outputs[0]

    def _finished(self, nodes: Sequence[Node], rebuild: Rebuild) -> Any:
        """Traced values inside another derivative; plain, checked numbers at the top."""
        if self.call.nested:
            return wrap(rebuild(nodes))
        if self.call.nonfinite == "raise":
            self._check([*self.outputs, *nodes])
        return numbers(rebuild(nodes))

    def _check(self, nodes: Sequence[Node]) -> None:
        if all([math.isfinite(node.value) for node in nodes]):
            return
        named = [(name, node) for name, node in field_paths(self.extra)]
        named += zip(self.call.names(), self.inputs, strict=True)
        names = {node.serial: (name,) for name, node in named}
        report = first_nonfinite(nodes, self.inputs, known_values(nodes, self.inputs), names)
        assert report is not None
        raise NonfiniteError(report)


def _called(function: Function) -> str:
    return getattr(function, "__name__", "the function")


def _shape(thing: Any) -> tuple[int, ...] | None:
    """The shape of a number or an array; None for containers of several."""
    if isinstance(thing, dict | tuple):
        return None
    return tuple(np.shape(thing))


def numbers(thing: Any) -> Any:
    """Traced scalars replaced by their values, in arrays, tuples, lists and dicts."""
    if isinstance(thing, Node):
        return thing.value
    if isinstance(thing, np.ndarray) and thing.dtype == object:
        values = [x.value if isinstance(x, Node) else x for x in thing.ravel()]
        return np.array(values, dtype=float).reshape(thing.shape)
    if isinstance(thing, dict):
        return {key: numbers(item) for key, item in thing.items()}
    if isinstance(thing, tuple) and hasattr(thing, "_make"):
        return type(thing)._make(numbers(item) for item in thing)
    if isinstance(thing, list | tuple):
        return type(thing)(numbers(item) for item in thing)
    return thing
