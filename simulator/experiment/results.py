"""Reading a results folder: every number has passed its checksum, and damage hides nothing else.

::

    with open_results("results/2026-03-01-142530-house-blend") as results:
        print(results.progress())  # 80 of 80 runs done
        for run in results.runs():
            print(run.optimizer, run.score, results.trace(run.key).loss[-1])
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from simulator.errors import ResultsError
from simulator.experiment import database
from simulator.experiment.checked_rows import (
    CheckedRun,
    Damage,
    checked_run,
    checked_runs,
    checked_trace,
    rowid_of,
    structural_damage,
)
from simulator.experiment.manifest import Manifest, read_manifest
from simulator.experiment.records import RunRecord, TraceRecord
from simulator.experiment.results_folder import FIGURES_FOLDER, read_config


@dataclass(frozen=True)
class Progress:
    """How much of an experiment is stored; as text a phrase such as ``3 of 80 runs done``."""

    done: int
    expected: int

    @property
    def complete(self) -> bool:
        """Whether no run is missing."""
        return self.done >= self.expected

    def __str__(self) -> str:
        """Say it in words.

        >>> print(Progress(3, 80))
        3 of 80 runs done
        """
        return f"{self.done} of {self.expected} runs done"


class Results:
    """An open results folder; made by :func:`open_results`."""

    def __init__(self, folder: Path, manifest: Manifest, connection: sqlite3.Connection) -> None:
        self.folder = folder
        self.manifest = manifest
        self.path = folder / database.FILE_NAME
        self._connection = connection
        # Bytes that are no text must reach the checksum, not stop the reading of all other rows.
        connection.text_factory = lambda content: content.decode("utf-8", "surrogateescape")

    @property
    def config(self) -> dict[str, Any]:
        """The resolved config. Raises ResultsError if it is not the one that the results belong to."""
        return read_config(self.folder, self.manifest.config_hash)

    @property
    def figures(self) -> Path:
        """The folder for pictures."""
        return self.folder / FIGURES_FOLDER

    def runs(self, *, skip_damaged: bool = False) -> list[RunRecord]:
        """All stored runs: tuned before reference, then by optimizer and repeat, however computed.

        Raises ResultsError naming the file and each damaged run, unless these are to be skipped.
        """
        runs, damage = list[RunRecord](), list[Damage]()
        with self.one_moment():
            for item in checked_runs(self._connection):
                if isinstance(item, CheckedRun):
                    runs.append(item.run)
                else:
                    damage.append(item)
        if damage and not skip_damaged:
            raise ResultsError(self._told(damage))
        runs.sort(key=lambda run: (run.role != "tuned", run.optimizer, run.repeat, run.key))
        return runs

    def each(self) -> Iterator[RunRecord]:
        """All sound runs, one after another in the order they were stored, whatever their number."""
        with self.one_moment():
            for item in checked_runs(self._connection):
                if isinstance(item, CheckedRun):
                    yield item.run

    def of(self, keys: Iterable[str]) -> Iterator[RunRecord]:
        """The sound runs among those with these content keys, in the order of the keys."""
        with self.one_moment():
            for key in keys:
                rowid = rowid_of(self._connection, key)
                item = None if rowid is None else checked_run(self._connection, rowid)
                if isinstance(item, CheckedRun):
                    yield item.run

    def trace(self, key: str) -> TraceRecord:
        """The trace of the run with that content key. Raises ResultsError if missing or damaged."""
        with self.one_moment():
            rowid = rowid_of(self._connection, key)
            if rowid is None:
                raise ResultsError(f"{self.path}: it has no run with the key {key}")
            outcome = self._checked_to_the_trace(checked_run(self._connection, rowid))
        if isinstance(outcome, Damage):
            raise ResultsError(self._told([outcome]))
        return outcome

    def done_keys(self) -> frozenset[str]:
        """Content keys of all stored runs, failed ones included, damaged ones not."""
        return frozenset(run.key for run in self.each())

    def stored(self, keys: Iterable[str]) -> frozenset[str]:
        """Which of some content keys are stored, by the index alone: quick, and unchecked."""
        with self.one_moment():
            select = "SELECT 1 FROM runs WHERE key = ?"
            return frozenset(k for k in keys if self._connection.execute(select, (k,)).fetchone())

    def progress(self) -> Progress:
        """How many of the expected runs are stored and sound, their traces too."""
        done = sum(isinstance(item, RunRecord) for item in self.each_to_the_trace())
        return Progress(done, self.manifest.expected_runs)

    def progress_unchecked(self) -> Progress:
        """The same without a check: at once, however many there are."""
        with self.one_moment():
            (done,) = self._connection.execute("SELECT count(*) FROM runs").fetchone()
        return Progress(done, self.manifest.expected_runs)

    def each_to_the_trace(self) -> Iterator[RunRecord | Damage]:
        """As :meth:`each`, with the damage of runs and traces in the place of what it spoils."""
        with self.one_moment():
            for item in checked_runs(self._connection):
                outcome = self._checked_to_the_trace(item)
                yield outcome if isinstance(outcome, Damage) else _run(item)

    def damage(self) -> list[Damage]:
        """Everything stored that cannot be trusted; unlike :meth:`runs` this reads the whole file."""
        with self.one_moment():
            damage = [item for item in self.each_to_the_trace() if isinstance(item, Damage)]
            return damage or self.structural_damage()

    def structural_damage(self) -> list[Damage]:
        """What is wrong with the build of the file, where runs and traces are sound."""
        with self.one_moment():
            return structural_damage(self._connection)

    @property
    def way_out(self) -> str:
        """What to do about damage."""
        return (
            f"restore the file from a copy, or run the experiment again with --out {self.folder}: "
            "what is damaged is computed afresh"
        )

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    @contextmanager
    def one_moment(self) -> Iterator[None]:
        """Reads within the block see one state of the file, whatever others write meanwhile."""
        with database.told_plainly(self.path):
            if self._connection.in_transaction:
                yield
            else:
                with database.transaction(self._connection, "DEFERRED"):
                    yield

    def _checked_to_the_trace(self, found: CheckedRun | Damage) -> TraceRecord | Damage:
        return found if isinstance(found, Damage) else checked_trace(self._connection, found)

    def _told(self, damage: Sequence[Damage]) -> str:
        shown = "".join(f"\n  {item}" for item in damage[:5])
        more = f"\n  ... and {len(damage) - 5} more" if len(damage) > 5 else ""
        return (
            f"{self.path}: {len(damage)} damaged, all other runs are readable:{shown}{more}\n"
            f"{self.way_out[0].upper()}{self.way_out[1:]}"
        )


def _run(item: CheckedRun | Damage) -> RunRecord:
    assert isinstance(item, CheckedRun)
    return item.run


def open_results(folder: str | Path) -> Results:
    """The results in ``folder``, finished or not, to be read.

    Raises ResultsError if the folder is missing, holds no results, or its manifest or database is
    damaged.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise ResultsError(
            f"{folder}: there is no such folder; give one that a run has written, "
            f"or run the experiment with --out {folder}"
        )
    manifest = read_manifest(folder)
    return Results(folder, manifest, database.open_to_read(folder / database.FILE_NAME))
