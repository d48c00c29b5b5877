"""The ratings of Cotter, Ristenpart & Guinard 2022, one column a person.

118 people tasted 27 drip brews each: liking, four just-about-right scales, what was measured in the
carafe. The file is public (CC0) and not part of the project.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from simulator.errors import InputError

Array = NDArray[np.float64]

DOI = "10.25338/B8993H"
CITATION = "Cotter, Ristenpart & Guinard 2022, Consumer preference data for black coffee, Dryad"
SHA256 = "931aff6185381d5079bf93c4727bbbe65ff58ecfb524d2d3b6046eead2009114"
SCALES = {"intensity": "Flavor.intensity", "acidity": "Acidity", "mouthfeel": "Mouthfeel"}
"""Just-about-right scale of the model -> column of the file."""

SERVED = "Temp"
ACIDITY_ON_EXTRACTION = -0.192
"""Titratable acidity at equal TDS goes with the extraction yield to this power."""

_COLUMNS = ("Judge", "Cluster", "TDS__1", "Percent Extraction", "Liking", *SCALES.values(), SERVED)
# What stands for a cup that a person did not drink: an ordinary one. It weighs 0.
_ABSENT = {"TDS__1": 1.25, "Percent Extraction": 20.0, "Liking": 6.0}


@dataclass(frozen=True)
class Ratings:
    """Usable ratings as arrays of shape (cups, people); a cup that is missing weighs 0."""

    people: NDArray[np.int_]
    """Number of each person in the file, of shape (people,)."""
    cluster: NDArray[np.int_]
    """Published cluster of each person, 1 or 2, of shape (people,)."""
    weight: Array
    """1 for a cup that was rated, 0 for one that was not."""
    tds_pct: Array
    extraction_pct: Array
    liking: Array
    """1 dislike extremely … 9 like extremely."""
    answers: dict[str, Array]
    """Scale -> answers, 1 much too little … 3 just about right … 5 much too much."""
    served: Array
    """Answers about the temperature of the cup, on the same scale."""
    sha256: str
    """Of the file."""

    @property
    def count(self) -> int:
        """How many ratings are usable."""
        return int(self.weight.sum())

    @property
    def sourness(self) -> Array:
        """%TDS-equivalents: TDS, less what a higher extraction takes from the acids."""
        falls = (self.extraction_pct / 20.0) ** ACIDITY_ON_EXTRACTION
        return np.asarray(self.tds_pct * falls)

    def stimulus(self, scale: str) -> Array:
        """What a scale answers to, in %TDS-equivalents."""
        return self.sourness if scale == "acidity" else self.tds_pct

    def group(self, name: str) -> Array:
        """1 for the people of a group (everyone, cluster_1, cluster_2), else 0; shape (people,)."""
        member = {"everyone": self.cluster > 0, "cluster_1": self.cluster == 1}
        return np.asarray(member.get(name, self.cluster == 2), dtype=float)


def read_ratings(path: Path) -> Ratings:
    """Read the published file; leave out the carafes of a TDS ≥ 1.9 % or an extraction ≥ 30 %.

    Raises:
        InputError: no such file (the message says where to get it), or another file.
    """
    try:
        content = path.read_bytes()
    except OSError as fault:
        raise InputError(
            f"cannot read {path} ({fault.strerror}): download cotter_dataset.csv from "
            f"https://doi.org/{DOI} ({CITATION}, CC0) and give its path"
        ) from None
    rows = list(csv.DictReader(content.decode("latin-1").splitlines()))
    missing = [name for name in _COLUMNS if not rows or name not in rows[0]]
    if missing:
        raise InputError(
            f"{path} has no column {', '.join(missing)}: expected cotter_dataset.csv of "
            f"https://doi.org/{DOI}"
        )
    return _arranged(path, rows, hashlib.sha256(content).hexdigest())


def _arranged(path: Path, rows: Sequence[dict[str, str]], sha256: str) -> Ratings:
    try:
        table = np.array([[float(row[name]) for name in _COLUMNS] for row in rows])
    except (TypeError, ValueError) as fault:
        raise InputError(f"{path}: a rating is not a number ({fault})") from None
    columns = dict(zip(_COLUMNS, table.T, strict=True))
    usable = (columns["TDS__1"] < 1.9) & (columns["Percent Extraction"] < 30.0)
    columns = {name: values[usable] for name, values in columns.items()}
    people, first, who = np.unique(columns["Judge"], return_index=True, return_inverse=True)
    # The n-th usable cup of a person goes to row n.
    place = np.array([np.count_nonzero(who[:i] == who[i]) for i in range(who.size)])
    shape = (int(place.max()) + 1, people.size)

    def grid(name: str) -> Array:
        filled = np.full(shape, _ABSENT.get(name, 3.0))
        filled[place, who] = columns[name]
        return filled

    weight = np.zeros(shape)
    weight[place, who] = 1.0
    return Ratings(
        people=people.astype(int),
        cluster=columns["Cluster"][first].astype(int),
        weight=weight,
        tds_pct=grid("TDS__1"),
        extraction_pct=grid("Percent Extraction"),
        liking=grid("Liking"),
        answers={scale: grid(column) for scale, column in SCALES.items()},
        served=grid(SERVED),
        sha256=sha256,
    )
