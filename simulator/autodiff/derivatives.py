"""Derivatives of functions at a point: `grad`, `jacobian`, `hessian`, `jvp`, `vjp`, `hvp` and friends.

The function is run once at the point, on traced scalars that know their values, so Python may branch on
them. Results are plain floats and arrays, unless the call happens inside another derivative: then they
are traced, and derivatives nest to any order.

Every function here takes ``argnum``: which argument to differentiate by, a position (default 0), a
keyword's name, or a tuple of either. An argument may be a number, an array, or a tuple, list or dict of
them; a gradient has the argument's shape.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any

import numpy as np

from simulator.autodiff.backprop import pull_back, push_forward
from simulator.autodiff.node import Node, constant, is_recording, recording, variable, wrap
from simulator.autodiff.structure import Rebuild, flatten
from simulator.autodiff.trace import as_node

Function = Callable[..., Any]
Argnum = int | str | tuple[int | str, ...]


@dataclass(frozen=True)
class _Run:
    """One run of a function on fresh variables, and how to give its results back."""

    inputs: list[Node]
    rebuild_input: Rebuild
    input_shape: tuple[int, ...] | None
    outputs: list[Node]
    rebuild_output: Rebuild
    output_shape: tuple[int, ...] | None
    extra: Any
    nested: bool

    def finished(self, result: Any) -> Any:
        """Traced values inside another derivative, plain numbers at the top."""
        return wrap(result) if self.nested else numbers(result)

    def like_input(self, nodes: Sequence[Node]) -> Any:
        return self.finished(self.rebuild_input(nodes))

    def like_output(self, nodes: Sequence[Node]) -> Any:
        return self.finished(self.rebuild_output(nodes))

    def with_extra(self, result: Any, has_aux: bool) -> Any:
        return (result, self.finished(self.extra)) if has_aux else result

    def only_output(self, caller: str) -> Node:
        if len(self.outputs) != 1:
            raise TypeError(
                f"{caller} needs a function that returns one number, this one returned "
                f"{len(self.outputs)}; jacobian and vjp take any number of outputs"
            )
        return self.outputs[0]


def _run(
    function: Function,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    argnum: Argnum,
    has_aux: bool,
    nested: bool,
) -> _Run:
    several = isinstance(argnum, tuple)
    places: Any = argnum if several else (argnum,)
    chosen = tuple(kwargs[i] if isinstance(i, str) else args[i] for i in places)
    argument = chosen if several else chosen[0]
    leaves, rebuild = flatten(argument)
    inputs = [variable(stands_for=as_node(leaf)) for leaf in leaves]
    fresh = wrap(rebuild(inputs))
    arguments: dict[Any, Any] = dict(enumerate(args)) | kwargs
    arguments.update(zip(places, fresh if several else (fresh,), strict=True))
    result = function(
        *[arguments[i] for i in range(len(args))], **{key: arguments[key] for key in kwargs}
    )
    output, extra = result if has_aux else (result, None)
    outputs, rebuild_output = flatten(output)
    return _Run(
        inputs, rebuild, _shape(argument), [as_node(x) for x in outputs], rebuild_output,
        _shape(output), extra, nested,
    )  # fmt: skip


def _shape(thing: Any) -> tuple[int, ...] | None:
    """The shape of a number or an array; None for containers."""
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


def value_and_grad(function: Function, argnum: Argnum = 0, has_aux: bool = False) -> Function:
    """A function that returns ``(value, gradient)`` of a scalar function.

    With ``has_aux`` the function returns ``(value, extra)`` and the result is
    ``((value, extra), gradient)``.

    >>> value_and_grad(lambda x: x[0] * np.exp(x[1]))(np.array([3.0, 0.0]))
    (3.0, array([1., 3.]))
    """

    @wraps(function)
    def derivative(*args: Any, **kwargs: Any) -> Any:
        nested = is_recording()
        with recording():
            run = _run(function, args, kwargs, argnum, has_aux, nested)
            output = run.only_output("grad")
            gradient = run.like_input(pull_back([output], [constant(1.0)], run.inputs))
            value = run.with_extra(run.finished(output), has_aux)
            return value, gradient

    return derivative


def grad(function: Function, argnum: Argnum = 0, has_aux: bool = False) -> Function:
    """The gradient of a scalar function, in the shape of its argument.

    With ``has_aux`` the function returns ``(value, extra)`` and the result is ``(gradient, extra)``.

    >>> grad(np.sin)(0.0)
    1.0
    >>> grad(grad(lambda x: x**3))(2.0)
    12.0
    """
    both = value_and_grad(function, argnum, has_aux)

    @wraps(function)
    def derivative(*args: Any, **kwargs: Any) -> Any:
        value, gradient = both(*args, **kwargs)
        return (gradient, value[1]) if has_aux else gradient

    return derivative


def elementwise_grad(function: Function, argnum: Argnum = 0) -> Function:
    """The derivative of each output by its own input, for functions that act element by element.

    >>> elementwise_grad(np.sinh)(np.array([0.0, 0.0]))
    array([1., 1.])
    """

    @wraps(function)
    def derivative(*args: Any, **kwargs: Any) -> Any:
        nested = is_recording()
        with recording():
            run = _run(function, args, kwargs, argnum, False, nested)
            ones = [constant(1.0)] * len(run.outputs)
            return run.like_input(pull_back(run.outputs, ones, run.inputs))

    return derivative


def jacobian(function: Function, argnum: Argnum = 0) -> Function:
    """All first derivatives, of shape (*shape of the output, *shape of the argument).

    Sweeps in reverse or forward, whichever takes fewer sweeps.

    >>> jacobian(lambda x: np.stack([x[0] * x[1], x[0]]))(np.array([2.0, 3.0]))
    array([[3., 2.],
           [1., 0.]])
    """

    @wraps(function)
    def derivative(*args: Any, **kwargs: Any) -> Any:
        nested = is_recording()
        with recording():
            run = _run(function, args, kwargs, argnum, False, nested)
            shape = (*_array_shape(run.output_shape), *_array_shape(run.input_shape))
            return run.finished(_as_array(jacobian_nodes(run.inputs, run.outputs), shape))

    return derivative


def hessian(function: Function, argnum: Argnum = 0) -> Function:
    """All second derivatives of a scalar function, of shape (*shape, *shape) of the argument.

    >>> hessian(lambda x: x[0] ** 2 * x[1])(np.array([1.0, 5.0]))
    array([[10.,  2.],
           [ 2.,  0.]])
    """

    @wraps(function)
    def derivative(*args: Any, **kwargs: Any) -> Any:
        nested = is_recording()
        with recording():
            run = _run(function, args, kwargs, argnum, False, nested)
            shape = _array_shape(run.input_shape)
            output = run.only_output("hessian")
            return run.finished(_as_array(second_derivatives(output, run.inputs), shape + shape))

    return derivative


def jvp(function: Function, argnum: Argnum = 0) -> Function:
    """Forward mode: ``jvp(f)(x, v)`` is J·v, the change of f along v. v has the argument's shape.

    The direction is the last positional argument.

    >>> jvp(lambda x: x**2)(3.0, 10.0)
    60.0
    """

    @wraps(function)
    def derivative(*args: Any, **kwargs: Any) -> Any:
        *rest, direction = args
        nested = is_recording()
        with recording():
            run = _run(function, tuple(rest), kwargs, argnum, False, nested)
            tangents = _matching(direction, run.inputs, "the argument")
            return run.like_output(push_forward(run.outputs, run.inputs, tangents))

    return derivative


def vjp(function: Function, argnum: Argnum = 0) -> Function:
    """Reverse mode: ``vjp(f)(x)`` is ``(y, pull)``; ``pull(w)`` is wᵀ·J, w in the shape of y.

    >>> y, pull = vjp(lambda x: np.stack([x[0] * x[1], x[0]]))(np.array([2.0, 3.0]))
    >>> y, pull(np.array([1.0, 10.0]))
    (array([6., 2.]), array([13.,  2.]))
    """

    @wraps(function)
    def derivative(*args: Any, **kwargs: Any) -> Any:
        nested = is_recording()
        with recording():
            run = _run(function, args, kwargs, argnum, False, nested)

        def pull(adjoint: Any) -> Any:
            with recording():
                adjoints = _matching(adjoint, run.outputs, "the result")
                return run.like_input(pull_back(run.outputs, adjoints, run.inputs))

        return run.like_output(run.outputs), pull

    return derivative


def hvp(function: Function, argnum: Argnum = 0) -> Function:
    """Hessian–vector product: ``hvp(f)(x, v)`` is H·v at about four times the cost of f.

    >>> hvp(lambda x: x[0] ** 2 * x[1])(np.array([1.0, 5.0]), np.array([1.0, 0.0]))
    array([10.,  2.])
    """
    return jvp(grad(function, argnum), argnum)


def second_derivatives(output: Node, inputs: Sequence[Node]) -> list[Node]:
    """The Hessian's n² nodes row by row: forward over reverse, each symmetric pair computed once."""
    gradient = pull_back([output], [constant(1.0)], inputs)
    size = len(inputs)
    cells: dict[tuple[int, int], Node] = {}
    for j in range(size):
        unit = [constant(float(i == j)) for i in range(size)]
        for i, cell in enumerate(push_forward(gradient[j:], inputs, unit), start=j):
            cells[i, j] = cells[j, i] = cell
    return [cells[i, j] for i in range(size) for j in range(size)]


