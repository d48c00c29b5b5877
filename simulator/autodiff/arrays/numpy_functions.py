"""NumPy's array functions on traced values: an allow-list, so that nothing passes silently.

Most of NumPy (reshaping, stacking, ``@``, ``einsum``) handles arrays of objects by calling the scalars'
own operators, so it only has to be let through. What compares or converts elements behind the scenes
would lose gradients; those functions are written here with the engine's operations.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from simulator.autodiff.arrays.refusals import unsupported, written
from simulator.autodiff.arrays.ufuncs import call_ufunc, elementwise, is_traced, plain
from simulator.autodiff.primitives import TABLE

Function = Callable[..., Any]


def _where(condition: Any, *branches: Any) -> Any:
    if len(branches) != 2:
        raise unsupported("np.where with one argument", np.where)
    return elementwise(TABLE["where"], (condition, *branches))


def _select(conditions: Any, choices: Any, default: Any = 0) -> Any:
    for condition, choice in reversed(list(zip(conditions, choices, strict=True))):
        default = elementwise(TABLE["where"], (condition, choice, default))
    return default


def _sum(array: Any, axis: Any = None, **options: Any) -> Any:
    return call_ufunc(np.add, "reduce", (array,), {"axis": axis, **_without_out(options)})


def _prod(array: Any, axis: Any = None, **options: Any) -> Any:
    return call_ufunc(np.multiply, "reduce", (array,), {"axis": axis, **_without_out(options)})


def _max(array: Any, axis: Any = None, **options: Any) -> Any:
    return call_ufunc(np.maximum, "reduce", (array,), {"axis": axis, **_without_out(options)})


def _min(array: Any, axis: Any = None, **options: Any) -> Any:
    return call_ufunc(np.minimum, "reduce", (array,), {"axis": axis, **_without_out(options)})


def _all(array: Any, axis: Any = None, **options: Any) -> Any:
    return call_ufunc(np.logical_and, "reduce", (array,), {"axis": axis, **_without_out(options)})


def _any(array: Any, axis: Any = None, **options: Any) -> Any:
    return call_ufunc(np.logical_or, "reduce", (array,), {"axis": axis, **_without_out(options)})


def _without_out(options: dict[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in options.items() if not (k == "out" and v is None)}


def _clip_array(array: Any, a_min: Any = None, a_max: Any = None, **options: Any) -> Any:
    low = options.get("min", a_min)
    high = options.get("max", a_max)
    if low is not None:
        array = elementwise(TABLE["maximum"], (array, low))
    return array if high is None else elementwise(TABLE["minimum"], (array, high))


def _mean(
    array: Any, axis: Any = None, dtype: None = None, out: None = None, keepdims: bool = False
) -> Any:
    array = np.asarray(plain(array), dtype=object)
    total = _sum(array, axis, keepdims=keepdims)
    return total / (array.size / max(np.size(total), 1))


def _var(
    array: Any,
    axis: Any = None,
    dtype: None = None,
    out: None = None,
    ddof: float = 0,
    keepdims: bool = False,
) -> Any:
    array = np.asarray(plain(array), dtype=object)
    centred = array - _mean(array, axis, keepdims=True)
    count = array.size / max(np.size(_mean(array, axis)), 1)
    total = _sum(centred * centred, axis, keepdims=keepdims)
    return total / (count - ddof)


def _std(*args: Any, **kwargs: Any) -> Any:
    return elementwise(TABLE["sqrt"], (_var(*args, **kwargs),))


def _norm(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:  # noqa: A002
    array = np.asarray(plain(x), dtype=object)
    # Without an order all entries count alike; with one, two axes make a matrix, which has other norms.
    along = np.ndim(array) if axis is None else np.size(axis)
    if (axis is None and ord is None) or (along, ord) in _ROOTS_OF_SQUARES:
        squares = np.sum(array * array, axis=axis, keepdims=keepdims)
        return elementwise(_root_of_squares, (squares,))
    if along != 1 or ord not in (1, np.inf):
        raise unsupported(f"np.linalg.norm with ord={ord!r} over {along} axes", np.linalg.norm)
    reduced = np.sum if ord == 1 else _max
    return reduced(elementwise(TABLE["absolute"], (array,)), axis=axis, keepdims=keepdims)


_ROOTS_OF_SQUARES = ((1, None), (1, 2), (2, None), (2, "fro"))


def _root_of_squares(total: Any) -> Any:
    # At the origin the norm has a kink; 0 is a subgradient there, 0/0 would be NaN.
    zero = TABLE["equal"](total, 0.0)
    return TABLE["where"](zero, 0.0, TABLE["sqrt"](total))


def _by_value(function: Function, name: str) -> Function:
    """Index functions look at values only: fine at a point, refused while compiling."""

    def choose(array: Any, *args: Any, **kwargs: Any) -> Any:
        nodes = np.asarray(plain(array), dtype=object)
        values = np.frompyfunc(lambda x: x.value if is_traced(x) else x, 1, 1)(nodes)
        if any(v is None for v in np.ravel(values)):
            raise unsupported(f"np.{name} while compiling", function)
        return function(np.asarray(values, dtype=float), *args, **kwargs)

    return choose


def _sort(array: Any, axis: int = -1, **options: Any) -> Any:
    array = np.asarray(plain(array), dtype=object)
    order = _by_value(np.argsort, "sort")(array, axis=axis)
    return np.take_along_axis(array, order, axis=axis)


def _full_like(array: Any, fill_value: Any, dtype: Any = None, shape: Any = None, **_: Any) -> Any:
    result = np.empty(np.shape(array) if shape is None else shape, dtype=object)
    result[...] = fill_value
    return result


_STRUCTURAL = (
    np.reshape, np.ravel, np.transpose, np.permute_dims, np.matrix_transpose, np.swapaxes,
    np.moveaxis, np.rollaxis, np.expand_dims, np.squeeze, np.broadcast_to, np.broadcast_arrays,
    np.atleast_1d, np.atleast_2d, np.atleast_3d, np.flip, np.fliplr, np.flipud, np.rot90, np.roll,
    np.concatenate, np.stack, np.vstack, np.hstack, np.dstack, np.column_stack, np.block,
    np.append, np.insert, np.delete, np.split, np.array_split, np.hsplit, np.vsplit, np.dsplit,
    np.tile, np.repeat, np.pad, np.take, np.take_along_axis, np.compress, np.diag, np.diagonal,
    np.diagflat, np.tril, np.triu, np.trace, np.copy, np.shape, np.ndim, np.size, np.resize,
    np.cumsum, np.cumprod, np.diff, np.ediff1d, np.dot, np.inner,
    np.outer, np.tensordot, np.einsum, np.kron, np.cross, np.linalg.matrix_power,
    np.linalg.multi_dot, np.linalg.outer, np.linalg.trace, np.linalg.diagonal, np.average,
    np.trapezoid, np.vander, np.polyval, np.convolve, np.meshgrid, np.ix_, np.fill_diagonal,
    np.may_share_memory, np.shares_memory, np.result_type, np.iscomplexobj, np.isrealobj,
)  # fmt: skip

FUNCTIONS: Mapping[Any, Function] = {
    **{function: function for function in _STRUCTURAL},
    np.where: _where,
    np.select: _select,
    np.sum: _sum,
    np.prod: _prod,
    np.vdot: lambda a, b: np.dot(np.ravel(a), np.ravel(b)),
    np.max: _max,
    np.amax: _max,
    np.min: _min,
    np.amin: _min,
    np.ptp: lambda array, axis=None, **o: _max(array, axis, **o) - _min(array, axis, **o),
    np.all: _all,
    np.any: _any,
    np.clip: _clip_array,
    np.mean: _mean,
    np.var: _var,
    np.std: _std,
    np.linalg.norm: _norm,
    np.argmax: _by_value(np.argmax, "argmax"),
    np.argmin: _by_value(np.argmin, "argmin"),
    np.argsort: _by_value(np.argsort, "argsort"),
    np.sort: _sort,
    np.zeros_like: lambda array, dtype=None, **o: _full_like(array, 0.0, **o),
    np.ones_like: lambda array, dtype=None, **o: _full_like(array, 1.0, **o),
    np.empty_like: lambda array, dtype=None, **o: _full_like(array, 0.0, **o),
    np.full_like: _full_like,
    np.sinc: lambda x: elementwise(
        lambda v: TABLE["where"](
            TABLE["equal"](v, 0.0), 1.0, TABLE["sin"](np.pi * v) / (np.pi * v)
        ),
        (x,),
    ),
}


def call_function(function: Any, args: Any, kwargs: Any) -> Any:
    """What an array function does when it meets a traced value; TypeError if it is not allowed."""
    implementation = FUNCTIONS.get(function)
    if implementation is None:
        raise unsupported(written(function), function)
    if function in _STRUCTURAL:
        return function(*plain(tuple(args)), **{k: plain(v) for k, v in kwargs.items()})
    return implementation(*args, **kwargs)
