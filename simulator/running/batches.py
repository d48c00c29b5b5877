"""What a worker does: takes a batch of runs, computes them, and gives their packed rows back.

A batch is plain data, so it can go to another process or another machine; everything a worker needs
beside it is installed there. Which runs share a batch changes no bit of their results.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from time import perf_counter
from typing import Any

from simulator.experiment.config import experiment_from
from simulator.experiment.function import Code
from simulator.experiment.problem import Problem
from simulator.experiment.problems import ProblemShelf
from simulator.experiment.row_format import PackedRun, packed
from simulator.experiment.runs import failed_runs, run_task, tasks


@dataclass(frozen=True)
class Piece:
    """Some repeats of one optimizer of one experiment."""

    settings: Mapping[str, Any]
    """The resolved config."""
    task: int
    """Position among the experiment's tasks."""
    label: str
    repeats: tuple[int, ...]
    keys: tuple[str, ...]
    """Content keys of the repeats."""
    together: int = 1
    """So many repeats are computed side by side if there are as many."""
    code: Code | None = None
    """Leave to run the function that the config names."""

    def part(self, chosen: slice) -> Piece:
        """The same with only some of the repeats."""
        return replace(self, repeats=self.repeats[chosen], keys=self.keys[chosen])

    def only(self, keys: frozenset[str]) -> Piece:
        """The same with only the repeats that have one of these keys."""
        kept = [pair for pair in zip(self.repeats, self.keys, strict=True) if pair[1] in keys]
        return replace(self, repeats=tuple(r for r, _ in kept), keys=tuple(k for _, k in kept))


@dataclass(frozen=True)
class Batch:
    """Runs that are computed in one go, about a second of work."""

    config_hash: str
    pieces: tuple[Piece, ...]

    @property
    def keys(self) -> list[str]:
        """Content keys of all its runs."""
        return [key for piece in self.pieces for key in piece.keys]

    def halves(self) -> list[Batch]:
        """Two batches with half of the runs each; itself if it has one run."""
        runs = len(self.keys)
        if runs == 1:
            return [self]
        sides: tuple[list[Piece], list[Piece]] = ([], [])
        seen = 0
        for piece in self.pieces:
            cut = min(max(runs // 2 - seen, 0), len(piece.repeats))
            seen += len(piece.repeats)
            for side, part in zip(sides, (slice(0, cut), slice(cut, None)), strict=True):
                if piece.part(part).repeats:
                    side.append(piece.part(part))
        return [replace(self, pieces=tuple(side)) for side in sides]


@dataclass(frozen=True)
class Done:
    """What came of one piece: a row for each run, and the seconds that they took together."""

    label: str
    rows: tuple[PackedRun, ...]
    seconds: float


def run_batch(batch: Batch) -> list[Done]:
    """Compute a batch. A run that raises becomes a row that says so; the others go on."""
    return list(computed(batch))


def computed(batch: Batch) -> Iterator[Done]:
    """The pieces of a batch, each as soon as it is computed."""
    before: Piece | None = None
    for piece in batch.pieces:
        began = perf_counter()
        # Optimizers of one point follow one another, and share what is checked and drawn for it.
        if before is None or piece.settings is not before.settings:
            problem = _problem(piece)
        before = piece
        task = tasks(problem.experiment)[piece.task]
        finished = run_task(problem, task, list(piece.repeats), batch.config_hash)
        rows = tuple(packed(run, trace) for run, trace in finished)
        yield Done(piece.label, rows, perf_counter() - began)


def recorded_as_failed(batch: Batch, error: Exception) -> list[Done]:
    """The rows of a batch that could not be computed at all."""
    told = []
    for piece in batch.pieces:
        problem = _problem(piece)
        task = tasks(problem.experiment)[piece.task]
        failed = failed_runs(problem, task, list(piece.repeats), batch.config_hash, error)
        told.append(Done(piece.label, tuple(packed(run, trace) for run, trace in failed), 0.0))
    return told


@cache
def _shelf(code: Code | None) -> ProblemShelf:
    """The programs that this process has compiled."""
    return ProblemShelf(code=code)


def _problem(piece: Piece) -> Problem:
    return _shelf(piece.code).problem(experiment_from(piece.settings))
