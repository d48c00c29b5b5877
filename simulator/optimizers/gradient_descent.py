"""Gradient descent, and its two classic accelerations by momentum.

Each rule is written for iterates that the loop projects into the box after every step. Momentum
is therefore kept as the difference of two iterates, not as a velocity of its own: at a bound the
difference vanishes, so nothing piles up against the wall.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from simulator.optimizers.box import Array, Box
from simulator.optimizers.counting import Counted
from simulator.optimizers.descent import descend
from simulator.optimizers.method import Seeds
from simulator.optimizers.options import REFUSE_UNKNOWN, require
from simulator.optimizers.outcome import Outcome
from simulator.optimizers.schedules import (
    LearningRate,
    Scalar,
    rate_at,
    require_learning_rate,
)
from simulator.optimizers.stopping import Stopping


class Steps(NamedTuple):
    """The state of plain gradient descent."""

    count: Scalar
    """Steps taken so far."""


class Trail(NamedTuple):
    """The state of a method with momentum."""

    count: Scalar
    """Steps taken so far."""
    previous: Array
    """The point one step back, of shape (n, R)."""


@dataclass(frozen=True)
class GradientDescent:
    """x ← project(x − α·g): steepest descent (Cauchy 1847), projected (Goldstein 1964).

    Converges for α < 2 / L, where L is the largest curvature; the number of steps grows with the
    condition number, so a flat valley takes many.
    """

    learning_rate: LearningRate = 0.015
    """α: a number > 0 or a schedule. The default is stable up to a curvature of 133."""

    family: ClassVar[str] = "descent"
    uses: ClassVar[str] = "gradient"
    __pydantic_config__: ClassVar = REFUSE_UNKNOWN

    def __post_init__(self) -> None:
        require_learning_rate(self)

    def init(self, x: Array) -> Steps:
        """The state before the first step, for starts of shape (n, R)."""
        return Steps(0.0)

    def step(self, state: Steps, x: Array, gradient: Array) -> tuple[Steps, Array]:
        """One step from x, of shape (n, R), where the gradient has the same shape."""
        rate = rate_at(self.learning_rate, state.count)
        return Steps(state.count + 1), x - rate * gradient

    def minimize(
        self, objective: Counted, box: Box, starts: Array, stopping: Stopping, seeds: Seeds
    ) -> list[Outcome]:
        """Advance every start, a column of ``starts``, until it stops; see :class:`Method`."""
        return descend(self, objective, box, starts, stopping, seeds)


@dataclass(frozen=True)
class Momentum:
    """x ← project(x − α·g + β·(x − x₋₁)): the heavy ball (Polyak 1964).

    Along a valley of even slope the steps grow to α·g / (1 − β).
    """

    learning_rate: LearningRate = 0.01
    """α: a number > 0 or a schedule."""
    momentum: float = 0.97
    """β: the share of the last step that is repeated, in [0, 1)."""

    family: ClassVar[str] = "descent"
    uses: ClassVar[str] = "gradient"
    __pydantic_config__: ClassVar = REFUSE_UNKNOWN

    def __post_init__(self) -> None:
        require_learning_rate(self)
        require(self, "momentum", at_least=0, below=1)

    def init(self, x: Array) -> Trail:
        """The state before the first step, for starts of shape (n, R)."""
        return Trail(0.0, x)

    def step(self, state: Trail, x: Array, gradient: Array) -> tuple[Trail, Array]:
        """One step from x, of shape (n, R), where the gradient has the same shape."""
        rate = rate_at(self.learning_rate, state.count)
        moved = x - rate * gradient + self.momentum * (x - state.previous)
        return Trail(state.count + 1, x), moved

    def minimize(
        self, objective: Counted, box: Box, starts: Array, stopping: Stopping, seeds: Seeds
    ) -> list[Outcome]:
        """Advance every start, a column of ``starts``, until it stops; see :class:`Method`."""
        return descend(self, objective, box, starts, stopping, seeds)


@dataclass(frozen=True)
class Nesterov:
    """y ← x − α·g(x), x ← project(y + β·(y − y₋₁)): the accelerated gradient of Nesterov 1983.

    The gradient is taken at the point x already carried forward by the momentum; with constant β
    as in Nesterov 2004, "Introductory Lectures on Convex Optimization", method 2.2.11, whose best
    β is (√κ − 1) / (√κ + 1) at condition number κ.
    """

    learning_rate: LearningRate = 0.01
    """α: a number > 0 or a schedule."""
    momentum: float = 0.97
    """β: how far the last movement is carried on, in [0, 1)."""

    family: ClassVar[str] = "descent"
    uses: ClassVar[str] = "gradient"
    __pydantic_config__: ClassVar = REFUSE_UNKNOWN

    def __post_init__(self) -> None:
        require_learning_rate(self)
        require(self, "momentum", at_least=0, below=1)

    def init(self, x: Array) -> Trail:
        """The state before the first step, for starts of shape (n, R)."""
        return Trail(0.0, x)

    def step(self, state: Trail, x: Array, gradient: Array) -> tuple[Trail, Array]:
        """One step from x, of shape (n, R), where the gradient has the same shape."""
        descended = x - rate_at(self.learning_rate, state.count) * gradient
        carried = descended + self.momentum * (descended - state.previous)
        return Trail(state.count + 1, descended), carried

    def minimize(
        self, objective: Counted, box: Box, starts: Array, stopping: Stopping, seeds: Seeds
    ) -> list[Outcome]:
        """Advance every start, a column of ``starts``, until it stops; see :class:`Method`."""
        return descend(self, objective, box, starts, stopping, seeds)
