"""Who is computing what: claims on runs, so that several processes in one folder share the work.

A process claims runs before it computes them and its claims end when it stores them. A claim holds as
long as its owner lives: the claims of a process that is gone are free at once on the same machine, and
after ``LEASE_SECONDS`` without a sign of life where it cannot be looked up.
"""

from __future__ import annotations

import os
import socket
import sqlite3
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path

from simulator.experiment import database

LEASE_SECONDS = 120.0

# Beside the tables of results, and no part of their format: claims mean nothing once all have left.
_TABLES = (
    "CREATE TABLE IF NOT EXISTS owners (owner TEXT NOT NULL PRIMARY KEY, host TEXT NOT NULL, "
    "pid INTEGER NOT NULL, born TEXT NOT NULL, seen REAL NOT NULL)",
    "CREATE TABLE IF NOT EXISTS claims (key TEXT NOT NULL PRIMARY KEY, owner TEXT NOT NULL) "
    "WITHOUT ROWID",
)
_TAKE = (
    "INSERT INTO claims SELECT ?1, ?2 WHERE NOT EXISTS (SELECT 1 FROM runs WHERE key = ?1) "
    "ON CONFLICT (key) DO NOTHING"
)


class Claims:
    """The claims of this process in one results file."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._connection = connection
        self._path = path
        self._owner = ""

    def take(self, keys: Sequence[str]) -> list[str]:
        """Claim runs; return those granted: neither stored nor claimed by a living process."""
        with database.told_plainly(self._path), database.transaction(self._connection):
            self._sign_of_life()
            self._free_claims_of_the_dead()
            return [key for key in keys if self._take(key)]

    def give_back(self, keys: Iterable[str]) -> None:
        """End claims on runs that this process will not compute."""
        with database.told_plainly(self._path), database.transaction(self._connection):
            self.ended(keys)

    def ended(self, keys: Iterable[str]) -> None:
        """End claims, within a transaction of the caller's."""
        if self._owner:
            self._connection.executemany("DELETE FROM claims WHERE key = ?", ((k,) for k in keys))
            self._seen_now()

    def leave(self) -> None:
        """End all claims of this process."""
        if self._owner:
            with database.transaction(self._connection):
                for table in ("claims", "owners"):
                    self._connection.execute(f"DELETE FROM {table} WHERE owner = ?", (self._owner,))
            self._owner = ""

    def _take(self, key: str) -> bool:
        return self._connection.execute(_TAKE, (key, self._owner)).rowcount == 1

    def _sign_of_life(self) -> None:
        if self._owner:
            self._seen_now()
            return
        for statement in _TABLES:
            self._connection.execute(statement)
        host, pid = socket.gethostname(), os.getpid()
        self._owner = f"{host}:{pid}:{os.urandom(6).hex()}"
        self._connection.execute(
            "INSERT INTO owners VALUES (?, ?, ?, ?, ?)",
            (self._owner, host, pid, _born(pid), time.time()),
        )

    def _seen_now(self) -> None:
        self._connection.execute(
            "UPDATE owners SET seen = ? WHERE owner = ?", (time.time(), self._owner)
        )

    def _free_claims_of_the_dead(self) -> None:
        others = self._connection.execute(
            "SELECT owner, host, pid, born, seen FROM owners WHERE owner <> ?", (self._owner,)
        ).fetchall()
        for owner, host, pid, born, seen in others:
            if not _alive(host, pid, born, seen):
                self._connection.execute("DELETE FROM claims WHERE owner = ?", (owner,))
                self._connection.execute("DELETE FROM owners WHERE owner = ?", (owner,))


def _alive(host: str, pid: int, born: str, seen: float) -> bool:
    if host != socket.gethostname():
        return time.time() - seen < LEASE_SECONDS
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        # It exists and belongs to somebody else, or this system cannot tell: go by the lease.
        return time.time() - seen < LEASE_SECONDS
    return _born(pid) == born


def _born(pid: int) -> str:
    """When a process began, in the system's own count: a number given again is told apart by it."""
    with suppress(OSError, IndexError):
        # Fields are counted after the command's name, which may hold anything but ends with ")".
        return (
            Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()[19]
        )
    return ""
