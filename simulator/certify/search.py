"""Branch and bound: take the unit box apart until nothing in it can beat the best known point.

A batch of boxes with the lowest floors is examined. A box that cannot hold anything better is dropped; one in
which a partial derivative has a sign shrinks to a face or vanishes; any other is halved across the coordinate
that moves the function most (steepness × width). The lowest floor of what is left and the best known value
bracket the minimum at any time.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from simulator.certify.boxes import Array, Boxes, Index, joined
from simulator.certify.cover import EXCLUDED, Cover, children, sign_codes
from simulator.certify.examination import Examiner, Findings

#: Boxes examined together.
BATCH: Final = 8192

#: Shares of the tolerance kept back, so that another compiler's last digits still prove the claim.
_RESERVE: Final = 1e-2

#: A box with sides shorter than this is not halved again.
_SHORTEST: Final = 2.0**-44


@dataclass(frozen=True)
class Budget:
    """When to stop without a proof; every limit > 0.

    Attributes:
        boxes: examined, at most.
        seconds: of search, at most.
        memory_mb: for boxes in waiting and the cover, at most.
    """

    boxes: int = 50_000_000
    seconds: float = 600.0
    memory_mb: float = 2000.0


@dataclass(frozen=True)
class Bracket:
    """Where the search stands: the minimum lies in [lower, upper].

    Attributes:
        lower, upper: of the least value over the unit box.
        boxes: examined so far.
        waiting: boxes not yet examined.
        seconds: spent.
    """

    lower: float
    upper: float
    boxes: int
    waiting: int
    seconds: float


Tell = Callable[[Bracket], None]


@dataclass(eq=False)
class Search:
    """A search that can be stopped and go on.

    Attributes:
        examiner: of the function.
        within: > 0, how far below the best known value the proof may leave off.
        point: the best known point, shape (n,).
        upper: the function is at most this there.
        open: boxes in waiting.
        cover: all boxes and what became of them.
        floor: no box that was dropped goes below this.
        boxes: how many were examined.
        seconds: spent.
    """

    examiner: Examiner
    within: float
    point: Array
    upper: float
    open: Boxes
    cover: Cover = field(default_factory=Cover)
    floor: float = np.inf
    boxes: int = 0
    seconds: float = 0.0

    @classmethod
    def start(cls, examiner: Examiner, point: Array, within: float) -> Search:
        """From the whole unit box and a point of it.

        Raises ValueError for a tolerance that is not above 0, or so small that rounding hides it.
        """
        upper = examiner.at(point)
        if not within > 64 * np.spacing(abs(upper)):
            raise ValueError(f"within must be above 0 and above rounding, got {within!r}")
        return cls(examiner, within, point, upper, Boxes.whole(examiner.size))

    @property
    def claimed_upper(self) -> float:
        """The upper end of the bracket, a hair above what was computed."""
        return self.upper + _RESERVE * self.within / 4

    @property
    def needed(self) -> float:
        """A box whose floor is at least this is dropped."""
        return self.claimed_upper - self.within * (1.0 - 2.0 * _RESERVE)

    @property
    def bracket(self) -> Bracket:
        """Where the search stands."""
        least = float(self.open.floor.min()) if len(self.open) else np.inf
        lower = min(least, self.floor, self.needed) - _RESERVE * self.within
        return Bracket(lower, self.claimed_upper, self.boxes, len(self.open), self.seconds)

    @property
    def proved(self) -> bool:
        """Whether every box was dropped because its floor was high enough."""
        return not len(self.open) and self.floor >= self.needed

    @property
    def memory_mb(self) -> float:
        """Taken by boxes in waiting and the cover."""
        return ((16 * self.examiner.size + 16) * len(self.open) + 13 * len(self.cover)) / 1e6

    def run(self, budget: Budget, tell: Tell | None = None) -> str | None:
        """Search until the proof is complete or the budget is spent.

        ``tell`` hears of every batch. An interruption leaves the search as it was after a whole batch.

        Returns:
            why it stopped without a proof ("boxes", "time", "memory", "rounding"), or None.
        """
        while len(self.open):
            reason = self._spent(budget)
            if reason:
                return reason
            self.step(budget.memory_mb)
            if tell is not None:
                tell(self.bracket)
        return None if self.proved else "rounding"

    def checked_lower(self) -> float:
        """The bracket's lower end, each box in waiting examined by itself, as whoever checks it will do."""
        lowest, needed = np.inf, self.needed
        for begin in range(0, len(self.open), BATCH):
            part = self.open[begin : begin + BATCH]
            alone = Boxes(part.low, part.high, np.full(len(part), -np.inf), part.node)
            # Signs do not help a box that stays as it is: with an infinite margin none counts.
            found = self.examiner.examine(alone, needed, certain=np.inf)
            lowest = min(lowest, float(found.floor.min()))
        return min(lowest, self.floor, needed) - _RESERVE * self.within

    def _spent(self, budget: Budget) -> str | None:
        if self.boxes >= budget.boxes:
            return "boxes"
        if self.seconds >= budget.seconds:
            return "time"
        return "memory" if self.memory_mb >= budget.memory_mb else None

    def step(self, memory_mb: float = np.inf) -> None:
        """Examine one batch and put what is left of it back; nothing happens when no box waits."""
        if not len(self.open):
            return
        began = time.perf_counter()
        chosen = self._chosen(memory_mb)
        batch, needed = self.open[chosen], self.needed
        found = self.examiner.examine(batch, needed, _RESERVE * self.within)
        codes = _codes(batch, found, needed)
        seen = Boxes(batch.low, batch.high, found.floor, batch.node)
        fresh, count = children(seen, codes, self.examiner.is_smooth)
        best = self._better(seen, found)
        dropped = found.floor[codes == EXCLUDED]
        keep = np.ones(len(self.open), dtype=bool)
        keep[chosen] = False
        kept = self.open[keep]
        nodes = self.cover.record(batch.node, codes, count)
        self.open = joined([kept, Boxes(fresh.low, fresh.high, fresh.floor, nodes)])
        self.floor = min(self.floor, float(dropped.min(initial=np.inf)))
        self.point, self.upper = best
        self.boxes += len(batch)
        self.seconds += time.perf_counter() - began

    def _better(self, seen: Boxes, found: Findings) -> tuple[Array, float]:
        """The best known point after a look at where the relaxations and the lowest box point to."""
        lowest = int(np.argmin(seen.floor))
        points = [0.5 * (seen.low[:, lowest] + seen.high[:, lowest])]
        if found.point is not None:
            points.append(found.point)
        known = [(self.upper, self.point)] + [(self.examiner.at(point), point) for point in points]
        upper, point = min(known, key=lambda pair: np.inf if np.isnan(pair[0]) else pair[0])
        return point, upper

    def _chosen(self, memory_mb: float) -> Index:
        """Places of the next boxes: the lowest floors, or the newest boxes when memory gets scarce."""
        count = len(self.open)
        if count <= BATCH:
            return np.arange(count)
        if self.memory_mb > 0.5 * memory_mb:
            return np.arange(count - BATCH, count)
        return np.argpartition(self.open.floor, BATCH)[:BATCH]


def _codes(boxes: Boxes, found: Findings, needed: float) -> Index:
    """What becomes of each box."""
    width = boxes.high - boxes.low
    # Unknown steepness is large; a face is never cut across the coordinate it has lost.
    pull = np.where(width > 0.0, np.nan_to_num(found.steepness, nan=1e300, posinf=1e300), -1.0)
    pull = np.where(width > 0.0, np.minimum(pull, 1e300) * width, -1.0)
    cut = (pull.argmax(axis=0) + 1).astype(np.uint32)
    signed = np.where(found.signed, sign_codes(found.rising, found.falling), cut)
    # Boxes too short to be halved are given up with the floor they have.
    dropped = (found.floor >= needed) | (~found.signed & (boxes.width <= _SHORTEST))
    return np.where(dropped, np.uint32(EXCLUDED), signed).astype(np.uint32)
