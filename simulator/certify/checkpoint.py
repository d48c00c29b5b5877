"""A search on disk, to go on with later: one NumPy archive without pickled objects."""

from __future__ import annotations

import json
import os
import zipfile
from pathlib import Path
from typing import Any, Final

import numpy as np

from simulator.certify.boxes import Boxes
from simulator.certify.cover import Cover
from simulator.certify.examination import Examiner
from simulator.certify.search import Search
from simulator.errors import InputError
from simulator.experiment.problem import Problem

FORMAT: Final = 1


class CheckpointError(InputError):
    """A file that is no checkpoint, or one of another search."""


def save(search: Search, problem: Problem, path: Path) -> None:
    """Write a search; a file that was there is replaced at once or not at all."""
    about = _identity(problem, search.within) | {
        "upper": search.upper.hex(),
        "floor": search.floor.hex(),
        "boxes": search.boxes,
        "seconds": search.seconds,
    }
    codes, first, count = search.cover.columns
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with draft.open("wb") as file:
        np.savez(
            file,
            about=np.array(json.dumps(about)),
            point=search.point,
            codes=codes,
            first=first,
            count=count,
            low=search.open.low,
            high=search.open.high,
            floors=search.open.floor,
            nodes=search.open.node,
        )
    draft.replace(path)


def resume(path: Path, problem: Problem, examiner: Examiner, within: float) -> Search:
    """The search as it was saved. Raises CheckpointError for another one's file, or none."""
    try:
        # Opened here, because np.load leaves a damaged file open.
        with path.open("rb") as file, np.load(file, allow_pickle=False) as columns:
            kept: dict[str, Any] = {name: columns[name] for name in columns.files}
        about = json.loads(str(kept["about"]))
        expected = _identity(problem, within)
        if {name: about.get(name) for name in expected} != expected:
            told = "of another problem, tolerance or version of the taste model"
            raise CheckpointError(
                f"{path}: a checkpoint {told}; give another file or remove this one"
            )
        return Search(
            examiner,
            within,
            kept["point"],
            float.fromhex(about["upper"]),
            Boxes(kept["low"], kept["high"], kept["floors"], kept["nodes"]),
            Cover(kept["codes"], kept["first"], kept["count"]),
            float.fromhex(about["floor"]),
            int(about["boxes"]),
            float(about["seconds"]),
        )
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile) as error:
        raise CheckpointError(f"{path}: cannot be read as a checkpoint: {error}") from None


def _identity(problem: Problem, within: float) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "problem": problem.hash,
        "fingerprint": problem.fingerprint,
        "within": within.hex(),
    }
