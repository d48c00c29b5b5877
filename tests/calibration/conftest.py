"""The published ratings, where they are, and a few invented people where they are not needed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from simulator.calibration import DOI, Ratings, read_ratings

COTTER = Path(__file__).parents[2].parent / "shared" / "data" / "cotter_dataset.csv"


@pytest.fixture(scope="session")
def cotter() -> Path:
    if not COTTER.is_file():
        pytest.skip(f"no {COTTER}: download it from Dryad, doi {DOI}")
    return COTTER


@pytest.fixture(scope="session")
def ratings(cotter) -> Ratings:
    return read_ratings(cotter)


@pytest.fixture
def invented() -> Ratings:
    """Six people and five cups each, the last person's last cup missing."""
    rng = np.random.default_rng(3)
    shape = (5, 6)
    weight = np.ones(shape)
    weight[-1, -1] = 0.0
    answers = lambda: rng.integers(1, 6, shape).astype(float)
    return Ratings(
        people=np.arange(6),
        cluster=np.array([1, 1, 1, 2, 2, 2]),
        weight=weight,
        tds_pct=rng.uniform(0.9, 1.6, shape),
        extraction_pct=rng.uniform(15.0, 26.0, shape),
        liking=rng.integers(1, 10, shape).astype(float),
        answers={name: answers() for name in ("intensity", "acidity", "mouthfeel")},
        served=answers(),
        sha256="none",
    )
