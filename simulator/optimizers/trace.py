"""What is remembered of every raw call: when it came, what it asked, what it got."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from simulator.optimizers.box import Array
from simulator.optimizers.objective import Repeats

Number = TypeVar("Number", np.int32, np.float64)


class Call(IntEnum):
    """The kinds of raw call."""

    VALUE = 0
    VALUE_AND_GRADIENT = 1
    HESSIAN = 2


@dataclass(frozen=True, eq=False)
class Trace:
    """The raw calls of one repeat, in order: T of them, every array with T along its last axis."""

    values: NDArray[np.int64]
    """Value calls so far, this one included."""
    gradients: NDArray[np.int64]
    """Gradient calls so far, this one included."""
    hessians: NDArray[np.int64]
    """Hessian calls so far, this one included."""
    wall_s: Array
    """Seconds from the repeat's beginning to this call's answer; repeats of a batch share them."""
    x: Array
    """The points asked about, of shape (n, T)."""
    value: Array
    """The values; NaN for a Hessian call."""
    gradient_norm: Array
    """The residual (see :meth:`Box.residual`), or the largest entry of the gradient where the
    counter knows no box; NaN where no gradient was asked for."""


class Tape:
    """Rows of every repeat in one growing table of about 8·(n + 4) bytes a row."""

    def __init__(self, size: int) -> None:
        self._rows = 0
        self._labels = np.empty((2, 64), dtype=np.int32)
        self._numbers = np.empty((3 + size, 64))

    def append(
        self,
        call: Call,
        repeats: Repeats,
        clock: float,
        x: Array,
        value: Array | float,
        gradient_norm: Array | float,
    ) -> None:
        """Add one row per column of a batch call that was answered at ``clock``."""
        first, self._rows = self._rows, self._rows + repeats.size
        if self._rows > self._labels.shape[1]:
            self._labels = _longer(self._labels, self._rows)
            self._numbers = _longer(self._numbers, self._rows)
        labels = self._labels[:, first : self._rows]
        labels[0] = repeats
        labels[1] = call
        numbers = self._numbers[:, first : self._rows]
        numbers[0] = clock
        numbers[1] = value
        numbers[2] = gradient_norm
        numbers[3:] = x

    def trace(self, repeat: int, since: float) -> Trace:
        """The rows of one repeat, with wall time counted from the clock reading ``since``."""
        rows = np.flatnonzero(self._labels[0, : self._rows] == repeat)
        calls = self._labels[1].take(rows)
        numbers = self._numbers.take(rows, axis=1)
        return Trace(
            values=np.cumsum(calls != Call.HESSIAN),
            gradients=np.cumsum(calls == Call.VALUE_AND_GRADIENT),
            hessians=np.cumsum(calls == Call.HESSIAN),
            wall_s=numbers[0] - since,
            x=numbers[3:],
            value=numbers[1],
            gradient_norm=numbers[2],
        )


def _longer(table: NDArray[Number], columns: int) -> NDArray[Number]:
    longer = np.empty((table.shape[0], max(columns, 2 * table.shape[1])), dtype=table.dtype)
    longer[:, : table.shape[1]] = table
    return longer
