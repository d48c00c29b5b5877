"""The dial chart: each segment's score on the brewing control chart, and the plane of grind and time."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.contour import ContourSet
from matplotlib.figure import Figure, SubFigure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.patheffects import Normal, Stroke
from matplotlib.ticker import MaxNLocator

from simulator.figures.axes import log_axis, ticks_between
from simulator.figures.data import DRIP_IDEAL, Array, IdealBox
from simulator.figures.style import BLACK, COFFEE, in_style, new_figure

_VALLEY, _EQUAL, _ARROW, _IDEAL = "#0072B2", "#009E73", "#D55E00", "#2f7d5b"
# Of the width of a panel: an arrow that is shorter has no direction to show.
_SHORTEST = 0.04
_HALO = (Stroke(linewidth=3.2, foreground="white"), Normal())


@dataclass(frozen=True)
class DialWords:
    """Every text of the chart, so that it can be drawn in any language."""

    title: str = ""
    extraction: str = "extraction yield (%)"
    tds: str = "total dissolved solids (%)"
    grind: str = "grind size (µm)"
    time: str = "brew time (s)"
    score: str = "score (1–9)"
    plane_score: str = "score (1–9)"
    plane: str = "grind and time"
    cup: str = "this cup"
    arrow: str = "where the gradient points"
    ideal: str = "ideal box"
    valley: str = "same extraction"
    equal_taste: str = "equal taste"


@dataclass(frozen=True, eq=False)
class DialPanel:
    """One segment: the scores of the cups of `DialChart`, shape (M, N), and the panel's title."""

    title: str
    score: Array


@dataclass(frozen=True, eq=False)
class DialChart:
    """What the chart shows.

    Attributes:
        extraction_yield_pct, tds_pct: cups around the present one, shape (M, N), percent; a bent grid.
        panels: each segment's scores there.
        cup: extraction and TDS of the present cup, percent.
        pushed: those of the cup a little further along the gradient.
        grind_um, time_s: axes of the plane, shapes (G,) and (T,).
        plane: score over the plane, shape (T, G).
        setting: grind and time of the present cup.
        pushed_to: those a little further along the gradient.
        equal_extraction_um, equal_taste_um: grind for each time, shape (T,); NaN where there is none.
    """

    extraction_yield_pct: Array
    tds_pct: Array
    panels: Sequence[DialPanel]
    cup: tuple[float, float]
    pushed: tuple[float, float]
    grind_um: Array
    time_s: Array
    plane: Array
    setting: tuple[float, float]
    pushed_to: tuple[float, float]
    equal_extraction_um: Array
    equal_taste_um: Array


def draw_dial_chart(
    chart: DialChart, *, ideal: IdealBox = DRIP_IDEAL, words: DialWords | None = None
) -> Figure:
    """One control chart per segment, and beside them the plane of grind and time.

    The segments share one scale of colours, so that their scores can be compared. An arrow leads from
    the present cup to the one that the gradient points at.
    """
    words = DialWords() if words is None else words
    with in_style():
        figure = new_figure(13.0, 6.6)
        left, right = figure.subfigures(1, 2, squeeze=False, width_ratios=(1.45, 1.0))[0]
        _charts(left, chart, ideal, words)
        _plane(right, chart, words)
        figure.suptitle(words.title, x=0.01, ha="left", fontsize=13)
        _legend(figure, words)
    return figure


def _charts(figure: SubFigure, chart: DialChart, ideal: IdealBox, words: DialWords) -> None:
    columns = math.ceil(math.sqrt(len(chart.panels)))
    rows = math.ceil(len(chart.panels) / columns)
    grid = figure.subplots(rows, columns, squeeze=False, sharex=True, sharey=True)
    scores = np.concatenate([panel.score.ravel() for panel in chart.panels])
    levels = _levels(scores)
    for ax, panel in zip(grid.flat, chart.panels, strict=False):
        filled = _panel(ax, chart, panel, levels)
        _ideal_box(ax, ideal)
        _cup(ax, chart.cup, chart.pushed)
        ax.set_title(panel.title, fontsize=11)
    for ax in grid.flat[len(chart.panels) :]:
        ax.set_visible(False)
    bar = figure.colorbar(filled, ax=grid, label=words.score, pad=0.02, fraction=0.05, aspect=35)
    bar.outline.set_visible(False)
    for ax in grid[-1]:
        ax.set_xlabel(words.extraction)
    for ax in grid[:, 0]:
        ax.set_ylabel(words.tds)


