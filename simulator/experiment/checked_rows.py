"""Rows of the database that have passed their checks, and the damage of those that have not.

Nothing here raises because of one bad row: it is set aside with its reason, and all others are read.
"""

from __future__ import annotations

import sqlite3
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from simulator.experiment.database import UNREADABLE
from simulator.experiment.records import RunRecord, TraceRecord
from simulator.experiment.row_format import (
    CHECKSUM_BYTES,
    RUN_COLUMNS,
    Damaged,
    Stored,
    TraceRow,
    checksum,
    run_from_row,
    trace_from_row,
)

_RUN = f"SELECT {', '.join(RUN_COLUMNS)}, trace_checksum, checksum FROM runs WHERE rowid = ?"
_TRACE = "SELECT steps, knobs, columns FROM traces WHERE key = ?"


@dataclass(frozen=True)
class Damage:
    """Something stored that cannot be trusted."""

    what: str
    """The run, as far as it can be read."""
    reason: str
    rowid: int | None
    """Its row in the table ``runs``; None where no row can be named."""

    def __str__(self) -> str:
        """Say both in one phrase."""
        return f"{self.what}: {self.reason}"


@dataclass(frozen=True)
class CheckedRun:
    """A run whose row fits its checksum."""

    run: RunRecord
    rowid: int
    checksum: bytes
    trace_checksum: bytes


def checked_runs(connection: sqlite3.Connection) -> Iterator[CheckedRun | Damage]:
    """Each stored run once, sound or damaged, without its trace; last what the tally says is wrong."""
    # Row by row, because one unreadable row would otherwise end the reading of all that follow;
    # past the index, because the rows are the truth.
    selected = connection.execute("SELECT rowid FROM runs NOT INDEXED")
    rowids = array("q", (rowid for (rowid,) in selected))
    # Keys are remembered only where some are there twice: of many runs they would take all the memory.
    seen = None if _keys_differ(connection) else set[str]()
    sound, total = 0, bytes(CHECKSUM_BYTES)
    for rowid in rowids:
        found = checked_run(connection, rowid)
        if isinstance(found, CheckedRun):
            if seen is not None and found.run.key in seen:
                found = Damage(_label_of(found.run), "it is stored twice", rowid)
            else:
                sound += 1
                total = tally_digest((total, found.checksum))
                if seen is not None:
                    seen.add(found.run.key)
        yield found
    # A damaged row that is still there explains why the tally does not fit.
    if sound == len(rowids):
        yield from _tally_damage(connection, sound, total)


def rowid_of(connection: sqlite3.Connection, key: str) -> int | None:
    """The row of the run with that content key; None if there is none."""
    # A damaged index may not find what the table has.
    for table in ("runs", "runs NOT INDEXED"):
        found = connection.execute(f"SELECT rowid FROM {table} WHERE key = ?", (key,)).fetchone()
        if found is not None:
            return int(found[0])
    return None


def structural_damage(connection: sqlite3.Connection) -> list[Damage]:
    """What SQLite finds wrong in the build of the file, where the rows themselves are sound."""
    (finding,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
    return [] if finding == "ok" else [Damage("the file", " ".join(finding.split()), None)]


def checked_run(connection: sqlite3.Connection, rowid: int) -> CheckedRun | Damage:
    """The run in that row of the table ``runs``."""
    try:
        cells = connection.execute(_RUN, (rowid,)).fetchone()
    except UNREADABLE as error:
        return Damage(_name(rowid, ()), str(error), rowid)
    if cells is None or checksum(cells[:-1]) != cells[-1]:
        return Damage(_name(rowid, cells or ()), "its checksum does not fit its content", rowid)
    try:
        return CheckedRun(run_from_row(cells[:-2]), rowid, cells[-1], cells[-2])
    except Damaged as error:
        return Damage(_name(rowid, cells), str(error), rowid)


def checked_trace(connection: sqlite3.Connection, found: CheckedRun) -> TraceRecord | Damage:
    """The trace of that run."""
    try:
        cells = connection.execute(_TRACE, (found.run.key,)).fetchone()
        if cells is None:
            raise Damaged("its trace is missing")
        if checksum((found.run.key, *cells)) != found.trace_checksum:
            raise Damaged("the checksum of its trace does not fit")
        return trace_from_row(TraceRow(*cells))
    except (Damaged, *UNREADABLE) as error:
        return Damage(_label_of(found.run), str(error), found.rowid)


def tally_digest(checksums: Iterable[bytes]) -> bytes:
    """The exclusive or of checksums: whatever their order, it changes with each that comes or goes."""
    total = 0
    for item in checksums:
        total ^= int.from_bytes(item)
    return total.to_bytes(CHECKSUM_BYTES)


def _keys_differ(connection: sqlite3.Connection) -> bool:
    select = "SELECT count(*) = count(DISTINCT key) FROM runs NOT INDEXED"
    try:
        (differ,) = connection.execute(select).fetchone()
    except UNREADABLE:
        return False
    return bool(differ)


def _tally_damage(connection: sqlite3.Connection, runs: int, total: bytes) -> Iterator[Damage]:
    if connection.execute("SELECT runs, digest FROM tally").fetchall() != [(runs, total)]:
        reason = f"it holds {runs} sound runs, and its tally counts others"
        yield Damage("the table of runs", reason, None)


def _name(rowid: int, cells: Sequence[Stored]) -> str:
    if not cells:
        return f"the run in row {rowid}"
    row = dict(zip(RUN_COLUMNS, cells, strict=False))
    return _label(row["optimizer"], row["repeat"], row["key"])


def _label_of(run: RunRecord) -> str:
    return _label(run.optimizer, run.repeat, run.key)


def _label(optimizer: object, repeat: object, key: object) -> str:
    """What a run calls itself. It cannot be trusted, so it is shown quoted and short."""
    names = {"optimizer": optimizer, "repeat": repeat, "key": key}
    return ", ".join(f"{name} {ascii(value)[:40]}" for name, value in names.items())
