"""scipy's gradient-based local solvers behind the common door.

Each gets the project's own gradients, or its Hessians too, and runs from its start until it stops,
the budget ends it, or an answer is not finite. The common tolerances are handed on where a solver
has a test of that kind. A test of a single step's gain or length gets a hundredth of the common
tolerance, because one lazy step in a flat valley is not yet the end of it; scipy's own defaults
end up to 1e-4 short there and still report success.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from scipy import optimize

from simulator.optimizers.box import Array, Box
from simulator.optimizers.claims import Claim
from simulator.optimizers.counting import Counted
from simulator.optimizers.method import Seeds
from simulator.optimizers.one_repeat import OneRepeat, run_each
from simulator.optimizers.options import REFUSE_UNKNOWN, require
from simulator.optimizers.outcome import Outcome
from simulator.optimizers.stopping import Stopping, StopReason

UNLIMITED = 10**9
"""For a solver's own limit on evaluations: the common budget is what ends it."""
SINGLE_STEP = 1e-2
"""The share of a common tolerance that a test of one single step gets."""


@dataclass(frozen=True)
class LBFGSB:
    """Limited-memory BFGS with bounds: Byrd, Lu, Nocedal & Zhu 1995; Morales & Nocedal 2011."""

    memory: int = 5
    """How many past steps its picture of the curvature is made of, >= 1. Many more than there are
    parameters make that picture singular: in a curved valley of four, scipy's 10 stopped short once
    in 60 runs and 20 once in 4, while 5 never did."""

    family: ClassVar[str] = "scipy"
    uses: ClassVar[str] = "gradient"
    __pydantic_config__: ClassVar = REFUSE_UNKNOWN

    def __post_init__(self) -> None:
        require(self, "memory", at_least=1)

    def minimize(
        self, objective: Counted, box: Box, starts: Array, stopping: Stopping, seeds: Seeds
    ) -> list[Outcome]:
        """Solve from every start, a column of ``starts``; see :class:`Method`."""
        return run_each(self._solve, objective, box, starts, stopping, seeds)

    def _solve(self, one: OneRepeat) -> Claim:
        options = {
            "maxcor": self.memory,
            "gtol": one.stopping.gradient_tolerance,
            "ftol": one.stopping.value_tolerance * SINGLE_STEP,
            "maxiter": iteration_limit(one),
            "maxfun": UNLIMITED,
        }
        result = with_gradient(one, "L-BFGS-B", options)
        if "PROJECTED GRADIENT" in result.message:
            return claim(result, StopReason.CONVERGED_GRADIENT)
        return claim(result, StopReason.CONVERGED_VALUE if result.success else None)


@dataclass(frozen=True)
class SLSQP:
    """Sequential least-squares quadratic programming: Kraft 1988.

    It has one tolerance for all its tests, and no test of the gradient.
    """

    family: ClassVar[str] = "scipy"
    uses: ClassVar[str] = "gradient"
    __pydantic_config__: ClassVar = REFUSE_UNKNOWN

    def minimize(
        self, objective: Counted, box: Box, starts: Array, stopping: Stopping, seeds: Seeds
    ) -> list[Outcome]:
        """Solve from every start, a column of ``starts``; see :class:`Method`."""
        return run_each(self._solve, objective, box, starts, stopping, seeds)

    def _solve(self, one: OneRepeat) -> Claim:
        options = {
            "ftol": one.stopping.value_tolerance * SINGLE_STEP,
            "maxiter": iteration_limit(one),
        }
        result = with_gradient(one, "SLSQP", options)
        return claim(result, StopReason.CONVERGED_VALUE if result.success else None)


@dataclass(frozen=True)
class TNC:
    """Truncated Newton with bounds: Nash 1984. Its curvature comes from gradient differences."""

    family: ClassVar[str] = "scipy"
    uses: ClassVar[str] = "gradient"
    __pydantic_config__: ClassVar = REFUSE_UNKNOWN

    def minimize(
        self, objective: Counted, box: Box, starts: Array, stopping: Stopping, seeds: Seeds
    ) -> list[Outcome]:
        """Solve from every start, a column of ``starts``; see :class:`Method`."""
        return run_each(self._solve, objective, box, starts, stopping, seeds)

    def _solve(self, one: OneRepeat) -> Claim:
        options = {
            "gtol": one.stopping.gradient_tolerance,
            "ftol": one.stopping.value_tolerance * SINGLE_STEP,
            "xtol": one.stopping.step_tolerance * SINGLE_STEP,
            "maxfun": UNLIMITED,
        }
        result = with_gradient(one, "TNC", options)
        reasons = {
            0: StopReason.CONVERGED_GRADIENT,
            1: StopReason.CONVERGED_VALUE,
            2: StopReason.CONVERGED_STEP,
        }
        return claim(result, reasons.get(result.status))


@dataclass(frozen=True)
class TrustConstr:
    """Interior-point trust region with exact Hessians: Byrd, Hribar & Nocedal 1999.

    Its own gradient test looks at a barrier problem and ends up to 1e-4 short where a bound holds
    with a weak force, so it is switched off: after every step the residual is tested instead. It
    must fall to a hundredth of the common tolerance, because an interior point keeps a distance
    from its bounds that costs more than the residual, which counts it as a length, can tell.
    """

    initial_radius: float = 1.0
    """Radius of the first trust region, > 0, in units of x."""

    family: ClassVar[str] = "scipy"
    uses: ClassVar[str] = "hessian"
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
            "gtol": 0.0,
            "xtol": one.stopping.step_tolerance,
            "barrier_tol": 1e-12,
            "initial_tr_radius": self.initial_radius,
            "maxiter": iteration_limit(one),
        }
        limit = 0.01 * one.stopping.gradient_tolerance

        def arrived(intermediate_result: optimize.OptimizeResult) -> bool:
            at = intermediate_result
            return bool(one.box.residual(at.x, at.grad) < limit)

        result = with_gradient(
            one,
            "trust-constr",
            options,
            hess=one.hessian if one.has_hessian else optimize.BFGS(),
            callback=arrived,
            bounds=optimize.Bounds(one.box.lower, one.box.upper, keep_feasible=True),
        )
        reasons = {2: StopReason.CONVERGED_STEP, 3: StopReason.CONVERGED_GRADIENT}
        return claim(result, reasons.get(result.status))


def iteration_limit(one: OneRepeat) -> int:
    """Iterations after which a solver idles: with every tolerance at 0 it may ask nothing new."""
    return 2 * one.stopping.max_evaluations


def with_gradient(
    one: OneRepeat, method: str, options: Mapping[str, Any], **more: Any
) -> optimize.OptimizeResult:
    """scipy's minimize from the repeat's start, value and gradient asked for together.

    An objective without a gradient gets scipy's finite differences, every probe charged as a value.
    """
    bounds = optimize.Bounds(one.box.lower, one.box.upper)
    function, jac = differentiable(one)
    return optimize.minimize(
        function,
        one.start,
        jac=jac,
        method=method,
        options=dict(options),
        **{"bounds": bounds, **more},
    )


def differentiable(one: OneRepeat) -> tuple[Callable[[Array], Any], bool | str]:
    """The function to hand to scipy, and its ``jac``: the function's own, or differences."""
    return (one.value_and_gradient, True) if one.has_gradient else (one.value, "2-point")


def claim(result: optimize.OptimizeResult, reason: StopReason | None) -> Claim:
    """A result of scipy with the claim it amounts to; None for no claim."""
    message = result.message[0] if isinstance(result.message, list) else str(result.message)
    return Claim(result.x, float(result.fun), reason or StopReason.SOLVER_STOPPED, message)
