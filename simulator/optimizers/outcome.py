"""How one repeat of a minimisation ended."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.optimizers.box import Array
from simulator.optimizers.counting import Counts
from simulator.optimizers.stopping import StopReason
from simulator.optimizers.trace import Trace


@dataclass(frozen=True, eq=False)
class Outcome:
    """The answer of one repeat, why it ended there, and what it cost.

    Which point is the answer: where the gradient test passed, or where a solver stopped of its own
    accord, that very point; after ``NONFINITE`` the last point whose value and gradient were good;
    otherwise the best point seen. Our own loop on a noisy objective answers with its last good
    point, because the best value seen there is the luckiest draw rather than the best point.
    """

    x: Array
    """The answer, of shape (n,), inside the box."""
    value: float
    """The objective there as the repeat saw it; NaN where no good value was ever seen."""
    gradient_norm: float
    """The residual there (see :meth:`Box.residual`); NaN where no gradient is known."""
    status: StopReason
    message: str
    """The particulars of the end, for people."""
    counts: Counts
    wall_s: float
    """Seconds until this repeat ended; repeats that advance as one batch share them."""
    trace: Trace
