"""The table of what survives: rows from what was measured, others as they were."""

import importlib.util
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts" / "reliability.py"


@pytest.fixture(scope="module")
def reliability():
    """The script as a module."""
    spec = importlib.util.spec_from_file_location("reliability", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    sys.modules["reliability"] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules["reliability"]


def test_a_row_that_was_not_measured_stays_and_a_measured_one_is_written_anew(reliability):
    sweep = {"runs": 9900.0, "optimizers": "22", "wall": 80.0, "cpu": 120.0, "memory": 100.0}
    eight = {"processes": 8, "twice": 0, "lost": 0}
    first = reliability.table({"sweep": sweep | {"overhead": 0.7}, "together": eight}, "")
    assert "a sweep of 9,900 runs over 22 optimizers" in first
    second = reliability.table({"together": eight | {"processes": 200}}, first)
    assert "80 s by the clock" in second
    assert "200 started together" in second
    assert second.count("\n") == first.count("\n") == 4


def test_every_promise_has_a_figure_of_its_own(reliability):
    names = [name for _, name, _ in reliability.ROWS]
    assert len(set(names)) == len(names)
