"""Descent along lines inside the box: a rule gives the direction, a line search the length.

Parameters that a bound holds back are left out of the direction; a line ends where it meets the
next bound, which then holds that parameter, too.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from simulator.optimizers.box import Array, Box
from simulator.optimizers.claims import Claim
from simulator.optimizers.line_search import strong_wolfe
from simulator.optimizers.side_by_side import Point, Walk, Walker

Free = NDArray[np.bool_]


class Directions(Protocol):
    """The memory of one repeat of a method that searches along lines."""

    flatness: float
    """The share of its slope that a line search leaves over, in (0, 1)."""

    def direction(self, point: Point, free: Free) -> Array:
        """Where to go from a point, of shape (n,); parameters that are not free stay."""

    def first_length(self, point: Point, direction: Array) -> float:
        """How much of the direction to try first, > 0."""

    def learn(self, before: Point, after: Point) -> None:
        """Take in a step."""

    def forget(self) -> bool:
        """Begin again from the gradient alone; False if nothing has been learnt since."""


def free_parameters(box: Box, point: Point) -> Free:
    """Those that no bound holds back at a point; True where a parameter may move downhill."""
    held_below = (point.x <= box.lower) & (point.gradient >= 0)
    held_above = (point.x >= box.upper) & (point.gradient <= 0)
    return ~(held_below | held_above)


def longest_length(box: Box, x: Array, direction: Array) -> float:
    """How much of a direction, of shape (n,), fits into the box from x.

    >>> longest_length(Box.unit(2), np.array([0.5, 0.5]), np.array([1.0, -0.1]))
    0.5
    """
    room = np.where(direction > 0, box.upper - x, box.lower - x)
    moving = direction != 0
    return float((room[moving] / direction[moving]).min(initial=np.inf))


def admissible(box: Box, point: Point, direction: Array) -> Array:
    """The direction without the parameters that it would push through a bound at once."""
    blocked = (point.x <= box.lower) & (direction < 0) | (point.x >= box.upper) & (direction > 0)
    kept: Array = np.where(blocked, 0.0, direction)
    return kept


def share_of_box(box: Box, direction: Array, share: float) -> float:
    """The length at which a direction moves some parameter by a share of its range."""
    longest = float((np.abs(direction) / (box.upper - box.lower)).max())
    return share / longest if longest > 0 else 1.0


def search_lines(walker: Walker, start: Array, rule: Directions) -> Walk[Claim]:
    """Minimise from a start by searches along the lines that a rule gives."""
    point = yield from walker.begin(start)
    while (reason := walker.arrived(point)) is None:
        after = yield from _along(walker, point, rule)
        if after is not None:
            rule.learn(point, after)
            point = after
        elif not rule.forget():
            return walker.stuck(point)
    return walker.claim(point, reason)


def _along(walker: Walker, point: Point, rule: Directions) -> Walk[Point | None]:
    free = free_parameters(walker.box, point)
    direction = admissible(walker.box, point, rule.direction(point, free))
    if not point.gradient @ direction < 0:
        return None
    longest = longest_length(walker.box, point.x, direction)
    first = rule.first_length(point, direction)
    return (yield from strong_wolfe(walker, point, direction, first, longest, rule.flatness))
