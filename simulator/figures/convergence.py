"""Convergence: how far from the best known score, after how many evaluations."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from simulator.figures.axes import decade_axis, evaluations_axis, power_of_ten
from simulator.figures.data import ConvergenceSeries
from simulator.figures.legends import sample
from simulator.figures.style import Look, in_style, looks, new_figure, shown
from simulator.figures.words import ENGLISH, FigureWords

FLOOR_EXPONENT = -10
"""Gaps below 10 to this power are drawn there: they are rounding, and 0 has no logarithm."""


def draw_convergence(
    series: Sequence[ConvergenceSeries],
    *,
    unit: str = "",
    look: Mapping[str, Look] | None = None,
    title: str = "",
    words: FigureWords = ENGLISH,
) -> Figure:
    """The median gap of each optimizer as a line, its quartiles as a band, both axes logarithmic.

    ``unit`` is that of the score, points unless given. ``look`` gives each label its colour; by default
    by place. The legend lists the optimizers by their final median gap, best first, with how many runs
    failed.
    """
    with in_style():
        look = looks(item.label for item in series) if look is None else look
        figure = new_figure(7.4, 4.4)
        ax = figure.add_subplot()
        low, high = _decades(series)
        opacity = 0.18 if len(series) <= 4 else 0.10
        for item in series:
            _draw(ax, item, look[item.label], 10.0**low, opacity)
        ends = [item.evaluations[-1] for item in series if item.evaluations.size]
        evaluations_axis(ax, ends, words=words)
        at_floor = low == FLOOR_EXPONENT
        decade_axis(ax, low, high, f"≤ {power_of_ten(low)}" if at_floor else "")
        ax.set_ylabel(words.gap.format(unit=unit or words.points))
        ax.set_title(title or words.convergence)
        _legend(figure, series, look, words)
    return figure


def _draw(ax: Axes, item: ConvergenceSeries, look: Look, floor: float, opacity: float) -> None:
    median = _visible(item.median, floor)
    upper = np.where(np.isposinf(item.upper), np.inf, item.upper)
    band = np.isfinite(median)
    ax.fill_between(
        item.evaluations,
        _visible(item.lower, floor),
        # An infinite quartile is drawn to the top of the picture.
        np.nan_to_num(np.maximum(upper, floor), posinf=1e30),
        where=band.tolist(),
        step="post",
        color=look.colour,
        alpha=opacity,
        linewidth=0,
        label=f"{item.label}: quartiles",
    )
    ax.plot(
        item.evaluations,
        median,
        drawstyle="steps-post",
        color=look.colour,
        linestyle=look.line,
        label=item.label,
    )
    if band.any():
        last = int(np.flatnonzero(band)[-1])
        ax.plot(
            item.evaluations[last],
            median[last],
            look.marker,
            color=look.colour,
            markeredgecolor="white",
            clip_on=False,
            zorder=5,
            label=f"{item.label}: end",
        )


def _visible(gaps: np.ndarray, floor: float) -> np.ndarray:
    return np.where(np.isfinite(gaps), np.maximum(gaps, floor), np.nan)


def _decades(series: Sequence[ConvergenceSeries]) -> tuple[int, int]:
    """Exponents of the lowest and the highest decade that hold all quartiles."""
    gaps = np.concatenate(
        [[1.0], *(array for item in series for array in (item.lower, item.upper))]
    )
    gaps = gaps[np.isfinite(gaps)]
    low = FLOOR_EXPONENT
    if gaps.min() > 10.0**FLOOR_EXPONENT:
        low = math.floor(math.log10(gaps.min()) + 1e-9)
    return min(low, -1), max(math.ceil(math.log10(gaps.max()) - 1e-9), 0)


def _legend(
    figure: Figure,
    series: Sequence[ConvergenceSeries],
    look: Mapping[str, Look],
    words: FigureWords,
) -> None:
    ranked = sorted(series, key=_final_gap)
    lines = [sample(look[item.label]) for item in ranked]
    texts = [_text(item, words) for item in ranked]
    title = _heading(series, words)
    figure.legend(lines, texts, loc="outside right upper", title=title, alignment="left")


def _heading(series: Sequence[ConvergenceSeries], words: FigureWords) -> str:
    repeats = sorted({item.repeats for item in series})
    runs = "–".join(str(count) for count in dict.fromkeys(repeats[:1] + repeats[-1:]))
    what = words.one_run if repeats == [1] else words.many_runs.format(runs=runs)
    return words.best_first.format(what=what) if len(series) > 1 else what


def _final_gap(item: ConvergenceSeries) -> float:
    return float(item.median[-1]) if item.median.size else math.inf


def _text(item: ConvergenceSeries, words: FigureWords) -> str:
    label = shown(item.label)
    if not item.failed:
        return label
    return words.failures.format(label=label, failed=item.failed, repeats=item.repeats)
