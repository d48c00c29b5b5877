"""Primitives of one's own."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from simulator.autodiff.primitives import TABLE, Primitive, Pull


def primitive(
    name: str,
    value: Callable[..., Any],
    pulls: Sequence[Pull | None],
    spelling: Mapping[str, str] | None = None,
) -> Primitive:
    """A new elementary operation, to be called on numbers, arrays and traced values alike.

    Args:
        name: what error messages and printed graphs call it; not one of the table's names.
        value: the function of numbers and arrays (elementwise, as a ufunc).
        pulls: for each operand ``(g, y, *operands) -> g · ∂y/∂operand``, in plain NumPy arithmetic
            of any primitives (this one included), or None where the derivative is 0. It is
            differentiated in turn for higher derivatives.
        spelling: dialect → expression template such as ``"exp({0})"``. The Python and NumPy
            dialects call ``value`` if they find none.

    Graphs that use it can be pickled if it is assigned at the top level of a module.

    Raises:
        ValueError: the name is taken or not an identifier.
        TypeError: ``pulls`` holds something that cannot be called.

    >>> import numpy as np
    >>> from simulator.autodiff import check_gradient, grad
    >>> softplus = primitive(
    ...     "softplus",
    ...     lambda x: np.logaddexp(0.0, x),
    ...     [lambda g, y, x: g / (1.0 + np.exp(-x))],
    ... )
    >>> grad(softplus)(0.0)
    0.5
    >>> check_gradient(lambda x: softplus(x[0]) * x[1], np.array([0.3, 2.0]), order=2)
    """
    if not name.isidentifier() or name in TABLE:
        why = "already in the table" if name in TABLE else "not an identifier"
        raise ValueError(f"a primitive cannot be called {name!r}: {why}")
    for pull in pulls:
        if pull is not None and not callable(pull):
            raise TypeError(f"the derivatives of {name} must be functions or None, got {pull!r}")
    slots = ", ".join(f"{{{i}}}" for i in range(len(pulls)))
    module = sys._getframe(1).f_globals.get("__name__", "")
    text = f"{name}({slots})"
    return Primitive(name, value, tuple(pulls), text, dict(spelling or {}), module=module)
