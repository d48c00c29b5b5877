"""Learning rates: how far an optimizer comes, and how soon, with each size of its steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import NullFormatter

from simulator.figures.axes import decade_axis, log_axis, power_of_ten
from simulator.figures.convergence import FLOOR_EXPONENT
from simulator.figures.data import Array
from simulator.figures.legends import entries
from simulator.figures.style import GREY, Look, in_style, looks, new_figure
from simulator.figures.words import ENGLISH, FigureWords


@dataclass(frozen=True, eq=False)
class RateSeries:
    """One optimizer with several learning rates, over its repeats.

    Raises ValueError when made if the arrays differ in length, or the rates do not increase.
    """

    label: str
    rate: Array
    """(R,), increasing and positive."""
    gap: Array
    """(R,): median gap to the best known score at the end; infinite where half the runs failed."""
    gap_low: Array
    gap_high: Array
    """(R,): its quartiles."""
    cost: Array
    """(R,): median number of evaluations until within the tolerance; infinite where half never were."""

    def __post_init__(self) -> None:
        parts = (self.gap, self.gap_low, self.gap_high, self.cost)
        if any(np.shape(part) != np.shape(self.rate) for part in parts):
            raise ValueError(f"{self.label}: expected one number per learning rate in every array")
        if not (np.all(np.asarray(self.rate) > 0) and np.all(np.diff(self.rate) > 0)):
            raise ValueError(f"{self.label}: learning rates are positive and increase")


def draw_learning_rates(
    series: Sequence[RateSeries],
    *,
    tolerance: float,
    repeats: int,
    unit: str = "",
    look: Mapping[str, Look] | None = None,
    title: str = "",
    words: FigureWords = ENGLISH,
) -> Figure:
    """Two panels over the learning rate: evaluations until within ``tolerance``, and the gap at the end.

    Where half the runs never come within the tolerance, the line of the upper panel breaks and a cross
    at its top says so.
    """
    with in_style():
        look = looks(each.label for each in series) if look is None else look
        figure = new_figure(7.4, 6.2)
        above, below = figure.subplots(2, 1, sharex=True)
        rates = np.concatenate([each.rate for each in series])
        log_axis(above, "x", float(rates.min()) / 1.4, float(rates.max()) * 1.4)
        _costs(above, series, look, words.cost_within.format(gap=f"{tolerance:g}"))
        _gaps(below, series, look, words.gap_at_end.format(unit=unit or words.points))
        below.set_xlabel(words.learning_rate)
        heading = title or words.learning_rates
        above.set_title(
            words.held.format(title=heading, settings=words.many_runs.format(runs=repeats))
        )
        legend = entries((each.label for each in series), look)
        if any(not np.isfinite(each.cost).all() for each in series):
            cross = Line2D([], [], color=GREY, marker="x", markeredgewidth=2.0, linestyle="")
            legend.append((cross, words.never))
        lines, texts = zip(*legend, strict=True)
        figure.legend(lines, texts, loc="outside right upper")
    return figure


def _costs(ax: Axes, series: Sequence[RateSeries], look: Mapping[str, Look], name: str) -> None:
    costs = np.concatenate([each.cost for each in series])
    costs = costs[np.isfinite(costs)]
    low, high = (costs.min() / 1.6, costs.max() * 2.6) if costs.size else (1.0, 10.0)
    log_axis(ax, "y", float(low), float(high))
    for each in series:
        style = look[each.label]
        reached = np.where(np.isfinite(each.cost), each.cost, np.nan)
        _draw(ax, each, reached, style)
        never = np.asarray(each.rate)[~np.isfinite(each.cost)]
        ax.plot(
            never,
            np.full(never.shape, high),
            "x",
            color=style.colour,
            markeredgewidth=2.0,
            clip_on=False,
            zorder=5,
            label=f"{each.label}: never",
        )
    ax.set_ylabel(name)
    ax.yaxis.set_minor_formatter(NullFormatter())


def _gaps(ax: Axes, series: Sequence[RateSeries], look: Mapping[str, Look], name: str) -> None:
    floor = 10.0**FLOOR_EXPONENT
    gaps = np.concatenate([part for each in series for part in (each.gap_low, each.gap_high)])
    gaps = gaps[np.isfinite(gaps)]
    top = int(np.ceil(np.log10(max(float(gaps.max()), 1.0)))) if gaps.size else 0
    for each in series:
        style = look[each.label]
        low, middle, high = (
            np.maximum(np.nan_to_num(part, posinf=1e30), floor)
            for part in (each.gap_low, each.gap, each.gap_high)
        )
        ax.fill_between(each.rate, low, high, color=style.colour, alpha=0.14, linewidth=0)
        # Where half the runs failed there is no gap to draw, and the line breaks.
        _draw(ax, each, np.where(np.isfinite(each.gap), middle, np.nan), style)
    decade_axis(ax, FLOOR_EXPONENT, top, f"≤ {power_of_ten(FLOOR_EXPONENT)}")
    ax.set_ylabel(name)


def _draw(ax: Axes, each: RateSeries, values: Array, style: Look) -> None:
    ax.plot(
        each.rate,
        values,
        color=style.colour,
        linestyle=style.line,
        marker=style.marker,
        markeredgecolor="white",
        clip_on=False,
        label=each.label,
    )
