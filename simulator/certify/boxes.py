"""Many boxes at once, as columns of arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]
Index = NDArray[Any]


@dataclass(frozen=True, eq=False)
class Boxes:
    """N boxes inside the unit box of n coordinates, and what is known of each.

    Attributes:
        low, high: corners, shape (n, N); equal in a coordinate where the box is only a face.
        floor: the function is nowhere below it in the box, shape (N,).
        node: the box's number in the cover, shape (N,).
    """

    low: Array
    high: Array
    floor: Array
    node: NDArray[np.int64]

    @classmethod
    def whole(cls, size: int) -> Boxes:
        """The unit box, node 0 of a cover."""
        low, high = np.zeros((size, 1)), np.ones((size, 1))
        return cls(low, high, np.full(1, -np.inf), np.zeros(1, np.int64))

    def __len__(self) -> int:
        return self.floor.size

    def __getitem__(self, index: Index | slice) -> Boxes:
        """Those of a mask, an array of places or a slice."""
        return Boxes(self.low[:, index], self.high[:, index], self.floor[index], self.node[index])

    @property
    def width(self) -> Array:
        """The longest side of each box, shape (N,)."""
        longest: Array = (self.high - self.low).max(axis=0)
        return longest


def joined(parts: Sequence[Boxes]) -> Boxes:
    """All boxes of several groups, in order."""
    return Boxes(
        np.concatenate([part.low for part in parts], axis=1),
        np.concatenate([part.high for part in parts], axis=1),
        np.concatenate([part.floor for part in parts]),
        np.concatenate([part.node for part in parts]),
    )


def halves(low: Array, high: Array, coordinate: Index) -> tuple[Array, Array]:
    """Both halves of each box, cut in the middle of one coordinate: lower half, upper half, lower half ...

    Returns corners of shape (n, 2N).

    >>> low, high = halves(np.array([[0.0], [0.0]]), np.array([[1.0], [1.0]]), np.array([1]))
    >>> low.tolist(), high.tolist()
    ([[0.0, 0.0], [0.0, 0.5]], [[1.0, 1.0], [0.5, 1.0]])
    """
    place = np.arange(low.shape[1])
    middle = 0.5 * (low[coordinate, place] + high[coordinate, place])
    lows, highs = np.repeat(low, 2, axis=1), np.repeat(high, 2, axis=1)
    lows[coordinate, 2 * place + 1] = middle
    highs[coordinate, 2 * place] = middle
    return lows, highs


def faces(low: Array, high: Array, rising: Mask, falling: Mask) -> tuple[Array, Array]:
    """Each box's face where the function is least: low ends where it rises, high ends where it falls."""
    return np.where(falling, high, low), np.where(rising, low, high)


def has_inner_face(low: Array, high: Array, rising: Mask, falling: Mask) -> Mask:
    """Whether one of those faces lies inside the unit box rather than on its boundary, shape (N,)."""
    inner = (rising & (low > 0.0)) | (falling & (high < 1.0))
    return np.asarray(inner.any(axis=0))
