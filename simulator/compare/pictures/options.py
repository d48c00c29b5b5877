"""What options do: learning rates multiplied, and defaults against tuned settings."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from simulator.compare.pictures.looks import PALE, apart, name_rows, plain
from simulator.compare.pictures.picture import Picture, picture, rows_high
from simulator.compare.report import Report, told_n
from simulator.compare.sensitivity import REPEATS
from simulator.figures.style import shown

_INK = "#0072B2"


def learning_rates(report: Report) -> Picture:
    """Typical cost over the factor of the default learning rate. The report has sensitivities."""
    return picture(
        "learning-rates",
        "How much the learning rate matters "
        f"({told_n(report.sensitivities[0].n)} × {REPEATS} starts)",
        f"The line tells the typical {report.model.name} to {report.gap:g} when the default learning rate, "
        "at 1, is multiplied; it is broken where half of the problems or more stay unsolved. A wide, flat "
        "bowl around 1 forgives a wrong guess, and a bowl elsewhere says that the default is off.",
        lambda figure: _rates(figure, report),
        (9.6, 4.4),
    )


def tuning(report: Report) -> Picture:
    """Typical cost with defaults and with tuned settings. The report has tuned ones."""
    trials, n = max(each.trials for each in report.tuned), report.tuned[0].tuned.n
    return picture(
        "tuning",
        f"Default (ring) against tuned (dot), {trials} trials each ({told_n(n)})",
        f"The ring is the typical {report.model.name} to {report.gap:g} with default options, the dot that "
        "with the best of the trials, chosen on other problems than these. What the trials themselves cost "
        "stands in the table below; a line that leads to the right was tuned to the wrong problems.",
        lambda figure: _dumbbells(figure, report),
        rows_high(len(report.tuned)),
    )


def _rates(figure: Figure, report: Report) -> None:
    ax = figure.subplots()
    look = apart([each.optimizer for each in report.sensitivities])
    for each in report.sensitivities:
        own, finite = look[each.optimizer], np.isfinite(each.ert)
        ert = np.where(finite, each.ert, np.nan)
        ax.plot(
            each.factors, ert, color=own.colour, ls=own.line, marker=own.marker, ms=5,
            label=f"{shown(each.optimizer)}{'' if finite.any() else ' (never)'}",
        )  # fmt: skip
    ax.set(xscale="log", yscale="log", xlabel="learning rate ÷ default", ylabel=report.model.name)
    plain(ax.xaxis)
    plain(ax.yaxis)
    figure.legend(loc="outside right upper")


def _dumbbells(figure: Figure, report: Report) -> None:
    ax = figure.subplots()
    for place, each in enumerate(report.tuned):
        before, after = each.default.value, each.tuned.value
        if np.isfinite([before, after]).all():
            ax.plot([before, after], [place, place], color=PALE, lw=2)
        ax.plot(before, place, "o", mfc="white", mec=_INK, ms=8, mew=1.6)
        ax.plot(after, place, "o", color=_INK, ms=5)
    name_rows(ax, [each.optimizer for each in report.tuned])
    ax.set(xscale="log", xlabel=f"{report.model.name} to {report.gap:g}; nothing drawn is infinite")
    plain(ax.xaxis)
