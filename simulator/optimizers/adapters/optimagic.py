"""optimagic: one interface to many optimizers (Gabler 2022)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from simulator.optimizers.adapters.library import library_of, raise_end_of_run
from simulator.optimizers.box import Array, Box
from simulator.optimizers.claims import Claim
from simulator.optimizers.counting import Counted
from simulator.optimizers.method import Seeds
from simulator.optimizers.one_repeat import OneRepeat, run_each
from simulator.optimizers.options import REFUSE_UNKNOWN
from simulator.optimizers.outcome import Outcome
from simulator.optimizers.stopping import Stopping, StopReason


@dataclass(frozen=True)
class Optimagic:
    """An algorithm of optimagic with its own defaults; the objective's gradients are handed on."""

    algorithm: str = "scipy_lbfgsb"
    """An algorithm that honours bounds, by optimagic's name for it."""

    family: ClassVar[str] = "optimagic"
    uses: ClassVar[str] = "gradient"
    library: ClassVar[str] = "optimagic"
    __pydantic_config__: ClassVar = REFUSE_UNKNOWN

    def __post_init__(self) -> None:
        if not self.algorithm.isidentifier():
            raise ValueError(f"algorithm must be a name of optimagic's, got {self.algorithm!r}")

    def minimize(
        self, objective: Counted, box: Box, starts: Array, stopping: Stopping, seeds: Seeds
    ) -> list[Outcome]:
        """Solve from every start, a column of ``starts``; see :class:`Method`."""
        library_of(self)
        return run_each(self._solve, objective, box, starts, stopping, seeds)

    def _solve(self, one: OneRepeat) -> Claim:
        optimagic = library_of(self)
        asked = _Asked(one)
        try:
            result = optimagic.minimize(
                fun=asked.value,
                jac=asked.gradient,
                fun_and_jac=one.value_and_gradient,
                params=one.start,
                algorithm=self.algorithm,
                bounds=optimagic.Bounds(lower=one.box.lower, upper=one.box.upper),
                skip_checks=True,
            )
        except Exception as error:
            raise_end_of_run(error)
            raise
        return Claim(
            np.asarray(result.params),
            float(result.fun),
            StopReason.CONVERGED_VALUE if result.success else StopReason.SOLVER_STOPPED,
            str(result.message),
        )


@dataclass(frozen=True)
class _Asked:
    """The objective by its parts, for algorithms that ask for one without the other."""

    one: OneRepeat

    def value(self, x: Any) -> float:
        return self.one.value(np.asarray(x))

    def gradient(self, x: Any) -> Array:
        return self.one.value_and_gradient(np.asarray(x))[1]
