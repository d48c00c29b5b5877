"""scipy's local solvers that ask for values alone, behind the common door."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from scipy import optimize

from simulator.optimizers.box import Array, Box
from simulator.optimizers.claims import Claim
from simulator.optimizers.counting import Counted
from simulator.optimizers.method import Seeds
from simulator.optimizers.one_repeat import OneRepeat, run_each
from simulator.optimizers.options import REFUSE_UNKNOWN, require
from simulator.optimizers.outcome import Outcome
from simulator.optimizers.scipy_local import UNLIMITED, claim, iteration_limit
from simulator.optimizers.stopping import Stopping, StopReason


@dataclass(frozen=True)
class NelderMead:
    """The simplex method of Nelder & Mead 1965, with restarts.

    Against bounds the simplex goes flat and stops anywhere. So it begins again from its answer
    with a fresh simplex, as Kelley 1999 advises, as long as that gains more than the common value
    tolerance. It stops when all corners agree in place and in value.
    """

    edge: float = 0.1
    """Length of the first simplex along each parameter, as a share of the box, in (0, 0.5]."""
    restarts: int = 20
    """Most fresh beginnings, >= 0; 0 is the plain method."""

    family: ClassVar[str] = "scipy"
    uses: ClassVar[str] = "value"
    __pydantic_config__: ClassVar = REFUSE_UNKNOWN

    def __post_init__(self) -> None:
        require(self, "edge", above=0, at_most=0.5)
        require(self, "restarts", at_least=0)

    def minimize(
        self, objective: Counted, box: Box, starts: Array, stopping: Stopping, seeds: Seeds
    ) -> list[Outcome]:
        """Solve from every start, a column of ``starts``; see :class:`Method`."""
        return run_each(self._solve, objective, box, starts, stopping, seeds)

    def _solve(self, one: OneRepeat) -> Claim:
        result = self._once(one, one.start)
        for _ in range(self.restarts):
            before, result = result, self._once(one, result.x)
            if before.fun - result.fun <= one.stopping.value_tolerance:
                break
        return claim(result, StopReason.CONVERGED_STEP)

    def _once(self, one: OneRepeat, start: Array) -> optimize.OptimizeResult:
        # Corners beyond an upper bound are mirrored at it by scipy.
        edges = self.edge * (one.box.upper - one.box.lower)
        options = {
            "xatol": one.stopping.step_tolerance,
            "fatol": one.stopping.value_tolerance,
            "initial_simplex": np.vstack([start, start + np.diag(edges)]),
            "maxiter": iteration_limit(one),
            "maxfev": UNLIMITED,
        }
        return _value_only(one, "Nelder-Mead", options, start)


@dataclass(frozen=True)
class Powell:
    """Conjugate directions by line searches: Powell 1964.

    It stops when a round of line searches gains too little, which in a curved valley or against a
    bound also happens far from an optimum; the residual then tells.
    """

    line_tolerance: float = 1e-4
    """Relative precision of each line search, > 0."""

    family: ClassVar[str] = "scipy"
    uses: ClassVar[str] = "value"
    __pydantic_config__: ClassVar = REFUSE_UNKNOWN

    def __post_init__(self) -> None:
        require(self, "line_tolerance", above=0)

    def minimize(
        self, objective: Counted, box: Box, starts: Array, stopping: Stopping, seeds: Seeds
    ) -> list[Outcome]:
        """Solve from every start, a column of ``starts``; see :class:`Method`."""
        return run_each(self._solve, objective, box, starts, stopping, seeds)

    def _solve(self, one: OneRepeat) -> Claim:
        options = {
            "xtol": self.line_tolerance,
            "ftol": one.stopping.value_tolerance,
            "maxiter": iteration_limit(one),
            "maxfev": UNLIMITED,
        }
        result = _value_only(one, "Powell", options, one.start)
        return claim(result, StopReason.CONVERGED_VALUE if result.success else None)


@dataclass(frozen=True)
class COBYQA:
    """Quadratic models in a trust region, without derivatives: Ragonneau & Zhang 2022."""

    initial_radius: float = 0.2
    """Radius of the first trust region, > 0, in units of x."""

    family: ClassVar[str] = "scipy"
    uses: ClassVar[str] = "value"
    __pydantic_config__: ClassVar = REFUSE_UNKNOWN

    def __post_init__(self) -> None:
        require(self, "initial_radius", above=0)

    def minimize(
        self, objective: Counted, box: Box, starts: Array, stopping: Stopping, seeds: Seeds
    ) -> list[Outcome]:
        """Solve from every start, a column of ``starts``; see :class:`Method`."""
        return run_each(self._solve, objective, box, starts, stopping, seeds)

    def _solve(self, one: OneRepeat) -> Claim:
        options = {
            "initial_tr_radius": self.initial_radius,
            "final_tr_radius": min(one.stopping.step_tolerance, self.initial_radius),
            "maxiter": iteration_limit(one),
            "maxfev": UNLIMITED,
        }
        result = _value_only(one, "COBYQA", options, one.start)
        return claim(result, StopReason.CONVERGED_STEP if result.success else None)


def _value_only(
    one: OneRepeat, method: str, options: dict[str, Any], start: Array
) -> optimize.OptimizeResult:
    bounds = optimize.Bounds(one.box.lower, one.box.upper)
    return optimize.minimize(one.value, start, method=method, bounds=bounds, options=options)
