"""The SQLite file of a results folder: its tables, how it is opened, and its failures in plain words.

The file is in WAL mode while somebody writes: readers and the writer never wait for each other, a
commit costs no wait for the disk, a killed process leaves every committed run readable, and a power
cut may lose the last runs but never spoils the file. The last writer to leave turns it back into
one plain file, which can be copied and read from a medium that allows no writing.

::

    runs     one row per run: the fields of RunRecord, trace_checksum, checksum
    traces   key, steps, knobs, columns: the packed trace of the run with that key
    tally    one row: how many runs there are, and the exclusive or of all their checksums,
             so that a row that vanished is noticed too

Other tables may stand beside these; readers leave them alone.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep

from simulator.errors import ResultsError

FILE_NAME = "results.sqlite"
FORMAT = 1
"""``PRAGMA user_version``: raised when an older reader could misread the tables."""
APPLICATION_ID = 0x43757030
"""``PRAGMA application_id``, "Cup0": tells the file from any other SQLite database."""
BUSY_SECONDS = 30.0
_AGAIN_S = 0.01
UNREADABLE = (sqlite3.DatabaseError, UnicodeDecodeError)
"""What reading a damaged file raises: SQLite's own messages may quote bytes that are no text."""

_SCHEMA = (
    """CREATE TABLE runs (
        key TEXT NOT NULL PRIMARY KEY, config_hash TEXT NOT NULL, problem_hash TEXT NOT NULL,
        optimizer TEXT NOT NULL, method TEXT NOT NULL, family TEXT NOT NULL, options TEXT NOT NULL,
        repeat INTEGER NOT NULL, role TEXT NOT NULL, status TEXT NOT NULL, message TEXT NOT NULL,
        value_count INTEGER NOT NULL, gradient_count INTEGER NOT NULL,
        hessian_count INTEGER NOT NULL, wall_s REAL, loss REAL, score REAL, gradient_norm REAL,
        recipe TEXT NOT NULL, start TEXT NOT NULL, error TEXT,
        trace_checksum BLOB NOT NULL, checksum BLOB NOT NULL)""",
    """CREATE TABLE traces (
        key TEXT NOT NULL PRIMARY KEY, steps INTEGER NOT NULL, knobs TEXT NOT NULL,
        columns BLOB NOT NULL)""",
    "CREATE TABLE tally (runs INTEGER NOT NULL, digest BLOB NOT NULL)",
    "INSERT INTO tally VALUES (0, zeroblob(16))",
    f"PRAGMA application_id = {APPLICATION_ID}",
    f"PRAGMA user_version = {FORMAT}",
)

_FULL = "the disk is full; free some space and run the same command again: finished runs are kept"
_READ_ONLY = "it cannot be written; check its permissions, or choose another folder with --out"
_DAMAGED = (
    "it is damaged; restore it from a copy, or move it away and run the same command again to compute "
    "it afresh"
)
_BUSY = f"another process kept it locked for {BUSY_SECONDS:.0f} s; wait until that one is done"
_WAYS_OUT = {
    sqlite3.SQLITE_FULL: _FULL,
    sqlite3.SQLITE_READONLY: _READ_ONLY,
    sqlite3.SQLITE_CANTOPEN: "it cannot be opened; check that it exists and the permissions of its folder",
    sqlite3.SQLITE_PERM: _READ_ONLY,
    sqlite3.SQLITE_CORRUPT: _DAMAGED,
    sqlite3.SQLITE_NOTADB: _DAMAGED,
    sqlite3.SQLITE_BUSY: _BUSY,
    sqlite3.SQLITE_LOCKED: _BUSY,
    sqlite3.SQLITE_IOERR: "the disk cannot be read or written; check its space, quota and health",
}


