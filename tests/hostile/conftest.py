"""The command line called in this process, and a config to be spoilt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from simulator.cli.app import run_command

SMALL = """\
name: small
tune: [time_s]
fixed: {grind_um: 900, milk_g: 0, sugar_g: 0}
customers: black-strong
starts: 1
stop: {max_evaluations: 10}
optimizers: [momentum]
check: {methods: [slsqp], tolerance: 10}
"""
# What no user may ever see.
FOREIGN = ("Traceback", "this is a fault of the program", "the system refused")


@dataclass(frozen=True)
class Said:
    """What a command ended with and printed."""

    status: int
    out: str
    err: str


@pytest.fixture
def simulator(capsys: Any) -> Callable[..., Said]:
    """Run the command line; nothing it says may be a fault of the program."""

    def call(*arguments: object) -> Said:
        status = run_command([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        assert not any(word in captured.err + captured.out for word in FOREIGN), captured.err
        return Said(status, captured.out, captured.err)

    return call


@pytest.fixture
def small() -> str:
    """The text of a small config."""
    return SMALL


@pytest.fixture
def config(tmp_path: Path) -> Callable[[str | bytes], Path]:
    """Writes a config; gives its path."""

    def write(content: str | bytes) -> Path:
        path = tmp_path / "cup.yaml"
        path.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
        return path

    return write
