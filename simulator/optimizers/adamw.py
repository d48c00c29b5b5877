"""Adam with a decay of the parameters that is kept apart from the gradient."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from simulator.optimizers.adaptive import FALLING, Moments, adam_direction
from simulator.optimizers.box import Array, Box
from simulator.optimizers.counting import Counted
from simulator.optimizers.descent import descend
from simulator.optimizers.method import Seeds
from simulator.optimizers.options import REFUSE_UNKNOWN, require
from simulator.optimizers.outcome import Outcome
from simulator.optimizers.schedules import LearningRate, rate_at, require_learning_rate
from simulator.optimizers.stopping import Stopping


@dataclass(frozen=True)
class AdamW:
    """x ← project(x − α·(m̂ / (√v̂ + ε) + λ·x)): Loshchilov & Hutter 2019, algorithm 2.

    The decay pulls every parameter towards 0, in a unit box its lower bound, as strongly whatever
    its slopes: along a valley it prefers less of everything. What it settles at is therefore a
    little off the optimum, and the residual says so.
    """

    learning_rate: LearningRate = FALLING
    """α: a number > 0 or a schedule; about the length of the first steps, in every parameter."""
    beta1: float = 0.9
    """β₁: the memory of the gradients, in [0, 1)."""
    beta2: float = 0.99
    """β₂: the memory of the squared gradients, in [0, 1)."""
    epsilon: float = 1e-8
    """ε > 0: keeps the division defined."""
    weight_decay: float = 0.01
    """λ: the pull towards 0, >= 0; without it this is Adam."""

    family: ClassVar[str] = "descent"
    uses: ClassVar[str] = "gradient"
    __pydantic_config__: ClassVar = REFUSE_UNKNOWN

    def __post_init__(self) -> None:
        require_learning_rate(self)
        require(self, "beta1", at_least=0, below=1)
        require(self, "beta2", at_least=0, below=1)
        require(self, "epsilon", above=0)
        require(self, "weight_decay", at_least=0)

    def init(self, x: Array) -> Moments:
        """The state before the first step, for starts of shape (n, R)."""
        return Moments(0.0, np.zeros_like(x), np.zeros_like(x))

    def step(self, state: Moments, x: Array, gradient: Array) -> tuple[Moments, Array]:
        """One step from x, of shape (n, R), where the gradient has the same shape."""
        rate = rate_at(self.learning_rate, state.count)
        state, direction = adam_direction(state, gradient, self.beta1, self.beta2, self.epsilon)
        return state, x - rate * (direction + self.weight_decay * x)

    def minimize(
        self, objective: Counted, box: Box, starts: Array, stopping: Stopping, seeds: Seeds
    ) -> list[Outcome]:
        """Advance every start, a column of ``starts``, until it stops; see :class:`Method`."""
        return descend(self, objective, box, starts, stopping, seeds)
