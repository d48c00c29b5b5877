"""Derivatives of functions at a point: `grad`, `jacobian`, `hessian`, `jvp`, `vjp`, `hvp` and friends.

The function is run once at the point, on traced scalars that know their values, so Python may branch on
them. Results are plain floats and arrays, unless the call happens inside another derivative: then they
are traced, and derivatives nest to any order.

Every function here takes ``argnum``: which argument to differentiate by, a position (default 0), a
keyword's name, or a tuple of either. An argument may be a number, an array, or a tuple, list or dict of
them; a gradient has the argument's shape.

Every one takes ``nonfinite``: "raise" (the default) raises `NonfiniteError`, a FloatingPointError that
names the operation, its operands and the user's line, when a value or a derivative is not finite;
"return" returns it.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import wraps
from typing import Any

from simulator.autodiff.at_point import Argnum, Call, Function
from simulator.autodiff.backprop import pull_back, push_forward
from simulator.autodiff.diagnosis import OnNonfinite
from simulator.autodiff.matrices import jacobian_nodes, second_derivatives
from simulator.autodiff.node import Node, constant
from simulator.autodiff.recorder import is_recording, recording
from simulator.autodiff.structure import flatten
from simulator.autodiff.trace import as_node


def value_and_grad(
    function: Function,
    argnum: Argnum = 0,
    has_aux: bool = False,
    nonfinite: OnNonfinite = "raise",
) -> Function:
    """A function that returns ``(value, gradient)`` of a scalar function.

    With ``has_aux`` the function returns ``(value, extra)`` and the result is
    ``((value, extra), gradient)``; quantities found in ``extra`` are called by their names in errors.

    >>> import numpy as np
    >>> value_and_grad(lambda x: x[0] * np.exp(x[1]))(np.array([3.0, 0.0]))
    (3.0, array([1., 3.]))
    """

    @wraps(function)
    def derivative(*args: Any, **kwargs: Any) -> Any:
        call = Call(function, args, kwargs, argnum, nonfinite, is_recording(), has_aux)
        with recording():
            run = call.run()
            output = run.only_output("grad")
            gradient = run.like_input(pull_back([output], [constant(1.0)], run.inputs))
            return run.with_extra(run.like_output([output])), gradient

    return derivative


def grad(
    function: Function,
    argnum: Argnum = 0,
    has_aux: bool = False,
    nonfinite: OnNonfinite = "raise",
) -> Function:
    """The gradient of a scalar function, in the shape of its argument.

    With ``has_aux`` the function returns ``(value, extra)`` and the result is ``(gradient, extra)``.

    >>> import numpy as np
    >>> grad(np.sin)(0.0)
    1.0
    >>> grad(grad(lambda x: x**3))(2.0)
    12.0
    >>> grad(np.sqrt, nonfinite="return")(0.0)
    inf
    """
    both = value_and_grad(function, argnum, has_aux, nonfinite)

    @wraps(function)
    def derivative(*args: Any, **kwargs: Any) -> Any:
        value, gradient = both(*args, **kwargs)
        return (gradient, value[1]) if has_aux else gradient

    return derivative


def elementwise_grad(
    function: Function, argnum: Argnum = 0, nonfinite: OnNonfinite = "raise"
) -> Function:
    """The derivative of each output by its own input, for functions that act element by element.

    >>> import numpy as np
    >>> elementwise_grad(np.sinh)(np.array([0.0, 0.0]))
    array([1., 1.])
    """

    @wraps(function)
    def derivative(*args: Any, **kwargs: Any) -> Any:
        call = Call(function, args, kwargs, argnum, nonfinite, is_recording())
        with recording():
            run = call.run()
            ones = [constant(1.0)] * len(run.outputs)
            return run.like_input(pull_back(run.outputs, ones, run.inputs))

    return derivative


def jacobian(function: Function, argnum: Argnum = 0, nonfinite: OnNonfinite = "raise") -> Function:
    """All first derivatives, of shape (*shape of the output, *shape of the argument).

    Sweeps in reverse or forward, whichever takes fewer sweeps.

    >>> import numpy as np
    >>> jacobian(lambda x: np.stack([x[0] * x[1], x[0]]))(np.array([2.0, 3.0]))
    array([[3., 2.],
           [1., 0.]])
    """

    @wraps(function)
    def derivative(*args: Any, **kwargs: Any) -> Any:
        call = Call(function, args, kwargs, argnum, nonfinite, is_recording())
        with recording():
            run = call.run()
            shape = (*_array_shape(run.output_shape), *_array_shape(run.input_shape))
            return run.like_array(jacobian_nodes(run.inputs, run.outputs), shape)

    return derivative


def hessian(function: Function, argnum: Argnum = 0, nonfinite: OnNonfinite = "raise") -> Function:
    """All second derivatives of a scalar function, of shape (*shape, *shape) of the argument.

    >>> import numpy as np
    >>> hessian(lambda x: x[0] ** 2 * x[1])(np.array([1.0, 5.0]))
    array([[10.,  2.],
           [ 2.,  0.]])
    """

    @wraps(function)
    def derivative(*args: Any, **kwargs: Any) -> Any:
        call = Call(function, args, kwargs, argnum, nonfinite, is_recording())
        with recording():
            run = call.run()
            shape = _array_shape(run.input_shape)
            output = run.only_output("hessian")
            return run.like_array(second_derivatives(output, run.inputs), shape + shape)

    return derivative


def jvp(function: Function, argnum: Argnum = 0, nonfinite: OnNonfinite = "raise") -> Function:
    """Forward mode: ``jvp(f)(x, v)`` is J·v, the change of f along v. v has the argument's shape.

    The direction is the last positional argument.

    >>> jvp(lambda x: x**2)(3.0, 10.0)
    60.0
    """

    @wraps(function)
    def derivative(*args: Any, **kwargs: Any) -> Any:
        *rest, direction = args
        call = Call(function, tuple(rest), kwargs, argnum, nonfinite, is_recording())
        with recording():
            run = call.run()
            tangents = _matching(direction, run.inputs, "the argument")
            return run.like_output(push_forward(run.outputs, run.inputs, tangents))

    return derivative


def vjp(function: Function, argnum: Argnum = 0, nonfinite: OnNonfinite = "raise") -> Function:
    """Reverse mode: ``vjp(f)(x)`` is ``(y, pull)``; ``pull(w)`` is wᵀ·J, w in the shape of y.

    >>> import numpy as np
    >>> y, pull = vjp(lambda x: np.stack([x[0] * x[1], x[0]]))(np.array([2.0, 3.0]))
    >>> y, pull(np.array([1.0, 10.0]))
    (array([6., 2.]), array([13.,  2.]))
    """

    @wraps(function)
    def derivative(*args: Any, **kwargs: Any) -> Any:
        call = Call(function, args, kwargs, argnum, nonfinite, is_recording())
        with recording():
            run = call.run()

        def pull(adjoint: Any) -> Any:
            # It may be called inside another derivative than f was, or outside of all.
            here = run.called(nested=is_recording())
            with recording():
                adjoints = _matching(adjoint, run.outputs, "the result")
                return here.like_input(pull_back(run.outputs, adjoints, run.inputs))

        return run.like_output(run.outputs), pull

    return derivative


def hvp(function: Function, argnum: Argnum = 0, nonfinite: OnNonfinite = "raise") -> Function:
    """Hessian–vector product: ``hvp(f)(x, v)`` is H·v at about four times the cost of f.

    >>> import numpy as np
    >>> hvp(lambda x: x[0] ** 2 * x[1])(np.array([1.0, 5.0]), np.array([1.0, 0.0]))
    array([10.,  2.])
    """
    return jvp(grad(function, argnum), argnum, nonfinite)


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
