"""torch.optim: PyTorch's optimizers (Paszke et al. 2019), fed with the objective's own gradients."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from simulator.optimizers.adapters.library import library_of
from simulator.optimizers.adaptive import FALLING
from simulator.optimizers.box import Array, Box
from simulator.optimizers.claims import Claim
from simulator.optimizers.counting import Counted
from simulator.optimizers.method import Seeds
from simulator.optimizers.one_repeat import OneRepeat, run_each
from simulator.optimizers.options import REFUSE_UNKNOWN, require_word
from simulator.optimizers.outcome import Outcome
from simulator.optimizers.schedules import LearningRate, rate_at, require_learning_rate
from simulator.optimizers.stopping import Stopping, StopReason


@dataclass(frozen=True)
class Torch:
    """An optimizer of torch.optim, in double precision, with every step projected into the box.

    It has no test of its own: it ends where the residual meets the common gradient tolerance.
    """

    rule: Literal[
        "Adadelta",
        "Adagrad",
        "Adam",
        "AdamW",
        "Adamax",
        "NAdam",
        "RAdam",
        "RMSprop",
        "Rprop",
        "SGD",
    ] = "Adam"
    """Which of torch.optim's classes."""
    learning_rate: LearningRate = FALLING
    """A number > 0 or a schedule."""

    family: ClassVar[str] = "torch"
    uses: ClassVar[str] = "gradient"
    library: ClassVar[str] = "torch"
    __pydantic_config__: ClassVar = REFUSE_UNKNOWN

    def __post_init__(self) -> None:
        require_word(self, "rule")
        require_learning_rate(self)

    def minimize(
        self, objective: Counted, box: Box, starts: Array, stopping: Stopping, seeds: Seeds
    ) -> list[Outcome]:
        """Solve from every start, a column of ``starts``; see :class:`Method`."""
        library_of(self)
        return run_each(self._solve, objective, box, starts, stopping, seeds)

    def _solve(self, one: OneRepeat) -> Claim:
        torch, limit = library_of(self), one.stopping.gradient_tolerance
        point = torch.tensor(one.start, dtype=torch.float64, requires_grad=True)
        optimizer = getattr(torch.optim, self.rule)([point], lr=1.0)
        step = 0
        while True:
            x = point.detach().numpy().copy()
            value, gradient = one.value_and_gradient(x)
            if limit > 0 and one.box.residual(x, gradient) <= limit:
                return Claim(x, value, StopReason.CONVERGED_GRADIENT, f"after {step} steps")
            point.grad = torch.from_numpy(gradient)
            optimizer.param_groups[0]["lr"] = float(rate_at(self.learning_rate, step))
            optimizer.step()
            with torch.no_grad():
                point.copy_(torch.from_numpy(one.box.project(point.detach().numpy())))
            step += 1
