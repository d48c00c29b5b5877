"""Dask that fails: no scheduler, a scheduler killed in the middle, workers killed one after another."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("distributed", reason="Dask is not installed: pip install '.[dask]'")

LONGER = ("-s", "stop.max_evaluations=300", "-s", "starts=40", "-s", "optimizers=[adam,bfgs]")
RUNS = 240


@pytest.fixture
def dask(tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """Starts processes of a Dask cluster; they end with the test."""
    processes: list[subprocess.Popen[bytes]] = []
    environment = {**os.environ, "PYTHONPATH": str(Path.cwd()), "OPENBLAS_NUM_THREADS": "1"}

    def start(what: str, *arguments: object) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "distributed.cli." + what, *map(str, arguments)]
        process = subprocess.Popen(
            command,
            env=environment,
            cwd=tmp_path,
            start_new_session=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        processes.append(process)
        return process

    yield start
    for process in processes:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@pytest.fixture
def cluster(dask: Any, tmp_path: Path) -> tuple[str, Any, list[Any]]:
    """A scheduler's address, its process, and two workers without anybody who would replace them."""
    file = tmp_path / "scheduler.json"
    scheduler = dask("dask_scheduler", "--port", 0, "--no-dashboard", "--scheduler-file", file)
    until(lambda: file.exists() and file.read_text("utf-8"))
    address = json.loads(file.read_text("utf-8"))["address"]
    options = (address, "--nthreads", 1, "--no-dashboard", "--no-nanny")
    return address, scheduler, [dask("dask_worker", *options) for _ in range(2)]


def until(happened: Callable[[], Any], seconds: float = 120) -> None:
    """Wait for something."""
    end = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.02)


def some_stored(folder: Path) -> bool:
    """Whether a command has stored runs."""
    log = folder / "run.log"
    return log.exists() and " runs in " in log.read_text("utf-8")


@pytest.fixture
def whole(kennel: Any, study: Path, left: Any, tmp_path: Path) -> Any:
    """What one process leaves of the longer study."""
    folder = tmp_path / "whole"
    assert kennel.run("run", study, "--no-figures", "-q", *LONGER, "--out", folder).status == 0
    return left(folder)


def command_of(study: Path, folder: Path) -> Sequence[object]:
    return ("run", study, "--no-figures", "-q", *LONGER, "--out", folder)


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "tcp://no-such-host.invalid:8786"])
def test_without_a_scheduler_it_is_told_and_no_folder_is_made(
    kennel: Any, study: Path, tmp_path: Path, measured: Any, address: str
):
    ended = kennel.run(*command_of(study, tmp_path / "out"), "--dask", address)
    assert ended.status == 2, ended.err
    assert f"--dask {address}: no scheduler answers there" in ended.err
    assert "dask scheduler" in ended.err
    assert not (tmp_path / "out").exists()
    measured("dask", failures=1, lost=0)


def test_a_scheduler_that_is_killed_loses_nothing_that_was_stored(
    kennel: Any, study: Path, cluster: Any, whole: Any, left: Any, tmp_path: Path, measured: Any
):
    address, scheduler, _ = cluster
    folder = tmp_path / "out"
    child = kennel.start(*command_of(study, folder), "--dask", address)
    until(lambda: some_stored(folder))
    os.kill(scheduler.pid, signal.SIGKILL)
    ended = kennel.wait(child)
    state = left(folder)
    assert ended.status == 1, ended.err
    assert "gone; what was finished is stored" in ended.err
    assert f" of {RUNS} runs done. To go on: simulator run " in ended.err
    assert "distributed" not in ended.err
    assert 0 < len(state.digests) < RUNS
    assert not state.told
    assert state.digests.items() <= whole.digests.items()
    assert kennel.run(*command_of(study, folder)).status == 0
    assert left(folder) == whole
    measured("dask", failures=1, lost=0)


def test_workers_that_are_killed_are_made_up_for_by_others_to_the_same_bits(
    kennel: Any,
    study: Path,
    cluster: Any,
    dask: Any,
    whole: Any,
    left: Any,
    tmp_path: Path,
    measured: Any,
):
    address, _, workers = cluster
    folder = tmp_path / "out"
    child = kennel.start(*command_of(study, folder), "--dask", address)
    until(lambda: some_stored(folder))
    for worker in workers:
        os.killpg(worker.pid, signal.SIGKILL)
    dask("dask_worker", address, "--nthreads", 1, "--no-dashboard", "--no-nanny")
    ended = kennel.wait(child)
    assert ended.status == 0, ended.err
    assert left(folder) == whole
    measured("dask", failures=len(workers), lost=0)
