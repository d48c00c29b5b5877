"""kill -9 at random moments and at every write: what was stored stays, the rest is computed the same."""

from __future__ import annotations

import os
import random
import re
import signal
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import pytest

KILL_BEFORE, KILL_IN_THE_MIDDLE = 1, 2
PROMISE = "kills"

Command = Callable[[Path], Sequence[object]]


@pytest.fixture(scope="module")
def whole(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, left: Any
) -> Any:
    """Makes what an uninterrupted run of a command leaves, once per command."""
    known: dict[Any, Any] = {}

    def make(kennel: Any, command: Command) -> Any:
        if (key := command(Path())[2:]) not in known:
            folder = tmp_path_factory.mktemp("whole") / "out"
            assert kennel.run(*command(folder)).status == 0
            known[key] = left(folder)
            assert known[key].complete
        return known[key]

    return make


def refuse_bad(state: Any, whole: Any, before: frozenset[str]) -> None:
    """After a kill: nothing differs, nothing is damaged, nothing that was stored is gone."""
    assert state.digests.items() <= whole.digests.items()
    assert before <= state.digests.keys()
    assert state.complete == (len(state.digests) == len(whole.digests))
    # A folder that nothing was stored in yet may say so.
    assert not state.told or not state.digests


@pytest.mark.parametrize("how", [KILL_BEFORE, KILL_IN_THE_MIDDLE])
@pytest.mark.parametrize("part", range(4))
def test_killed_at_every_write_it_goes_on_to_the_same_bits(
    faulty: Any,
    command: Command,
    left: Any,
    whole: Any,
    tmp_path: Path,
    measured: Any,
    part: int,
    how: int,
):
    right = whole(faulty, command)
    folder = tmp_path / "counted"
    writes = faulty.run(*command(folder), disk=[str(folder), 0, 0, 0]).writes
    for nth in range(1 + part, writes + 1, 4):
        folder = tmp_path / f"{nth}"
        ended = faulty.run(*command(folder), disk=[str(folder), nth, how, 0])
        assert ended.status == -signal.SIGKILL
        state = left(folder)
        refuse_bad(state, right, frozenset())
        assert faulty.run(*command(folder)).status == 0, f"write {nth}"
        assert left(folder) == right, f"write {nth}"
        measured(PROMISE, kills=1, at_writes=1, bad=0)


def kill_until_complete(
    kennel: Any,
    arguments: Sequence[object],
    look: Callable[[], Any],
    right: Any,
    seed: int,
    most: int,
) -> int:
    """Kill a command at random moments again and again until it gets through; how many kills it took."""
    rng = random.Random(seed)
    began = time.monotonic()
    kennel.run(*arguments[:-1], f"{arguments[-1]}-timed")
    lasts = time.monotonic() - began
    kills, before = 0, frozenset[str]()
    while True:
        child = kennel.start(*arguments)
        if kills < most:
            time.sleep(rng.uniform(0, 1.1 * lasts))
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        ended = kennel.wait(child)
        if ended.status >= 0:
            assert ended.status == 0, ended.err
            return kills
        kills += 1
        state = look()
        refuse_bad(state, right, before)
        before = frozenset(state.digests)


def test_killed_at_random_moments_it_goes_on_to_the_same_bits(
    kennel: Any, command: Command, left: Any, whole: Any, tmp_path: Path, measured: Any, soak: bool
):
    right = whole(kennel, command)
    kills, round_, wanted = 0, 0, 1000 if soak else 60
    while kills < wanted:
        folder = tmp_path / f"{round_}"
        look = partial(left, folder)
        kills += kill_until_complete(kennel, command(folder), look, right, round_, wanted - kills)
        assert left(folder) == right
        round_ += 1
    measured(PROMISE, kills=kills, bad=0)


def test_killed_with_workers_it_goes_on_to_the_same_bits(
    kennel: Any, command: Command, left: Any, whole: Any, tmp_path: Path, measured: Any, soak: bool
):
    right = whole(kennel, command)
    kills, round_, wanted = 0, 0, 100 if soak else 3
    while kills < wanted:
        folder = tmp_path / f"{round_}"
        arguments = [*command(folder)[:-2], "-j", "2", "--out", folder]
        look = partial(left, folder)
        kills += kill_until_complete(kennel, arguments, look, right, round_, wanted - kills)
        assert left(folder) == right
        round_ += 1
    measured(PROMISE, kills=kills, bad=0)


def test_what_the_log_calls_done_is_stored(
    faulty: Any, command: Command, left: Any, tmp_path: Path
):
    folder = tmp_path / "counted"
    writes = faulty.run(*command(folder), disk=[str(folder), 0, 0, 0]).writes
    for nth in range(10, writes, 9):
        folder = tmp_path / f"{nth}"
        faulty.run(*command(folder), disk=[str(folder), nth, KILL_BEFORE, 0])
        log = folder / "run.log"
        text = log.read_text("utf-8") if log.exists() else ""
        done = sum(map(int, re.findall(r": (\d+) runs? in ", text)))
        assert len(left(folder).digests) >= done
