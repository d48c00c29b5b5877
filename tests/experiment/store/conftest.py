"""Runs and folders to store: realistic in shape, drawn from fixed seeds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from simulator.experiment.content_key import canonical_hash, content_key
from simulator.experiment.records import RunRecord, TraceRecord
from simulator.experiment.store import Store, open_store

KNOBS = ("grind_um", "time_s", "milk_g", "sugar_g")
CONFIG: Mapping[str, object] = {
    "name": "house-blend",
    "seed": 7,
    "optimizers": [{"method": "adam", "learning_rate": 1e-3}],
    "starts": {"repeats": 3},
}
Run = tuple[RunRecord, TraceRecord]


def _trace(seed: int, steps: int) -> TraceRecord:
    rng = np.random.default_rng(seed)
    counts = np.arange(1, steps + 1)
    loss = np.sort(rng.random(steps))[::-1]
    return TraceRecord(
        value_count=counts,
        gradient_count=counts,
        hessian_count=np.zeros(steps, np.int64),
        wall_s=np.cumsum(rng.random(steps)) * 1e-4,
        loss=loss,
        score=9 - loss,
        gradient_norm=rng.random(steps),
        knobs=KNOBS,
        recipe=rng.random((4, steps)) * 100,
    )


@pytest.fixture
def make_run() -> Callable[..., Run]:
    """``make_run(repeat, steps=..., **fields)``: one run of ``CONFIG`` with its trace."""

    def make(repeat: int, *, steps: int = 20, **fields: Any) -> Run:
        optimizer = fields.get("optimizer", "adam")
        record = {
            "key": content_key({"cup": 1}, {"label": optimizer}, repeat, "numpy", np.__version__),
            "config_hash": canonical_hash(CONFIG),
            "problem_hash": canonical_hash("the objective"),
            "optimizer": optimizer,
            "method": "adam",
            "family": "descent",
            "options": {
                "learning_rate": 1e-3,
                "schedule": {"kind": "constant"},
                "beta": [0.9, 0.99],
            },
            "repeat": repeat,
            "role": "tuned",
            "status": "gradient",
            "message": "the gradient is smaller than the tolerance",
            "value_count": steps,
            "gradient_count": steps,
            "hessian_count": 0,
            "wall_s": 0.25,
            "loss": 0.1 + repeat,
            "score": 8.9 - repeat,
            "gradient_norm": 1.0 / 3.0,
            "recipe": {"grind_um": 892.1, "time_s": 240.0, "milk_g": 0.0, "sugar_g": 1e-17},
            "start": {"grind_um": 300.0, "time_s": 30.0, "milk_g": 0.0, "sugar_g": 0.0},
        }
        return RunRecord(**{**record, **fields}), _trace(repeat, steps)

    return make


@pytest.fixture
def open_here(tmp_path: Path) -> Callable[..., Store]:
    """``open_here(**changes)``: the store of ``CONFIG`` in ``tmp_path / "out"``."""

    def open_it(config: Mapping[str, object] = CONFIG, **changes: Any) -> Store:
        settings = {"name": "house-blend", "seed": 7, "expected_runs": 3, "dialect": "numpy"}
        return open_store(config, **{**settings, "out": tmp_path / "out", **changes})

    return open_it
