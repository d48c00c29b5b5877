"""Gauss-Newton, for objectives that are a sum of squares and say so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Protocol

import numpy as np

from simulator.optimizers.box import Array, Box
from simulator.optimizers.claims import Claim
from simulator.optimizers.counting import Counted
from simulator.optimizers.method import Seeds
from simulator.optimizers.objective import Repeats
from simulator.optimizers.options import REFUSE_UNKNOWN, require
from simulator.optimizers.outcome import Outcome
from simulator.optimizers.side_by_side import Point, Walk, Walker, run_side_by_side
from simulator.optimizers.stopping import Stopping
from simulator.optimizers.trust_region import trust_region


class SumOfSquares(Protocol):
    """An objective whose value is ½ Σ r², beside what :class:`Objective` asks for."""

    def residuals_and_jacobian(self, x: Array, repeats: Repeats) -> tuple[Array, Array]:
        """The residuals r, of shape (m, k), and ∂r/∂x, of shape (m, n, k), at the columns of x."""


@dataclass(frozen=True)
class GaussNewton:
    """Trust-region steps with JᵀJ for the Hessian: Levenberg 1944, Marquardt 1963, Moré 1978.

    The closer the residuals come to zero, or to being linear, the more it is like Newton's method,
    without a second derivative. Only for a :class:`SumOfSquares`; the loss of a cup is none, so no
    config can name it.
    """

    initial_radius: float = 0.75
    """How far the first step may move any parameter, as a share of the box, in (0, 1]."""

    family: ClassVar[str] = "newton"
    uses: ClassVar[str] = "gradient"
    __pydantic_config__: ClassVar = REFUSE_UNKNOWN

    def __post_init__(self) -> None:
        require(self, "initial_radius", above=0, at_most=1)

    def minimize(
        self, objective: Counted, box: Box, starts: Array, stopping: Stopping, seeds: Seeds
    ) -> list[Outcome]:
        """Solve from every start, a column of ``starts``; see :class:`Method`.

        Raises ValueError if the objective has no residuals.
        """
        if not objective.has_residuals:
            raise ValueError(
                "Gauss-Newton needs an objective with residuals_and_jacobian(x, repeats); "
                "for one without, take Newton or BFGS"
            )

        def walk(walker: Walker, start: Array) -> Walk[Claim]:
            return trust_region(walker, start, NormalMatrix(), self.initial_radius)

        return run_side_by_side(walk, objective, box, starts, stopping, seeds)


class NormalMatrix:
    """The model's matrix is JᵀJ from the Jacobian of the last look, which costs nothing more."""

    def __init__(self) -> None:
        self._jacobian = np.empty((0, 0))

    def look(self, walker: Walker, x: Array) -> Walk[Point]:
        """Value and gradient at x, of shape (n,)."""
        point, self._jacobian = yield from walker.residuals(x)
        return point

    def matrix(self, walker: Walker, point: Point) -> Walk[Array]:
        """JᵀJ at the point looked at last."""
        yield from ()
        product: Array = self._jacobian.T @ self._jacobian
        return product
