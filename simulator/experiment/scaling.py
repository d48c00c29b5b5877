"""Between the unit box that optimizers see and the values that people write."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from simulator.experiment.knobs import Bounds


def between(bounds: Bounds, position: Any) -> Any:
    """The value at a coordinate in [0, 1]; floats, arrays and traced values alike.

    >>> float(between(Bounds(100.0, 400.0, "log"), 0.5).round(9))
    200.0
    """
    if bounds.scale == "log":
        return bounds.low * np.exp(position * float(np.log(bounds.high / bounds.low)))
    return bounds.low + position * (bounds.high - bounds.low)


def position(bounds: Bounds, value: float) -> float:
    """The coordinate of a value inside the bounds."""
    if bounds.scale == "log":
        share = np.log(value / bounds.low) / np.log(bounds.high / bounds.low)
    else:
        share = (value - bounds.low) / (bounds.high - bounds.low)
    return float(np.clip(share, 0.0, 1.0))


def snapped(value: float, bounds: Bounds) -> float:
    """A bound where rounding has missed it by a hair: nobody wants 1399.9999999999998 µm."""
    for bound in (bounds.low, bounds.high):
        if abs(value - bound) <= 1e-12 * max(abs(bounds.low), abs(bounds.high)):
            return float(bound)
    return min(max(value, bounds.low), bounds.high)


def point(box: Sequence[Bounds], x: Any) -> Any:
    """All values at coordinates x of shape (n,) or (n, N), as one array of that shape."""
    values = x * 1.0
    for i, bounds in enumerate(box):
        values[i] = between(bounds, x[i])
    return values
