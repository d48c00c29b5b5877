"""NumPy's functions on traced values: an allow-list, so that nothing passes silently.

An array of traced scalars is an object array. Most of NumPy (reshaping, stacking, ``@``, ``einsum``)
handles those by calling the scalars' own operators, so it only has to be let through. What compares or
converts elements behind the scenes would lose gradients; those functions are written here with the
engine's operations, or refused with a word on what to use instead.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from scipy import special

from simulator.autodiff.origin import users_line
from simulator.autodiff.primitives import BY_UFUNC, TABLE, Primitive

Function = Callable[..., Any]


def is_traced(x: Any) -> bool:
    """True for traced scalars and arrays of them."""
    return hasattr(type(x), "__record__")


def plain(x: Any) -> Any:
    """The same thing as NumPy sees it when the engine looks away; containers are searched."""
    if isinstance(x, np.ndarray):
        return x.view(np.ndarray)
    if is_traced(x):
        cell = np.empty((), dtype=object)
        cell[()] = x
        return cell
    if isinstance(x, list | tuple):
        return type(x)([plain(item) for item in x])
    return x


def elementwise(primitive: Function, operands: Sequence[Any]) -> Any:
    """The operation on every element of broadcast operands: an object array, or one scalar."""
    return np.frompyfunc(primitive, len(operands), 1)(*[plain(x) for x in operands])


# --- ufuncs: np.exp(x), np.add.reduce(x), x += 1 ---


def _degrees(x: Any) -> Any:
    return x * (180.0 / np.pi)


def _radians(x: Any) -> Any:
    return x * (np.pi / 180.0)


def _clip(x: Any, low: Any, high: Any) -> Any:
    return TABLE["minimum"](TABLE["maximum"](x, low), high)


def _copysign(a: Any, b: Any) -> Any:
    negative = TABLE["less"](b, 0.0)
    return TABLE["where"](negative, -abs(a), abs(a))


#: ufuncs made of other operations
COMPOSED: Mapping[Any, Function] = {
    np.square: lambda x: x * x,
    np.reciprocal: lambda x: 1.0 / x,
    np.degrees: _degrees,
    np.rad2deg: _degrees,
    np.radians: _radians,
    np.deg2rad: _radians,
    np.logaddexp2: lambda a, b: np.logaddexp(a * np.log(2.0), b * np.log(2.0)) / np.log(2.0),
    np.copysign: _copysign,
    np.heaviside: lambda x, half: TABLE["where"](
        TABLE["equal"](x, 0.0), half, TABLE["where"](TABLE["less"](x, 0.0), 0.0, 1.0)
    ),
    np.fmax: lambda a, b: TABLE["where"](
        TABLE["isnan"](a), b, TABLE["where"](TABLE["isnan"](b), a, TABLE["maximum"](a, b))
    ),
    np.fmin: lambda a, b: TABLE["where"](
        TABLE["isnan"](a), b, TABLE["where"](TABLE["isnan"](b), a, TABLE["minimum"](a, b))
    ),
    np.isinf: lambda x: TABLE["equal"](abs(x), np.inf),
    np.conjugate: lambda x: x,
    special.expm1: lambda x: np.expm1(x),
    special.log1p: lambda x: np.log1p(x),
    special.exp2: lambda x: np.exp2(x),
    special.cbrt: lambda x: np.cbrt(x),
    special.exp10: lambda x: 10.0**x,
    np.clip: _clip,
}
if hasattr(np, "_core"):  # np.clip calls a ufunc of its own
    COMPOSED = {**COMPOSED, np._core.umath.clip: _clip}

_MATRIX_PRODUCTS = {np.matmul} | {
    getattr(np, name) for name in ("vecdot", "matvec", "vecmat") if hasattr(np, name)
}


def call_ufunc(ufunc: Any, method: str, inputs: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """What a ufunc does when it meets a traced value; TypeError if it cannot be differentiated."""
    out = kwargs.pop("out", None)
    result = _ufunc_result(ufunc, method, inputs, kwargs)
    if out is None:
        return result
    (target,) = out
    if target.dtype != object:
        raise TypeError(
            f"{users_line()}: np.{ufunc.__name__} cannot write traced values into an array of "
            f"{target.dtype}; make that array with np.zeros_like(x) of a traced x"
        )
    target.view(np.ndarray)[...] = result
    return target


def _ufunc_result(ufunc: Any, method: str, inputs: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    function = BY_UFUNC.get(ufunc) or COMPOSED.get(ufunc)
    if ufunc in _MATRIX_PRODUCTS and method == "__call__" and not kwargs:
        return ufunc(*[plain(x) for x in inputs])
    if function is None:
        raise unsupported(f"{_module(ufunc)}.{ufunc.__name__}", ufunc)
    if method == "__call__" and not kwargs:
        return elementwise(function, inputs)
    if method in ("reduce", "accumulate", "outer"):
        lifted = np.frompyfunc(function, 2, 1)
        if method == "reduce":
            return _reduce(lifted, ufunc.identity, *inputs, **kwargs)
        return getattr(lifted, method)(*[plain(x) for x in inputs], **kwargs)
    options = ", ".join([method, *kwargs])
    raise unsupported(f"np.{ufunc.__name__} with {options}", ufunc)


def _reduce(
    lifted: Any,
    identity: Any,
    array: Any,
    axis: Any = 0,
    dtype: Any = None,
    keepdims: bool = False,
    initial: Any = None,
    where: Any = True,
) -> Any:
    if dtype not in (None, object, float) or where is not True:
        raise unsupported("a reduction with dtype= or where=", None)
    array = np.asarray(plain(array), dtype=object)
    axes = range(array.ndim) if axis is None else np.atleast_1d(axis) % max(array.ndim, 1)
    axes = tuple(int(a) for a in axes)
    kept = tuple(i for i in range(array.ndim) if i not in axes)
    flat = array.transpose(*kept, *axes).reshape(*[array.shape[i] for i in kept], -1)
    start = initial if initial is not None and initial is not np._NoValue else None
    if flat.shape[-1] == 0 and start is None:
        start = identity
    options = {} if start is None else {"initial": start}
    result = lifted.reduce(flat, axis=-1, **options)
    if keepdims:
        shape = [1 if i in axes else size for i, size in enumerate(array.shape)]
        cell = np.empty((), dtype=object)
        cell[()] = result
        return (result if isinstance(result, np.ndarray) else cell).reshape(shape)
    return result


# --- array functions: np.where(c, a, b), np.concatenate, np.einsum ---


def _where(condition: Any, *branches: Any) -> Any:
    if len(branches) != 2:
        raise unsupported("np.where with one argument", np.where)
    return elementwise(TABLE["where"], (condition, *branches))


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
    total = _reduce(np.frompyfunc(TABLE["add"], 2, 1), 0.0, array, axis=axis, keepdims=keepdims)
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
    total = _reduce(
        np.frompyfunc(TABLE["add"], 2, 1), 0.0, centred * centred, axis=axis, keepdims=keepdims
    )
    return total / (count - ddof)


def _std(*args: Any, **kwargs: Any) -> Any:
    return elementwise(TABLE["sqrt"], (_var(*args, **kwargs),))


def _norm(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:  # noqa: A002
    array = np.asarray(plain(x), dtype=object)
    if axis is None and ord in (None, "fro", 2) and (ord != 2 or array.ndim == 1):
        array, axis = (array, None)
    elif ord not in (None, 1, 2, np.inf) or not (array.ndim == 1 or np.ndim(axis) == 0):
        raise unsupported(f"np.linalg.norm with ord={ord!r}", np.linalg.norm)
    if ord == 1:
        return np.sum(elementwise(TABLE["absolute"], (array,)), axis=axis, keepdims=keepdims)
    if ord == np.inf:
        return _max(elementwise(TABLE["absolute"], (array,)), axis, keepdims=keepdims)
    squares = np.sum(array * array, axis=axis, keepdims=keepdims)
    return elementwise(_root_of_squares, (squares,))


def _root_of_squares(total: Any) -> Any:
    # At the origin the norm has a kink; 0 is a subgradient there, 0/0 would be NaN.
    zero = TABLE["equal"](total, 0.0)
    return TABLE["where"](zero, 0.0, TABLE["sqrt"](total))


def _by_value(function: Function) -> Function:
    """Index functions look at values only: fine at a point, refused while compiling."""

    def choose(array: Any, *args: Any, **kwargs: Any) -> Any:
        nodes = np.asarray(plain(array), dtype=object)
        values = np.frompyfunc(lambda x: x.value if is_traced(x) else x, 1, 1)(nodes)
        if any(v is None for v in np.ravel(values)):
            raise unsupported(f"np.{function.__name__} while compiling", function)
        return function(np.asarray(values, dtype=float), *args, **kwargs)

    return choose


def _sort(array: Any, axis: int = -1, **options: Any) -> Any:
    array = np.asarray(plain(array), dtype=object)
    order = _by_value(np.argsort)(array, axis=axis)
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
    np.sum, np.prod, np.cumsum, np.cumprod, np.diff, np.ediff1d, np.dot, np.vdot, np.inner,
    np.outer, np.tensordot, np.einsum, np.kron, np.cross, np.linalg.matrix_power,
    np.linalg.multi_dot, np.linalg.outer, np.linalg.trace, np.linalg.diagonal, np.average,
    np.trapezoid, np.vander, np.polyval, np.convolve, np.meshgrid, np.ix_, np.fill_diagonal,
    np.may_share_memory, np.shares_memory, np.result_type, np.iscomplexobj, np.isrealobj,
)  # fmt: skip

FUNCTIONS: Mapping[Any, Function] = {
    **{function: function for function in _STRUCTURAL},
    np.where: _where,
    np.max: _max,
    np.amax: _max,
    np.min: _min,
    np.amin: _min,
    np.ptp: lambda array, axis=None, **_: _max(array, axis) - _min(array, axis),
    np.all: _all,
    np.any: _any,
    np.clip: _clip_array,
    np.mean: _mean,
    np.var: _var,
    np.std: _std,
    np.linalg.norm: _norm,
    np.argmax: _by_value(np.argmax),
    np.argmin: _by_value(np.argmin),
    np.argsort: _by_value(np.argsort),
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

INSTEAD: Mapping[Any, str] = {
    np.nan_to_num: "np.where(np.isnan(x), 0.0, x) says what you mean",
    np.where: "give both branches: np.where(condition, a, b)",
    np.linalg.norm: "write the sum of powers out",
    np.linalg.inv: "write the elimination out, or differentiate outside of it",
    np.linalg.solve: "write the elimination out, or differentiate outside of it",
    np.linalg.det: "write the elimination out, or differentiate outside of it",
    np.interp: "write the line segments with np.where",
    np.round: "np.rint is supported (its derivative is 0)",
    np.around: "np.rint is supported (its derivative is 0)",
    np.median: "np.sort works at a point, not while compiling",
    np.argmax: "np.max is differentiable",
    np.argmin: "np.min is differentiable",
    np.sort: "np.max and np.min can be compiled",
    np.array_equal: "compare elements and use np.all",
    np.allclose: "compare elements and use np.all",
    np.isclose: "compare elements with <",
}


def call_function(function: Any, args: Any, kwargs: Any) -> Any:
    """What an array function does when it meets a traced value; TypeError if it is not allowed."""
    implementation = FUNCTIONS.get(function)
    if implementation is None:
        raise unsupported(f"{_module(function)}.{function.__name__}", function)
    if function in _STRUCTURAL:
        return function(*plain(tuple(args)), **{k: plain(v) for k, v in kwargs.items()})
    return implementation(*args, **kwargs)


def unsupported(what: str, function: Any) -> TypeError:
    """The refusal: function, the user's line, what to use instead."""
    instead = INSTEAD.get(
        function,
        "write it with supported operations (simulator/autodiff/README.md lists them), "
        "or add a primitive with simulator.autodiff.primitive",
    )
    return TypeError(f"{users_line()}: {what} cannot be differentiated: {instead}")


def _module(function: Any) -> str:
    if isinstance(function, np.ufunc):
        return "np" if hasattr(np, function.__name__) else "scipy.special"
    return str(getattr(function, "__module__", "np")).replace("numpy", "np")


def is_primitive(function: Any) -> bool:
    """True for a row of the table or a user's own primitive."""
    return isinstance(function, Primitive)
