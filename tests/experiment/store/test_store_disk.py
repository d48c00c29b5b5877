"""Disks fill up, folders cannot be written or vanish: the message says so and finished runs stay."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from simulator.errors import ResultsError
from simulator.experiment import database
from simulator.experiment.store import Store, open_results

Opener = Callable[..., Store]
NOBODY = 65534


@pytest.fixture
def as_nobody(tmp_path: Path) -> Iterator[Path]:
    """A folder of an ordinary user, and the test run by one: root may write everywhere.

    It needs ``tmp_path`` to be made before, by whoever runs the tests.
    """
    folder = Path(tempfile.mkdtemp(prefix="perfect-cup-"))
    folder.chmod(0o777)
    root = os.geteuid() == 0
    if root:
        os.seteuid(NOBODY)
    try:
        yield folder
    finally:
        if root:
            os.seteuid(0)
        for inside in folder.rglob("*"):
            if inside.is_dir():
                inside.chmod(0o777)
        shutil.rmtree(folder)


def test_a_full_disk_is_told_and_what_was_stored_stays(open_here: Opener, make_run: Any):
    with open_here() as store:
        store.add([make_run(0)])
        pages = store._connection.execute("PRAGMA page_count").fetchone()[0]
        store._connection.execute(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(
            ResultsError, match="the disk is full; free some space and run the same command"
        ):
            store.add([make_run(1, steps=5000)])
        assert store.results.runs() == [make_run(0)[0]]
        store._connection.execute("PRAGMA max_page_count = 1000000")
        assert store.add([make_run(1, steps=5000)]) == 1
        assert store.results.damage() == []


def test_a_folder_that_was_moved_away_is_told_before_anything_is_lost(
    open_here: Opener, make_run: Any, tmp_path: Path
):
    with open_here() as store:
        store.add([make_run(0)])
        (tmp_path / "out").rename(tmp_path / "elsewhere")
        with pytest.raises(
            ResultsError, match="it was moved, deleted or replaced while this command"
        ):
            store.add([make_run(1)])
    with open_results(tmp_path / "elsewhere") as results:
        assert len(results.runs()) == 1


def test_a_folder_that_was_deleted_is_told(open_here: Opener, make_run: Any, tmp_path: Path):
    with open_here() as store:
        shutil.rmtree(tmp_path / "out")
        with pytest.raises(ResultsError, match="it was moved, deleted or replaced"):
            store.add([make_run(0)])


def test_a_locked_database_is_told(
    open_here: Opener, make_run: Any, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.05)
    with open_here() as one, open_here() as other:
        with (
            database.transaction(one._connection),
            pytest.raises(ResultsError, match="another process kept it locked"),
        ):
            other.add([make_run(0)])
        assert other.add([make_run(0)]) == 1


def test_a_missing_folder_is_told(tmp_path: Path):
    with pytest.raises(ResultsError, match="there is no such folder"):
        open_results(tmp_path / "nowhere")


def test_a_file_is_no_results_folder(tmp_path: Path):
    (tmp_path / "file").touch()
    with pytest.raises(ResultsError, match="there is no such folder"):
        open_results(tmp_path / "file")


def test_a_folder_without_a_database_is_told(open_here: Opener, tmp_path: Path):
    open_here().close()
    (tmp_path / "out" / "results.sqlite").unlink()
    with pytest.raises(ResultsError, match=r"results\.sqlite: there is no such file"):
        open_results(tmp_path / "out")


def test_results_are_read_from_a_folder_that_cannot_be_written(
    as_nobody: Path, open_here: Opener, make_run: Any
):
    with open_here(out=as_nobody / "out") as store:
        store.add([make_run(0)])
    (as_nobody / "out").chmod(0o555)
    with open_results(as_nobody / "out") as results:
        assert results.runs() == [make_run(0)[0]]
        assert results.damage() == []


def test_a_folder_that_cannot_be_written_is_told(as_nobody: Path, open_here: Opener):
    (as_nobody / "out").mkdir()
    (as_nobody / "out").chmod(0o555)
    with pytest.raises(ResultsError, match=r"Permission denied; check the path.*--out"):
        open_here(out=as_nobody / "out")


def test_results_that_cannot_be_written_again_are_told(
    as_nobody: Path, open_here: Opener, make_run: Any
):
    open_here(out=as_nobody / "out").close()
    (as_nobody / "out" / "results.sqlite").chmod(0o444)
    (as_nobody / "out").chmod(0o555)
    with pytest.raises(
        ResultsError, match=r"results\.sqlite: it cannot be (written|opened); check"
    ):
        open_here(out=as_nobody / "out")


def test_the_results_of_a_killed_writer_are_read_where_nothing_can_be_written(
    as_nobody: Path, open_here: Opener, make_run: Any
):
    store = open_here(out=as_nobody / "running")
    store.add([make_run(0)])
    shutil.copytree(as_nobody / "running", as_nobody / "copy")
    store.close()
    (as_nobody / "copy").chmod(0o555)
    with open_results(as_nobody / "copy") as results:
        assert results.runs() == [make_run(0)[0]]
