"""A package with optimizers of its own, as if it were installed; what a results folder holds."""

import hashlib
import json
import os
import sys
from pathlib import Path

import pytest
from hypothesis import settings

from simulator.experiment.results import open_results

# Speed is measured by scripts/bench; a test must not fail because the machine was busy.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")

SIGN_RULE = '''\
from dataclasses import dataclass
from typing import ClassVar
import numpy as np
from simulator.optimizers import descend

@dataclass(frozen=True)
class Sign:
    """Every parameter moves by the same, ever shorter, length."""
    length: float = 0.1
    """How long the first step is, in (0, 1)."""
    family: ClassVar[str] = "sign"
    uses: ClassVar[str] = "gradient"

    def __post_init__(self):
        if not (isinstance(self.length, float) and 0 < self.length < 1):
            raise ValueError(f"length must be a number > 0 and < 1, got {self.length!r}")

    def init(self, x):
        return (0.0,)

    def step(self, state, x, gradient):
        return (state[0] + 1,), x - self.length * 0.97 ** state[0] * np.sign(gradient)

    def minimize(self, objective, box, starts, stopping, seeds):
        return descend(self, objective, box, starts, stopping, seeds)

class NoMethod(Sign):
    family = "scipy"
    uses = "everything"
    minimize = None
'''


@pytest.fixture
def sign_rule():
    """The text of a module with a method, Sign, and something that is none, NoMethod."""
    return SIGN_RULE


@pytest.fixture
def install_plugin(tmp_path, monkeypatch):
    """Put a distribution with entry points, and a module of its own, on the path."""
    site = tmp_path / "site"
    site.mkdir()
    monkeypatch.syspath_prepend(str(site))

    def put(distribution, entries, module="", text=""):
        folder = site / f"{distribution.replace('-', '_')}-1.2.dist-info"
        folder.mkdir()
        (folder / "METADATA").write_text(f"Name: {distribution}\nVersion: 1.2\n")
        lines = [f"{name} = {target}" for name, target in entries.items()]
        (folder / "entry_points.txt").write_text("\n".join(["[simulator.optimizers]", *lines]))
        if module:
            (site / f"{module}.py").write_text(text)
            monkeypatch.delitem(sys.modules, module, raising=False)

    return put


def pytest_configure(config):
    """``--soak`` and SOAK=1 are the same."""
    if config.getoption("--soak"):
        os.environ["SOAK"] = "1"


def pytest_addoption(parser):
    """Options of the tests of surviving; ``scripts/test`` passes them on."""
    parser.addoption("--soak", action="store_true", help="thousands of trials, for hours")
    parser.addoption("--figures", metavar="FILE", help="write what the tests measured, as JSON")


@pytest.fixture(scope="session")
def soak():
    """Whether there is time for thousands of trials."""
    return bool(os.environ.get("SOAK"))


@pytest.fixture
def measured(record_property):
    """``measured(promise, name=number)``: a figure for the report, summed; of ``most_...`` the largest."""
    return lambda promise, **figures: record_property(f"measured:{promise}", figures)


def pytest_terminal_summary(terminalreporter, config):
    """Gather the figures of all tests, those of other processes included."""
    file = config.getoption("--figures")
    if file:
        passed = terminalreporter.stats.get("passed", [])
        Path(file).write_text(json.dumps(_gathered(passed), indent=2) + "\n", encoding="utf-8")


def _gathered(reports):
    found = {}
    told = (item for report in reports for item in report.user_properties)
    for name, figures in told:
        if name.startswith("measured:"):
            row = found.setdefault(name.removeprefix("measured:"), {})
            for key, value in figures.items():
                join = max if key.startswith("most_") else sum
                row[key] = join((row[key], value)) if key in row else value
    return found


@pytest.fixture
def numbers():
    """Everything that is stored in a folder and is no time, in the order of the keys."""

    def read(folder):
        with open_results(folder) as results:
            found = []
            for run in sorted(results.runs(), key=lambda run: run.key):
                trace = results.trace(run.key)
                arrays = (trace.loss, trace.recipe, trace.gradient_norm, trace.value_count)
                row = {name: value for name, value in run.row().items() if name != "wall_s"}
                digest = hashlib.sha256(b"".join(array.tobytes() for array in arrays))
                found.append((repr(row), digest.hexdigest()))
            return found

    return read
