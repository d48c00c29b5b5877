"""Ctrl-C and SIGTERM: what is under way is stored within two seconds, and nobody stays behind."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/stat").exists(), reason="looks processes up in /proc"
)
MOST_SECONDS = 2.0
ORPHANS_SECONDS = 1.0
STATUS = {signal.SIGINT: 130, signal.SIGTERM: 143}


@pytest.fixture
def long_command(study: Path, tmp_path: Path) -> Sequence[object]:
    """A command with some thirty seconds of work; its last word is the folder."""
    longer = ("-s", "stop.max_evaluations=400", "-s", "starts=200", "-s", "optimizers=[adam,bfgs]")
    return ("run", study, "--no-figures", *longer, "--out", tmp_path / "out")


def group_of(leader: int) -> list[int]:
    """The processes that belong to a command: it and all that it started, but for dead ones."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            fields = (entry / "stat").read_text("utf-8", "replace").rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[2]) == leader and fields[0] not in "ZX":
            found.append(int(entry.name))
    return found


def begun(folder: Path, leader: int) -> None:
    """Wait until a command has stored something."""
    log = folder / "run.log"
    while not (log.exists() and " runs in " in log.read_text("utf-8")):
        # Just born it leads no group yet.
        assert is_alive(leader) or group_of(leader), "it ended before it began"
        time.sleep(0.01)


def is_alive(process: int) -> bool:
    """Whether a process runs, and has not merely not been fetched yet."""
    try:
        stat = Path(f"/proc/{process}/stat").read_text("utf-8", "replace")
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] not in "ZX"


def share_of_a_core() -> float:
    """What a process gets of a core: 1 on a machine that has enough of them, less on a busy one."""
    return min(1.0, (os.cpu_count() or 1) / max(os.getloadavg()[0], 1e-9))


def gone_in_time(leader: int) -> bool:
    """Whether soon no process of a command is left."""
    until = time.monotonic() + ORPHANS_SECONDS / share_of_a_core()
    while group_of(leader) and time.monotonic() < until:
        time.sleep(0.02)
    return not group_of(leader)


def stopped(kennel: Any, command: Sequence[object], number: int, whom: str, **wish: Any) -> Any:
    """Start a command, stop it while it computes; how it ended, and after how many seconds."""
    child = kennel.start(*command, **wish)
    begun(Path(str(command[-1])), child)
    time.sleep(random.Random(child).uniform(0, 0.4))
    send = os.killpg if whom == "group" else os.kill
    began = time.monotonic()
    send(child, number)
    ended = kennel.wait(child)
    return ended, time.monotonic() - began, gone_in_time(child)


@pytest.mark.parametrize("whom", ["group", "parent"])
@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_one_signal_stores_what_is_done_and_ends_within_two_seconds(
    kennel: Any,
    long_command: Sequence[object],
    left: Any,
    measured: Any,
    soak: bool,
    number: signal.Signals,
    jobs: int,
    whom: str,
):
    *command, folder = long_command
    seconds = []
    for turn in range(10 if soak else 3 - jobs):
        here = folder.with_name(f"{folder.name}-{turn}")
        arguments = [*command[:-1], "-j", jobs, "--out", here]
        ended, took, alone = stopped(kennel, arguments, number, whom)
        assert ended.status == STATUS[number], ended.err
        assert " of 1200 runs done. To go on: " in ended.err
        assert "Traceback" not in ended.err
        assert alone, "a process was left behind"
        state = left(here)
        assert 0 < len(state.digests) < 1200
        assert not state.complete
        assert not state.told
        assert not (here / "results.sqlite-wal").exists()
        seconds.append(took)
    # The least: a busy machine makes the others longer.
    assert min(seconds) <= MOST_SECONDS / share_of_a_core(), seconds
    measured("stopping", stops=len(seconds), orphans=0, most_s=round(max(seconds), 1))


@pytest.mark.parametrize("jobs", [1, 2])
def test_two_signals_end_it_at_once_and_it_goes_on_to_the_same_bits(
    kennel: Any, long_command: Sequence[object], left: Any, measured: Any, jobs: int
):
    *command, folder = long_command
    arguments = [*command[:-1], "-j", jobs, "-s", "starts=24", "--out", folder]
    child = kennel.start(*arguments)
    begun(folder, child)
    os.killpg(child, signal.SIGINT)
    time.sleep(0.1)
    began = time.monotonic()
    os.killpg(child, signal.SIGINT)
    ended = kennel.wait(child)
    took = time.monotonic() - began
    assert ended.status == 130, ended.err
    assert gone_in_time(child)
    assert took < 1.0 / share_of_a_core()
    before = left(folder)
    assert not before.told
    assert kennel.run(*arguments, "-q").status == 0
    whole = folder.with_name("whole")
    assert kennel.run(*arguments[:-1], whole, "-q").status == 0
    assert left(folder) == left(whole)
    assert before.digests.items() <= left(whole).digests.items()
    measured("stopping", stops=1, orphans=0)
