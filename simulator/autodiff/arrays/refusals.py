"""What cannot be differentiated, and what to use instead."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

import numpy as np
from scipy import special

from simulator.autodiff.origin import users_line, users_line_of

_ELIMINATION = "write the elimination out, or differentiate outside of it"
_ELEMENTS = "compare elements and use np.all"

INSTEAD: Final[Mapping[Any, str]] = {
    np.nan_to_num: "np.where(np.isnan(x), 0.0, x) says what you mean",
    np.where: "give both branches: np.where(condition, a, b)",
    np.linalg.norm: "write the sum of powers out",
    np.linalg.inv: _ELIMINATION,
    np.linalg.solve: _ELIMINATION,
    np.linalg.det: _ELIMINATION,
    np.linalg.slogdet: _ELIMINATION,
    np.linalg.cholesky: _ELIMINATION,
    np.linalg.qr: _ELIMINATION,
    np.linalg.lstsq: _ELIMINATION,
    np.linalg.pinv: _ELIMINATION,
    np.linalg.svd: _ELIMINATION,
    np.linalg.eigh: _ELIMINATION,
    np.linalg.eig: _ELIMINATION,
    np.interp: "write the line segments with np.where",
    np.piecewise: "np.where, or np.select with values",
    np.vectorize: "call the function on the array: it is NumPy already",
    np.round: "np.rint is supported (its derivative is 0)",
    np.around: "np.rint is supported (its derivative is 0)",
    np.median: "np.sort works at a point, not while compiling",
    np.argmax: "np.max is differentiable",
    np.argmin: "np.min is differentiable",
    np.argsort: "np.max and np.min can be compiled",
    np.sort: "np.max and np.min can be compiled",
    np.count_nonzero: "np.sum(condition) counts",
    np.array_equal: _ELEMENTS,
    np.allclose: _ELEMENTS,
    np.isclose: "compare elements with <",
}


def unsupported(what: str, function: Any) -> TypeError:
    """The refusal: function, the user's line, what to use instead."""
    instead = INSTEAD.get(
        function,
        "write it with supported operations (simulator/autodiff/README.md lists them), "
        "or add a primitive with simulator.autodiff.primitive",
    )
    return TypeError(f"{users_line()}: {what} cannot be differentiated: {instead}")


@contextmanager
def explained() -> Iterator[None]:
    """Say it in the engine's words where NumPy or SciPy refuses an array of traced scalars."""
    try:
        yield
    except (TypeError, ValueError) as error:
        if not any(word in str(error) for word in ("dtype('O')", "object arrays", "dtype object")):
            raise
        raise TypeError(
            f"{users_line_of(error)}: a function that takes only floats was given traced values, "
            f"and cannot be differentiated ({error}). np.stack and np.where are supported; matrices: "
            f"{_ELIMINATION}"
        ) from error


def written(function: Any) -> str:
    """How one writes a NumPy or SciPy function: np.linalg.inv, scipy.special.jv."""
    if isinstance(function, np.ufunc):
        homes = {"np": np, "scipy.special": special}
        module = next((home for home, m in homes.items() if hasattr(m, function.__name__)), "")
    else:
        module = str(getattr(function, "__module__", "np")).replace("numpy", "np")
    return f"{module}.{function.__name__}".lstrip(".")
