"""The computational graph of a cup: stage by stage, values forward, gradients backward."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from textwrap import wrap
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import FancyBboxPatch, PathPatch, Rectangle
from matplotlib.path import Path

from simulator.figures.style import GREY, in_style, new_figure
from simulator.figures.words import ENGLISH, FigureWords

RAISES = "#D55E00"
"""More of it raises the loss."""
LOWERS = "#0072B2"
"""More of it lowers the loss."""

_PER_INCH = 96.0
_QUIET = "#c9c2ba"
_DASH = (0, (4, 2))
_WIDEST = 5.0
# Flows below this part of the strongest are drawn grey and thin.
_FAINT = 4e-4
_FOOT = 0.75
# What happens in a stage is written into the column that the layout keeps free for its name.
_ABOUT_LETTERS = 18


@dataclass(frozen=True)
class GraphBox:
    """One node: where it stands, in pixels from the upper left corner, and what it says."""

    x: float
    """Of its centre."""
    top: float
    width: float
    height: float
    title: str
    value: str
    """With its unit."""
    gradient: float
    """∂loss/∂node."""


@dataclass(frozen=True)
class GraphEdge:
    """One edge, from a node to what is made of it.

    Attributes:
        way: (x, y, y again) of every layer it stands in or passes: it runs straight from the first
            height to the second there, and bends only between layers.
        flow: the blame it hands back, positive where more of the parent raises the loss through it.
    """

    way: tuple[tuple[float, float, float], ...]
    flow: float


@dataclass(frozen=True)
class GraphPicture:
    """A graph, laid out. All lengths in pixels, y downwards."""

    width: float
    height: float
    stages: Sequence[tuple[str, float, float]]
    """(what it is called and, on a second line, what happens there; top, height) of each stage's band."""
    boxes: Sequence[GraphBox]
    edges: Sequence[GraphEdge]


def draw_graph(picture: GraphPicture, *, title: str = "", words: FigureWords = ENGLISH) -> Figure:
    """Boxes with name, value and gradient in bands, one per stage; edges as wide as the blame they hand back.

    Edges through which more of the parent raises the loss are vermilion and solid, those through which
    it lowers the loss blue and dashed. The size of the figure follows from the layout.
    """
    with in_style():
        width, height = picture.width / _PER_INCH, picture.height / _PER_INCH
        heading = wrap(title or words.graph, int(10.4 * (width - 0.4)))
        reading = wrap(words.graph_reading, int(13 * (width - 0.4)))
        under = 0.22 + 0.2 * len(heading)
        head = under + 0.16 * len(reading) + 0.12
        total = head + height + _FOOT
        figure = new_figure(width, total)
        figure.set_layout_engine("none")
        ax = figure.add_axes((0.0, _FOOT / total, 1.0, height / total))
        ax.set(xlim=(0, picture.width), ylim=(picture.height, 0))
        ax.set_axis_off()
        for name, top, tall in picture.stages:
            _stage(ax, name, top, tall, picture.width)
        strongest = max((abs(edge.flow) for edge in picture.edges), default=0.0)
        for edge in sorted(picture.edges, key=lambda each: abs(each.flow)):
            _edge(ax, edge, strongest)
        for box in picture.boxes:
            _box(ax, box)
        left = 18.0 / picture.width
        figure.text(left, 1 - 0.15 / total, "\n".join(heading), fontsize=12.0, va="top")
        told = "\n".join(reading)
        figure.text(left, 1 - under / total, told, fontsize=9.5, color=GREY, va="top")
        _legend(figure, words)
    return figure


def _stage(ax: Axes, name: str, top: float, tall: float, width: float) -> None:
    ax.add_patch(
        Rectangle((4, top), width - 8, tall, facecolor="#faf6f0", edgecolor="#e6dccf", zorder=0)
    )
    called, _, about = name.partition("\n")
    ink: Any = {"color": "#6f4e37", "va": "top"}
    ax.text(14, top + 13, called, fontsize=10.5, fontweight="bold", **ink)
    if about:
        ax.text(14, top + 34, "\n".join(wrap(about, _ABOUT_LETTERS)), fontsize=8.0, **ink)


def _edge(ax: Axes, edge: GraphEdge, strongest: float) -> None:
    share = abs(edge.flow) / strongest if strongest else 0.0
    is_quiet = share < _FAINT
    colour = _QUIET if is_quiet else RAISES if edge.flow > 0 else LOWERS
    ax.add_patch(
        PathPatch(
            _way(edge),
            fill=False,
            edgecolor=colour,
            linewidth=0.6 if is_quiet else 0.7 + _WIDEST * share**0.5,
            linestyle=_DASH if edge.flow < 0 and not is_quiet else "-",
            alpha=0.75,
            capstyle="butt",
            zorder=1 if is_quiet else 2,
        )
    )


def _way(edge: GraphEdge) -> Path:
    """Straight along each layer, a soft bend between two."""
    x, first, last = edge.way[0]
    points, codes = [(x, first), (x, last)], [Path.MOVETO, Path.LINETO]
    for (x0, _, y0), (x1, y1, end) in pairwise(edge.way):
        middle = (y0 + y1) / 2
        points += [(x0, middle), (x1, middle), (x1, y1), (x1, end)]
        codes += [Path.CURVE4, Path.CURVE4, Path.CURVE4, Path.LINETO]
    return Path(points, codes)


def _box(ax: Axes, box: GraphBox) -> None:
    left, room = box.x - box.width / 2, box.width - 10
    ax.add_patch(
        FancyBboxPatch(
            (left + 3, box.top + 3),
            box.width - 6,
            box.height - 6,
            boxstyle="round,pad=3",
            facecolor="white",
            edgecolor="#6f4e37",
            linewidth=0.8,
            zorder=3,
        )
    )
    line = (box.height - 6) / 3
    colour = GREY if box.gradient == 0 else RAISES if box.gradient > 0 else LOWERS
    for place, (text, ink, most) in enumerate(
        (
            (box.title, "#2b211a", 7.4),
            (box.value, "#2b211a", 6.8),
            (gradient_text(box.gradient), colour, 6.8),
        )
    ):
        # DejaVu Sans is about 0.6 of its size wide; a pixel is 0.75 points.
        size = min(most, room * 0.75 / (0.6 * max(len(text), 1)))
        y = box.top + 3 + line * (place + 0.5)
        ax.text(box.x, y, text, fontsize=size, color=ink, ha="center", va="center", zorder=4)


def gradient_text(gradient: float) -> str:
    """A derivative with its sign, so that the sign needs no colour.

    >>> gradient_text(0.3841), gradient_text(-2.5e-05), gradient_text(0.0)
    ('∂ +0.384', '∂ −2.5e-05', '∂ 0')
    """
    if gradient == 0:
        return "∂ 0"
    sign = "−" if gradient < 0 else "+"
    return f"∂ {sign}{abs(gradient):.3g}"


def _legend(figure: Figure, words: FigureWords) -> None:
    shown = [
        (Line2D([], [], color=RAISES, linewidth=3), words.raises_loss),
        (Line2D([], [], color=LOWERS, linewidth=3, linestyle=_DASH), words.lowers_loss),
    ]
    lines, texts = zip(*shown, strict=True)
    figure.legend(lines, texts, loc="lower center", ncols=2, fontsize=9.5)
