"""What results folders there are, and how far each has come; a broken one hides no other."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from simulator.errors import ResultsError, SimulatorError
from simulator.experiment import manifest as manifests
from simulator.experiment.records import RunRecord
from simulator.experiment.results import Progress, Results, open_results
from simulator.experiment.results_folder import CONFIG_FILE
from simulator.experiment.store import Damage


@dataclass(frozen=True)
class Listed:
    """One results folder.

    Attributes:
        folder: where it is.
        name: its experiment's name; empty if the folder cannot be read.
        progress: how many sound runs are there, with sound traces; None if that cannot be told.
        failed: how many of them failed.
        best: label and score of the best run, if there is one.
        started: UTC, ISO 8601.
        trouble: which file of the folder is damaged, how, and the way out; empty if nothing is.
    """

    folder: Path
    name: str = ""
    progress: Progress | None = None
    failed: int = 0
    best: tuple[str, float] | None = None
    started: str = ""
    trouble: str = ""


def listed(root: Path) -> Iterator[Listed]:
    """The results folders directly in ``root``, or ``root`` itself if it is one, oldest first.

    Raises ResultsError if there is no such folder.
    """
    try:
        folders = [root] if _holds_results(root) else sorted(filter(_holds_results, root.iterdir()))
    except OSError as error:
        raise ResultsError(f"{root}: it cannot be read: {error.strerror}") from error
    return map(_listed, folders)


def _holds_results(folder: Path) -> bool:
    # Any of its files will do: a folder that lost its manifest is to be named, not passed over.
    names = (manifests.FILE_NAME, "results.sqlite", CONFIG_FILE)
    return folder.is_dir() and any((folder / name).exists() for name in names)


def _listed(folder: Path) -> Listed:
    try:
        with open_results(folder) as results:
            damage: list[Damage] = []
            count = failed = 0
            best: RunRecord | None = None
            for run in results.each_to_the_trace():
                if isinstance(run, Damage):
                    damage.append(run)
                    continue
                count += 1
                failed += run.failed
                # A comparison with NaN, the loss of a failed run, is false.
                if run.loss < (best.loss if best else math.inf):
                    best = run
            damage = damage or results.structural_damage()
            return Listed(
                folder,
                results.manifest.name,
                Progress(count, results.manifest.expected_runs),
                failed,
                (best.optimizer, best.score) if best else None,
                results.manifest.started,
                _trouble(results, damage),
            )
    except (SimulatorError, OSError) as error:
        return Listed(folder, trouble=str(error))


def _trouble(results: Results, damage: Sequence[Damage]) -> str:
    if not damage:
        return _trouble_of_the_config(results)
    more = f"; {len(damage)} in all" * (len(damage) > 3)
    return f"{results.path}: {'; '.join(map(str, damage[:3]))}{more}; {results.way_out}"


def _trouble_of_the_config(results: Results) -> str:
    try:
        _ = results.config
    except ResultsError as error:
        return str(error)
    return ""
