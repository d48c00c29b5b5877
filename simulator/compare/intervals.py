"""Intervals: bootstrap draws that belong to what is drawn, quantiles that know infinity, Wilson's score."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, sqrt

import numpy as np
from numpy.typing import NDArray

from simulator.experiment.content_key import seed_sequence

Array = NDArray[np.float64]

DRAWS = 400
LEVEL = 0.95
_Z = 1.959963984540054  # the normal quantile at (1 + LEVEL) / 2


@dataclass(frozen=True)
class Estimate:
    """A figure with its 95 % interval and what it was made of.

    >>> Estimate(10.0, 8.0, 12.5, 20).text()
    '10 [8, 12]'
    """

    value: float
    low: float
    high: float
    n: int

    def text(self, digits: int = 0) -> str:
        """The figure and its interval; ∞ where there is none."""
        if self.value == inf and self.low == inf:
            return "∞"
        return f"{_shown(self.value, digits)} [{_shown(self.low, digits)}, {_shown(self.high, digits)}]"


def _shown(number: float, digits: int) -> str:
    if np.isnan(number):
        return "–"
    return "∞" if number == inf else f"{number:.{digits}f}"


def resamples(size: int, *purpose: object, draws: int = DRAWS) -> NDArray[np.intp]:
    """Positions of ``draws`` samples of ``size`` with replacement, (draws, size).

    The stream follows from the purpose alone, so that no figure depends on which others are made.
    """
    key = "/".join(map(str, purpose))
    return np.random.default_rng(seed_sequence(f"bootstrap/{key}", "resample")).integers(
        0, size, (draws, size)
    )


def family_resamples(
    families: Sequence[tuple[bool, str]], *purpose: object, draws: int = DRAWS
) -> list[NDArray[np.intp]]:
    """Positions of ``draws`` samples of problems, each a sample of whole families with replacement.

    A problem is told by (is it classical, its family). Instances of one config resemble each other, so
    they are drawn together; else intervals would be too narrow (Cameron, Gelbach & Miller 2008).
    Coffee is drawn for coffee and functions for functions: how many there are of each was decided, not drawn.

    >>> [sorted(set(map(int, draw))) for draw in family_resamples([(False, "a")] * 2, "test", draws=2)]
    [[0, 1], [0, 1]]
    """
    parts: list[list[list[int]]] = []
    for kind in sorted({classical for classical, _ in families}):
        members: dict[str, list[int]] = {}
        for place, (classical, family) in enumerate(families):
            if classical == kind:
                members.setdefault(family, []).append(place)
        own = list(members.values())
        chosen = resamples(len(own), *purpose, "families", kind, draws=draws)
        parts.append([[place for one in draw for place in own[one]] for draw in chosen])
    return [
        np.array([place for part in drawn for place in part]) for drawn in zip(*parts, strict=True)
    ]


def median(values: Array, axis: int = -1) -> Array:
    """The median of values that may be infinite; of an even count the upper one, which occurred.

    >>> float(median(np.array([3.0, 1.0, np.inf])))
    3.0
    """
    ordered = np.sort(values, axis=axis)
    middle: Array = np.take(ordered, ordered.shape[axis] // 2, axis=axis)
    return middle


def interval(draws: Array, axis: int = 0) -> tuple[Array, Array]:
    """The ends of the middle 95 % of bootstrap draws; infinite where that share of them is."""
    tail = (1 - LEVEL) / 2
    low, high = np.quantile(draws, [tail, 1 - tail], axis=axis, method="inverted_cdf")
    return low, high


def wilson(successes: int, n: int) -> Estimate:
    """A share with Wilson's score interval (Wilson 1927), which is right for few trials and near 0 and 1.

    >>> share = wilson(0, 10)
    >>> round(share.high, 3)
    0.278
    """
    if n == 0:
        return Estimate(np.nan, 0.0, 1.0, 0)
    share, z2 = successes / n, _Z**2
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    reach = _Z * sqrt(share * (1 - share) / n + z2 / (4 * n**2)) / (1 + z2 / n)
    return Estimate(share, max(0.0, middle - reach), min(1.0, middle + reach), n)
