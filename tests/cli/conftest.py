"""A small experiment that runs in a second, and the command line called in this process."""

from dataclasses import dataclass

import pytest

from simulator.cli.app import run_command

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
