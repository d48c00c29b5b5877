"""The race: optimizers on their way over the landscape and the control chart, evaluation by evaluation."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.animation import PillowWriter
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.transforms import Transform

from simulator.errors import ResultsError
from simulator.figures.control_chart import chart_limits, lane_of, regions
from simulator.figures.data import DRIP_IDEAL, Array, CupPath, IdealBox, Landscape, RecipePath
from simulator.figures.landscape import contours, plane_axes, star
from simulator.figures.legends import entries
from simulator.figures.style import Look, in_style, looks, new_figure
from simulator.figures.words import ENGLISH, FigureWords

FRAMES = 56
FRAMES_PER_SECOND = 10
_DPI = 82.0
#: How long the end stands still, in frames.
_REST = 25


@dataclass(frozen=True)
class Runner:
    """One optimizer's run, on both panels; all arrays of one length."""

    recipe: RecipePath
    cup: CupPath


@dataclass(frozen=True, eq=False)
class Race:
    """A figure that moves.

    Attributes:
        figure: as it stands at the last frame.
        evaluations: (F,) how many evaluations have been spent at each frame, increasing.
        show: brings the figure to a frame, by its number.
    """

    figure: Figure
    evaluations: Array
    show: Callable[[int], None]


def draw_race(
    landscape: Landscape,
    runners: Sequence[Runner],
    *,
    best: tuple[float, float] | None = None,
    ideal: IdealBox = DRIP_IDEAL,
    look: Mapping[str, Look] | None = None,
    title: str = "",
    words: FigureWords = ENGLISH,
) -> Race:
    """Landscape and control chart side by side; at each frame all have spent equally many evaluations.

    Frames are spread evenly over the logarithm of the evaluations, because most happens early. A run
    that has ended waits at its end.
    """
    with in_style():
        look = looks(each.recipe.label for each in runners) if look is None else look
        figure = new_figure(9.6, 4.9)
        plane, chart = figure.subplots(1, 2)
        plane_axes(plane, landscape, words)
        contours(plane, landscape)
        if best is not None:
            star(plane, best)
        chart.grid(visible=False)
        chart_limits(chart, [each.cup for each in runners], ideal)
        regions(chart, ideal, words)
        chart.set(xlabel=words.quantity("extraction_yield_pct"), ylabel=words.quantity("tds_pct"))
        walks = []
        for place, each in enumerate(runners):
            style = look[each.recipe.label]
            width, lane = lane_of(figure, place, len(runners))
            drop = _walker(chart, style, max(width - 0.6, 1.2), chart.transData + lane)
            walks.append((_walker(plane, style, 1.7, plane.transData), drop))
        figure.suptitle(title or words.race, x=0.01, ha="left", fontsize=12.0)
        counter = chart.set_title(" ", loc="right")
        marks, texts = zip(*entries((each.recipe.label for each in runners), look), strict=True)
        figure.legend(marks, texts, loc="outside lower center", ncols=min(len(texts), 6))
        longest = max(float(each.recipe.evaluations[-1]) for each in runners)
        evaluations = np.unique(np.geomspace(1, max(longest, 2.0), FRAMES).round())

        def show(frame: int) -> None:
            spent = evaluations[frame]
            for each, (way, drop) in zip(runners, walks, strict=True):
                seen = max(1, int(np.searchsorted(each.recipe.evaluations, spent, side="right")))
                recipe, cup = each.recipe.recipe, each.cup
                _until(way, recipe["grind_um"], recipe["time_s"], seen)
                _until(drop, cup.extraction_yield_pct, cup.tds_pct, seen)
            counter.set_text(words.race_count.format(count=f"{spent:,.0f}"))

        # Every frame is laid out as the first: nothing but the lines may move.
        FigureCanvasAgg(figure)
        show(0)
        figure.draw_without_rendering()
        figure.set_layout_engine("none")
        show(evaluations.size - 1)
    return Race(figure, evaluations, show)


def save_race(race: Race, folder: Path, name: str) -> Path:
    """Write ``folder``/``name``.gif, which repeats for ever; return its path.

    Raises ResultsError if it cannot be written.
    """
    path = folder / f"{name}.gif"
    writer = PillowWriter(fps=FRAMES_PER_SECOND)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with in_style():
            FigureCanvasAgg(race.figure)
            with writer.saving(race.figure, path, dpi=_DPI):
                last = race.evaluations.size - 1
                for frame in [*range(last + 1), *[last] * _REST]:
                    race.show(frame)
                    writer.grab_frame()
    except OSError as error:
        told = error.strerror or error
        raise ResultsError(
            f"{path}: the animation cannot be written ({told}); check the permissions and the free space"
        ) from error
    return path


def _walker(ax: Axes, look: Look, width: float, place: Transform) -> tuple[Line2D, Line2D]:
    """A way, drawn at its place, and the marker at its end."""
    (way,) = ax.plot(
        [], [], color=look.colour, linestyle=look.line, linewidth=width, transform=place, zorder=4
    )
    marker: Any = {"marker": look.marker, "markersize": 8.5, "markeredgecolor": "white"}
    (end,) = ax.plot([], [], color=look.colour, linestyle="", clip_on=False, zorder=6, **marker)
    return way, end


def _until(walker: tuple[Line2D, Line2D], x: Array, y: Array, seen: int) -> None:
    way, end = walker
    way.set_data(x[:seen], y[:seen])
    end.set_data(x[seen - 1 : seen], y[seen - 1 : seen])
