"""NLopt: Johnson's collection of local and global optimizers (Johnson 2007)."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import Any, ClassVar, Literal

from simulator.optimizers.adapters.library import library_of, raise_end_of_run
from simulator.optimizers.box import Array, Box
from simulator.optimizers.claims import Claim
from simulator.optimizers.counting import Counted
from simulator.optimizers.method import Seeds
from simulator.optimizers.one_repeat import OneRepeat, run_each
from simulator.optimizers.options import REFUSE_UNKNOWN, require_word
from simulator.optimizers.outcome import Outcome
from simulator.optimizers.scipy_local import SINGLE_STEP
from simulator.optimizers.stopping import Stopping, StopReason


@dataclass(frozen=True)
class NLopt:
    """An algorithm of NLopt that honours bounds and draws no random numbers.

    Names are NLopt's: ``ld`` is local with gradients, ``ln`` local with values alone, ``gn`` global.
    """

    algorithm: Literal[
        "ld_lbfgs",
        "ld_slsqp",
        "ld_mma",
        "ld_ccsaq",
        "ld_tnewton_precond_restart",
        "ld_var2",
        "ln_bobyqa",
        "ln_cobyla",
        "ln_neldermead",
        "ln_sbplx",
        "gn_direct_l",
    ] = "ld_lbfgs"
    """Which of NLopt's algorithms."""

    family: ClassVar[str] = "nlopt"
    uses: ClassVar[str] = "gradient"
    library: ClassVar[str] = "nlopt"
    __pydantic_config__: ClassVar = REFUSE_UNKNOWN

    def __post_init__(self) -> None:
        require_word(self, "algorithm")

    def minimize(
        self, objective: Counted, box: Box, starts: Array, stopping: Stopping, seeds: Seeds
    ) -> list[Outcome]:
        """Solve from every start, a column of ``starts``; see :class:`Method`."""
        library_of(self)
        return run_each(self._solve, objective, box, starts, stopping, seeds)

    def _solve(self, one: OneRepeat) -> Claim:
        nlopt = library_of(self)
        solver = nlopt.opt(getattr(nlopt, self.algorithm.upper()), one.box.size)
        solver.set_lower_bounds(one.box.lower)
        solver.set_upper_bounds(one.box.upper)
        solver.set_ftol_abs(one.stopping.value_tolerance * SINGLE_STEP)
        solver.set_xtol_abs(one.stopping.step_tolerance * SINGLE_STEP)
        # The common budget ends it; its own limit only guards against idling.
        solver.set_maxeval(2 * one.stopping.max_evaluations + 1000)
        ended: list[Exception] = []
        best = Claim(one.start, inf, StopReason.SOLVER_STOPPED, "")

        def objective(x: Array, gradient: Array) -> float:
            nonlocal best
            try:
                value = _asked(one, x, gradient)
            except Exception as end:
                ended.append(end)
                raise nlopt.ForcedStop from end
            if value < best.value:
                best = best._replace(x=x.copy(), value=value)
            return value

        solver.set_min_objective(objective)
        try:
            x = solver.optimize(one.start)
        except Exception as error:  # noqa: BLE001 - NLopt has a handful of kinds
            if ended:
                raise ended[0] from None
            raise_end_of_run(error)
            # It raises where rounding leaves it no way on; the best point seen is its answer.
            return best._replace(message=f"NLopt: {error}")
        return Claim(x, solver.last_optimum_value(), *_said(nlopt, solver.last_optimize_result()))


def _asked(one: OneRepeat, x: Array, gradient: Array) -> float:
    if gradient.size == 0:
        return one.value(x)
    value, gradient[:] = one.value_and_gradient(x)
    return value


def _said(nlopt: Any, code: int) -> tuple[StopReason, str]:
    known = {
        nlopt.FTOL_REACHED: (StopReason.CONVERGED_VALUE, "the value stopped changing"),
        nlopt.XTOL_REACHED: (StopReason.CONVERGED_STEP, "the steps became small"),
    }
    return known.get(code, (StopReason.SOLVER_STOPPED, f"NLopt's code {code}"))
