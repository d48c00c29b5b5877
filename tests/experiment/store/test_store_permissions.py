"""Folders that may not be written: results are read there, and the message names the way out."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from simulator.errors import ResultsError
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
