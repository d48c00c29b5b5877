"""The landscape: the score over grind size and brew time, and how the optimizers walk on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.contour import ContourSet
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patheffects import Normal, Stroke
from matplotlib.ticker import MaxNLocator

from simulator.figures.axes import log_axis, ticks_between
from simulator.figures.data import Landscape, RecipePath
from simulator.figures.legends import Entry, entries, start_and_end, start_entry
from simulator.figures.style import BLACK, COFFEE, Look, in_style, looks, new_figure
from simulator.figures.words import ENGLISH, FigureWords

_HALO = (Stroke(linewidth=2.9, foreground="white"), Normal())
_LEVELS = 12


def draw_landscape(
    landscape: Landscape,
    paths: Sequence[RecipePath] = (),
    *,
    best: tuple[float, float] | None = None,
    near_optimal: float | None = 0.01,
    score_name: str = "",
    look: Mapping[str, Look] | None = None,
    title: str = "",
    words: FigureWords = ENGLISH,
) -> Figure:
    """Filled contours of the score on log axes, one line per path from an open circle to its marker.

    ``paths`` need ``grind_um`` and ``time_s``. ``best`` (grind size in µm, brew time in s) is marked by
    a star. A dashed line surrounds the part of the plane whose score is within ``near_optimal`` of the
    plane's best.
    """
    with in_style():
        look = looks(path.label for path in paths) if look is None else look
        figure = new_figure(7.4, 5.4)
        ax = figure.add_subplot()
        plane_axes(ax, landscape, words)
        filled = contours(ax, landscape)
        rim = near_optimal is not None and _rim(ax, landscape, near_optimal)
        # The wildest paths first, so that they do not cover the others.
        for path in sorted(paths, key=_length, reverse=True):
            _walk(ax, path, look[path.label])
        if best is not None:
            star(ax, best)
        name = score_name or words.mean_score
        bar = figure.colorbar(filled, ax=ax, label=name, pad=0.02, fraction=0.06)
        bar.outline.set_visible(False)
        heading = title or words.landscape
        held = landscape.held
        ax.set_title(words.held.format(title=heading, settings=held) if held else heading)
        _legend(figure, paths, look, best is not None, near_optimal if rim else None, words)
    return figure


def plane_axes(ax: Axes, landscape: Landscape, words: FigureWords = ENGLISH) -> None:
    """Log axes over the plane, with both ends among the ticks."""
    for which, values in (("x", landscape.grind_um), ("y", landscape.time_s)):
        log_axis(ax, "x" if which == "x" else "y", values[0], values[-1])
        ax.set(**{f"{which}ticks": ticks_between(values[0], values[-1], log=True, most=7)})
    ax.grid(visible=False)
    ax.set(xlabel=words.quantity("grind_um"), ylabel=words.quantity("time_s"))


def contours(ax: Axes, landscape: Landscape) -> ContourSet:
    """Fills the plane with the score; the lighter, the better."""
    score = np.ma.masked_invalid(landscape.score)
    low, high = (float(score.min()), float(score.max())) if score.count() else (0.0, 0.0)
    if high - low < 1e-9 * max(1.0, abs(high)):
        # A plane without any slope still needs two levels to be filled.
        low, high = low - 0.5, high + 0.5
    levels = MaxNLocator(_LEVELS).tick_values(low, high)
    grid = (landscape.grind_um, landscape.time_s, score)
    filled = ax.contourf(*grid, levels=levels, cmap=COFFEE)
    ax.contour(*grid, levels=levels, colors="#5a4331", linewidths=0.4, alpha=0.6)
    return filled


def _rim(ax: Axes, landscape: Landscape, near_optimal: float) -> bool:
    """Surrounds what is nearly as good as the best; says whether there is a line to draw."""
    score = np.ma.masked_invalid(landscape.score)
    if not score.count() or score.max() - near_optimal <= score.min():
        return False
    level = [float(score.max()) - near_optimal]
    ax.contour(
        landscape.grind_um,
        landscape.time_s,
        score,
        levels=level,
        colors=BLACK,
        linestyles="--",
        linewidths=1.3,
    )
    return True


def _length(path: RecipePath) -> float:
    """How long a path is on the log axes."""
    steps = [np.diff(np.log(path.recipe[name])) for name in ("grind_um", "time_s")]
    return float(np.nansum(np.hypot(*steps)))


def _walk(ax: Axes, path: RecipePath, look: Look) -> None:
    grind, time = path.recipe["grind_um"], path.recipe["time_s"]
    ax.plot(
        grind,
        time,
        color=look.colour,
        linestyle=look.line,
        linewidth=1.5,
        path_effects=_HALO,
        label=path.label,
    )
    start_and_end(ax, grind, time, look)


def star(ax: Axes, best: tuple[float, float]) -> None:
    """Marks the best known recipe."""
    ax.plot(
        *best, "*", color=BLACK, markeredgecolor="white", markersize=20, zorder=4, clip_on=False
    )


def _legend(
    figure: Figure,
    paths: Sequence[RecipePath],
    look: Mapping[str, Look],
    best: bool,
    near_optimal: float | None,
    words: FigureWords,
) -> None:
    shown: list[Entry] = entries((path.label for path in paths), look)
    if paths:
        shown.append(start_entry(words))
    if best:
        shown.append(
            (Line2D([], [], color=BLACK, marker="*", markersize=13, linestyle=""), words.best_known)
        )
    if near_optimal is not None:
        line = Line2D([], [], color=BLACK, linestyle="--", linewidth=1.3)
        shown.append((line, words.near_best.format(gap=f"{near_optimal:g}")))
    if shown:
        lines, texts = zip(*shown, strict=True)
        figure.legend(lines, texts, loc="outside lower center", ncols=3)
