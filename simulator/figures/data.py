"""What the figures are drawn from: plain arrays with names. Nothing here is computed from a model.

Arrays are converted to float64, copied and checked when a value is made; ValueError says which shape was
expected. Evaluations are counted as the results count them, in total up to and including each point.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class RepeatTrace:
    """The scores that one run of an optimizer saw, in the order it saw them."""

    evaluations: Array
    """(T,), not decreasing."""
    score: Array
    """(T,), higher is better; NaN where a score was not finite."""
    failed: bool = False
    """A failed run never comes near any score, whatever it saw before."""

    def __post_init__(self) -> None:
        _freeze(self, evaluations=None, score=np.shape(self.evaluations))


@dataclass(frozen=True, eq=False)
class ConvergenceSeries:
    """One optimizer's gap to the best known score, over its repeats; infinite where a run has none yet."""

    label: str
    evaluations: Array
    """(T,), the common grid, increasing."""
    median: Array
    """(T,), as the quartiles below in the unit of the score."""
    lower: Array
    upper: Array
    repeats: int
    failed: int = 0

    def __post_init__(self) -> None:
        shape = np.shape(self.evaluations)
        _freeze(self, evaluations=None, median=shape, lower=shape, upper=shape)


@dataclass(frozen=True)
class Knob:
    """One tuned quantity: its name with the unit as suffix, its bounds, and how its axis is scaled."""

    name: str
    low: float
    high: float
    log: bool = False


@dataclass(frozen=True, eq=False)
class RecipePath:
    """The recipes of one run, in the order of its evaluations."""

    label: str
    """Of the optimizer; the repeats of one optimizer share it."""
    evaluations: Array
    """(T,)."""
    recipe: Mapping[str, Array]
    """One array (T,) per knob, in user units."""

    def __post_init__(self) -> None:
        shape = np.shape(self.evaluations)
        recipe = {name: _frozen(name, values, shape) for name, values in self.recipe.items()}
        object.__setattr__(self, "recipe", recipe)
        _freeze(self, evaluations=None)


@dataclass(frozen=True, eq=False)
class Landscape:
    """The score over grind size and brew time, all else held."""

    grind_um: Array
    """(G,), increasing and positive."""
    time_s: Array
    """(T,), increasing and positive."""
    score: Array
    """(T, G)."""
    held: str = ""
    """What is held and where, e.g. ``milk 0 g, sugar 0 g``."""

    def __post_init__(self) -> None:
        shape = (*np.shape(self.time_s), *np.shape(self.grind_um))
        _freeze(self, grind_um=None, time_s=None, score=shape)


@dataclass(frozen=True, eq=False)
class CupPath:
    """The cups of one run on the brewing control chart, from its start to its end."""

    label: str
    extraction_yield_pct: Array
    """(T,)."""
    tds_pct: Array
    """(T,)."""

    def __post_init__(self) -> None:
        _freeze(self, extraction_yield_pct=None, tds_pct=np.shape(self.extraction_yield_pct))


@dataclass(frozen=True)
class IdealBox:
    """The part of a brewing control chart that is called ideal, in percent."""

    yield_low: float
    yield_high: float
    tds_low: float
    tds_high: float


DRIP_IDEAL = IdealBox(18.0, 22.0, 1.15, 1.35)
"""Lockhart 1957, as the Specialty Coffee Association draws it for filter coffee."""

ESPRESSO_IDEAL = IdealBox(18.0, 22.0, 8.0, 12.0)
"""The customary range for espresso; a convention of the trade, no measured preference."""


def _freeze(value: Any, **shapes: tuple[int, ...] | None) -> None:
    """Makes the named arrays of a frozen ``value`` its own; None stands for any length in one dimension."""
    assert shapes.keys() <= {column.name for column in fields(value)}
    for name, shape in shapes.items():
        object.__setattr__(value, name, _frozen(name, getattr(value, name), shape))


def _frozen(name: str, given: Any, shape: tuple[int, ...] | None) -> Array:
    array = np.array(given, dtype=np.float64)
    if array.ndim != 1 if shape is None else array.shape != shape:
        expected = "one dimension" if shape is None else str(shape)
        raise ValueError(f"{name} has shape {array.shape}; expected {expected}")
    array.setflags(write=False)
    return array
