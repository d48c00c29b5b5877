"""``simulator merge``: the shares of one study, computed apart, in one folder.

Only results of the same config, versions and model are joined. A run that several shares hold is taken
once, and refused if they disagree about it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from simulator.errors import ResultsError
from simulator.experiment.records import RunRecord
from simulator.experiment.results import Progress, Results, open_results
from simulator.experiment.row_format import PackedRun, packed
from simulator.experiment.store import Store, open_store

_AT_ONCE = 500


@dataclass(frozen=True)
class Merged:
    """What came of a merge.

    Attributes:
        progress: how much of the study the whole has now.
        taken: per folder, how many runs were new.
        left_out: damaged runs, which stay behind.
    """

    progress: Progress
    taken: tuple[int, ...]
    left_out: tuple[str, ...]


def merge(folders: Sequence[Path], out: Path) -> Merged:
    """Join the results of ``folders`` in ``out``, which is made or added to; the folders stay as they are.

    Raises ResultsError, naming both, for results of another config, of other versions, or if two
    folders hold different numbers for the same run.
    """
    first, *others = [_opened(folder) for folder in folders]
    try:
        manifest = first.manifest
        for other in others:
            _refuse_other(first, other)
        with open_store(
            first.config,
            name=manifest.name,
            seed=manifest.seed,
            expected_runs=manifest.expected_runs,
            dialect=manifest.dialect,
            model=manifest.model,
            models=manifest.models,
            out=out,
        ) as store:
            taken, left_out = [], []
            for results in (first, *others):
                left_out += [f"{results.path}: {damage}" for damage in results.damage()]
                taken.append(_take(store, results))
            return Merged(store.finish(), tuple(taken), tuple(left_out))
    finally:
        for results in (first, *others):
            results.close()


def _opened(folder: Path) -> Results:
    return open_results(folder)


def _refuse_other(first: Results, other: Results) -> None:
    ours, theirs = first.manifest, other.manifest
    compared = {"config": (ours.config_hash[:12], theirs.config_hash[:12])}
    compared |= {name: (value, theirs.numerics()[name]) for name, value in ours.numerics().items()}
    for name, (one, two) in compared.items():
        if one != two:
            raise ResultsError(
                f"{other.folder}: it has {name} {two}, and {first.folder} has {name} {one}; "
                "only shares of the same study, computed by the same versions, can be merged"
            )


def _take(store: Store, results: Results) -> int:
    present = store.results.done_keys()
    new = 0
    batch: list[PackedRun] = []
    for run in results.each():
        if run.key in present:
            _refuse_difference(store.results, run, results)
            continue
        batch += _packed(results, run)
        if len(batch) >= _AT_ONCE:
            new += store.add_packed(batch)
            batch = []
    return new + store.add_packed(batch)


def _packed(results: Results, run: RunRecord) -> Iterator[PackedRun]:
    try:
        yield packed(run, results.trace(run.key))
    except ResultsError:
        # Its trace is damaged: it is left out, and named by the caller.
        return


def _refuse_difference(whole: Results, run: RunRecord, results: Results) -> None:
    (known,) = whole.of([run.key])
    same = (known.loss, known.recipe, known.value_count) == (run.loss, run.recipe, run.value_count)
    if not same and not (known.failed or run.failed):
        raise ResultsError(
            f"{results.path}: its run {run.optimizer}, repeat {run.repeat}, has loss {run.loss!r}, "
            f"and another folder has {known.loss!r} for the same run; "
            "one of them was computed on a machine that calculates otherwise: run it afresh"
        )
