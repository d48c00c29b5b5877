"""What can be said of a batch of boxes, the cheapest question first.

1. **Value.** Interval bounds of the function: is it too high everywhere in the box?
2. **Slopes.** Bounds of the gradient tighten those of the value (the centred form); and where a partial
   derivative has one sign, the lowest point lies on a face.
3. **Curvature.** Bounds of the Hessian tighten those of the gradient, and a convex relaxation bounds the
   value: near the lowest point, where nothing is steep, this is what ends the search.

Each question is asked only of the boxes that the one before has left open.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np

from simulator.autodiff import Graph
from simulator.autodiff.bounds import Bounds, bound
from simulator.certify.boxes import Array, Boxes, Mask
from simulator.certify.relaxation import relaxed

Bounding = Callable[[Any, Any], tuple[Bounds, ...]]

#: Second derivatives over longer boxes than this are too uncertain to say anything.
CURVED_WIDTH: Final = 0.5


@dataclass(eq=False)
class Findings:
    """What is known of N boxes; filled in question by question.

    Attributes:
        floor: the function is nowhere below it, shape (N,).
        rising, falling: it certainly rises or falls with the coordinate, shape (n, N).
        steepness: the largest size of each partial derivative, shape (n, N).
        point: where the relaxations promise the least, shape (n,).
    """

    floor: Array
    rising: Mask
    falling: Mask
    steepness: Array
    point: Array | None = None

    @classmethod
    def none(cls, boxes: Boxes) -> Findings:
        """Nothing but what is known of the boxes already."""
        no = np.zeros(boxes.low.shape, dtype=bool)
        return cls(boxes.floor.copy(), no, no.copy(), np.ones(boxes.low.shape))

    @property
    def signed(self) -> Mask:
        """Whether a partial derivative has one sign, shape (N,)."""
        return np.asarray((self.rising | self.falling).any(axis=0))

    def open(self, needed: float) -> Mask:
        """Whether nothing decides the box: its floor is under ``needed``, no sign is certain, shape (N,)."""
        return (self.floor < needed) & ~self.signed


@dataclass(frozen=True, eq=False)
class Examiner:
    """Asks the questions about one function over the unit box.

    Attributes:
        graph: the function.
        dialect: what its bounds are emitted in.
    """

    graph: Graph
    dialect: Any = "c"

    @property
    def size(self) -> int:
        """n, the number of coordinates."""
        return len(self.graph.inputs)

    def _bounding(self, *outputs: Any, centred: bool) -> Bounding:
        domain = [(0.0, 1.0)] * self.size
        return bound(
            self.graph, outputs=outputs, domain=domain, centred=centred, dialect=self.dialect
        )

    @cached_property
    def _value(self) -> Bounding:
        return self._bounding("value", centred=False)

    @cached_property
    def _slopes(self) -> Bounding:
        return self._bounding("value", "gradient", centred=True)

    @cached_property
    def _curvature(self) -> Bounding:
        return self._bounding("value", "gradient", "hessian", centred=True)

    @cached_property
    def is_smooth(self) -> bool:
        """Whether value and gradient are certainly continuous on the whole unit box."""
        whole = Boxes.whole(self.size)
        value, gradient = self._slopes(whole.low, whole.high)
        return bool(value.continuous[0] and gradient.continuous[0])

    def at(self, point: Array) -> float:
        """The function is at most this at a point of shape (n,)."""
        (value,) = self._value(point, point)
        return float(value.upper)

    def _at_points(self, points: Array) -> tuple[Bounds, Bounds]:
        value, gradient = self._slopes(points, points)
        return value, gradient

    def examine(self, boxes: Boxes, needed: float, certain: float) -> Findings:
        """Ask one question after the other of those boxes that are still open.

        Args:
            boxes: to look at.
            needed: a box with a floor of at least this is of no further interest.
            certain: a partial derivative's sign counts if its bounds keep this distance from 0.
        """
        found = Findings.none(boxes)
        self._ask_value(boxes, found, np.arange(len(boxes)))
        self._ask_slopes(boxes, found, np.flatnonzero(found.open(needed)), certain)
        curved = found.open(needed) & (boxes.width <= CURVED_WIDTH)
        self._ask_curvature(boxes, found, np.flatnonzero(curved), needed, certain)
        return found

    def confirms(self, boxes: Boxes, rising: Mask, falling: Mask) -> Mask:
        """Whether the function certainly rises and falls with the coordinates it is claimed to, shape (N,).

        Claims are masks of shape (n, N). Curvature is asked only where slopes alone do not suffice.
        """
        value, gradient = self._slopes(boxes.low, boxes.high)
        sure = _agrees(value, gradient, rising, falling)
        left = np.flatnonzero(~sure)
        if left.size:
            value, gradient, _ = self._curvature(boxes.low[:, left], boxes.high[:, left])
            sure[left] = _agrees(value, gradient, rising[:, left], falling[:, left])
        return sure

    def _ask_value(self, boxes: Boxes, found: Findings, asked: Any) -> None:
        (value,) = self._value(boxes.low[:, asked], boxes.high[:, asked])
        _raise_floor(found, asked, value.lower)

    def _ask_slopes(self, boxes: Boxes, found: Findings, asked: Any, certain: float) -> None:
        if asked.size:
            low, high = boxes.low[:, asked], boxes.high[:, asked]
            value, gradient = self._slopes(low, high)
            _note_slopes(found, asked, value, gradient, certain)
            self._forget_idle_signs(found, asked, low, high)

    def _ask_curvature(
        self, boxes: Boxes, found: Findings, asked: Any, needed: float, certain: float
    ) -> None:
        if not asked.size:
            return
        low, high = boxes.low[:, asked], boxes.high[:, asked]
        value, gradient, hessian = self._curvature(low, high)
        _note_slopes(found, asked, value, gradient, certain)
        self._forget_idle_signs(found, asked, low, high)
        smooth = value.continuous & gradient.continuous & hessian.continuous
        left = np.flatnonzero(smooth & found.open(needed)[asked])
        if not left.size:
            return
        part = Bounds(hessian.lower[..., left], hessian.upper[..., left], smooth[left])
        lower = relaxed(low[:, left], high[:, left], part, self._at_points)
        _raise_floor(found, asked[left], lower.floor)
        found.point = lower.point[:, int(np.argmin(lower.value))]

    def _forget_idle_signs(self, found: Findings, asked: Any, low: Array, high: Array) -> None:
        """Keep only signs that shrink a box or rule it out; a face has nothing left to lose."""
        wide = high > low
        found.rising[:, asked] &= wide | (self.is_smooth & (low > 0.0))
        found.falling[:, asked] &= wide | (self.is_smooth & (high < 1.0))


def _raise_floor(found: Findings, asked: Any, lower: Array) -> None:
    found.floor[asked] = np.fmax(found.floor[asked], lower)


def _note_slopes(
    found: Findings, asked: Any, value: Bounds, gradient: Bounds, certain: float
) -> None:
    """Take over the value's floor, certain signs and steepness; across a jump slopes say nothing."""
    _raise_floor(found, asked, value.lower)
    found.rising[:, asked] = value.continuous & (gradient.lower > certain)
    found.falling[:, asked] = value.continuous & (gradient.upper < -certain)
    found.steepness[:, asked] = np.maximum(np.abs(gradient.lower), np.abs(gradient.upper))


def _agrees(value: Bounds, gradient: Bounds, rising: Mask, falling: Mask) -> Mask:
    up, down = ~rising | (gradient.lower > 0.0), ~falling | (gradient.upper < 0.0)
    return np.asarray(value.continuous & (up & down).all(axis=0))
