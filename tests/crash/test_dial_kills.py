"""kill -9 at random moments of a session at the counter: what was said to be written down is there, once."""

from __future__ import annotations

import json
import os
import random
import re
import signal
import sqlite3
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="module", autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where the diaries of these commands are; set before the process that forks them starts."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("diaries")
        patch.setenv("SIMULATOR_DIAL_HOME", str(folder))
        patch.setenv("NO_COLOR", "1")
        yield folder


def cups(kennel: Any, name: str) -> list[dict[str, Any]]:
    """All cups in the diary, those taken back among them."""
    ended = kennel.run("dial", "history", name, "--json")
    assert ended.status == 0, ended.err
    return list(json.loads(ended.out))


def rate(kennel: Any, name: str, rating: float) -> int:
    """Start writing a cup down; the process."""
    made = ("--grind", 800, "--time-s", 240, "--too", "bitter")
    return int(kennel.start("dial", "rate", name, f"{rating:g}", *made))


def intact(home: Path, name: str) -> None:
    """SQLite finds no fault in the diary."""
    database = sqlite3.connect(home / f"{name}.sqlite")
    assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    database.close()


def lasts(kennel: Any, name: str) -> float:
    """Seconds that one rating takes."""
    began = time.monotonic()
    kennel.wait(rate(kennel, name, 5))
    return time.monotonic() - began


def test_sixty_kills_over_a_session_lose_and_double_nothing(
    kennel: Any, home: Path, measured: Any, soak: bool
):
    assert kennel.run("dial", "new", "ann").status == 0
    rng, seconds = random.Random(4), lasts(kennel, "ann")
    known, kills = [5.0], 0
    while kills < (600 if soak else 60):
        rating = 1.0 + 0.5 * rng.randrange(17)
        child = rate(kennel, "ann", rating)
        time.sleep(rng.uniform(0.2, 1.1) * seconds)
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
        ended = kennel.wait(child)
        kills += ended.status == -signal.SIGKILL
        written = [cup["rating"] for cup in cups(kennel, "ann")]
        # What was reported is there; what was not may be there, whole.
        reported = bool(re.match(r"Cup \d+: ", ended.out))
        assert written in ([*known, rating], *([] if reported else [known]))
        known = written
    intact(home, "ann")
    measured("dial kills", kills=kills, lost=0, torn=0)


@pytest.mark.parametrize("verb", ["undo", "change", "new"])
def test_verbs_that_are_killed_are_done_or_not_done(kennel: Any, home: Path, verb: str):
    name, rng = f"bob-{verb}", random.Random(7)
    if verb != "new":
        kennel.run("dial", "new", name)
        for rating in (3, 4, 5, 6, 7, 8):
            kennel.wait(rate(kennel, name, rating))
    arguments = ("dial", verb, name, *(["--bean", "dark"] if verb == "change" else []))
    seconds = lasts(kennel, name) if verb != "new" else 0.5
    for _ in range(6):
        before = cups(kennel, name) if verb != "new" else []
        child = kennel.start(*arguments)
        time.sleep(rng.uniform(0.1, 0.9) * seconds)
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
        kennel.wait(child)
        if verb == "new" and not (home / f"{name}.sqlite").exists():
            continue
        after = cups(kennel, name)
        assert [cup["rating"] for cup in after] == [cup["rating"] for cup in before]
        undone = [sum(cup["undone"] is not None for cup in each) for each in (before, after)]
        assert undone[1] - undone[0] in ((0, 1) if verb == "undo" else (0,))
        intact(home, name)
