"""Disks that fill up, files that may not grow, folders that cannot be written or vanish."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

FAIL_FROM_HERE = 3
FAULTS_OF_OURS = ("Traceback", "this is a fault of the program")

Command = Callable[[Path], Sequence[object]]


@pytest.fixture
def right(kennel: Any, command: Command, left: Any, tmp_path: Path) -> Any:
    """What is left where nothing goes wrong."""
    assert kennel.run(*command(tmp_path / "right")).status == 0
    return left(tmp_path / "right")


def refuse_unclear(ended: Any, folder: Path, before: Any, state: Any) -> None:
    """It ended with one clear message, naming the folder, and nothing that was stored is gone."""
    assert ended.status == 2, ended.err
    assert not any(words in ended.err for words in FAULTS_OF_OURS), ended.err
    assert str(folder) in ended.err
    assert before.digests.items() <= state.digests.items()


@pytest.mark.parametrize("reason", [errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS])
def test_a_disk_that_fails_from_any_write_on_is_told_and_nothing_is_lost(
    faulty: Any,
    command: Command,
    left: Any,
    right: Any,
    tmp_path: Path,
    measured: Any,
    soak: bool,
    reason: int,
):
    folder = tmp_path / "counted"
    writes = faulty.run(*command(folder), disk=[str(folder), 0, 0, 0]).writes
    empty = left(tmp_path / "nothing")
    moments = range(1, writes, 1 if soak else max(1, writes // 8))
    for nth in moments:
        folder = tmp_path / f"{nth}"
        ended = faulty.run(*command(folder), disk=[str(folder), nth, FAIL_FROM_HERE, reason])
        state = left(folder)
        assert state.digests.items() <= right.digests.items()
        if ended.status == 0:  # all was stored, and only tidying up failed
            assert state == right
        else:
            refuse_unclear(ended, folder, empty, state)
        assert faulty.run(*command(folder)).status == 0
        assert left(folder) == right, f"write {nth}"
    measured("disk", failures=len(moments), lost=0)


def test_a_limit_on_file_size_is_told_and_nothing_is_lost(
    kennel: Any, command: Command, left: Any, right: Any, tmp_path: Path, measured: Any
):
    limits = [400, 1000, 4096, 20_000, 33_000, 50_000]
    for limit in limits:
        folder = tmp_path / f"{limit}"
        before = left(folder)
        refuse_unclear(
            kennel.run(*command(folder), largest_file=limit), folder, before, left(folder)
        )
        assert kennel.run(*command(folder)).status == 0
        assert left(folder) == right
    measured("disk", failures=len(limits), lost=0)


@pytest.fixture
def full_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 128 kB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=128k,mode=777", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("needs to mount a file system")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_disk_that_is_really_full_is_told_and_nothing_is_lost(
    kennel: Any, command: Command, left: Any, right: Any, full_disk: Path, measured: Any
):
    ballast, folder = full_disk / "ballast", full_disk / "out"
    ballast.write_bytes(bytes(60_000))
    ended = kennel.run(*command(folder))
    refuse_unclear(ended, folder, left(folder), left(folder))
    ballast.unlink()
    subprocess.run(["mount", "-o", "remount,size=2m", str(full_disk)], check=True)
    assert kennel.run(*command(folder)).status == 0
    assert left(folder) == right
    measured("disk", failures=1, lost=0)


@pytest.fixture
def public() -> Iterator[Path]:
    """A folder that anyone may enter."""
    folder = Path(tempfile.mkdtemp(prefix="perfect-cup-"))
    folder.chmod(0o777)
    yield folder
    shutil.rmtree(folder)


def test_a_folder_that_cannot_be_written_is_told_and_stays_as_it_is(
    kennel: Any, study: Path, command: Command, left: Any, right: Any, public: Path, measured: Any
):
    config = shutil.copy(study, public / "small.yaml")
    arguments = ("run", config, "--no-figures", "-q", "--out")
    closed = public / "closed"
    closed.mkdir(mode=0o555)
    ended = kennel.run(*arguments, closed, nobody=True, cwd=str(public))
    refuse_unclear(ended, closed, left(closed), left(closed))
    unfinished = public / "unfinished"
    kennel.run(*arguments, unfinished, "--shard", "1/2")
    before = left(unfinished)
    for path in [unfinished, *unfinished.rglob("*")]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    ended = kennel.run(*arguments, unfinished, nobody=True, cwd=str(public))
    refuse_unclear(ended, unfinished, before, left(unfinished))
    assert left(unfinished) == before
    for path in [unfinished, *unfinished.rglob("*")]:
        path.chmod(0o777)
    assert kennel.run(*arguments, unfinished).status == 0
    assert left(unfinished) == right
    measured("disk", failures=2, lost=0)


@pytest.mark.parametrize("how", ["deleted", "moved"])
def test_a_folder_that_vanishes_is_told_and_a_moved_one_goes_on(
    kennel: Any, study: Path, left: Any, tmp_path: Path, measured: Any, how: str
):
    folder, away = tmp_path / "out", tmp_path / "away"
    longer = ("-s", "stop.max_evaluations=300", "-s", "starts=40", "--out", folder)
    child = kennel.start("run", study, "--no-figures", "-q", *longer)
    log = folder / "run.log"
    while not (log.exists() and " runs in " in log.read_text("utf-8")):
        time.sleep(0.01)
    folder.rename(away)
    before = left(away)
    if how == "deleted":
        shutil.rmtree(away)
    ended = kennel.wait(child)
    assert ended.status == 2, ended.err
    assert str(folder) in ended.err
    if how == "moved":
        state = left(away)
        assert before.digests.items() <= state.digests.items()
        assert not state.told
    measured("disk", failures=1, lost=0)
