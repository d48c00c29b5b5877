"""The cover: how the unit box was taken apart, one number per box.

A box's code says what became of it, n being the number of coordinates:

- 0: it was excluded: the function is nowhere below the claimed bound in it (or it was still open at the end);
- 1 … n: it was halved across this coordinate, counted from 1;
- above n: partial derivatives have one sign in it. The digits of (code − n) to the base 3, the first
  coordinate's the least, are 0 for unknown, 1 for rising, 2 for falling. The lowest point lies on a face. If
  that face is inside the unit box the function is lower still beside it, and nothing is left.

The codes level by level, from the whole box down, are all that a certificate holds: every reader derives the
boxes anew, so they cover the unit box whatever the codes are.
"""

from __future__ import annotations

import base64
import zlib
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from simulator.certify.boxes import Boxes, Mask, faces, halves, has_inner_face

Codes = NDArray[np.uint32]

EXCLUDED: Final = 0

#: Signs of more coordinates do not fit into a code.
MOST_COORDINATES: Final = 12

#: More boxes than any search can make; a text that unpacks to more is refused.
_MOST_CODES: Final = 200_000_000


def sign_codes(rising: Mask, falling: Mask) -> Codes:
    """Codes of boxes with certain signs, from masks of shape (n, N).

    >>> sign_codes(np.array([[True], [False]]), np.array([[False], [True]])).tolist()
    [9]
    """
    size = len(rising)
    digits = rising.astype(np.int64) + 2 * falling.astype(np.int64)
    return (size + (3 ** np.arange(size)) @ digits).astype(np.uint32)


def signs(codes: Codes, size: int) -> tuple[Mask, Mask]:
    """The inverse: rising and falling, shape (n, N).

    >>> [mask.tolist() for mask in signs(np.array([9], np.uint32), 2)]
    [[[True], [False]], [[False], [True]]]
    """
    digits = (codes.astype(np.int64) - size) // (3 ** np.arange(size))[:, None] % 3
    return digits == 1, digits == 2


def children(boxes: Boxes, codes: Codes, is_smooth: bool) -> tuple[Boxes, NDArray[np.int64]]:
    """The boxes that remain of boxes with these codes, in order, with the floors of their parents.

    Args:
        boxes: shape (n, N); the children's ``node`` is their parent's place among these.
        codes: shape (N,).
        is_smooth: the gradient is continuous on the whole unit box: a box whose least face is inside it
            leaves nothing.

    Returns:
        the children, and how many each box has (0, 1 or 2).
    """
    size = len(boxes.low)
    is_cut, is_signed = (codes > 0) & (codes <= size), codes > size
    rising, falling = signs(np.where(is_signed, codes, size).astype(np.uint32), size)
    inner = has_inner_face(boxes.low, boxes.high, rising, falling)
    stays = is_signed & ~(inner & is_smooth)
    count = np.where(is_cut, 2, np.where(stays, 1, 0))
    parent = np.repeat(np.arange(len(boxes)), count)
    low, high = boxes.low[:, parent], boxes.high[:, parent]
    of_signed = stays[parent]
    low[:, of_signed], high[:, of_signed] = faces(
        boxes.low[:, stays], boxes.high[:, stays], rising[:, stays], falling[:, stays]
    )
    low[:, ~of_signed], high[:, ~of_signed] = halves(
        boxes.low[:, is_cut], boxes.high[:, is_cut], codes[is_cut].astype(np.int64) - 1
    )
    return Boxes(low, high, boxes.floor[parent], parent), count


class Cover:
    """Codes of all boxes of a search, and where their children are."""

    def __init__(self, codes: Any = (EXCLUDED,), first: Any = (-1,), count: Any = (0,)) -> None:
        self._codes = np.array(codes, dtype=np.uint32)
        self._first = np.array(first, dtype=np.int64)
        self._count = np.array(count, dtype=np.uint8)
        self._used = self._codes.size

    def __len__(self) -> int:
        return self._used

    @property
    def columns(self) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
        """Codes, first child and number of children of all boxes: the arguments that make an equal cover."""
        used = slice(self._used)
        return self._codes[used], self._first[used], self._count[used]

    def record(self, nodes: NDArray[np.int64], codes: Codes, count: Any) -> NDArray[np.int64]:
        """Note what became of boxes; return the numbers of their children, in order."""
        fresh = self._used + np.arange(int(np.sum(count)), dtype=np.int64)
        self._grow(fresh.size)
        self._codes[nodes] = codes
        self._count[nodes] = count
        self._first[nodes] = self._used - fresh.size + np.cumsum(count) - count
        return fresh

    def _grow(self, more: int) -> None:
        missing = self._used + more - self._codes.size
        if missing > 0:
            # Doubling, so that all growth together costs no more than twice the last copy.
            room = max(missing, self._codes.size)
            self._codes = np.concatenate([self._codes, np.zeros(room, np.uint32)])
            self._first = np.concatenate([self._first, np.full(room, -1, np.int64)])
            self._count = np.concatenate([self._count, np.zeros(room, np.uint8)])
        self._used += more

    def by_level(self) -> Codes:
        """All codes, level by level from the whole box, each level in the order of its parents."""
        nodes, levels = np.zeros(1, np.int64), []
        while nodes.size:
            levels.append(self._codes[nodes])
            count = self._count[nodes]
            start = np.cumsum(count, dtype=np.int64) - count
            nodes = np.repeat(self._first[nodes] - start, count) + np.arange(int(count.sum()))
        return np.concatenate(levels)


def packed(codes: Codes) -> str:
    """Codes as text.

    >>> unpacked(packed(np.array([1, 0, 2, 0, 0], np.uint32))).tolist()
    [1, 0, 2, 0, 0]
    """
    # All least bytes first, then all next ones: three quarters of the bytes are zeros in a row.
    table = np.ascontiguousarray(codes.astype("<u4")).view(np.uint8).reshape(-1, 4)
    return base64.b64encode(zlib.compress(table.T.tobytes(), 9)).decode("ascii")


def unpacked(text: str) -> Codes:
    """The inverse of `packed`. Raises ValueError for a text that is none."""
    try:
        unzip = zlib.decompressobj()
        columns = unzip.decompress(base64.b64decode(text, validate=True), 4 * _MOST_CODES)
    except (ValueError, zlib.error) as error:
        raise ValueError(f"the cover cannot be unpacked: {error}") from None
    if not unzip.eof or not columns or len(columns) % 4:
        raise ValueError("the cover cannot be unpacked: it is cut short or too long")
    table = np.frombuffer(columns, np.uint8).reshape(4, -1).T
    return np.ascontiguousarray(table).view("<u4").ravel().astype(np.uint32)
