"""Methods that give every parameter a learning rate of its own, from its past gradients.

They divide by a root of averaged squares, so only the sign and the steadiness of a gradient count:
along a flat valley they move as fast as down its walls, and with a constant learning rate they
never settle but tremble at about its size. Hence the falling learning rates where they must.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import numpy as np

from simulator.optimizers.box import Array, Box
from simulator.optimizers.counting import Counted
from simulator.optimizers.descent import descend
from simulator.optimizers.method import Seeds
from simulator.optimizers.options import REFUSE_UNKNOWN, require
from simulator.optimizers.outcome import Outcome
from simulator.optimizers.schedules import (
    InverseTime,
    LearningRate,
    Scalar,
    rate_at,
    require_learning_rate,
)
from simulator.optimizers.stopping import Stopping

FALLING = InverseTime(start=0.1, decay=0.01)
FALLING_FAST = InverseTime(start=0.1, decay=0.1)


class Squares(NamedTuple):
    """The state of a method that keeps squared gradients."""

    count: Scalar
    """Steps taken so far."""
    squares: Array
    """Their sum or running mean, of shape (n, R)."""


class Moments(NamedTuple):
    """The state of a method that keeps gradients and squared gradients."""

    count: Scalar
    """Steps taken so far."""
    first: Array
    """Running mean of the gradients, of shape (n, R), not yet corrected for its start at 0."""
    second: Array
    """Running mean of the squared gradients, likewise."""


@dataclass(frozen=True)
class AdaGrad:
    """s ← s + g²; x ← project(x − α·g / (√s + ε)): Duchi, Hazan & Singer 2011, diagonal form.

    The growing sum is a decay of its own; it settles by itself but tires on a long valley.
    """

    learning_rate: LearningRate = 0.2
    """α: a number > 0 or a schedule; also the length of the first step, in every parameter."""
    epsilon: float = 1e-10
    """ε > 0: keeps the division defined."""

    family: ClassVar[str] = "descent"
    uses: ClassVar[str] = "gradient"
    __pydantic_config__: ClassVar = REFUSE_UNKNOWN

    def __post_init__(self) -> None:
        require_learning_rate(self)
        require(self, "epsilon", above=0)

    def init(self, x: Array) -> Squares:
        """The state before the first step, for starts of shape (n, R)."""
        return Squares(0.0, np.zeros_like(x))

    def step(self, state: Squares, x: Array, gradient: Array) -> tuple[Squares, Array]:
        """One step from x, of shape (n, R), where the gradient has the same shape."""
        rate = rate_at(self.learning_rate, state.count)
        squares = state.squares + gradient * gradient
        moved = x - rate * gradient / (np.sqrt(squares) + self.epsilon)
        return Squares(state.count + 1, squares), moved

    def minimize(
        self, objective: Counted, box: Box, starts: Array, stopping: Stopping, seeds: Seeds
    ) -> list[Outcome]:
        """Advance every start, a column of ``starts``, until it stops; see :class:`Method`."""
        return descend(self, objective, box, starts, stopping, seeds)


@dataclass(frozen=True)
class RMSProp:
    """s ← ρ·s + (1 − ρ)·g²; x ← project(x − α·g / (√s + ε)): Tieleman & Hinton 2012, lecture 6.5."""

    learning_rate: LearningRate = FALLING_FAST
    """α: a number > 0 or a schedule."""
    decay: float = 0.99
    """ρ: the memory of the squared gradients, in [0, 1)."""
    epsilon: float = 1e-8
    """ε > 0: keeps the division defined."""

    family: ClassVar[str] = "descent"
    uses: ClassVar[str] = "gradient"
    __pydantic_config__: ClassVar = REFUSE_UNKNOWN

    def __post_init__(self) -> None:
        require_learning_rate(self)
        require(self, "decay", at_least=0, below=1)
        require(self, "epsilon", above=0)

    def init(self, x: Array) -> Squares:
        """The state before the first step, for starts of shape (n, R)."""
        return Squares(0.0, np.zeros_like(x))

    def step(self, state: Squares, x: Array, gradient: Array) -> tuple[Squares, Array]:
        """One step from x, of shape (n, R), where the gradient has the same shape."""
        rate = rate_at(self.learning_rate, state.count)
        squares = self.decay * state.squares + (1 - self.decay) * gradient * gradient
        moved = x - rate * gradient / (np.sqrt(squares) + self.epsilon)
        return Squares(state.count + 1, squares), moved

    def minimize(
        self, objective: Counted, box: Box, starts: Array, stopping: Stopping, seeds: Seeds
    ) -> list[Outcome]:
        """Advance every start, a column of ``starts``, until it stops; see :class:`Method`."""
        return descend(self, objective, box, starts, stopping, seeds)


@dataclass(frozen=True)
class Adam:
    """Adam, algorithm 1 of Kingma & Ba 2015, with every step projected into the box.

    m ← β₁·m + (1 − β₁)·g; v ← β₂·v + (1 − β₂)·g²; after t steps, this one included,
    x ← project(x − α·m̂ / (√v̂ + ε)) with m̂ = m / (1 − β₁ᵗ) and v̂ = v / (1 − β₂ᵗ).
    """

    learning_rate: LearningRate = FALLING
    """α: a number > 0 or a schedule; about the length of the first steps, in every parameter."""
    beta1: float = 0.9
    """β₁: the memory of the gradients, in [0, 1)."""
    beta2: float = 0.99
    """β₂: the memory of the squared gradients, in [0, 1)."""
    epsilon: float = 1e-8
    """ε > 0: keeps the division defined."""

    family: ClassVar[str] = "descent"
    uses: ClassVar[str] = "gradient"
    __pydantic_config__: ClassVar = REFUSE_UNKNOWN

    def __post_init__(self) -> None:
        require_learning_rate(self)
        require(self, "beta1", at_least=0, below=1)
        require(self, "beta2", at_least=0, below=1)
        require(self, "epsilon", above=0)

    def init(self, x: Array) -> Moments:
        """The state before the first step, for starts of shape (n, R)."""
        return Moments(0.0, np.zeros_like(x), np.zeros_like(x))

    def step(self, state: Moments, x: Array, gradient: Array) -> tuple[Moments, Array]:
        """One step from x, of shape (n, R), where the gradient has the same shape."""
        state, direction = adam_direction(state, gradient, self.beta1, self.beta2, self.epsilon)
        return state, x - rate_at(self.learning_rate, state.count - 1) * direction

    def minimize(
        self, objective: Counted, box: Box, starts: Array, stopping: Stopping, seeds: Seeds
    ) -> list[Outcome]:
        """Advance every start, a column of ``starts``, until it stops; see :class:`Method`."""
        return descend(self, objective, box, starts, stopping, seeds)


def adam_direction(
    state: Moments, gradient: Array, beta1: float, beta2: float, epsilon: float
) -> tuple[Moments, Array]:
    """The new moments, and m̂ / (√v̂ + ε) from them, of shape (n, R)."""
    count = state.count + 1
    first = beta1 * state.first + (1 - beta1) * gradient
    second = beta2 * state.second + (1 - beta2) * gradient * gradient
    mean = first / (1 - beta1**count)
    scale = np.sqrt(second / (1 - beta2**count)) + epsilon
    return Moments(count, first, second), mean / scale
