"""Axes that read well: plain numbers and whole decades on log scales, and labels with units."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.ticker import (
    FixedFormatter,
    FixedLocator,
    FuncFormatter,
    NullFormatter,
    NullLocator,
)

from simulator.figures.words import ENGLISH, FigureWords

Which = Literal["x", "y"]

_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_STEPS = ((1, 2, 3, 5, 7), (1, 2, 5), (1, 3), (1,))


def power_of_ten(exponent: int) -> str:
    """The power as text, without mathematical markup.

    >>> power_of_ten(-8), power_of_ten(0), power_of_ten(1)
    ('10⁻⁸', '1', '10')
    """
    return {0: "1", 1: "10"}.get(exponent, "10" + str(exponent).translate(_SUPERSCRIPTS))


def number(value: float) -> str:
    """A number as people write it.

    >>> number(1200.0), number(0.5), number(20000)
    ('1200', '0.5', '20,000')
    """
    return f"{value:,.0f}" if abs(value) >= 10_000 else f"{value:g}"


def round_ticks(low: float, high: float, most: int = 7) -> list[float]:
    """About ``most`` round numbers from ``low`` to ``high``: 1, 2, 3, 5 or 7 times powers of ten.

    >>> round_ticks(200, 1400)
    [200.0, 300.0, 500.0, 700.0, 1000.0]
    >>> round_ticks(1, 4000)
    [1.0, 3.0, 10.0, 30.0, 100.0, 300.0, 1000.0, 3000.0]
    """
    decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    ticks: list[float] = []
    for steps in _STEPS:
        candidates = [float(step * 10.0**decade) for decade in decades for step in steps]
        ticks = [tick for tick in candidates if low * (1 - 1e-9) <= tick <= high * (1 + 1e-9)]
        if len(ticks) <= most + 1:
            break
    return ticks


def ticks_between(low: float, high: float, log: bool, most: int = 5) -> list[float]:
    """Both bounds of a quantity as ticks, and round numbers between them that keep their distance.

    >>> ticks_between(200, 1400, log=True)
    [200.0, 300.0, 500.0, 700.0, 1000.0, 1400.0]
    >>> ticks_between(0, 150, log=False)
    [0.0, 50.0, 100.0, 150.0]
    """
    if log:
        inner = np.array(round_ticks(low, high, most))
        place = np.log(inner / low) / np.log(high / low)
    else:
        step = _round_step((high - low) / most)
        inner = np.arange(math.ceil(low / step), math.floor(high / step) + 1) * step
        place = (inner - low) / (high - low)
    apart = np.abs(place - 0.5) < 0.5 - 0.7 / most
    return [float(low), *inner[apart].tolist(), float(high)]


def _round_step(step: float) -> float:
    """The smallest of 1, 2, 2.5, 5 or 10 times a power of ten that is not below ``step``."""
    decade = 10.0 ** math.floor(math.log10(step) + 1e-9)
    return next(
        factor * decade for factor in (1, 2, 2.5, 5, 10) if factor * decade >= step * (1 - 1e-9)
    )


def log_axis(ax: Axes, which: Which, low: float, high: float, most: int = 7) -> None:
    """Makes the x or y axis logarithmic over that range, its ticks round numbers in plain writing."""
    ax.set(**{f"{which}scale": "log", f"{which}lim": (low, high)})
    axis = ax.xaxis if which == "x" else ax.yaxis
    axis.set_major_locator(FixedLocator(round_ticks(low, high, most)))
    axis.set_major_formatter(FuncFormatter(lambda value, _: number(value)))
    _no_minor_ticks(axis)


def decade_axis(ax: Axes, low: int, high: int, floor: str = "") -> None:
    """Makes the y axis logarithmic from 10^low to 10^high, at most nine decades named.

    ``floor`` is written in place of the lowest.
    """
    ax.set(yscale="log", ylim=(10.0**low, 10.0**high))
    stride = max(1, math.ceil((high - low) / 8))
    exponents = list(range(low, high + 1, stride))
    texts = [floor if floor and e == low else power_of_ten(e) for e in exponents]
    ax.yaxis.set_major_locator(FixedLocator([10.0**e for e in exponents]))
    ax.yaxis.set_major_formatter(FixedFormatter(texts))
    _no_minor_ticks(ax.yaxis)


def evaluations_axis(
    ax: Axes, ends: Sequence[float], most: int = 7, words: FigureWords = ENGLISH
) -> None:
    """The x axis of everything that is drawn against evaluations, from 1 to the largest of ``ends``."""
    longest = max([10.0, *(end for end in ends if np.isfinite(end))])
    log_axis(ax, "x", 1.0, longest * 1.15, most)
    ax.set_xlabel(words.evaluations)


def _no_minor_ticks(axis: Axis) -> None:
    axis.set_minor_locator(NullLocator())
    axis.set_minor_formatter(NullFormatter())