def _panel(ax: Axes, chart: DialChart, panel: DialPanel, levels: Array) -> ContourSet:
    ax.grid(visible=False)
    cups = (chart.extraction_yield_pct, chart.tds_pct, panel.score)
    filled = ax.contourf(*cups, levels=levels, cmap=COFFEE)
    lines = ax.contour(*cups, levels=levels, colors="#5a4331", linewidths=0.5)
    # At the edge of the fan contours crowd, and their numbers would be cut off.
    within = (ax.transData - ax.transAxes).transform
    for text in ax.clabel(lines, levels[1::2], fontsize=8, fmt="%g"):
        text.set_visible(0.06 < within(text.get_position())[0] < 0.94)
    return filled


def _levels(scores: Array) -> Array:
    low, high = float(np.nanmin(scores)), float(np.nanmax(scores))
    if high - low < 1e-6:
        low, high = low - 0.5, high + 0.5
    return np.asarray(MaxNLocator(12).tick_values(low, high), dtype=float)


def _ideal_box(ax: Axes, ideal: IdealBox) -> None:
    # Outside what the chart shows it would only blow up the axes.
    limits = ax.get_xlim(), ax.get_ylim()
    corner = (ideal.yield_low, ideal.tds_low)
    size = (ideal.yield_high - ideal.yield_low, ideal.tds_high - ideal.tds_low)
    ax.add_patch(
        Rectangle(corner, *size, fill=False, edgecolor=_IDEAL, linewidth=1.6, label="ideal")
    )
    ax.set(xlim=limits[0], ylim=limits[1])


def _cup(ax: Axes, cup: tuple[float, float], pushed: tuple[float, float]) -> None:
    to_axes = (ax.transData - ax.transAxes).transform
    if math.dist(to_axes(cup), to_axes(pushed)) > _SHORTEST:
        ax.annotate(
            "",
            xy=pushed,
            xytext=cup,
            arrowprops={"arrowstyle": "-|>", "color": _ARROW, "linewidth": 2.2, "shrinkA": 0},
            zorder=5,
        )
    ax.plot(
        *cup, "o", color=BLACK, markeredgecolor="white", markersize=8, zorder=6, label="cup",
        clip_on=False,
    )  # fmt: skip


def _plane(figure: SubFigure, chart: DialChart, words: DialWords) -> None:
    ax = figure.subplots()
    ax.grid(visible=False)
    grinds, times = ((float(axis[0]), float(axis[-1])) for axis in (chart.grind_um, chart.time_s))
    log_axis(ax, "x", *grinds)
    log_axis(ax, "y", *times)
    ax.set_xticks(ticks_between(grinds[0], grinds[1], log=True, most=6))
    ax.set_yticks(ticks_between(times[0], times[1], log=True, most=7))
    levels = _levels(chart.plane)
    filled = ax.contourf(chart.grind_um, chart.time_s, chart.plane, levels=levels, cmap=COFFEE)
    for grind, colour, line, name in (
        (chart.equal_extraction_um, _VALLEY, "-", "valley"),
        (chart.equal_taste_um, _EQUAL, (0, (4, 2)), "equal taste"),
    ):
        ax.plot(grind, chart.time_s, color=colour, linestyle=line, path_effects=_HALO, label=name)
    _cup(ax, chart.setting, chart.pushed_to)
    ax.set(xlabel=words.grind, ylabel=words.time)
    ax.set_title(words.plane, fontsize=11)
    bar = figure.colorbar(
        filled, ax=ax, label=words.plane_score, pad=0.02, fraction=0.06, aspect=35
    )
    bar.outline.set_visible(False)


def _legend(figure: Figure, words: DialWords) -> None:
    entries = [
        (Line2D([], [], color=BLACK, marker="o", linestyle="", markersize=8), words.cup),
        (Line2D([], [], color=_ARROW, marker=">", linewidth=2.2), words.arrow),
        (Line2D([], [], color=_IDEAL, linewidth=1.6), words.ideal),
        (Line2D([], [], color=_VALLEY), words.valley),
        (Line2D([], [], color=_EQUAL, linestyle=(0, (4, 2))), words.equal_taste),
    ]
    lines, texts = zip(*entries, strict=True)
    figure.legend(lines, texts, loc="outside lower center", ncols=5)
