"""Expected running time to each target of the ladder."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from simulator.compare.intervals import median
from simulator.compare.pictures.looks import BACKGROUND, legend, plain
from simulator.compare.pictures.picture import WIDE, Picture, picture
from simulator.compare.report import Report
from simulator.compare.running_time import running_times
from simulator.figures.style import Look


def targets(report: Report, look: Mapping[str, Look]) -> Picture:
    """What each further digit costs."""
    return picture(
        "targets",
        f"Expected running time to each target (median over {report.problems})",
        f"From left to right the target gets finer, and the line tells how many {report.model.name} an "
        "optimizer typically needs, restarts after failures included. A flat line converges fast once it "
        "is near; a line that ends has no typical cost, because half of the problems or more were never "
        "solved.",
        lambda figure: _ladder(figure, report, look),
        WIDE,
    )


def _ladder(figure: Figure, report: Report, look: Mapping[str, Look]) -> None:
    ax, costs = figure.subplots(), report.costs
    gaps = costs.hits.gaps
    typical = np.stack([median(running_times(costs, gap), axis=0) for gap in gaps])
    typical = np.where(np.isfinite(typical), typical, np.nan)
    for column, label in enumerate(costs.hits.optimizers):
        ax.plot(gaps, typical[:, column], **_style(look.get(label)))
    # A logarithmic axis of nothing cannot be drawn.
    cost_scale = "log" if np.isfinite(typical).any() else "linear"
    ax.set(
        xscale="log",
        yscale=cost_scale,
        xlabel="gap to the reference optimum",
        ylabel=costs.model.name,
    )
    ax.invert_xaxis()
    ax.set_xticks(gaps)
    plain(ax.xaxis)
    plain(ax.yaxis)
    legend(figure, ax, costs.hits.optimizers, look)


def _style(own: Look | None) -> dict[str, Any]:
    if own is None:
        return dict(BACKGROUND)
    return {"color": own.colour, "ls": own.line, "marker": own.marker, "ms": 4.5, "zorder": 3}
