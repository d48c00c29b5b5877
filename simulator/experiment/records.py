"""What is kept of a run: one `RunRecord` with its result, and one `TraceRecord` with the way there.

Both are plain values: they know neither the database nor the optimizers, so whatever computes runs
fills them and whatever reads results gets them back, bit for bit.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

Role = Literal["tuned", "reference"]
"""``tuned``: a method under test. ``reference``: a method that only checks the others."""

FloatColumn = npt.NDArray[np.float64]
CountColumn = npt.NDArray[np.int64]


@dataclass(frozen=True, kw_only=True, slots=True)
class RunRecord:
    """The result of one optimizer in one repeat. Recipes map a knob's name to its value in user units."""

    key: str
    """The run's content key, 64 hexadecimal digits (see ``content_key``)."""
    config_hash: str
    """Hash of the resolved config that asked for the run."""
    problem_hash: str
    """Hash of the objective alone: results of different problems are never compared."""
    optimizer: str
    """The label that the config gives it: unique within an experiment, shown in tables and figures."""
    method: str
    """The method behind the label, e.g. ``adam``."""
    family: str
    """``scipy``, or one of ours: ``descent``, ``line-search``, ``newton``, ``stochastic``."""
    options: Mapping[str, object]
    """All options of the method, defaults written out: text, numbers, booleans, None, lists, mappings."""
    repeat: int
    """Counts from 0; equal repeats of different optimizers share start and noise."""
    role: Role
    status: str
    """Why the run ended, e.g. ``gradient``, ``budget``, ``nonfinite``; ``failed`` with an ``error``."""
    message: str
    """The same as a sentence."""
    value_count: int
    """Raw evaluations of the objective, finite-difference probes and rejected points included."""
    gradient_count: int
    hessian_count: int
    wall_s: float
    """Seconds of wall time that the run took."""
    loss: float
    """Best loss found; NaN if the run found none."""
    score: float
    """The same in the unit of the objective: points of 1 to 9, or a share of customers of 0 to 1."""
    gradient_norm: float
    """Largest component of the projected gradient at the end, in the box scaled to [0, 1]; may be NaN."""
    recipe: Mapping[str, float]
    """The recipe it recommends."""
    start: Mapping[str, float]
    """The recipe it started from."""
    error: str | None = None
    """What went wrong, if the run failed."""

    def __post_init__(self) -> None:
        if self.role not in ("tuned", "reference"):
            raise ValueError(f"role is 'tuned' or 'reference', got {self.role!r}")
        for name in MAPPINGS:
            object.__setattr__(self, name, dict(getattr(self, name)))

    @property
    def failed(self) -> bool:
        """Whether the run ended in an error instead of a result."""
        return self.error is not None

    def row(self) -> dict[str, Any]:
        """All fields by name, in order, for tables and exports; recipes stay mappings."""
        plain = {column.name: getattr(self, column.name) for column in fields(self)}
        return plain | {name: dict(plain[name]) for name in MAPPINGS}


@dataclass(frozen=True, kw_only=True, eq=False)
class TraceRecord:
    """The way of one run: T points in the order they were evaluated, one array of length T per quantity.

    The counts are totals up to and including each point. Arrays are copied and made read-only.
    """

    value_count: CountColumn
    gradient_count: CountColumn
    hessian_count: CountColumn
    wall_s: FloatColumn
    """Seconds since the run began."""
    loss: FloatColumn
    score: FloatColumn
    gradient_norm: FloatColumn
    """NaN where no gradient was computed."""
    knobs: tuple[str, ...]
    """Names of the n recipe coordinates, in the order of ``recipe``."""
    recipe: FloatColumn = field(repr=False)
    """(n, T), in user units."""

    def __post_init__(self) -> None:
        steps = np.shape(self.loss)
        if len(steps) != 1:
            raise ValueError(f"loss has shape {steps}; expected one dimension (T,)")
        for name in COUNT_COLUMNS + FLOAT_COLUMNS:
            kind = np.int64 if name in COUNT_COLUMNS else np.float64
            self._freeze(name, kind, steps)
        object.__setattr__(self, "knobs", tuple(self.knobs))
        self._freeze("recipe", np.float64, (len(self.knobs), *steps))

    def __len__(self) -> int:
        """T, the number of points."""
        return len(self.loss)

    def rows(self) -> Iterator[dict[str, Any]]:
        """One mapping per point, of Python numbers: the columns first, then the knobs by name.

        >>> [row["score"] for row in TraceRecord.empty(("grind_um",)).rows()]
        []
        """
        columns = {name: getattr(self, name).tolist() for name in COUNT_COLUMNS + FLOAT_COLUMNS}
        columns |= dict(zip(self.knobs, self.recipe.tolist(), strict=True))
        for point in zip(*columns.values(), strict=True):
            yield dict(zip(columns, point, strict=True))

    @staticmethod
    def empty(knobs: tuple[str, ...]) -> TraceRecord:
        """The trace of a run that failed before its first point."""
        none: Any = {name: np.empty(0, np.int64) for name in COUNT_COLUMNS}
        none |= {name: np.empty(0) for name in FLOAT_COLUMNS}
        return TraceRecord(**none, knobs=knobs, recipe=np.empty((len(knobs), 0)))

    def _freeze(self, name: str, kind: type[np.generic], shape: tuple[int, ...]) -> None:
        given = np.asarray(getattr(self, name))
        if given.shape != shape:
            raise ValueError(f"{name} has shape {given.shape}; expected {shape}")
        if not np.can_cast(given.dtype, kind, casting="same_kind"):
            raise TypeError(f"{name} holds {given.dtype}; expected {np.dtype(kind)}")
        column = np.array(given, dtype=kind, order="C")
        column.setflags(write=False)
        object.__setattr__(self, name, column)


MAPPINGS = ("options", "recipe", "start")
COUNT_COLUMNS = ("value_count", "gradient_count", "hessian_count")
FLOAT_COLUMNS = ("wall_s", "loss", "score", "gradient_norm")
