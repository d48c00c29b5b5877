"""Nonlinear conjugate gradients, inside a box."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np

from simulator.optimizers.box import Array, Box
from simulator.optimizers.claims import Claim
from simulator.optimizers.counting import Counted
from simulator.optimizers.directions import Free, search_lines, share_of_box
from simulator.optimizers.method import Seeds
from simulator.optimizers.options import REFUSE_UNKNOWN, require
from simulator.optimizers.outcome import Outcome
from simulator.optimizers.side_by_side import Point, Walk, Walker, run_side_by_side
from simulator.optimizers.stopping import Stopping

_FORMULAS = ("polak-ribiere", "fletcher-reeves", "hestenes-stiefel", "dai-yuan")


@dataclass(frozen=True)
class ConjugateGradient:
    """d ← −g + β·d with a strong Wolfe line search along d: Fletcher & Reeves 1964 and successors.

    Each direction respects the last, so a valley is followed rather than crossed to and fro, and
    only two vectors are kept. Where a bound takes hold of a parameter or lets it go, and where d
    would lead uphill, it begins again from −g.
    """

    formula: Literal["polak-ribiere", "fletcher-reeves", "hestenes-stiefel", "dai-yuan"] = (
        "polak-ribiere"
    )
    """How β is computed; polak-ribiere and hestenes-stiefel are cut off at 0, as Gilbert & Nocedal
    1992 advise."""
    initial_step: float = 0.1
    """The first trial moves a parameter by this share of its range, in (0, 1]."""
    flatness: float = 0.1
    """What the line search leaves of the slope, in (0.0001, 0.5)."""

    family: ClassVar[str] = "line-search"
    uses: ClassVar[str] = "gradient"
    __pydantic_config__: ClassVar = REFUSE_UNKNOWN

    def __post_init__(self) -> None:
        if self.formula not in _FORMULAS:
            raise ValueError(f"formula must be one of {_FORMULAS}, got {self.formula!r}")
        require(self, "initial_step", above=0, at_most=1)
        # Only below one half does Fletcher-Reeves surely lead downhill (Al-Baali 1985).
        require(self, "flatness", above=1e-4, below=0.5)

    def minimize(
        self, objective: Counted, box: Box, starts: Array, stopping: Stopping, seeds: Seeds
    ) -> list[Outcome]:
        """Advance every start, a column of ``starts``, until it stops; see :class:`Method`."""
        return run_side_by_side(self._walk, objective, box, starts, stopping, seeds)

    def _walk(self, walker: Walker, start: Array) -> Walk[Claim]:
        return search_lines(walker, start, Conjugate(walker.box, self))


class Conjugate:
    """The memory of one repeat: the last direction, and the gradient it was made from."""

    def __init__(self, box: Box, options: ConjugateGradient) -> None:
        self.flatness = options.flatness
        self._box = box
        self._options = options
        self._free: Free = np.zeros(box.size, dtype=np.bool_)
        self._direction: Array | None = None
        self._step: tuple[Point, Point] | None = None

    def direction(self, point: Point, free: Free) -> Array:
        """Conjugate to the last direction while the same parameters are free."""
        downhill: Array = np.where(free, -point.gradient, 0.0)
        chosen = downhill
        if self._step and self._direction is not None and np.array_equal(free, self._free):
            before, after = (np.where(free, end.gradient, 0.0) for end in self._step)
            share = weight(self._options.formula, before, after, self._direction)
            chosen = downhill + share * self._direction
            if not point.gradient @ chosen < 0:
                chosen = downhill
        self._free, self._direction = free, chosen
        return chosen

    def first_length(self, point: Point, direction: Array) -> float:
        """The least point of the parabola with the slope here and the last gain."""
        if self._step is not None:
            gain = self._step[0].value - self._step[1].value
            if gain > 0:
                return -2.02 * gain / float(point.gradient @ direction)
        return share_of_box(self._box, direction, self._options.initial_step)

    def learn(self, before: Point, after: Point) -> None:
        """Take in a step."""
        self._step = before, after

    def forget(self) -> bool:
        """Begin again from the gradient alone."""
        learnt, self._step = self._step is not None, None
        return learnt


def weight(formula: str, before: Array, after: Array, direction: Array) -> float:
    """β, from the gradients at both ends of a step along ``direction``, all of shape (n,).

    Where the slope does not change along the direction, β is 0.

    >>> before, after = np.array([2.0, 0.0]), np.array([0.0, 1.0])
    >>> [weight(formula, before, after, -before) for formula in _FORMULAS]
    [0.25, 0.25, 0.25, 0.25]
    """
    change = after - before
    above = {
        "polak-ribiere": max(0.0, float(after @ change)),
        "hestenes-stiefel": max(0.0, float(after @ change)),
    }.get(formula, float(after @ after))
    below = float(
        before @ before if formula in ("polak-ribiere", "fletcher-reeves") else direction @ change
    )
    return above / below if below > 0 else 0.0
