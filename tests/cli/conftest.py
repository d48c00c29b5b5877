"""A small experiment that runs in a second, and the command line called in this process."""

import hashlib
from dataclasses import dataclass

import pytest

from simulator.cli.app import run_command
from simulator.experiment.results import open_results

SMALL = """\
name: small
seed: 3
tune: [grind_um, time_s]
fixed: {milk_g: 0, sugar_g: 0}
customers: black-strong
starts: 2
stop: {max_evaluations: 400}
optimizers: [adam, nesterov]
check: {methods: [l-bfgs-b], tolerance: 1e-4}
"""


@dataclass(frozen=True)
class Said:
    """What a command ended with and printed."""

    status: int
    out: str
    err: str


@pytest.fixture
def simulator(capsys, monkeypatch):
    """Run the command line; returns its exit status, standard output and standard error."""
    monkeypatch.setenv("COLUMNS", "100")

    def call(*arguments):
        status = run_command([str(a) for a in arguments])
        captured = capsys.readouterr()
        return Said(status, captured.out, captured.err)

    return call


@pytest.fixture
def small(tmp_path):
    """The path of a small config."""
    path = tmp_path / "small.yaml"
    path.write_text(SMALL, encoding="utf-8")
    return path


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
