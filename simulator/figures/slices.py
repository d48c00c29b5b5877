"""Slices: the score along each knob and over each pair of knobs, all others held at the best recipe."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import BoundaryNorm
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from simulator.figures.axes import log_axis, ticks_between
from simulator.figures.data import Array, Knob
from simulator.figures.style import BLACK, COFFEE, in_style, new_figure
from simulator.figures.words import ENGLISH, FigureWords

_LEVELS = 14
_LINE = "#6f4e37"


@dataclass(frozen=True, eq=False)
class Slices:
    """The score along knobs and over pairs of them, through one recipe.

    Raises ValueError when made if an array has another shape than its knobs ask for.
    """

    knobs: Sequence[Knob]
    values: Mapping[str, Array]
    """Knob → its values, (G,), from its lowest to its highest."""
    lines: Mapping[str, Array]
    """Knob → score along it, (G,)."""
    planes: Mapping[tuple[str, str], Array]
    """(knob across, knob up), the first before the second in ``knobs`` → score, (G up, G across)."""
    best: Mapping[str, float]
    """The recipe that all slices run through."""

    def __post_init__(self) -> None:
        for name, line in self.lines.items():
            _expect(name, line, self.values[name].shape)
        for (across, up), plane in self.planes.items():
            shape = (*self.values[up].shape, *self.values[across].shape)
            _expect(f"{across}, {up}", plane, shape)


def draw_slices(
    slices: Slices,
    *,
    near_optimal: float | None = 0.01,
    score_name: str = "",
    title: str = "",
    words: FigureWords = ENGLISH,
) -> Figure:
    """A triangle of panels: each knob's line on the diagonal, each pair's contours below it.

    All contours share one scale. A star marks the recipe; a dashed line surrounds what is within
    ``near_optimal`` of its plane's best.
    """
    with in_style():
        count = len(slices.knobs)
        side = max(2.3, min(5.0, 10.0 / count))
        figure = new_figure(1.6 + side * count, 1.0 + side * 0.86 * count)
        panels = figure.subplots(count, count, squeeze=False)
        levels = _levels(slices)
        name = score_name or words.mean_score
        filled = None
        for row, up in enumerate(slices.knobs):
            for column, across in enumerate(slices.knobs):
                ax = panels[row, column]
                if column > row:
                    ax.set_visible(False)
                elif column == row:
                    _line(ax, slices, up, levels)
                else:
                    filled = _plane(ax, slices, across, up, levels, near_optimal)
                _labels(ax, row, column, count, slices.knobs, name, words)
        if filled is not None:
            bar = figure.colorbar(filled, ax=panels[0, 1:], label=name, fraction=0.3, shrink=0.9)
            bar.outline.set_visible(False)
        figure.suptitle(title or words.slices, x=0.01, ha="left", fontsize=12.0)
        _legend(figure, near_optimal if slices.planes else None, words)
    return figure


def _levels(slices: Slices) -> Array:
    """Even steps over all scores that are drawn."""
    scores = np.concatenate(
        [part.ravel() for part in (*slices.lines.values(), *slices.planes.values())]
    )
    scores = scores[np.isfinite(scores)]
    low, high = (float(scores.min()), float(scores.max())) if scores.size else (0.0, 1.0)
    if high - low < 1e-9 * max(1.0, abs(high)):
        low, high = low - 0.5, high + 0.5
    return np.asarray(MaxNLocator(_LEVELS).tick_values(low, high), dtype=np.float64)


def _line(ax: Axes, slices: Slices, knob: Knob, levels: Array) -> None:
    ax.plot(slices.values[knob.name], slices.lines[knob.name], color=_LINE, label=knob.name)
    ax.set_ylim(levels[0], levels[-1])
    best = slices.best[knob.name]
    at = float(np.interp(best, slices.values[knob.name], slices.lines[knob.name]))
    _star(ax, best, at)
    _scale(ax, "x", knob)


def _plane(
    ax: Axes, slices: Slices, across: Knob, up: Knob, levels: Array, near_optimal: float | None
) -> Any:
    score = np.ma.masked_invalid(slices.planes[across.name, up.name])
    grid = (slices.values[across.name], slices.values[up.name], score)
    filled = ax.contourf(
        *grid, levels=levels, cmap=COFFEE, norm=BoundaryNorm(levels, COFFEE.N, clip=True)
    )
    if near_optimal is not None and score.count() and score.max() - near_optimal > score.min():
        rim = [float(score.max()) - near_optimal]
        ax.contour(*grid, levels=rim, colors=BLACK, linestyles="--", linewidths=1.1)
    _star(ax, slices.best[across.name], slices.best[up.name])
    _scale(ax, "x", across)
    _scale(ax, "y", up)
    ax.grid(visible=False)
    return filled


def _scale(ax: Axes, which: Any, knob: Knob) -> None:
    ticks = ticks_between(knob.low, knob.high, knob.log, most=4)
    if knob.log:
        log_axis(ax, which, knob.low, knob.high)
    ax.set(**{f"{which}lim": (knob.low, knob.high), f"{which}ticks": ticks})


def _labels(
    ax: Axes,
    row: int,
    column: int,
    count: int,
    knobs: Sequence[Knob],
    score_name: str,
    words: FigureWords,
) -> None:
    """Names at the left and below only; the scale of the score at the first panel."""
    if row == count - 1:
        ax.set_xlabel(words.quantity(knobs[column].name))
        ax.tick_params(axis="x", labelrotation=45)
    else:
        ax.tick_params(labelbottom=False)
    if column == 0:
        ax.set_ylabel(words.quantity(knobs[row].name) if row else score_name)
    elif row != column:
        ax.tick_params(labelleft=False)
    if row == column and row:
        ax.yaxis.tick_right()


def _star(ax: Axes, x: float, y: float) -> None:
    ax.plot(
        x, y, "*", color=BLACK, markeredgecolor="white", markersize=14, clip_on=False, label="best"
    )


def _legend(figure: Figure, near_optimal: float | None, words: FigureWords) -> None:
    shown = [
        (Line2D([], [], color=BLACK, marker="*", markersize=12, linestyle=""), words.best_known)
    ]
    if near_optimal is not None:
        line = Line2D([], [], color=BLACK, linestyle="--", linewidth=1.1)
        shown.append((line, words.near_best.format(gap=f"{near_optimal:g}")))
    lines, texts = zip(*shown, strict=True)
    figure.legend(lines, texts, loc="outside lower center", ncols=2)


def _expect(name: str, array: Array, shape: tuple[int, ...]) -> None:
    if np.shape(array) != shape:
        raise ValueError(f"{name}: the score has shape {np.shape(array)}; expected {shape}")
