"""The door of every optimizer: minimise over a box from many starts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Protocol

import numpy as np
from numpy.random import SeedSequence

from simulator.optimizers.box import Array, Box
from simulator.optimizers.counting import Counted
from simulator.optimizers.outcome import Outcome
from simulator.optimizers.stopping import Stopping

Seeds = Sequence[SeedSequence]
"""One seed per repeat."""


BATCHED_FAMILIES = frozenset({"descent", "line-search", "newton", "stochastic"})
"""Families whose repeats advance together, so that each repeat's wall time is that of all."""


class Method(Protocol):
    """An optimizer with its options: a frozen dataclass that can minimise."""

    family: ClassVar[str]
    """Ours are "descent" (update rules), "line-search", "newton" and "stochastic"; "scipy" is scipy's."""
    uses: ClassVar[str]
    """The highest derivative it asks for: "value", "gradient" or "hessian"."""

    def minimize(
        self, objective: Counted, box: Box, starts: Array, stopping: Stopping, seeds: Seeds
    ) -> list[Outcome]:
        """One outcome for each start, in their order.

        ``starts`` has shape (n, R); its column r, projected into the box, is where repeat r
        begins, and r is what the objective is told as the repeat. ``seeds`` holds one seed per
        repeat for methods that draw random numbers. No point outside the box is ever evaluated and
        the budget is never exceeded. A repeat's outcome does not depend on which other repeats run
        beside it. Raises ValueError if the shapes do not fit or a start is not finite.
        """


def checked_starts(objective: Counted, box: Box, starts: Array, seeds: int) -> Array:
    """The starts, projected into the box, once every shape fits."""
    starts = np.asarray(starts, dtype=np.float64)
    if box.size != objective.size:
        raise ValueError(
            f"the box has {box.size} parameters but the objective has {objective.size}"
        )
    if starts.ndim != 2 or starts.shape[0] != box.size:
        raise ValueError(
            f"starts must have shape ({box.size}, repeats), one column per start; "
            f"got shape {starts.shape}"
        )
    if seeds != starts.shape[1]:
        raise ValueError(f"one seed per start is needed: got {seeds} for {starts.shape[1]} starts")
    for i, repeat in np.argwhere(~np.isfinite(starts)):
        raise ValueError(f"parameter {i} of start {repeat} must be finite, got {starts[i, repeat]}")
    return box.project(starts)
