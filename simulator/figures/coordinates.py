"""Coordinates: how each knob of the recipe moves while an optimizer works."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from simulator.figures.axes import evaluations_axis, log_axis, ticks_between
from simulator.figures.data import Knob, RecipePath
from simulator.figures.legends import entries
from simulator.figures.style import BLACK, GREY, PALE, Look, in_style, looks, new_figure
from simulator.figures.words import ENGLISH, FigureWords

# Room beyond the bounds, as a share of the axis, so that a line on a bound is seen.
_ROOM = 0.06


def draw_coordinates(
    knobs: Sequence[Knob],
    paths: Sequence[RecipePath],
    *,
    best: Mapping[str, float] | None = None,
    look: Mapping[str, Look] | None = None,
    title: str = "",
    words: FigureWords = ENGLISH,
) -> Figure:
    """One panel per knob: its value against evaluations, one line per run, between its bounds.

    Repeats of one optimizer share its colour. ``best`` is the best known recipe, drawn as a dotted
    line. Bounds are solid grey lines; what lies beyond them is shaded. Paths need every knob that is
    drawn.
    """
    with in_style():
        look = looks(path.label for path in paths) if look is None else look
        columns = 1 if len(knobs) == 1 else 2
        rows = -(-len(knobs) // columns)
        figure = new_figure(3.0 + 3.1 * columns, 1.1 + 2.25 * rows)
        panels = figure.subplots(rows, columns, sharex=True, squeeze=False).ravel()
        for ax, knob in zip(panels, knobs, strict=False):
            _panel(ax, knob, paths, look)
            ax.set_title(words.quantity(knob.name), fontsize=11.0)
            if best is not None:
                ax.axhline(
                    best[knob.name], color=BLACK, linestyle=":", linewidth=1.6, label="best known"
                )
        ends = [path.evaluations[-1] for path in paths if len(path.evaluations)]
        _below(panels, len(knobs), columns, ends, words)
        figure.suptitle(title or words.coordinates, x=0.01, ha="left", fontsize=12.0)
        _legend(figure, paths, look, best is not None, words)
    return figure


def _panel(ax: Axes, knob: Knob, paths: Sequence[RecipePath], look: Mapping[str, Look]) -> None:
    low, high = _limits(knob)
    if knob.log:
        log_axis(ax, "y", low, high)
    ax.set_ylim(low, high)
    ax.set_yticks(ticks_between(knob.low, knob.high, knob.log))
    for bound, beyond in ((knob.low, low), (knob.high, high)):
        ax.axhspan(min(bound, beyond), max(bound, beyond), color=PALE, linewidth=0, zorder=0)
        ax.axhline(bound, color=GREY, linewidth=1.0, label="bound")
    several = len(paths) > len({path.label for path in paths})
    for path in paths:
        style = look[path.label]
        values = path.recipe[knob.name]
        ax.plot(
            path.evaluations,
            values,
            color=style.colour,
            linestyle=style.line,
            linewidth=1.2 if several else 1.7,
            alpha=0.75 if several else 1.0,
            label=path.label,
        )
        if values.size:
            end = (path.evaluations[-1:], values[-1:])
            ax.plot(*end, style.marker, color=style.colour, markeredgecolor="white", zorder=4)


def _limits(knob: Knob) -> tuple[float, float]:
    if knob.log:
        room = (knob.high / knob.low) ** _ROOM
        return knob.low / room, knob.high * room
    room = (knob.high - knob.low) * _ROOM
    return knob.low - room, knob.high + room


def _below(
    panels: np.ndarray, used: int, columns: int, ends: Sequence[float], words: FigureWords
) -> None:
    """The shared axis of evaluations, labelled under the lowest panel of each column; no empty panels."""
    for place, ax in enumerate(panels):
        evaluations_axis(ax, ends, most=5, words=words)
        ax.set_xlabel(words.evaluations if place >= used - columns else "")
        ax.xaxis.set_tick_params(labelbottom=place >= used - columns)
        ax.set_visible(place < used)


def _legend(
    figure: Figure,
    paths: Sequence[RecipePath],
    look: Mapping[str, Look],
    best: bool,
    words: FigureWords,
) -> None:
    shown = entries((path.label for path in paths), look)
    if best:
        shown.append((Line2D([], [], color=BLACK, linestyle=":", linewidth=1.6), words.best_known))
    shown.append((Line2D([], [], color=GREY, linewidth=1.0), words.bounds))
    lines, texts = zip(*shown, strict=True)
    figure.legend(lines, texts, loc="outside right upper")
