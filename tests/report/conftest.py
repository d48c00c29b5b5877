"""Results of small experiments, computed once: one with strings that try to break a page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from simulator.cli.app import run_command
from simulator.experiment.config import experiment_from
from simulator.experiment.problem import Problem
from simulator.experiment.results import open_results
from simulator.report import material_of

HOSTILE = """\
name: hostile
description: '<script>alert("1")</script> & <b>bold</b> {{ 7 * 7 }}'
seed: 3
bean:
  {name: '<i>Sidamo</i>', e_max: 0.3, acid_share: 0.3, middle_share: 0.4, bitter_share: 0.3,
   quality_points: 0}
tune: [grind_um, time_s, milk_g]
fixed: {sugar_g: 0}
customers: {black-strong: 0.5, milk: 0.5}
starts: 2
stop: {max_evaluations: 120}
optimizers:
  - {method: adam, label: '"><img src=x>'}
  - {method: adam, label: adam 0.01, learning_rate: 0.01}
  - {method: adam, label: adam 0.03, learning_rate: 0.03}
  - {method: adam, label: adam 0.1, learning_rate: 0.1}
check: {methods: [l-bfgs-b], tolerance: 1e-3}
"""


@pytest.fixture(scope="session")
def folder(tmp_path_factory: Any) -> Path:
    """A finished results folder."""
    home = tmp_path_factory.mktemp("report")
    (home / "hostile.yaml").write_text(HOSTILE, encoding="utf-8")
    run_command(["run", str(home / "hostile.yaml"), "--no-figures", "--out", str(home / "out")])
    return Path(home / "out")


@pytest.fixture(scope="session")
def material(folder: Path) -> Any:
    """What its pictures are made from."""
    with open_results(folder) as results:
        return material_of(Problem(experiment_from(results.config)), results)
