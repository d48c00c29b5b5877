"""Is a derivative right? Compare it with differences of the plain function."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from simulator.autodiff.derivatives import grad
from simulator.autodiff.structure import flatten

Function = Callable[..., Any]


class GradientMismatch(AssertionError):
    """A derivative differs from what differences of the function say."""


def check_gradient(function: Function, x: Any, *, order: int = 1, tolerance: float = 1e-6) -> None:
    """Raise `GradientMismatch` if the derivatives of a scalar function at x are wrong.

    Each partial derivative is compared with central differences, extrapolated to step 0 after Ridders
    (1982) so that about ten digits can be trusted where the function is smooth. The function is
    called on plain floats for this, so that tracing itself is under test as well.

    Args:
        function: of one argument (number, array, tuple, list or dict), returning one number.
        x: where; an interior point, because values on both sides are needed.
        order: 1 checks the gradient; 2 also checks the gradient of each of its entries.
        tolerance: allowed difference relative to 1 + the largest derivative in size.

    Raises:
        GradientMismatch: a derivative is wrong.
        ValueError: an order other than 1 and 2.

    >>> check_gradient(lambda x: np.sin(x[0]) * x[1], np.array([0.3, 2.0]), order=2)
    """
    if order not in (1, 2):
        raise ValueError(f"order is 1 (gradient) or 2 (and Hessian), not {order!r}")
    leaves, rebuild = flatten(x)
    point = np.array([float(leaf) for leaf in leaves])

    def plain(values: np.ndarray[Any, Any]) -> Any:
        return function(_as_floats(rebuild(list(values))))

    def gradient(values: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        slopes, _ = flatten(grad(function, nonfinite="return")(_as_floats(rebuild(list(values)))))
        return np.array([float(slope) for slope in slopes])

    with np.errstate(all="ignore"):
        _compare(gradient(point), plain, point, tolerance, "derivative")
        for i in range(point.size if order >= 2 else 0):
            second = grad(partial(_entry, function, rebuild, i), nonfinite="return")(point)
            slope = partial(lambda i, v: gradient(v)[i], i)
            _compare(second, slope, point, tolerance, f"derivative of entry {i}")


def _entry(function: Function, rebuild: Callable[..., Any], i: int, values: Any) -> Any:
    slopes, _ = flatten(grad(function, nonfinite="return")(rebuild(list(values))))
    return slopes[i]


def _as_floats(thing: Any) -> Any:
    if isinstance(thing, np.ndarray):
        return thing.astype(float)
    if isinstance(thing, dict):
        return {key: _as_floats(item) for key, item in thing.items()}
    if isinstance(thing, list):
        return [_as_floats(item) for item in thing]
    if isinstance(thing, tuple):
        items = [_as_floats(item) for item in thing]
        return type(thing)._make(items) if hasattr(thing, "_make") else tuple(items)
    return float(thing)


def _compare(
    claimed: np.ndarray[Any, Any],
    function: Function,
    point: np.ndarray[Any, Any],
    tolerance: float,
    what: str,
) -> None:
    measured = np.array([numeric_derivative(function, point, i) for i in range(point.size)])
    allowed = tolerance * (1.0 + np.max(np.abs(measured), initial=0.0))
    wrong = ~(np.abs(claimed - measured) <= allowed)
    if wrong.any():
        i = int(np.argmax(wrong))
        raise GradientMismatch(
            f"{what} by input {i} at {point.tolist()}: backprop gives {float(claimed[i])!r}, "
            f"differences give {float(measured[i])!r} (allowed difference {allowed:.1e})"
        )


def numeric_derivative(function: Function, point: np.ndarray[Any, Any], i: int) -> float:
    """∂f/∂xᵢ by central differences with polynomial extrapolation (Ridders 1982)."""
    shrink = 1.4
    step = 0.02 * max(1.0, abs(point[i]))
    best, error = np.nan, np.inf
    previous: list[float] = []
    for _ in range(12):
        row = [_central(function, point, i, step)]
        factor = shrink**2
        for older in previous:
            row.append((factor * row[-1] - older) / (factor - 1.0))
            factor *= shrink**2
        for coarser, newer, older in zip(row, row[1:], previous, strict=False):
            spread = max(abs(newer - older), abs(newer - coarser))
            if spread < error:
                best, error = newer, spread
        previous, step = row, step / shrink
    return float(best)


def _central(function: Function, point: np.ndarray[Any, Any], i: int, step: float) -> float:
    above, below = point.copy(), point.copy()
    above[i] += step
    below[i] -= step
    return float((function(above) - function(below)) / (above[i] - below[i]))
