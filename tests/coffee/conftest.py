"""Fixtures of the taste model's tests: brewing in short, a stand-in for a traced value, the ratings."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest

from simulator.coffee import BEANS, Brew, Recipe, Tasting, customers_in, taste

COTTER = Path(__file__).parents[2].parent / "shared" / "data" / "cotter_dataset.csv"


@pytest.fixture
def cup() -> Callable[..., Tasting]:
    """``cup(grind_um, time_s, milk_g, sugar_g, method=..., dose_g=...)``: a medium bean, survey customers."""

    def brewed(
        grind_um: Any, time_s: Any, milk_g: Any = 0.0, sugar_g: Any = 0.0,
        method: str = "immersion", **context: Any,
    ) -> Tasting:  # fmt: skip
        brew = replace(Brew.standard(method), **context)
        recipe = Recipe(grind_um, time_s, milk_g, sugar_g)
        return taste(recipe, brew, BEANS["medium"], customers_in("survey"))

    return brewed


class Symbol:
    """What an engine's traced value can do, and nothing more; equal operations are counted once."""

    __hash__: ClassVar[None]  # type: ignore[assignment]

    def __init__(self, key: object, seen: dict[object, int]) -> None:
        self.key, self.seen = key, seen

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Symbol:
        assert method == "__call__"
        assert not kwargs
        operands = tuple(x.key if isinstance(x, Symbol) else float(x) for x in inputs)
        number = self.seen.setdefault((ufunc.__name__, operands), len(self.seen))
        return Symbol(("node", number), self.seen)

    def _refuse(self, *_: object) -> Any:
        raise TypeError("a traced value has no number to look at")

    __bool__ = __float__ = __int__ = __index__ = __len__ = __iter__ = _refuse
    __eq__ = __lt__ = __gt__ = __le__ = __ge__ = _refuse  # type: ignore[assignment]


for _name, _ufunc in {
    "add": np.add, "sub": np.subtract, "mul": np.multiply, "truediv": np.divide, "pow": np.power,
}.items():  # fmt: skip
    setattr(Symbol, f"__{_name}__", lambda a, b, f=_ufunc: f(a, b))
    setattr(Symbol, f"__r{_name}__", lambda a, b, f=_ufunc: f(b, a))
Symbol.__neg__ = lambda a: np.negative(a)  # type: ignore[attr-defined]


@pytest.fixture
def symbols() -> tuple[list[Any], dict[object, int]]:
    """Four traced values, and the table of distinct operations done on them."""
    seen: dict[object, int] = {}
    return [Symbol(("input", i), seen) for i in range(4)], seen


class Ratings:
    """The tasting of Cotter et al. 2021 as arrays, one entry a rating; the bad carafes left out."""

    def __init__(self, path: Path) -> None:
        with path.open(encoding="latin-1", newline="") as file:
            rows = list(csv.DictReader(file))
        usable = [
            row
            for row in rows
            if float(row["TDS__1"]) < 1.9 and float(row["Percent Extraction"]) < 30
        ]
        self.rows = usable
        self.person = self["Judge"].astype(int)
        self.cluster = self["Cluster"].astype(int)
        self.tds, self.extraction = self["TDS__1"], self["Percent Extraction"]
        self.liking = self["Liking"]
        self.x, self.y = self.tds - 1.25, (self.extraction - 20.0) / 4.0
        # Sourness at equal TDS falls with extraction as the titrated acidity does.
        self.sourness = self.tds * (self.extraction / 20.0) ** -0.192

    def __getitem__(self, column: str) -> Any:
        return np.array([float(row[column] or "nan") for row in self.rows])

    def group(self, palates: str) -> Any:
        """Mask of the ratings by the people who have these palates."""
        return {"everyone": self.cluster > 0, "cluster_1": self.cluster == 1}.get(
            palates, self.cluster == 2
        )

    def within(self, values: Any, mask: Any) -> Any:
        """Values of the masked ratings, less each person's mean."""
        _, who = np.unique(self.person[mask], return_inverse=True)
        return values[mask] - (np.bincount(who, values[mask]) / np.bincount(who))[who]

    def fit(self, values: Any, columns: list[Any], mask: Any) -> tuple[float, Any, Any]:
        """Least squares with a level for each person: mean level, slopes, residuals."""
        design = np.column_stack([self.within(column, mask) for column in columns])
        target = self.within(values, mask)
        slopes = np.linalg.lstsq(design, target, rcond=None)[0]
        left = values - sum(s * c for s, c in zip(slopes, columns, strict=True))
        _, who = np.unique(self.person[mask], return_inverse=True)
        level = np.mean(np.bincount(who, left[mask]) / np.bincount(who))
        return float(level), slopes, target - design @ slopes


@pytest.fixture(scope="session")
def ratings() -> Ratings:
    """The published ratings, where they are; they are not part of the project."""
    if not COTTER.is_file():
        pytest.skip(f"no {COTTER}: download it from Dryad, doi 10.25338/B8993H")
    return Ratings(COTTER)
