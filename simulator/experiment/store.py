"""Writing a results folder: each run with its trace is stored at once and whole, or not at all.

::

    with open_store(config, name="house-blend", seed=1, expected_runs=80, dialect="numpy") as store:
        store.discard_damaged()
        for key in wanted - store.results.done_keys():
            store.add([compute(key)])
        store.finish()

Any number of processes may write to one folder: each claims what it is about to compute, and a run
that two of them computed nevertheless is kept once. A process that dies loses the runs it had not
yet added.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from simulator.errors import ResultsError
from simulator.experiment import database
from simulator.experiment import manifest as manifests
from simulator.experiment.checked_rows import Damage, tally_digest
from simulator.experiment.claims import Claims
from simulator.experiment.content_key import config_hash
from simulator.experiment.manifest import Manifest, describe, manifest_text, utc_now
from simulator.experiment.records import RunRecord, TraceRecord
from simulator.experiment.results import Progress, Results, open_results
from simulator.experiment.results_folder import claim, dated_folder
from simulator.experiment.results_folder import replace as replace_file
from simulator.experiment.row_format import RUN_COLUMNS, PackedRun, packed

__all__ = ["RESULTS_ROOT", "Damage", "Progress", "Results", "Store", "open_results", "open_store"]

RESULTS_ROOT = Path("results")
"""Where dated folders are made, seen from the working directory."""

# Not INSERT OR IGNORE, which would also pass over a row with a missing value.
_INSERT_RUN = (
    f"INSERT INTO runs ({', '.join(RUN_COLUMNS)}, trace_checksum, checksum) "
    f"VALUES ({', '.join('?' * (len(RUN_COLUMNS) + 2))}) ON CONFLICT (key) DO NOTHING"
)
_INSERT_TRACE = "INSERT OR REPLACE INTO traces (key, steps, knobs, columns) VALUES (?, ?, ?, ?)"


class Store:
    """A results folder that is being filled; made by :func:`open_store`."""

    def __init__(self, folder: Path, manifest: Manifest, connection: sqlite3.Connection) -> None:
        self.folder = folder
        self.results = Results(folder, manifest, connection)
        self._connection = connection
        self._path = self.results.path
        self.claims = Claims(connection, self._path)
        self._file = _identity(self._path)

    def add(self, finished: Iterable[tuple[RunRecord, TraceRecord]]) -> int:
        """Store runs with their traces, all or, if anything fails, none; return how many were new.

        A run whose key is already stored is left as it is. When this returns, no crash of the process
        can lose the runs. Raises ValueError for a run of another config, ResultsError if they cannot
        be written.
        """
        return self.add_packed([packed(run, trace) for run, trace in finished])

    def add_packed(self, finished: Sequence[PackedRun]) -> int:
        """As :meth:`add`, for runs that were packed where they were computed; ends their claims."""
        for run in finished:
            self._refuse_foreign(run)
        self._refuse_if_gone()
        with database.told_plainly(self._path), database.transaction(self._connection):
            added = [run.seal for run in finished if self._insert(run)]
            if added:
                self._count(added)
            self.claims.ended(run.key for run in finished)
        return len(added)

    def discard_damaged(self) -> list[Damage]:
        """Remove every run that cannot be trusted, so that it can be added afresh; return what went.

        Raises ResultsError, leaving the file as it was, if it is too damaged for that.
        """
        self._refuse_if_gone()
        with database.told_plainly(self._path), database.transaction(self._connection):
            damage = self.results.damage()
            if damage:
                self._remove_damaged()
                self._count_again()
                self._refuse_if_still_damaged()
        return damage

    def finish(self) -> Progress:
        """Note the time in the manifest if no run is missing; return how many are stored."""
        progress = self.results.progress()
        if progress.complete and self.results.manifest.finished is None:
            self.results.manifest = replace(self.results.manifest, finished=utc_now())
            replace_file(self.folder / manifests.FILE_NAME, manifest_text(self.results.manifest))
        return progress

    def close(self) -> None:
        """Let go of the folder, and of what was claimed and not computed."""
        with suppress(sqlite3.Error):
            self.claims.leave()
        database.close(self._connection)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _refuse_foreign(self, run: PackedRun) -> None:
        if run["config_hash"] != self.results.manifest.config_hash:
            raise ValueError(
                f"run {run.key} belongs to config {run['config_hash']!s}, "
                f"not to the one of {self.folder}"
            )

    def _insert(self, run: PackedRun) -> bool:
        new = self._connection.execute(_INSERT_RUN, (*run.cells, run.seal)).rowcount == 1
        if new:
            self._connection.execute(_INSERT_TRACE, run.trace)
        return new

    def _remove_damaged(self) -> None:
        # With sound indexes first: SQLite removes no row that an index does not know, and a row may
        # be found by its index alone. They cannot be built again while a key is there twice.
        with suppress(sqlite3.IntegrityError):
            self._connection.execute("REINDEX")
        rowids = [(item.rowid,) for item in self.results.damage() if item.rowid is not None]
        self._connection.executemany("DELETE FROM runs WHERE rowid = ?", rowids)
        self._connection.execute("DELETE FROM traces WHERE key NOT IN (SELECT key FROM runs)")
        self._connection.execute("REINDEX")

    def _count(self, added: Sequence[bytes]) -> None:
        (digest,) = self._connection.execute("SELECT digest FROM tally").fetchone() or (b"",)
        total = tally_digest([digest, *added])
        self._connection.execute(
            "UPDATE tally SET runs = runs + ?, digest = ?", (len(added), total)
        )

    def _count_again(self) -> None:
        checksums = [item for (item,) in self._connection.execute("SELECT checksum FROM runs")]
        self._connection.execute("DELETE FROM tally")
        self._connection.execute(
            "INSERT INTO tally VALUES (?, ?)", (len(checksums), tally_digest(checksums))
        )

    def _refuse_if_still_damaged(self) -> None:
        left = self.results.damage()
        if left:
            raise sqlite3.DatabaseError(f"after its damaged runs were removed, {left[0]}")

    def _refuse_if_gone(self) -> None:
        # Writing to a deleted file succeeds on most systems, and nobody would ever see the result.
        if _identity(self._path) != self._file:
            raise ResultsError(
                f"{self._path}: it was moved, deleted or replaced while this command was running; "
                "put the folder back and run the command again: what was stored before is kept"
            )


def open_store(
    config: Mapping[str, object],
    *,
    name: str,
    seed: int,
    expected_runs: int,
    dialect: str,
    model: str = "",
    models: Mapping[str, str] | None = None,
    out: str | Path | None = None,
    root: str | Path = RESULTS_ROOT,
) -> Store:
    """The folder for the results of ``config``, ready to be written.

    ``config`` is the resolved config as plain data; its hash, the description left out, is the
    ``config_hash`` of all its runs. ``expected_runs`` counts the whole experiment, even where only a
    share of it is computed here; ``model`` is the fingerprint of the model's arithmetic, ``models`` those
    of functions by the hash of their problem. Without ``out``
    a new dated folder is made under ``root``; with it, that folder is made, or opened again if it holds
    results of this very config.

    Raises ResultsError, changing nothing, if the folder holds anything else or cannot be written;
    TypeError or ValueError if ``config`` is not plain data.
    """
    manifest = describe(
        name=name,
        config_hash=config_hash(config),
        seed=seed,
        expected_runs=expected_runs,
        dialect=dialect,
        model=model,
        models=models,
    )
    folder = dated_folder(Path(root), name, datetime.now()) if out is None else Path(out)
    present = claim(folder, manifest, config)
    return Store(folder, present, database.open_to_write(folder / database.FILE_NAME))


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
