"""Stochastic gradient descent whose answer is an average: for customers who never agree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from simulator.optimizers.box import Array, Box
from simulator.optimizers.claims import Claim
from simulator.optimizers.counting import Counted
from simulator.optimizers.method import Seeds
from simulator.optimizers.options import REFUSE_UNKNOWN, require
from simulator.optimizers.outcome import Outcome
from simulator.optimizers.schedules import (
    LearningRate,
    PowerDecay,
    rate_at,
    require_learning_rate,
)
from simulator.optimizers.side_by_side import Walk, Walker, run_side_by_side
from simulator.optimizers.stopping import Stopping, StopReason

FALLING_SLOWLY = PowerDecay(start=0.1, power=0.6, hold=100)


@dataclass(frozen=True)
class AveragedSGD:
    """x ← project(x − α·g), and the answer is the mean of the later x: Polyak & Juditsky 1992.

    Steps long enough to make headway never settle in noise, but they tremble around the optimum,
    and their mean does not. The first steps only get there, so they are left out (Rakhlin, Shamir
    & Sridharan 2012). The last evaluation is spent on the mean itself.
    """

    learning_rate: LearningRate = FALLING_SLOWLY
    """α: a number > 0 or a schedule; the mean needs steps that fall slowly or not at all."""
    left_out: float = 0.5
    """The share of the budget whose steps do not count, in [0, 1)."""

    family: ClassVar[str] = "stochastic"
    uses: ClassVar[str] = "gradient"
    __pydantic_config__: ClassVar = REFUSE_UNKNOWN

    def __post_init__(self) -> None:
        require_learning_rate(self)
        require(self, "left_out", at_least=0, below=1)

    def minimize(
        self, objective: Counted, box: Box, starts: Array, stopping: Stopping, seeds: Seeds
    ) -> list[Outcome]:
        """Advance every start, a column of ``starts``, until it stops; see :class:`Method`."""
        return run_side_by_side(self._walk, objective, box, starts, stopping, seeds)

    def _walk(self, walker: Walker, start: Array) -> Walk[Claim]:
        first = int(self.left_out * walker.visits.left)
        point = yield from walker.begin(start)
        mean, counted = point.x, 1
        while (reason := walker.arrived(point)) is None and walker.visits.left > 1:
            rate = rate_at(self.learning_rate, float(walker.steps))
            point = yield from walker.look(point.x - rate * point.gradient)
            # While 1, the mean is the newest point alone.
            counted = max(1, walker.steps + 2 - first)
            mean = mean + (point.x - mean) / counted
        if reason is not None:
            return walker.claim(point, reason)
        if walker.visits.left:
            point = yield from walker.look(mean)
        message = f"the mean of the last {counted} of {walker.steps} steps"
        return Claim(point.x, point.value, StopReason.BUDGET, message)
