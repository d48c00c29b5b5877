"""Many starts: a screen of the whole box, then Newton from the most promising points."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from simulator.optimizers.box import Array, Box
from simulator.optimizers.claims import Claim
from simulator.optimizers.counting import Counted
from simulator.optimizers.method import Seeds
from simulator.optimizers.newton import ExactHessian
from simulator.optimizers.options import REFUSE_UNKNOWN, require
from simulator.optimizers.outcome import Outcome
from simulator.optimizers.side_by_side import Walk, Walker, run_side_by_side
from simulator.optimizers.spread import spread_points
from simulator.optimizers.stopping import Stopping, StopReason
from simulator.optimizers.trust_region import trust_region
from simulator.optimizers.visits import RunEnded


@dataclass(frozen=True)
class Multistart:
    """Sobol points over the box, and :class:`Newton` from the best few that lie well apart.

    It finds the best of several optima where local methods keep the one they fall into. The start
    is one of the points; the others follow from the seed. The answer is the best optimum; points
    whose value does not exist are passed over.
    """

    screen: int = 128
    """Points whose value alone is asked for, >= 1; at most half of the budget."""
    polish: int = 6
    """From how many of them Newton starts, >= 1."""
    apart: float = 0.25
    """How far apart these lie at least, as a share of the box, in [0, 1)."""
    initial_radius: float = 0.25
    """Newton's first trust region, as a share of the box, in (0, 1]; small, to stay in its valley."""

    family: ClassVar[str] = "newton"
    uses: ClassVar[str] = "hessian"
    __pydantic_config__: ClassVar = REFUSE_UNKNOWN

    def __post_init__(self) -> None:
        require(self, "screen", at_least=1)
        require(self, "polish", at_least=1)
        require(self, "apart", at_least=0, below=1)
        require(self, "initial_radius", above=0, at_most=1)

    def minimize(
        self, objective: Counted, box: Box, starts: Array, stopping: Stopping, seeds: Seeds
    ) -> list[Outcome]:
        """Search once for every start, a column of ``starts``; see :class:`Method`."""
        return run_side_by_side(self._walk, objective, box, starts, stopping, seeds)

    def _walk(self, walker: Walker, start: Array) -> Walk[Claim]:
        points = self._screened(walker, start)
        values = yield from walker.values(points)
        claims = []
        for chosen in promising(walker.box, points, values, self.polish, self.apart):
            try:
                claims.append(
                    (
                        yield from trust_region(
                            walker, points[:, chosen], ExactHessian(), self.initial_radius
                        )
                    )
                )
            except RunEnded as end:
                if end.reason is not StopReason.NONFINITE:
                    raise
        if not claims:
            raise RunEnded(StopReason.NONFINITE, "no start leads through finite values alone")
        return min(claims, key=lambda claim: claim.value)

    def _screened(self, walker: Walker, start: Array) -> Array:
        count = max(1, min(self.screen, walker.visits.left // 2))
        # A sequence object counts what is spawned from it; its words never change.
        generator = np.random.default_rng(walker.seed.generate_state(4))
        # As many as there are starts in all, so that the balance is that of a whole draw.
        unit = spread_points(start.size, count, generator)[:, : count - 1]
        box = walker.box
        spread = box.lower[:, None] + unit * (box.upper - box.lower)[:, None]
        return np.hstack([start[:, None], spread])


def promising(box: Box, points: Array, values: Array, most: int, apart: float) -> list[int]:
    """Columns of the lowest finite values, best first, no two closer than ``apart`` in the box.

    >>> points = np.array([[0.1, 0.15, 0.9, 0.5]])
    >>> promising(Box.unit(1), points, np.array([1.0, 0.5, 2.0, np.nan]), 3, 0.2)
    [1, 2]
    """
    places = (points - box.lower[:, None]) / (box.upper - box.lower)[:, None]
    chosen: list[int] = []
    for column in np.argsort(values, kind="stable").tolist():
        away = np.abs(places[:, chosen] - places[:, [column]]).max(axis=0)
        if np.isfinite(values[column]) and (away >= apart).all() and len(chosen) < most:
            chosen.append(column)
    return chosen
