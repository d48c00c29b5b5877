"""Disks fill up, folders vanish: the message says so and finished runs stay."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from simulator.errors import ResultsError
from simulator.experiment import database
from simulator.experiment.store import Store, open_results

Opener = Callable[..., Store]


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
