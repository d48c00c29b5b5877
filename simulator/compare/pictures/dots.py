"""One row for each optimizer: mean ranks, and milliseconds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from simulator.compare.intervals import Estimate
from simulator.compare.pictures.looks import name_rows, plain
from simulator.compare.pictures.picture import Picture, picture, rows_high
from simulator.compare.report import Report
from simulator.figures.style import GREY, Look

Row = tuple[str, Estimate]


def mean_ranks(report: Report, look: Mapping[str, Look]) -> Picture:
    """Mean ranks over the problems."""
    rows = [(each.optimizer, each.mean) for each in report.ranks]
    return picture(
        "ranks",
        f"Mean rank at {report.gap:g} ({report.problems})",
        "On every problem the optimizers are ranked by expected running time, 1 the best and ties "
        "shared; the dot is the mean rank, the bar its 95 % interval over families of problems. "
        "Optimizers whose bars overlap are not told apart by this suite.",
        lambda figure: _dots(figure, rows, "mean rank", look),
        rows_high(len(rows)),
    )


def seconds(report: Report, look: Mapping[str, Look]) -> Picture:
    """Wall and processor time of one run. The report has speeds."""
    return picture(
        "seconds",
        f"Milliseconds a run: wall (dot) and CPU (ring) (n = {report.speeds[0].wall_ms.n} rounds)",
        "The dot is the median wall time of one run, the bar its 95 % interval over interleaved "
        "rounds, the ring the processor time of the same runs. Compiling is in none of them: "
        "it is the warm-up, which stands in the table.",
        lambda figure: _seconds(figure, report, look),
        rows_high(len(report.speeds)),
    )


def _seconds(figure: Figure, report: Report, look: Mapping[str, Look]) -> None:
    rows = [(each.optimizer, each.wall_ms) for each in report.speeds]
    ax = _dots(figure, rows, "ms a run", look)
    for place, each in enumerate(report.speeds):
        ax.plot(each.cpu_ms.value, place, "o", mfc="none", mec="black", ms=7, mew=1)
    ax.set_xscale("log")
    plain(ax.xaxis)


def _dots(figure: Figure, rows: Sequence[Row], x_label: str, look: Mapping[str, Look]) -> Axes:
    ax = figure.subplots()
    for place, (label, each) in enumerate(rows):
        colour = look[label].colour if label in look else GREY
        if np.isfinite([each.low, each.high]).all():
            ax.plot([each.low, each.high], [place, place], color=colour, lw=2.4, alpha=0.45)
        ax.plot(each.value, place, "o", color=colour, ms=6)
    name_rows(ax, [label for label, _ in rows])
    ax.set_xlabel(x_label)
    return ax
