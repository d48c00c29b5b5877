"""Who is drawn how, the same in all pictures of a report; axes, legends and rows of names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter

from simulator.compare.report import Report
from simulator.figures.style import COLOURS, Look, shown

FEATURED = (
    "newton", "bfgs", "multistart", "adam", "gradient-descent", "scipy l-bfgs-b", "scipy slsqp",
    "scipy trust-constr", "scipy nelder-mead", "scipy dual-annealing",
)  # fmt: skip
"""Who is drawn in colour, whatever the result; all others are drawn in grey."""
PALE = "#c4c4c4"
_MOST_FEATURED, _FEW = 10, 14
_LINES: tuple[Any, ...] = ("-", (0, (5, 1.6)), (0, (1.2, 1.2)))
_MARKERS = ("o", "s", "^", "D", "v")

BACKGROUND: Mapping[str, Any] = MappingProxyType({"color": PALE, "lw": 0.9, "zorder": 1})
"""The line of everyone who is not drawn in colour."""


def looks(report: Report) -> dict[str, Look]:
    """Looks of the optimizers that are drawn in colour."""
    labels = [label for label in FEATURED if label in report.hits.optimizers]
    best = report.standings[0].optimizer
    if best not in labels:
        labels.append(best)
    # Few optimizers are all told apart.
    labels += [label for label in report.hits.optimizers if label not in labels]
    most = len(labels) if len(labels) <= _FEW else _MOST_FEATURED
    return apart(labels[:most])


def apart(labels: Sequence[str]) -> dict[str, Look]:
    """A look for each label by its place: in one picture no two lines are alike."""
    return {
        label: Look(COLOURS[i % len(COLOURS)], _LINES[i // len(COLOURS) % 3], _MARKERS[i % 5])
        for i, label in enumerate(labels)
    }


def plain(axis: Axis) -> None:
    """Numbers of a log axis as numbers; powers of ten would be spelled in TeX."""
    axis.set_major_formatter(
        lambda value, _: f"{value:g}" if 1e-3 < value < 1e6 else f"{value:.0e}"
    )
    axis.set_minor_formatter(NullFormatter())


def legend(figure: Figure, ax: Axes, labels: Sequence[str], look: Mapping[str, Look]) -> None:
    """Names beside the picture; all who are not in colour share one."""
    for label in look:
        if label in labels:
            ax.plot([], [], color=look[label].colour, ls=look[label].line, label=shown(label))
    if set(labels) - set(look):
        ax.plot([], [], **BACKGROUND, label="all others")
    figure.legend(loc="outside right upper")


def name_rows(ax: Axes, labels: Sequence[str]) -> None:
    """One row for each label, the first on top."""
    ax.set_yticks(range(len(labels)), [shown(label) for label in labels])
    ax.set_ylim(len(labels) - 0.5, -0.5)
