"""NumPy's elementwise functions on traced values: np.exp(x), np.add.reduce(x), x += 1.

An array of traced scalars is an object array. A ufunc of the primitives' table is recorded element by
element; some others are made of those here; the rest is refused with a word on what to use instead.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_tuple
from scipy import special

from simulator.autodiff.arrays.refusals import unsupported, written
from simulator.autodiff.origin import users_line
from simulator.autodiff.primitives import BY_UFUNC, TABLE

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
        raise unsupported(written(ufunc), ufunc)
    if method == "__call__" and not kwargs:
        return elementwise(function, inputs)
    if method in ("reduce", "accumulate", "outer"):
        lifted = np.frompyfunc(function, 2, 1)
        if method == "reduce":
            array, *rest = inputs
            array = as_numbers(array) if ufunc in (np.add, np.multiply) else array
            return reduce_with(lifted, ufunc.identity, array, *rest, **kwargs)
        return getattr(lifted, method)(*[plain(x) for x in inputs], **kwargs)
    called = written(ufunc) + ("" if method == "__call__" else f".{method}")
    options = ", ".join(f"{option}=" for option in kwargs)
    raise unsupported(f"{called} with {options}" if options else called, ufunc)


def as_numbers(array: Any) -> Any:
    """Truth values become 1 and 0, as sums count them."""
    cells = np.asarray(plain(array), dtype=object)
    return elementwise(lambda x: TABLE["where"](x, 1.0, 0.0) if _is_truth(x) else x, (cells,))


def _is_truth(x: Any) -> bool:
    return bool(getattr(x, "is_truth", False)) or isinstance(x, bool | np.bool)


def reduce_with(
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
    axes = tuple(range(array.ndim))
    if axis is not None:
        axes = normalize_axis_tuple(axis, array.ndim)
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
