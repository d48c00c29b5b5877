"""Eight commands started together on one folder: every run is done exactly once."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

RUNS = 12


def test_eight_commands_on_one_folder_do_every_run_exactly_once(
    kennel: Any,
    command: Callable[[Path], Sequence[object]],
    left: Any,
    tmp_path: Path,
    measured: Any,
    soak: bool,
):
    rounds = 25 if soak else 1
    alone = tmp_path / "alone"
    assert kennel.run(*command(alone)).status == 0
    for number in range(rounds):
        folder = tmp_path / f"together-{number}"
        children = [kennel.start(*command(folder)) for _ in range(8)]
        for ended in [kennel.wait(child) for child in children]:
            assert ended.status == 0, ended.err
        log = (folder / "run.log").read_text("utf-8")
        assert sum(map(int, re.findall(r": (\d+) runs? in ", log))) == RUNS
        assert left(folder) == left(alone)
        measured("together", processes=8, runs=RUNS, twice=0, lost=0)
