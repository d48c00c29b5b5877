"""Who is who: the marks at the ends of a path, and one entry of the legend per optimizer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from simulator.figures.data import Array
from simulator.figures.style import BLACK, Look, shown
from simulator.figures.words import ENGLISH, FigureWords

Entry = tuple[Line2D, str]

_RING: dict[str, Any] = {
    "color": BLACK,
    "marker": "o",
    "markerfacecolor": "white",
    "markeredgewidth": 1.3,
    "linestyle": "",
}


def start_entry(words: FigureWords = ENGLISH) -> Entry:
    """The entry for the open circles."""
    return Line2D([], [], **_RING), words.start


def start_and_end(ax: Axes, x: Array, y: Array, look: Look) -> None:
    """An open circle where a path starts and the marker of its look where it ends."""
    ax.plot(x[:1], y[:1], **_RING, zorder=5, clip_on=False, label="start")
    ax.plot(
        x[-1:],
        y[-1:],
        look.marker,
        color=look.colour,
        markeredgecolor="white",
        markersize=8.5,
        zorder=6,
        clip_on=False,
        label="end",
    )


def sample(look: Look) -> Line2D:
    """A piece of line in that look, with its marker."""
    return Line2D(
        [], [], color=look.colour, linestyle=look.line, marker=look.marker, markeredgecolor="white"
    )


def entries(labels: Iterable[str], look: Mapping[str, Look]) -> list[Entry]:
    """One entry per different label, in order."""
    return [(sample(look[label]), shown(label)) for label in dict.fromkeys(labels)]
