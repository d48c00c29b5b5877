"""The picture of growth: time and memory on double logarithmic scales, with the slope of what is linear."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np

from benchmarks.growth_point import Point

Curves = Mapping[tuple[str, str], Sequence[Point]]


def draw(curves: Curves, path: Path) -> None:
    """Two panels of time, two of memory; written as SVG or whatever the name's ending says."""
    matplotlib.use("agg")
    matplotlib.rcParams["svg.hashsalt"] = "growth"  # the same figures give the same file
    matplotlib.rcParams["svg.fonttype"] = "none"
    from matplotlib import pyplot

    figure, panels = pyplot.subplots(2, 2, figsize=(9, 6.4), layout="constrained")
    for column, kind in enumerate(("operations", "rows")):
        own = {dialect: points for (what, dialect), points in curves.items() if what == kind}
        _times(panels[0, column], own)
        _memory(panels[1, column], own)
        panels[0, column].set_title(
            {"operations": "by operations of the value", "rows": "by recipes in the batch"}[kind]
        )
        panels[1, column].set_xlabel(kind)
    panels[0, 0].set_ylabel("seconds of processor time")
    panels[1, 0].set_ylabel("MB")
    figure.savefig(path, metadata={"Date": None} if path.suffix == ".svg" else None)
    pyplot.close(figure)


def _times(panel: Any, curves: Mapping[str, Sequence[Point]]) -> None:
    for dialect, points in curves.items():
        sizes = [point.size for point in points]
        style = "o-" if dialect != "c" else "s--"
        for phase in points[0].seconds:
            seconds = [point.seconds[phase] for point in points]
            name = phase if phase.startswith(dialect) else f"{dialect}: {phase}"
            panel.plot(sizes, seconds, style, markersize=4, label=name)
    _finish(panel)


def _memory(panel: Any, curves: Mapping[str, Sequence[Point]]) -> None:
    for dialect, points in curves.items():
        sizes = [point.size for point in points]
        panel.plot(
            sizes, [max(p.megabytes, 0.1) for p in points], "o-", markersize=4, label=dialect
        )
    _finish(panel)


def _finish(panel: Any) -> None:
    """Both scales logarithmic, and a line that is linear growth through the last point."""
    ends = [(line.get_xdata()[-1], line.get_ydata()[-1]) for line in panel.get_lines()]
    x, y = max(ends, key=lambda end: end[1])
    sizes = np.geomspace(x / 1000, x, 2)
    panel.plot(sizes, 2.0 * y * sizes / x, color="grey", linewidth=0.8, label="linear")
    panel.set_xscale("log")
    panel.set_yscale("log")
    panel.grid(alpha=0.3)
    panel.legend(fontsize="small")
