"""How long runs take: learnt while they are computed, so that a batch is about a second of work."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

BATCH_SECONDS = 1.0

# Before anything is known a run is taken to use up its budget, at what one evaluation of the usual
# cup costs with its gradient.
_USUAL_EVALUATION_S = 40e-6
# Towards the end batches shrink, so that no core is left with a second's work while others wait.
_BATCHES_LEFT_PER_CORE = 4
_LEAST_SECONDS = 0.05
# How much a new measurement counts against all before it.
_WEIGHT = 0.3


class Sizing:
    """Seconds per run by label of the optimizer, and what is left to do."""

    def __init__(self, left: Mapping[str, int], evaluations: int, cores: int) -> None:
        self.left = Counter(left)
        self._guess = evaluations * _USUAL_EVALUATION_S
        self._cores = cores
        self._known: dict[str, float] = {}

    def seconds_per_run(self, label: str) -> float:
        """What a run of this optimizer is expected to take."""
        if label in self._known:
            return self._known[label]
        if self._known:
            return max(self._guess, sum(self._known.values()) / len(self._known))
        return self._guess

    def measured(self, label: str, runs: int, seconds: float) -> None:
        """Learn from runs that were computed."""
        new = seconds / runs
        old = self._known.get(label, new)
        self._known[label] = old + _WEIGHT * (new - old)

    def finished(self, label: str, runs: int) -> None:
        """Count runs that are no longer left."""
        self.left[label] = max(self.left[label] - runs, 0)

    def seconds_left(self) -> float:
        """Expected time to the end with all cores at work."""
        work = sum(count * self.seconds_per_run(label) for label, count in self.left.items())
        return work / self._cores

    def batch_seconds(self) -> float:
        """How much work the next batch should hold."""
        share = self.seconds_left() / _BATCHES_LEFT_PER_CORE
        return min(max(share, _LEAST_SECONDS), BATCH_SECONDS)
