"""Arrays of traced scalars: NumPy's own arrays of objects, which call the engine where NumPy would not."""

from __future__ import annotations

from typing import Any

import numpy as np

from simulator.autodiff.arrays.numpy_functions import call_function
from simulator.autodiff.arrays.ufuncs import call_ufunc, elementwise
from simulator.autodiff.primitives import Primitive


class TracedArray(np.ndarray[Any, Any]):
    """A NumPy array of traced scalars (dtype object); indexing, assignment and views are NumPy's own."""

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        return wrap(call_ufunc(ufunc, method, inputs, kwargs))

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        return wrap(call_function(function, args, kwargs))

    @staticmethod
    def __record__(primitive: Primitive, *operands: Any) -> Any:
        return wrap(elementwise(primitive, operands))

    # NumPy's methods of these names would compare or convert elements behind the engine's back.
    # fmt: off
    def sum(self, *args: Any, **kwargs: Any) -> Any: return np.sum(self, *args, **kwargs)
    def prod(self, *args: Any, **kwargs: Any) -> Any: return np.prod(self, *args, **kwargs)
    def mean(self, *args: Any, **kwargs: Any) -> Any: return np.mean(self, *args, **kwargs)
    def max(self, *args: Any, **kwargs: Any) -> Any: return np.max(self, *args, **kwargs)
    def min(self, *args: Any, **kwargs: Any) -> Any: return np.min(self, *args, **kwargs)
    def var(self, *args: Any, **kwargs: Any) -> Any: return np.var(self, *args, **kwargs)
    def std(self, *args: Any, **kwargs: Any) -> Any: return np.std(self, *args, **kwargs)
    def all(self, *args: Any, **kwargs: Any) -> Any: return np.all(self, *args, **kwargs)
    def any(self, *args: Any, **kwargs: Any) -> Any: return np.any(self, *args, **kwargs)
    def clip(self, *args: Any, **kwargs: Any) -> Any: return np.clip(self, *args, **kwargs)
    def dot(self, *args: Any, **kwargs: Any) -> Any: return np.dot(self, *args, **kwargs)
    # fmt: on


def wrap(result: Any) -> Any:
    """Object arrays as `TracedArray`, also inside lists and tuples; all else unchanged."""
    if isinstance(result, np.ndarray) and result.dtype == object:
        return result.view(TracedArray) if result.ndim else result[()]
    if isinstance(result, list | tuple):
        parts = [wrap(item) for item in result]
        return type(result)._make(parts) if hasattr(result, "_make") else type(result)(parts)
    return result
