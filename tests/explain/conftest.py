"""Problems to explain: shipped configs, with the first start of each."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from simulator.experiment.config import load
from simulator.experiment.problem import Problem

CONFIGS = Path(__file__).parents[2] / "configs"


@cache
def _problem(name: str) -> Problem:
    return Problem(load(CONFIGS / f"{name}.yaml"))


@pytest.fixture
def problem() -> Callable[[str], Problem]:
    """``problem(name)``: the problem of a shipped config, compiled once."""
    return _problem


@pytest.fixture
def inside() -> Callable[[Problem, int], np.ndarray]:
    """``inside(problem, count)``: random recipes, shape (count, n), the same ones each time."""

    def draw(problem: Problem, count: int) -> np.ndarray:
        return np.random.default_rng(20).random((count, problem.size))

    return draw
