"""optax: gradient transformations on JAX (DeepMind 2020).

An optax rule already has the shape of an update rule here: a state and a step. Only rules that treat
every number by itself are offered, so that all repeats can advance as one batch.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from importlib import import_module
from typing import Any, ClassVar, Literal

import numpy as np

from simulator.optimizers.adapters.library import library_of
from simulator.optimizers.adaptive import FALLING
from simulator.optimizers.box import Array, Box
from simulator.optimizers.counting import Counted
from simulator.optimizers.descent import descend
from simulator.optimizers.method import Seeds
from simulator.optimizers.options import REFUSE_UNKNOWN, require_word
from simulator.optimizers.outcome import Outcome
from simulator.optimizers.schedules import LearningRate, rate_at, require_learning_rate
from simulator.optimizers.stopping import Stopping


@dataclass(frozen=True)
class Optax:
    """An update rule of optax, in double precision, with every step projected into the box."""

    rule: Literal[
        "adabelief",
        "adagrad",
        "adam",
        "adamax",
        "adamw",
        "amsgrad",
        "lion",
        "nadam",
        "radam",
        "rmsprop",
        "sgd",
        "yogi",
    ] = "adam"
    """Which of optax's rules."""
    learning_rate: LearningRate = FALLING
    """A number > 0 or a schedule."""

    family: ClassVar[str] = "optax"
    uses: ClassVar[str] = "gradient"
    library: ClassVar[str] = "optax"
    __pydantic_config__: ClassVar = REFUSE_UNKNOWN

    def __post_init__(self) -> None:
        require_word(self, "rule")
        require_learning_rate(self)

    def minimize(
        self, objective: Counted, box: Box, starts: Array, stopping: Stopping, seeds: Seeds
    ) -> list[Outcome]:
        """Advance every start, a column of ``starts``, until it stops; see :class:`Method`."""
        optax = library_of(self)
        jax = import_module("jax")
        transformation = getattr(optax, self.rule)(partial(rate_at, self.learning_rate))
        # optax computes in single precision unless told otherwise; only here, not for the process.
        with jax.enable_x64(True):
            return descend(_Rule(transformation), objective, box, starts, stopping, seeds)


@dataclass(frozen=True)
class _Rule:
    """optax's transformation as an update rule: its state in NumPy arrays, with R along the last axis."""

    transformation: Any

    def init(self, x: Array) -> tuple[Any, ...]:
        return _in_numpy(self.transformation.init(x))

    def step(self, state: tuple[Any, ...], x: Array, gradient: Array) -> tuple[Any, Array]:
        change, state = self.transformation.update(gradient, state, x)
        return _in_numpy(state), x + np.asarray(change)


def _in_numpy(state: Any) -> tuple[Any, ...]:
    arrays: tuple[Any, ...] = import_module("jax").tree.map(np.asarray, state)
    return arrays
