"""Records as rows of a database and back, with checksums that notice every changed bit.

A trace is stored as one block of bytes: its columns one after another in the order value, gradient and
Hessian counts (little-endian 64-bit integers), wall time, loss, score, gradient norm, then one column
per knob (little-endian IEEE doubles). The bytes are shuffled (all first bytes of the numbers, then all
second bytes, ...), because neighbouring numbers share their leading bytes, and then packed by zlib.
Measured on 200 points of four knobs: 17.6 kB become 10.3 kB in 0.2 ms; as one database row per point
they take 17.5 kB.

The checksum of a run covers every value of its row and the checksum of its trace, each with its
type and length, so that neither a flipped bit nor a row from elsewhere can be read as a result.
SQLite keeps NaN as NULL.
"""

from __future__ import annotations

import hashlib
import json
import sys
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, NamedTuple

import numpy as np

from simulator.experiment.records import (
    COUNT_COLUMNS,
    FLOAT_COLUMNS,
    MAPPINGS,
    RunRecord,
    TraceRecord,
)

Stored = str | int | float | bytes | None
"""What SQLite keeps in a cell."""

RUN_COLUMNS = tuple(column.name for column in fields(RunRecord))
FLOATS = ("wall_s", "loss", "score", "gradient_norm")
# Many runs have the same: read back, they share one text.
_SHARED = {
    "config_hash", "problem_hash", "optimizer", "method", "family", "role", "status", "message",
}  # fmt: skip

CHECKSUM_BYTES = 16
_NUMBER_BYTES = 8
# Higher levels take twice the time for 1 % less space on traces.
_ZLIB_LEVEL = 3


class Damaged(Exception):
    """A row does not carry the checksum of its content, or cannot be read at all."""


class TraceRow(NamedTuple):
    """A trace as it is stored."""

    steps: int
    knobs: str
    columns: bytes


@dataclass(frozen=True)
class PackedRun:
    """A run and its trace as the cells of their rows: small, and quick to send and to store."""

    cells: tuple[Stored, ...]
    """The run in the order of ``RUN_COLUMNS``, and the checksum of its trace."""
    seal: bytes
    """The checksum over the cells."""
    trace: tuple[Stored, ...]
    """Key, steps, knobs, columns."""

    def __getitem__(self, column: str) -> Stored:
        """The cell of one of the ``RUN_COLUMNS``."""
        return self.cells[RUN_COLUMNS.index(column)]

    @property
    def key(self) -> str:
        """The run's content key."""
        return str(self["key"])


def packed(run: RunRecord, trace: TraceRecord) -> PackedRun:
    """A run and its trace ready for storage."""
    rows = (run.key, *trace_row(trace))
    cells = (*run_row(run), checksum(rows))
    return PackedRun(cells, checksum(cells), rows)


def checksum(cells: Sequence[Stored]) -> bytes:
    """128-bit BLAKE2b of the cells, each with its type and its length.

    Hashed are Python's ASCII spelling of the cells, with the length of each bytes cell in its place,
    a NUL, and the bytes themselves.

    >>> checksum(("ab", "c")) == checksum(("a", "bc"))
    False
    >>> checksum((1, 2.0)) == checksum((1.0, 2))
    False
    """
    spelling = ascii([b"%d" % len(cell) if isinstance(cell, bytes) else cell for cell in cells])
    blobs = [cell for cell in cells if isinstance(cell, bytes)]
    content = b"".join((spelling.encode("ascii"), b"\0", *blobs))
    return hashlib.blake2b(content, digest_size=CHECKSUM_BYTES).digest()


def run_row(run: RunRecord) -> tuple[Stored, ...]:
    """The cells of ``run`` in the order of ``RUN_COLUMNS``.

    Raises TypeError if its options hold something that JSON does not know.
    """
    return tuple(_stored(name, getattr(run, name)) for name in RUN_COLUMNS)


def run_from_row(cells: Sequence[Stored]) -> RunRecord:
    """The record whose cells these are. Raises Damaged if they make no record."""
    try:
        return RunRecord(
            **{name: _loaded(name, cell) for name, cell in zip(RUN_COLUMNS, cells, strict=True)}
        )
    except (TypeError, ValueError) as error:
        raise Damaged(str(error)) from error


def trace_row(trace: TraceRecord) -> TraceRow:
    """``trace`` packed for storage."""
    counts = [getattr(trace, name).astype("<i8") for name in COUNT_COLUMNS]
    floats = [getattr(trace, name).astype("<f8") for name in FLOAT_COLUMNS]
    content = b"".join(
        column.tobytes() for column in [*counts, *floats, trace.recipe.astype("<f8")]
    )
    shuffled = np.frombuffer(content, np.uint8).reshape(-1, _NUMBER_BYTES).T.tobytes()
    return TraceRow(len(trace), json.dumps(trace.knobs), zlib.compress(shuffled, _ZLIB_LEVEL))


def trace_from_row(row: TraceRow) -> TraceRecord:
    """The trace packed in ``row``. Raises Damaged if the bytes are not what the row promises."""
    try:
        knobs = tuple(json.loads(row.knobs))
        columns = len(COUNT_COLUMNS) + len(FLOAT_COLUMNS) + len(knobs)
        content = _unpacked(row.columns, columns * row.steps * _NUMBER_BYTES)
        table = np.frombuffer(content, "<i8").reshape(columns, row.steps)
    except (TypeError, ValueError, zlib.error) as error:
        raise Damaged(str(error)) from error
    counts = dict(zip(COUNT_COLUMNS, table, strict=False))
    numbers = table[len(COUNT_COLUMNS) :].view("<f8")
    floats = dict(zip(FLOAT_COLUMNS, numbers, strict=False))
    return TraceRecord(**counts, **floats, knobs=knobs, recipe=numbers[len(FLOAT_COLUMNS) :])


def _unpacked(packed: bytes, size: int) -> bytes:
    # The size is known, so that a few hostile bytes cannot unpack to gigabytes.
    unpacker = zlib.decompressobj()
    shuffled = unpacker.decompress(packed, size + 1)
    if len(shuffled) != size or not unpacker.eof:
        raise ValueError(f"the packed trace does not hold {size} bytes")
    return np.frombuffer(shuffled, np.uint8).reshape(_NUMBER_BYTES, -1).T.tobytes()


def _stored(name: str, value: Any) -> Stored:
    if name in MAPPINGS:
        return json.dumps(value)
    if name in FLOATS:
        # SQLite forgets the sign of zero; forgetting it here keeps the checksum true.
        return None if np.isnan(value) else float(value) + 0.0
    if isinstance(value, str):
        # Text from the operating system may hold halves of surrogate pairs, which no database
        # takes.
        return str.__str__(value).encode("utf-8", "backslashreplace").decode("utf-8")
    return None if value is None else int(value)


def _loaded(name: str, cell: Stored) -> Any:
    if name in MAPPINGS:
        if not isinstance(cell, str):
            raise TypeError(f"{name} is not text")
        return json.loads(cell)
    if name in FLOATS:
        return float("nan") if cell is None else cell
    return sys.intern(cell) if name in _SHARED and isinstance(cell, str) else cell
