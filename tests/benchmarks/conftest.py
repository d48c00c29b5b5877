"""What is measured, importable as `scripts/bench` has it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from simulator.experiment.config import load
from simulator.experiment.problem import Problem

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "scripts"))


@pytest.fixture(scope="session")
def problem() -> Problem:
    return Problem(load(ROOT / "configs" / "house-blend.yaml"))
