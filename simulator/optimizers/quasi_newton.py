"""Quasi-Newton methods: the curvature is learnt from how the gradient changes along the steps."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from simulator.optimizers.box import Array, Box
from simulator.optimizers.box_quadratic import least_quadratic
from simulator.optimizers.claims import Claim
from simulator.optimizers.counting import Counted
from simulator.optimizers.directions import Free, search_lines, share_of_box
from simulator.optimizers.method import Seeds
from simulator.optimizers.options import REFUSE_UNKNOWN, require
from simulator.optimizers.outcome import Outcome
from simulator.optimizers.side_by_side import Point, Walk, Walker, run_side_by_side
from simulator.optimizers.stopping import Stopping


@dataclass(frozen=True)
class BFGS:
    """Broyden, Fletcher, Goldfarb & Shanno 1970, with the bounds inside the quadratic model.

    The direction minimises the model over the whole box, so many bounds can take hold at once; a
    strong Wolfe search sets the length. Updates are damped as by Powell 1978, which keeps the
    model convex where the objective is not.
    """

    initial_step: float = 0.1
    """The first trial moves a parameter by this share of its range, in (0, 1]."""
    flatness: float = 0.9
    """What the line search leaves of the slope, in (0.0001, 1)."""

    family: ClassVar[str] = "line-search"
    uses: ClassVar[str] = "gradient"
    __pydantic_config__: ClassVar = REFUSE_UNKNOWN

    def __post_init__(self) -> None:
        require(self, "initial_step", above=0, at_most=1)
        require(self, "flatness", above=1e-4, below=1)

    def minimize(
        self, objective: Counted, box: Box, starts: Array, stopping: Stopping, seeds: Seeds
    ) -> list[Outcome]:
        """Advance every start, a column of ``starts``, until it stops; see :class:`Method`."""
        return run_side_by_side(self._walk, objective, box, starts, stopping, seeds)

    def _walk(self, walker: Walker, start: Array) -> Walk[Claim]:
        return search_lines(walker, start, DenseCurvature(walker.box, self))


@dataclass(frozen=True)
class LBFGS:
    """Limited-memory BFGS, by hand: Nocedal 1980's two loops over the last few steps.

    Only parameters that no bound holds take part, so the memory of a step is its part among them.
    """

    memory: int = 10
    """How many past steps its picture of the curvature is made of, >= 1."""
    initial_step: float = 0.1
    """The first trial moves a parameter by this share of its range, in (0, 1]."""
    flatness: float = 0.9
    """What the line search leaves of the slope, in (0.0001, 1)."""

    family: ClassVar[str] = "line-search"
    uses: ClassVar[str] = "gradient"
    __pydantic_config__: ClassVar = REFUSE_UNKNOWN

    def __post_init__(self) -> None:
        require(self, "memory", at_least=1)
        require(self, "initial_step", above=0, at_most=1)
        require(self, "flatness", above=1e-4, below=1)

    def minimize(
        self, objective: Counted, box: Box, starts: Array, stopping: Stopping, seeds: Seeds
    ) -> list[Outcome]:
        """Advance every start, a column of ``starts``, until it stops; see :class:`Method`."""
        return run_side_by_side(self._walk, objective, box, starts, stopping, seeds)

    def _walk(self, walker: Walker, start: Array) -> Walk[Claim]:
        return search_lines(walker, start, RecentCurvature(walker.box, self))


class DenseCurvature:
    """The memory of BFGS: a full matrix that stands for the Hessian."""

    def __init__(self, box: Box, options: BFGS) -> None:
        self.flatness = options.flatness
        self._box = box
        self._initial_step = options.initial_step
        self._matrix: Array | None = None

    def direction(self, point: Point, free: Free) -> Array:
        """To the least value of the model in the box; downhill while nothing is known."""
        if self._matrix is None:
            return np.where(free, -point.gradient, 0.0)
        lower, upper = self._box.lower - point.x, self._box.upper - point.x
        return least_quadratic(point.gradient, self._matrix, lower, upper)

    def first_length(self, point: Point, direction: Array) -> float:
        """The model's own step, once there is a model."""
        if self._matrix is None:
            return share_of_box(self._box, direction, self._initial_step)
        return 1.0

    def learn(self, before: Point, after: Point) -> None:
        """Update the matrix; the first one gets the curvature of the first step in all directions."""
        moved, change = after.x - before.x, after.gradient - before.gradient
        if self._matrix is None:
            curved = float(moved @ change)
            scale = float(change @ change) / curved if curved > 0 else 1.0
            self._matrix = scale * np.eye(moved.size)
        self._matrix = damped_update(self._matrix, moved, change)

    def forget(self) -> bool:
        """Begin again from the gradient alone."""
        learnt, self._matrix = self._matrix is not None, None
        return learnt


def damped_update(matrix: Array, moved: Array, change: Array) -> Array:
    """The BFGS update of a convex matrix, damped so that it stays convex: Powell 1978.

    >>> damped_update(np.eye(2), np.array([1.0, 0.0]), np.array([4.0, 0.0]))
    array([[4., 0.],
           [0., 1.]])
    """
    known = matrix @ moved
    expected, curved = float(moved @ known), float(moved @ change)
    if not expected > 0:
        return matrix
    if curved < 0.2 * expected:
        share = 0.8 * expected / (expected - curved)
        change = share * change + (1 - share) * known
        curved = 0.2 * expected
    updated: Array = matrix - np.outer(known, known) / expected + np.outer(change, change) / curved
    return updated


class RecentCurvature:
    """The memory of L-BFGS: the last movements with their changes of gradient."""

    def __init__(self, box: Box, options: LBFGS) -> None:
        self.flatness = options.flatness
        self._box = box
        self._initial_step = options.initial_step
        self._steps: deque[tuple[Array, Array]] = deque(maxlen=options.memory)

    def direction(self, point: Point, free: Free) -> Array:
        """Against the gradient as the remembered curvature bends it, among free parameters."""
        direction = np.zeros_like(point.x)
        steps = [(moved[free], change[free]) for moved, change in self._steps]
        direction[free] = -bent(point.gradient[free], steps)
        return direction

    def first_length(self, point: Point, direction: Array) -> float:
        """The model's own step, once there is a model."""
        if not self._steps:
            return share_of_box(self._box, direction, self._initial_step)
        return 1.0

    def learn(self, before: Point, after: Point) -> None:
        """Remember a step along which the objective curves up."""
        moved, change = after.x - before.x, after.gradient - before.gradient
        if moved @ change > 0:
            self._steps.append((moved, change))

    def forget(self) -> bool:
        """Begin again from the gradient alone."""
        learnt = bool(self._steps)
        self._steps.clear()
        return learnt


def bent(gradient: Array, steps: list[tuple[Array, Array]]) -> Array:
    """The inverse of the remembered curvature times the gradient: Nocedal 1980.

    Steps without upward curvature among these parameters are passed over.

    >>> bent(np.array([8.0, 1.0]), [(np.array([1.0, 0.0]), np.array([4.0, 0.0]))])
    array([2.  , 0.25])
    """
    pairs = [(s, y, float(s @ y)) for s, y in steps]
    pairs = [(s, y, curved) for s, y, curved in pairs if curved > 1e-10 * float(y @ y)]
    result, shares = gradient.copy(), []
    for s, y, curved in reversed(pairs):
        shares.append(float(s @ result) / curved)
        result -= shares[-1] * y
    if pairs:
        _, y, curved = pairs[-1]
        result *= curved / float(y @ y)
    for (s, y, curved), share in zip(pairs, reversed(shares), strict=True):
        result += (share - float(y @ result) / curved) * s
    return result
