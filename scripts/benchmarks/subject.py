"""What is measured: the loss of configs/house-blend.yaml over its unit box, four segments, one press pot."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.written import written
from simulator.autodiff import Graph
from simulator.autodiff import compile as compiled
from simulator.experiment.config import load
from simulator.experiment.problem import Problem

ROOT = Path(__file__).resolve().parents[2]
CONFIG = ROOT / "configs" / "house-blend.yaml"

#: Where one recipe is evaluated: 436 µm, 110 s, 45 g of milk, 4 g of sugar.
POINT: NDArray[np.float64] = np.array([0.4, 0.5, 0.3, 0.2])


@dataclass(frozen=True)
class Subject:
    """The taste model, for us as a graph and for others as the lines its code does.

    Attributes:
        problem: the experiment's loss.
        rounds: how often everything takes its turn.
        batch: recipes in a large batch.
        steps: of the optimizer.
    """

    problem: Problem
    rounds: int
    batch: int
    steps: int

    @property
    def graph(self) -> Graph:
        """The loss, traced."""
        return self.problem.graph

    @cached_property
    def lines(self) -> list[str]:
        """The loss's operations in the order in which the model's code does them."""
        return written(self.problem.loss, self.problem.size)

    def recipes(self, count: int) -> NDArray[np.float64]:
        """Recipes drawn evenly over the box, (4, count)."""
        return np.random.default_rng(0).uniform(size=(self.problem.size, count))

    def ours(self, dialect: Any, *outputs: Any) -> Any:
        """Some of the loss's derivatives in one of our dialects."""
        return compiled(self.graph, outputs=outputs, dialect=dialect, wait=True)


def house_blend(rounds: int = 21, batch: int = 1_000_000, steps: int = 10_000) -> Subject:
    """The subject of all measurements."""
    return Subject(Problem(load(CONFIG)), rounds, batch, steps)
