"""Newton's method with exact Hessians, in a trust region and inside the box."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from simulator.optimizers.box import Array, Box
from simulator.optimizers.claims import Claim
from simulator.optimizers.counting import Counted
from simulator.optimizers.method import Seeds
from simulator.optimizers.options import REFUSE_UNKNOWN, require
from simulator.optimizers.outcome import Outcome
from simulator.optimizers.side_by_side import Point, Walk, Walker, run_side_by_side
from simulator.optimizers.stopping import Stopping
from simulator.optimizers.trust_region import trust_region


@dataclass(frozen=True)
class Newton:
    """Projected Newton steps from exact Hessians, in a trust region: Conn, Gould & Toint 2000.

    Each step minimises the quadratic model exactly over the intersection of box and region. It
    asks for one Hessian at every point that is kept; rejected trials cost an evaluation each.
    """

    initial_radius: float = 0.75
    """How far the first step may move any parameter, as a share of the box, in (0, 1]. On coffee
    0.75 takes the fewest evaluations; 0.25, 0.5 and 1 take at most one more."""

    family: ClassVar[str] = "newton"
    uses: ClassVar[str] = "hessian"
    __pydantic_config__: ClassVar = REFUSE_UNKNOWN

    def __post_init__(self) -> None:
        require(self, "initial_radius", above=0, at_most=1)

    def minimize(
        self, objective: Counted, box: Box, starts: Array, stopping: Stopping, seeds: Seeds
    ) -> list[Outcome]:
        """Solve from every start, a column of ``starts``; see :class:`Method`."""

        def walk(walker: Walker, start: Array) -> Walk[Claim]:
            return trust_region(walker, start, ExactHessian(), self.initial_radius)

        return run_side_by_side(walk, objective, box, starts, stopping, seeds)


class ExactHessian:
    """The model's matrix is the objective's own."""

    def look(self, walker: Walker, x: Array) -> Walk[Point]:
        """Value and gradient at x, of shape (n,)."""
        return walker.look(x)

    def matrix(self, walker: Walker, point: Point) -> Walk[Array]:
        """The second derivatives at a point."""
        return walker.hessian(point)