@contextmanager
def told_plainly(path: Path) -> Iterator[None]:
    """Turns database errors of the block into ResultsError: which file, what SQLite said, and the way out."""
    try:
        yield
    except (sqlite3.Error, UnicodeDecodeError) as error:
        primary = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & 0xFF
        raise ResultsError(
            f"{path}: {_WAYS_OUT.get(primary, _DAMAGED)} (SQLite: {error})"
        ) from error


def open_to_write(path: Path) -> sqlite3.Connection:
    """A writing connection to ``path``, whose tables are made if the file is new. Raises ResultsError."""
    with told_plainly(path):
        connection = _connect(path, "rwc")
        try:
            _begin_wal(connection)
            connection.execute("PRAGMA synchronous = NORMAL")
            with transaction(connection):
                if _is_new(connection):
                    for statement in _SCHEMA:
                        connection.execute(statement)
            check_format(connection, path)
        except BaseException:
            connection.close()
            raise
    return connection


def _begin_wal(connection: sqlite3.Connection) -> None:
    # Where others come or go at this very moment SQLite gives up at once instead of waiting.
    end = monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or monotonic() > end:
                raise
            sleep(_AGAIN_S)
        else:
            return


def open_to_read(path: Path) -> sqlite3.Connection:
    """A connection to ``path`` that cannot change it. Raises ResultsError."""
    if not path.is_file():
        raise ResultsError(
            f"{path}: there is no such file; run the experiment again with --out {path.parent}"
        )
    with told_plainly(path):
        try:
            return _checked(path, "ro")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_READONLY_ROLLBACK:
                raise
            # A command was killed while it left the file: its last, unfinished change is undone first.
            _checked(path, "rw").close()
            return _checked(path, "ro")


def _checked(path: Path, mode: str) -> sqlite3.Connection:
    connection = _connect(path, mode)
    try:
        check_format(connection, path)
    except BaseException:
        connection.close()
        raise
    return connection


def close(connection: sqlite3.Connection) -> None:
    """Closes a writing connection; the last one to leave turns the database into one plain file."""
    try:
        connection.execute("PRAGMA busy_timeout = 0")
        connection.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.Error:
        # Somebody else still reads or writes, or the folder is gone: the last one will do it,
        # nothing is lost.
        pass
    finally:
        connection.close()


@contextmanager
def transaction(connection: sqlite3.Connection, kind: str = "IMMEDIATE") -> Iterator[None]:
    """All of the block or nothing of it, whatever stops it."""
    connection.execute(f"BEGIN {kind}")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def check_format(connection: sqlite3.Connection, path: Path) -> None:
    """Raises ResultsError unless the file holds results in the format that this version reads."""
    if _is_new(connection):
        raise ResultsError(
            f"{path}: it is empty: it was cut off, or nothing was ever written; "
            f"run the experiment again with --out {path.parent}"
        )
    if _pragma(connection, "application_id") != APPLICATION_ID:
        raise ResultsError(
            f"{path}: it is a database, but not one of this simulator's, or {_DAMAGED}"
        )
    version = _pragma(connection, "user_version")
    if version > FORMAT:
        raise ResultsError(
            f"{path}: it has format {version}, this simulator reads {FORMAT}; use a newer simulator"
        )
    if version != FORMAT:
        raise ResultsError(
            f"{path}: it has format {version}, this simulator reads {FORMAT}: {_DAMAGED}"
        )


def _connect(path: Path, mode: str) -> sqlite3.Connection:
    # The name is given as a URI, so that characters with a meaning there ("?", "#", "%") are
    # escaped.
    connection = sqlite3.connect(
        f"{path.resolve().as_uri()}?mode={mode}",
        uri=True,
        timeout=BUSY_SECONDS,
        isolation_level=None,
    )
    # A results file may come from anyone: nothing in its schema may call functions of ours.
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.execute("PRAGMA cell_size_check = ON")
    return connection


def _is_new(connection: sqlite3.Connection) -> bool:
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    return bool(tables == 0)


def _pragma(connection: sqlite3.Connection, name: str) -> int:
    return int(connection.execute(f"PRAGMA {name}").fetchone()[0])
