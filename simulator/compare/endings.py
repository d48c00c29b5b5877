"""How runs ended: arrived, stopped by themselves before that, out of budget, or in an error.

A method whose own tolerances end it short of a target has failed there, whatever it says of itself; how
often that happened tells a reader whether a failure lies in the search or in the stopping rule.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from simulator.compare.hits import Hits


@dataclass(frozen=True)
class Ending:
    """Runs of one optimizer on all problems, by how they ended; they add up to ``n``."""

    arrived: int
    stopped_short: int
    out_of_budget: int
    failed: int

    @property
    def n(self) -> int:
        """How many runs there are."""
        return self.arrived + self.stopped_short + self.out_of_budget + self.failed


def endings(hits: Hits, gap: float, budget: int) -> Mapping[str, Ending]:
    """Optimizer → endings at a gap of the ladder; who used the whole budget did not stop short."""
    hit = np.isfinite(hits.counts[..., hits.gaps.index(gap), 0]) & hits.present
    failed = hits.failed & ~hit
    short = hits.present & ~hit & ~failed & (hits.spent[..., 0] < budget)
    rest = hits.present & ~hit & ~failed & ~short
    counted = np.stack([each.sum(axis=(0, 2)) for each in (hit, short, rest, failed)], axis=1)
    return {
        label: Ending(*map(int, row)) for label, row in zip(hits.optimizers, counted, strict=True)
    }
