"""Runs that are there, as hits: of one folder, or of several side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from simulator.compare.hits import Hits
from simulator.compare.suite import Instance
from simulator.errors import ResultsError


@dataclass(frozen=True)
class Recorded:
    """Runs in results folders, as hits, with what there should be.

    Attributes:
        hits: of all runs found.
        options: of each optimizer, for the record.
        budget: most value calls of a run.
        notes: what a reader must know, such as folders that are not finished.
    """

    hits: Hits
    options: Mapping[str, Mapping[str, Any]]
    budget: int
    notes: tuple[str, ...] = ()


def side_by_side(folders: Sequence[Path], parts: Sequence[Recorded]) -> Recorded:
    """The runs of several folders as one.

    The same optimizer in two folders is refused unless its options are the same; problems that one
    folder has and another has not are missing for its optimizers, and that is said.
    """
    problems: dict[str, Instance] = {}
    options: dict[str, Mapping[str, Any]] = {}
    for folder, part in zip(folders, parts, strict=True):
        for each in part.hits.problems:
            other = problems.setdefault(each.name, each)
            if other.hash != each.hash:
                raise ResultsError(
                    f"{folder}: its problem {each.name} has hash {each.hash[:12]}, that of the folders "
                    f"before it {other.hash[:12]}; results of different problems are never merged"
                )
        for label, own in part.options.items():
            if options.setdefault(label, own) != own:
                raise ResultsError(
                    f"{folder}: its optimizer {label} has other options than in the folders before it; "
                    "give one of them a label of its own"
                )
    budgets = {part.budget for part in parts}
    if len(budgets) > 1:
        raise ResultsError(
            f"the folders allow {', '.join(map(str, sorted(budgets)))} evaluations a run; only runs with "
            "the same budget are compared"
        )
    notes = tuple(note for part in parts for note in part.notes)
    hits = _joined([part.hits for part in parts], tuple(problems.values()), tuple(options))
    return Recorded(hits, options, budgets.pop(), notes)


def _joined(
    parts: Sequence[Hits], problems: tuple[Instance, ...], optimizers: tuple[str, ...]
) -> Hits:
    repeats = max(part.present.shape[2] for part in parts)
    gaps = parts[0].gaps
    shape = (len(problems), len(optimizers), repeats)
    whole = Hits(
        problems,
        optimizers,
        gaps,
        np.full((*shape, len(gaps), 3), np.inf),
        np.zeros((*shape, 3)),
        np.zeros(shape, dtype=np.bool_),
        np.zeros(shape, dtype=np.bool_),
        np.full(shape, np.inf),
    )
    names = [each.name for each in problems]
    for part in parts:
        rows = [names.index(each.name) for each in part.problems]
        columns = [optimizers.index(label) for label in part.optimizers]
        cells = np.ix_(rows, columns, range(part.present.shape[2]))
        for name in ("counts", "spent", "present", "failed", "final"):
            getattr(whole, name)[cells] = getattr(part, name)
    return whole
