"""kill -9 at random moments and at every write: what was stored stays, the rest is computed the same."""

from __future__ import annotations

import os
import random
import re
import signal
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
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


# What a folder says in which nothing was stored yet.
WAY_OUT = re.compile(r"run the experiment (again )?with --out|run the same command again")


def refuse_bad(state: Any, whole: Any, folder: Path, before: frozenset[str]) -> None:
    """After a kill: nothing differs, nothing is damaged, nothing that was stored is gone."""
    assert state.digests.items() <= whole.digests.items()
    assert before <= state.digests.keys()
    assert state.complete == (len(state.digests) == len(whole.digests))
    assert len(state.digests) >= told_done(folder)
    if state.told:
        # It cannot be read, because nothing was ever stored; then it says how to go on.
        assert not state.digests
        assert not before
        assert str(folder) in state.told
        assert WAY_OUT.search(state.told), state.told


def told_done(folder: Path) -> int:
    """How many runs the log of a folder calls done."""
    log = folder / "run.log"
    text = log.read_text("utf-8") if log.exists() else ""
    return sum(map(int, re.findall(r": (\d+) runs? in ", text)))


@dataclass
class Begun:
    """The batches that were begun, read from what workers note before each."""

    notes: Path
    batches: int = 0
    runs: int = 0
    lost: int = 0

    def refuse_loss(self, state: Any, under_way: int) -> int:
        """After a kill: all that was begun is stored but for the last batches; how many these are."""
        new = self._read()[self.batches :]
        self.batches += len(new)
        left = [set(batch) - state.digests.keys() for batch in new]
        lost = [runs for runs in left if runs]
        assert len(lost) <= under_way
        assert not any(left[: -2 * under_way + 1]), "one of the first was lost"
        self.runs += sum(map(len, new))
        self.lost += sum(map(len, lost))
        return len(lost)

    def refuse_repetition(self, whole: Any) -> None:
        """In the end: every run was begun once, and once more for each time it was lost."""
        begun = [key for batch in self._read() for key in batch]
        assert set(begun) == whole.digests.keys()
        assert len(begun) == len(whole.digests) + self.lost

    def _read(self) -> list[list[str]]:
        return (
            [line.split() for line in self.notes.read_text("utf-8").splitlines()]
            if (self.notes.exists())
            else []
        )


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
        begun = Begun(tmp_path / f"{nth}.notes")
        noted = {"notes": str(begun.notes)}
        ended = faulty.run(*command(folder), disk=[str(folder), nth, how, 0], **noted)
        assert ended.status == -signal.SIGKILL
        state = left(folder)
        refuse_bad(state, right, folder, frozenset())
        lost = begun.refuse_loss(state, 1)
        assert faulty.run(*command(folder), **noted).status == 0, f"write {nth}"
        assert left(folder) == right, f"write {nth}"
        begun.refuse_repetition(right)
        measured(PROMISE, kills=1, at_writes=1, bad=0, again=begun.lost, most_batches=lost)


def kill_until_complete(
    kennel: Any,
    arguments: Sequence[object],
    look: Callable[[Path], Any],
    right: Any,
    seed: int,
    most: int,
    workers: int,
) -> dict[str, int]:
    """Kill a command at random moments again and again until it gets through; what was counted."""
    rng, folder = random.Random(seed), Path(str(arguments[-1]))
    began = time.monotonic()
    kennel.run(*arguments[:-1], f"{folder}-timed")
    lasts = time.monotonic() - began
    kills, most_batches, before = 0, 0, frozenset[str]()
    begun = Begun(folder.with_suffix(".notes"))
    while True:
        child = kennel.start(*arguments, notes=str(begun.notes))
        if kills < most:
            time.sleep(rng.uniform(0, 1.1 * lasts))
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        ended = kennel.wait(child)
        if ended.status >= 0:
            assert ended.status == 0, ended.err
            begun.refuse_repetition(right)
            return {"kills": kills, "again": begun.lost, "most_batches": most_batches}
        kills += 1
        state = look(folder)
        refuse_bad(state, right, folder, before)
        most_batches = max(most_batches, begun.refuse_loss(state, workers))
        before = frozenset(state.digests)


def test_killed_at_random_moments_it_goes_on_to_the_same_bits(
    kennel: Any, command: Command, left: Any, whole: Any, tmp_path: Path, measured: Any, soak: bool
):
    right = whole(kennel, command)
    kills, round_, wanted = 0, 0, 1000 if soak else 60
    while kills < wanted:
        folder = tmp_path / f"{round_}"
        most = wanted - kills
        counted = kill_until_complete(kennel, command(folder), left, right, round_, most, 1)
        assert left(folder) == right
        measured(PROMISE, bad=0, **counted)
        kills += counted["kills"]
        round_ += 1


def test_killed_with_workers_it_goes_on_to_the_same_bits(
    kennel: Any, command: Command, left: Any, whole: Any, tmp_path: Path, measured: Any, soak: bool
):
    right = whole(kennel, command)
    kills, round_, wanted = 0, 0, 100 if soak else 3
    while kills < wanted:
        folder = tmp_path / f"{round_}"
        arguments = [*command(folder)[:-2], "-j", "2", "--out", folder]
        most = wanted - kills
        # Workers may have finished their batches and begun the next ones before the first are stored.
        counted = kill_until_complete(kennel, arguments, left, right, round_, most, 4)
        assert left(folder) == right
        measured(PROMISE, bad=0, **counted)
        kills += counted["kills"]
        round_ += 1


def test_what_the_log_calls_done_is_stored(
    faulty: Any, command: Command, left: Any, tmp_path: Path
):
    folder = tmp_path / "counted"
    writes = faulty.run(*command(folder), disk=[str(folder), 0, 0, 0]).writes
    for nth in range(10, writes, 9):
        folder = tmp_path / f"{nth}"
        faulty.run(*command(folder), disk=[str(folder), nth, KILL_BEFORE, 0])
        assert len(left(folder).digests) >= told_done(folder)