def jacobian_nodes(inputs: Sequence[Node], outputs: Sequence[Node]) -> list[Node]:
    """All first derivatives, output by output: reverse or forward, whichever takes fewer sweeps."""
    one, zero = constant(1.0), constant(0.0)
    if len(outputs) <= len(inputs):
        rows = [pull_back([output], [one], inputs) for output in outputs]
        return [cell for row in rows for cell in row]
    columns = [
        push_forward(outputs, inputs, [one if i == j else zero for i in range(len(inputs))])
        for j in range(len(inputs))
    ]
    return [column[i] for i in range(len(outputs)) for column in columns]


def _matching(values: Any, nodes: Sequence[Node], what: str) -> list[Node]:
    leaves, _ = flatten(values)
    if len(leaves) != len(nodes):
        raise TypeError(
            f"a vector of {len(leaves)} numbers does not fit {what}: {len(nodes)} numbers"
        )
    return [as_node(leaf) for leaf in leaves]


def _array_shape(shape: tuple[int, ...] | None) -> tuple[int, ...]:
    if shape is None:
        raise TypeError(
            "jacobian and hessian take numbers and arrays; grad takes tuples and dicts too"
        )
    return shape


def _as_array(nodes: Sequence[Node], shape: tuple[int, ...]) -> Any:
    if shape == ():
        return nodes[0]
    cells = np.empty(len(nodes), dtype=object)
    for i, node in enumerate(nodes):
        cells[i] = node
    return cells.reshape(shape)
