"""Learning rates that change with the step number, as plain arithmetic in it.

A schedule is called with the number of steps already taken, 0, 1, 2, ..., and returns the learning
rate of the next one. In a config a learning rate is a number, or a mapping whose ``schedule`` names
one of these: ``{schedule: cosine, start: 0.1, end: 0.001, steps: 2000}``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import pi
from types import MappingProxyType
from typing import Any, ClassVar, Literal

import numpy as np

from simulator.optimizers.options import REFUSE_UNKNOWN, require

Scalar = Any
"""A float, or a value that stands for one while a step is traced."""


@dataclass(frozen=True)
class Constant:
    """The same learning rate at every step."""

    rate: float
    """The learning rate, > 0."""
    schedule: Literal["constant"] = "constant"
    __pydantic_config__: ClassVar = REFUSE_UNKNOWN

    def __post_init__(self) -> None:
        require(self, "rate", above=0)

    def __call__(self, step: Scalar) -> Scalar:
        """The learning rate of the step that follows ``step`` steps."""
        return self.rate


@dataclass(frozen=True)
class StepDecay:
    """Multiplied by ``factor`` after every ``every`` steps.

    >>> [float(StepDecay(0.8, factor=0.5, every=10)(k)) for k in (0, 9, 10, 25)]
    [0.8, 0.8, 0.4, 0.2]
    """

    start: float
    """The learning rate of the first ``every`` steps, > 0."""
    factor: float
    """What the learning rate is multiplied by, in (0, 1]."""
    every: int
    """How many steps each learning rate lasts, >= 1."""
    schedule: Literal["step"] = "step"
    __pydantic_config__: ClassVar = REFUSE_UNKNOWN

    def __post_init__(self) -> None:
        require(self, "start", above=0)
        require(self, "factor", above=0, at_most=1)
        require(self, "every", at_least=1)

    def __call__(self, step: Scalar) -> Scalar:
        """The learning rate of the step that follows ``step`` steps."""
        return self.start * self.factor ** np.floor(step / self.every)


@dataclass(frozen=True)
class Cosine:
    """Half a cosine wave from ``start`` down to ``end``, which it keeps after ``steps`` steps.

    Loshchilov & Hutter 2017, "SGDR", equation 5, without restarts.

    >>> rate = Cosine(start=0.1, end=0.001, steps=2000)
    >>> [round(float(rate(k)), 4) for k in (0, 1000, 2000, 9000)]
    [0.1, 0.0505, 0.001, 0.001]
    """

    start: float
    """The first learning rate, > 0."""
    end: float
    """The last learning rate, > 0."""
    steps: int
    """After how many steps ``end`` is reached, >= 1."""
    schedule: Literal["cosine"] = "cosine"
    __pydantic_config__: ClassVar = REFUSE_UNKNOWN

    def __post_init__(self) -> None:
        require(self, "start", above=0)
        require(self, "end", above=0)
        require(self, "steps", at_least=1)

    def __call__(self, step: Scalar) -> Scalar:
        """The learning rate of the step that follows ``step`` steps."""
        progress = np.minimum(step / self.steps, 1.0)
        return self.end + (self.start - self.end) * (1 + np.cos(pi * progress)) / 2


@dataclass(frozen=True)
class InverseTime:
    """``start`` / (1 + ``decay`` · step): halved after 1 / ``decay`` steps.

    The classic decay of Robbins & Monro 1951: the rates sum to infinity, so no distance is out of
    reach, while their squares do not, so noise averages out.

    >>> [InverseTime(start=0.1, decay=0.01)(k) for k in (0, 100, 900)]
    [0.1, 0.05, 0.01]
    """

    start: float
    """The first learning rate, > 0."""
    decay: float
    """How fast it falls, per step, >= 0."""
    schedule: Literal["inverse-time"] = "inverse-time"
    __pydantic_config__: ClassVar = REFUSE_UNKNOWN

    def __post_init__(self) -> None:
        require(self, "start", above=0)
        require(self, "decay", at_least=0)

    def __call__(self, step: Scalar) -> Scalar:
        """The learning rate of the step that follows ``step`` steps."""
        return self.start / (1 + self.decay * step)


@dataclass(frozen=True)
class PowerDecay:
    """``start`` / (1 + step / ``hold``)^``power``: kept for about ``hold`` steps, then falling slowly.

    With a power between ½ and 1 the average of the iterates is as good as any method can be, however
    wrong the start (Polyak & Juditsky 1992).

    >>> [PowerDecay(start=0.1, power=0.5, hold=100)(k) for k in (0, 300)]
    [0.1, 0.05]
    """

    start: float
    """The first learning rate, > 0."""
    power: float
    """How fast it falls in the end, in [0, 1]."""
    hold: float
    """The number of steps after which it begins to fall, > 0."""
    schedule: Literal["power"] = "power"
    __pydantic_config__: ClassVar = REFUSE_UNKNOWN

    def __post_init__(self) -> None:
        require(self, "start", above=0)
        require(self, "power", at_least=0, at_most=1)
        require(self, "hold", above=0)

    def __call__(self, step: Scalar) -> Scalar:
        """The learning rate of the step that follows ``step`` steps."""
        return self.start / (1 + step / self.hold) ** self.power


@dataclass(frozen=True)
class WarmRestarts:
    """Half a cosine wave from ``start`` to ``end`` in every ``period`` steps, then again.

    Loshchilov & Hutter 2017, "SGDR", equation 5; each restart can be lower than the one before.

    >>> rate = WarmRestarts(start=0.1, end=0.02, period=100, factor=0.5)
    >>> [round(float(rate(k)), 3) for k in (0, 50, 100, 150)]
    [0.1, 0.06, 0.06, 0.04]
    """

    start: float
    """The first learning rate, > 0."""
    end: float
    """What every period falls to, > 0."""
    period: int
    """Steps of one period, >= 1."""
    factor: float = 1.0
    """What the height above ``end`` is multiplied by at each restart, in (0, 1]."""
    schedule: Literal["warm-restarts"] = "warm-restarts"
    __pydantic_config__: ClassVar = REFUSE_UNKNOWN

    def __post_init__(self) -> None:
        require(self, "start", above=0)
        require(self, "end", above=0)
        require(self, "period", at_least=1)
        require(self, "factor", above=0, at_most=1)

    def __call__(self, step: Scalar) -> Scalar:
        """The learning rate of the step that follows ``step`` steps."""
        restarts = np.floor(step / self.period)
        height = (self.start - self.end) * self.factor**restarts
        return self.end + height * (1 + np.cos(pi * (step / self.period - restarts))) / 2


Schedule = Constant | StepDecay | Cosine | InverseTime | PowerDecay | WarmRestarts
LearningRate = float | Constant | StepDecay | Cosine | InverseTime | PowerDecay | WarmRestarts

SCHEDULES: Mapping[str, type[Schedule]] = MappingProxyType(
    {
        "constant": Constant,
        "step": StepDecay,
        "cosine": Cosine,
        "inverse-time": InverseTime,
        "power": PowerDecay,
        "warm-restarts": WarmRestarts,
    }
)
"""Every schedule by the name that a config calls it."""


def rate_at(learning_rate: LearningRate, step: Scalar) -> Scalar:
    """The learning rate of the step that follows ``step`` steps, for a number or a schedule."""
    return learning_rate if isinstance(learning_rate, float | int) else learning_rate(step)


def require_learning_rate(options: object) -> None:
    """Raise ValueError unless ``options.learning_rate`` is a schedule or a number > 0."""
    if not isinstance(getattr(options, "learning_rate", None), Schedule):
        require(options, "learning_rate", above=0)
