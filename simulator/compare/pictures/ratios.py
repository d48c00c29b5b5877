"""Costs relative to the cheapest: the performance profile of the whole set, and of pairs."""

from __future__ import annotations

from collections.abc import Mapping

from matplotlib.figure import Figure

from simulator.compare.pictures.distributions import steps
from simulator.compare.pictures.looks import legend, plain
from simulator.compare.pictures.picture import WIDE, Picture, picture
from simulator.compare.report import Report
from simulator.figures.style import GREY, Look, shown

_COLUMNS = 4
_OURS = "#0072B2"


def performance_profile(report: Report, look: Mapping[str, Look]) -> Picture:
    """Everyone against the cheapest of the set."""
    solvers = len(report.hits.optimizers)
    return picture(
        "performance-profile",
        f"Performance profile of {solvers} optimizers at {report.gap:g} ({report.problems})",
        "At 1 on the axis a curve shows on how many problems an optimizer was the cheapest of this very "
        "set; further right, on how many it needed at most that many times the cheapest. Take an "
        "optimizer away and the others' curves may move, so read it together with the pairs below.",
        lambda figure: _ratios(figure, report, look),
        WIDE,
    )


def pairs(report: Report) -> Picture:
    """The best of ours against each rival alone."""
    best = report.best.optimizer
    return picture(
        "pairs",
        f"{best} against each rival alone ({report.problems} each)",
        f"Each panel is a performance profile of two: the coloured curve is {best}, the "
        "grey one the rival that the panel names. Where a curve starts is the share of problems on which "
        "it was the cheaper of the two; where it ends, the share it solved at all within that ratio.",
        lambda figure: _pairs(figure, report),
        (9.6, 1.0 + 2.0 * -(-len(report.panels) // _COLUMNS)),
    )


def _ratios(figure: Figure, report: Report, look: Mapping[str, Look]) -> None:
    ax, profile = figure.subplots(), report.performance
    steps(ax, profile, look)
    ax.set_xscale("log", base=2)
    least = f"expected running time ÷ the least of these {len(profile.optimizers)}"
    ax.set(xlabel=least, xlim=(1, profile.x[-1]), ylabel="share of problems", ylim=(0, 1.01))
    plain(ax.xaxis)
    legend(figure, ax, profile.optimizers, look)


def _pairs(figure: Figure, report: Report) -> None:
    rows = -(-len(report.panels) // _COLUMNS)
    axes = figure.subplots(rows, _COLUMNS, sharex=True, sharey=True, squeeze=False)
    for ax, panel in zip(axes.flat, report.panels, strict=False):
        ax.plot(panel.x, panel.share[1], color=GREY, drawstyle="steps-post", lw=1.4)
        ax.plot(panel.x, panel.share[0], color=_OURS, drawstyle="steps-post")
        ax.set_title(shown(panel.optimizers[1]), fontsize=9.5)
        ax.set_xscale("log", base=2)
        ax.set(ylim=(0, 1.01), xlim=(1, panel.x[-1]), xticks=[1, 4, 16, 64])
        plain(ax.xaxis)
    for ax in axes.flat[len(report.panels) :]:
        ax.set_axis_off()
    figure.supxlabel("expected running time ÷ the lesser of the two", fontsize=10.5)
