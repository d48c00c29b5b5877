"""The brewing control chart: strength against extraction, and the way of the cup towards the ideal."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.transforms import ScaledTranslation

from simulator.figures.data import DRIP_IDEAL, CupPath, IdealBox
from simulator.figures.legends import entries, start_and_end, start_entry
from simulator.figures.style import GREY, Look, in_style, looks, new_figure
from simulator.figures.words import ENGLISH, FigureWords

# Paths lie on one line as long as dose and water do not change. Each optimizer gets a lane of its own
# beside it, so many points wide, all lanes together at most so many.
_LANE_POINTS = 2.6
_ALL_LANES_POINTS = 18.0
_BOX = "#dfeee6"
_BOX_EDGE = "#2f7d5b"


def draw_control_chart(
    paths: Sequence[CupPath],
    *,
    ideal: IdealBox = DRIP_IDEAL,
    look: Mapping[str, Look] | None = None,
    title: str = "",
    words: FigureWords = ENGLISH,
) -> Figure:
    """TDS against extraction yield in percent, with the ideal box and the regions around it.

    Each path is a line from an open circle, its start, to its marker, its end. Several optimizers run in
    parallel lanes, a few points beside their true place, because all of them may lie on one line.
    """
    with in_style():
        look = looks(path.label for path in paths) if look is None else look
        figure = new_figure(7.4, 5.2)
        ax = figure.add_subplot()
        ax.grid(visible=False)
        chart_limits(ax, paths, ideal)
        regions(ax, ideal, words)
        labels = list(dict.fromkeys(path.label for path in paths))
        for path in paths:
            width, lane = lane_of(figure, labels.index(path.label), len(labels))
            _path(ax, path, look[path.label], width, lane)
        ax.set(xlabel=words.quantity("extraction_yield_pct"), ylabel=words.quantity("tds_pct"))
        ax.set_title(title or words.control_chart)
        _legend(figure, paths, look, words)
    return figure


def chart_limits(ax: Axes, paths: Sequence[CupPath], ideal: IdealBox) -> None:
    """All cups and the whole box, with at least a box of room around it."""
    for axis, low, high, name in (
        ("x", ideal.yield_low, ideal.yield_high, "extraction_yield_pct"),
        ("y", ideal.tds_low, ideal.tds_high, "tds_pct"),
    ):
        size = high - low
        values = np.concatenate(
            [[low - size, high + size], *(getattr(path, name) for path in paths)]
        )
        values = values[np.isfinite(values)]
        span = values.max() - values.min()
        # The words of the regions stand above all cups.
        above = 0.04 if axis == "x" else 0.10
        ax.set(
            **{f"{axis}lim": (max(0.0, values.min() - 0.04 * span), values.max() + above * span)}
        )


def regions(ax: Axes, ideal: IdealBox, words: FigureWords) -> None:
    """The ideal box, and the words around it."""
    size = (ideal.yield_high - ideal.yield_low, ideal.tds_high - ideal.tds_low)
    box: dict[str, Any] = {
        "facecolor": _BOX,
        "edgecolor": _BOX_EDGE,
        "linewidth": 1.4,
        "zorder": 1.0,
    }
    ax.add_patch(Rectangle((ideal.yield_low, ideal.tds_low), *size, label="ideal", **box))
    for value in (ideal.yield_low, ideal.yield_high):
        ax.axvline(value, color=_BOX_EDGE, linewidth=0.7, alpha=0.6, zorder=0.9)
    for value in (ideal.tds_low, ideal.tds_high):
        ax.axhline(value, color=_BOX_EDGE, linewidth=0.7, alpha=0.6, zorder=0.9)
    bottom, top = ax.get_ylim()
    _word(ax, 0.015, top, words.under_extracted, ha="left", va="top")
    _word(ax, 0.985, top, words.over_extracted, ha="right", va="top")
    _word(ax, 0.985, (top + ideal.tds_high) / 2, words.strong, ha="right", va="center")
    _word(ax, 0.985, (bottom + ideal.tds_low) / 2, words.weak, ha="right", va="center")
    corner = (ideal.yield_low + 0.03 * size[0], ideal.tds_high - 0.03 * size[1])
    behind = {"facecolor": _BOX, "edgecolor": "none", "pad": 1.0}
    ax.text(*corner, words.ideal, ha="left", va="top", color=_BOX_EDGE, zorder=4, bbox=behind)


def _word(ax: Axes, across: float, height: float, word: str, **alignment: Any) -> None:
    """A word beside the chart's regions: ``across`` in parts of the width, ``height`` in percent TDS."""
    place = ax.get_yaxis_transform()
    ax.text(
        across, height, word, transform=place, color=GREY, fontsize=10.5, zorder=0.6, **alignment
    )


def _path(ax: Axes, path: CupPath, look: Look, width: float, lane: ScaledTranslation) -> None:
    cups = (path.extraction_yield_pct, path.tds_pct)
    ax.plot(
        *cups,
        color=look.colour,
        linewidth=max(width - 0.6, 1.2),
        label=path.label,
        zorder=3,
        transform=ax.transData + lane,
    )
    start_and_end(ax, *cups, look)


def lane_of(figure: Figure, place: int, count: int) -> tuple[float, ScaledTranslation]:
    """The width in points of each of ``count`` lanes, and the shift to the one at ``place``.

    Lanes lie side by side to the upper left: across a path, which runs from strong to weak.
    """
    width = min(_LANE_POINTS, _ALL_LANES_POINTS / count)
    inches = (place - (count - 1) / 2) * width / 72 / math.sqrt(2)
    return width, ScaledTranslation(-inches, inches, figure.dpi_scale_trans)


def _legend(
    figure: Figure, paths: Sequence[CupPath], look: Mapping[str, Look], words: FigureWords
) -> None:
    if not paths:
        return
    labels = list(dict.fromkeys(path.label for path in paths))
    lines, texts = zip(*entries(labels, look), start_entry(words), strict=True)
    title = words.lanes if len(labels) > 1 else None
    figure.legend(lines, texts, loc="outside right upper", title=title, alignment="left")
