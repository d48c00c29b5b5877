"""CMA-ES: evolution with a covariance matrix that adapts (Hansen & Ostermeier 2001), by ``cma``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from simulator.optimizers.adapters.library import library_of
from simulator.optimizers.box import Array, Box
from simulator.optimizers.claims import Claim
from simulator.optimizers.counting import Counted
from simulator.optimizers.method import Seeds
from simulator.optimizers.one_repeat import OneRepeat, run_each
from simulator.optimizers.options import REFUSE_UNKNOWN, require
from simulator.optimizers.outcome import Outcome
from simulator.optimizers.stopping import Stopping, StopReason


@dataclass(frozen=True)
class CMAES:
    """CMA-ES with bounds by transformation; it asks for values alone."""

    sigma: float = 0.2
    """The first standard deviation, as a share of the box, in (0, 1]."""
    population: int = 0
    """Points of a generation: 0 for the usual 4 + ⌊3 ln n⌋, else >= 4."""

    family: ClassVar[str] = "cma"
    uses: ClassVar[str] = "value"
    library: ClassVar[str] = "cma"
    __pydantic_config__: ClassVar = REFUSE_UNKNOWN

    def __post_init__(self) -> None:
        require(self, "sigma", above=0, at_most=1)
        require(self, "population", at_least=0)
        if 0 < self.population < 4:
            raise ValueError(f"population must be 0 or a number >= 4, got {self.population!r}")

    def minimize(
        self, objective: Counted, box: Box, starts: Array, stopping: Stopping, seeds: Seeds
    ) -> list[Outcome]:
        """Solve from every start, a column of ``starts``; see :class:`Method`."""
        library_of(self)
        return run_each(self._solve, objective, box, starts, stopping, seeds)

    def _solve(self, one: OneRepeat) -> Claim:
        solver = library_of(self).CMAEvolutionStrategy(one.start, self.sigma, self._options(one))
        best, x = np.inf, one.start
        while not solver.stop():
            points = [np.asarray(point) for point in solver.ask()]
            values = [one.value(point) for point in points]
            solver.tell(points, values)
            if min(values) < best:
                best, x = min(values), points[int(np.argmin(values))]
        why = ", ".join(solver.stop())
        claims = {
            "tolx": StopReason.CONVERGED_STEP,
            "tolfun": StopReason.CONVERGED_VALUE,
            "tolfunhist": StopReason.CONVERGED_VALUE,
        }
        reasons = [reason for word, reason in claims.items() if word in solver.stop()]
        return Claim(x, best, (*reasons, StopReason.SOLVER_STOPPED)[0], why)

    def _options(self, one: OneRepeat) -> dict[str, Any]:
        generator = np.random.default_rng(one.seed)
        options = {
            "bounds": [one.box.lower, one.box.upper],
            "CMA_stds": one.box.upper - one.box.lower,
            # Its own stream instead of NumPy's global one.
            "randn": lambda *shape: generator.standard_normal(shape),
            "seed": np.nan,
            "tolx": one.stopping.step_tolerance,
            "tolfun": one.stopping.value_tolerance,
            "tolfunhist": one.stopping.value_tolerance,
            "verbose": -9,
        }
        return options | ({"popsize": self.population} if self.population else {})
