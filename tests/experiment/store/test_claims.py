"""Several processes in one folder share the work: a run is claimed by one, while that one lives."""

from __future__ import annotations

import os
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from simulator.experiment import claims, database
from simulator.experiment.claims import LEASE_SECONDS, Claims
from simulator.experiment.store import Store

Opener = Callable[..., Store]
Connect = Callable[[], sqlite3.Connection]


@pytest.fixture
def connect(open_here: Opener, make_run: Any) -> Iterator[Connect]:
    """Writing connections to a file that holds one run."""
    with open_here() as store:
        store.add([make_run(0)])
        path = store.results.path
    opened = []

    def open_one() -> sqlite3.Connection:
        opened.append(database.open_to_write(path))
        return opened[-1]

    yield open_one
    for connection in opened:
        connection.close()


@pytest.fixture
def claimant(connect: Connect, tmp_path: Path) -> Callable[[], Claims]:
    """One more process, as far as the claims can tell."""
    return lambda: Claims(connect(), tmp_path)


def owners(connection: sqlite3.Connection) -> list[tuple[Any, ...]]:
    return connection.execute("SELECT host, pid, born, seen FROM owners").fetchall()


def test_a_run_is_claimed_by_one(claimant: Callable[[], Claims]):
    one, other = claimant(), claimant()
    assert one.take(["a", "b"]) == ["a", "b"]
    assert other.take(["b", "c"]) == ["c"]
    assert one.take(["a"]) == []


def test_what_is_given_back_is_free(claimant: Callable[[], Claims]):
    one, other = claimant(), claimant()
    one.take(["a", "b"])
    one.give_back(["b"])
    assert other.take(["a", "b"]) == ["b"]


def test_whoever_leaves_leaves_nothing_behind(connect: Connect, claimant: Callable[[], Claims]):
    one, other = claimant(), claimant()
    one.take(["a"])
    one.leave()
    assert owners(connect()) == []
    assert other.take(["a"]) == ["a"]


def test_claims_can_be_taken_again_after_leaving(connect: Connect, claimant: Callable[[], Claims]):
    one = claimant()
    one.take(["a"])
    one.leave()
    assert one.take(["b"]) == ["b"]
    assert len(owners(connect())) == 1


def test_whoever_never_claimed_gives_back_and_leaves_without_a_trace(
    connect: Connect, claimant: Callable[[], Claims]
):
    one = claimant()
    one.give_back(["a"])
    one.leave()
    tables = connect().execute("SELECT name FROM sqlite_master").fetchall()
    assert not {("owners",), ("claims",)} & set(tables)


def test_leaving_keeps_the_claims_of_others(claimant: Callable[[], Claims]):
    one, other, third = claimant(), claimant(), claimant()
    one.take(["a"])
    other.take(["b"])
    one.leave()
    assert third.take(["a", "b"]) == ["a"]


def test_a_stored_run_is_not_granted(connect: Connect, claimant: Callable[[], Claims]):
    (key,) = connect().execute("SELECT key FROM runs").fetchone()
    assert claimant().take([key, "a"]) == ["a"]


def test_a_claim_is_signed_with_machine_process_and_its_birth(
    connect: Connect, claimant: Callable[[], Claims]
):
    claimant().take(["a"])
    ((host, pid, born, _),) = owners(connect())
    assert (host, pid) == (socket.gethostname(), os.getpid())
    stat = Path(f"/proc/{pid}/stat")
    if stat.exists():  # field 22, as proc(5) counts them; the name may hold blanks
        assert born == stat.read_text("utf-8").rpartition(")")[2].split()[22 - 3]


@pytest.mark.parametrize("change", ["pid = 2147483000", "born = 'earlier'"])
def test_claims_of_a_dead_process_are_free(
    connect: Connect, claimant: Callable[[], Claims], change: str
):
    one = connect()
    claimant().take(["a"])
    one.execute(f"UPDATE owners SET {change}")
    assert claimant().take(["a"]) == ["a"]
    assert len(owners(one)) == 1


def test_claims_of_another_machine_hold_for_the_lease(
    connect: Connect, claimant: Callable[[], Claims], monkeypatch: pytest.MonkeyPatch
):
    one = connect()
    claimant().take(["a"])
    one.execute("UPDATE owners SET host = 'elsewhere'")
    ((*_, seen),) = owners(one)
    other = claimant()
    monkeypatch.setattr(claims.time, "time", lambda: seen + LEASE_SECONDS - 0.001)
    assert other.take(["a"]) == []
    monkeypatch.setattr(claims.time, "time", lambda: seen + LEASE_SECONDS)
    assert other.take(["a"]) == ["a"]


def test_every_claim_and_every_end_is_a_sign_of_life(
    connect: Connect, claimant: Callable[[], Claims], monkeypatch: pytest.MonkeyPatch
):
    one, looking = claimant(), connect()
    for now, deed in ((1.0, one.take), (2.0, one.take), (3.0, one.give_back)):
        monkeypatch.setattr(claims.time, "time", lambda now=now: now)
        deed(["a"])
        assert owners(looking)[0][-1] == now


def test_a_living_process_of_somebody_else_holds_its_claims_for_the_lease(
    connect: Connect, claimant: Callable[[], Claims], monkeypatch: pytest.MonkeyPatch
):
    def somebody_elses(pid: int, signal: int) -> None:
        raise PermissionError(1, "Operation not permitted")

    one = connect()
    claimant().take(["a"])
    monkeypatch.setattr(claims.os, "kill", somebody_elses)
    ((*_, seen),) = owners(one)
    monkeypatch.setattr(claims.time, "time", lambda: seen + LEASE_SECONDS - 0.001)
    assert claimant().take(["a"]) == []


def test_a_number_given_to_a_new_process_is_told_apart_by_its_birth(
    connect: Connect, claimant: Callable[[], Claims]
):
    sleeper = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    try:
        one = connect()
        claimant().take(["a"])
        one.execute("UPDATE owners SET pid = ?", (sleeper.pid,))  # born long before
        assert claimant().take(["a"]) == ["a"]
    finally:
        sleeper.kill()
        sleeper.wait()
