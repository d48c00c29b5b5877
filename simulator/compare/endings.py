"""How runs ended: arrived, stopped by themselves before that, out of budget, or in an error.

A method whose own tolerances end it short of a target has failed there, whatever it says of itself; how
often that happened tells a reader whether a failure lies in the search or in the stopping rule.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from simulator.compare.hits import Hits

_NEAR = 4
"""Rungs of the ladder, of ten each."""


@dataclass(frozen=True)
class Ending:
    """Runs of one optimizer on all problems, by how they ended; they add up to ``n``.

    Attributes:
        arrived: came within the gap.
        stopped_near: stopped by themselves before that, within 10⁴ gaps: the stopping rule is to blame.
        stopped_far: stopped by themselves further away, as in another valley.
        out_of_budget: used all their values.
        failed: ended in an error.
    """

    arrived: int
    stopped_near: int
    stopped_far: int
    out_of_budget: int
    failed: int

    @property
    def n(self) -> int:
        """How many runs there are."""
        return (
            self.arrived + self.stopped_near + self.stopped_far + self.out_of_budget + self.failed
        )


def endings(hits: Hits, gap: float, budget: int) -> Mapping[str, Ending]:
    """Optimizer → endings at a gap of the ladder; who used the whole budget did not stop short."""
    rung = hits.gaps.index(gap)
    hit = np.isfinite(hits.counts[..., rung, 0]) & hits.present
    near = np.isfinite(hits.counts[..., max(0, rung - _NEAR), 0])
    failed = hits.failed & ~hit
    short = hits.present & ~hit & ~failed & (hits.spent[..., 0] < budget)
    rest = hits.present & ~hit & ~failed & ~short
    kinds = (hit, short & near, short & ~near, rest, failed)
    counted = np.stack([each.sum(axis=(0, 2)) for each in kinds], axis=1)
    return {
        label: Ending(*map(int, row)) for label, row in zip(hits.optimizers, counted, strict=True)
    }
