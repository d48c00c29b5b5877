"""Resilient propagation: only the signs of the slopes count."""

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
from simulator.optimizers.stopping import Stopping


class Lengths(NamedTuple):
    """The state: how far each parameter moves next, and which way its slope pointed."""

    lengths: Array
    """Of shape (n, R)."""
    signs: Array
    """Signs of the last slopes, 0 after a change of sign, of shape (n, R)."""


@dataclass(frozen=True)
class RProp:
    """Every parameter has a step length of its own, which grows while its slope keeps its sign.

    Where the sign changes, the length shrinks and the parameter waits for one step: iRprop− of
    Igel & Hüsken 2003, after Riedmiller & Braun 1993. Without noise it settles by itself; with noise
    signs change at random, and it creeps.
    """

    initial_step: float = 0.05
    """The first length, > 0, in units of x."""
    growth: float = 1.2
    """What a length is multiplied by while the sign stays, >= 1."""
    shrinkage: float = 0.5
    """What it is multiplied by when the sign changes, in (0, 1)."""
    largest_step: float = 0.5
    """No length grows beyond this, > 0."""

    family: ClassVar[str] = "descent"
    uses: ClassVar[str] = "gradient"
    __pydantic_config__: ClassVar = REFUSE_UNKNOWN

    def __post_init__(self) -> None:
        require(self, "initial_step", above=0)
        require(self, "growth", at_least=1)
        require(self, "shrinkage", above=0, below=1)
        require(self, "largest_step", above=0)

    def init(self, x: Array) -> Lengths:
        """The state before the first step, for starts of shape (n, R)."""
        return Lengths(np.full_like(x, self.initial_step), np.zeros_like(x))

    def step(self, state: Lengths, x: Array, gradient: Array) -> tuple[Lengths, Array]:
        """One step from x, of shape (n, R), where the gradient has the same shape."""
        signs = np.sign(gradient)
        agree = signs * state.signs
        kept, turned = np.maximum(agree, 0.0), np.maximum(-agree, 0.0)
        factor = 1 + kept * (self.growth - 1) - turned * (1 - self.shrinkage)
        lengths = np.minimum(state.lengths * factor, self.largest_step)
        signs = signs * (1 - turned)
        return Lengths(lengths, signs), x - lengths * signs

    def minimize(
        self, objective: Counted, box: Box, starts: Array, stopping: Stopping, seeds: Seeds
    ) -> list[Outcome]:
        """Advance every start, a column of ``starts``, until it stops; see :class:`Method`."""
        return descend(self, objective, box, starts, stopping, seeds)
