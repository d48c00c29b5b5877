"""Ratings: which scores single customers give the same cup, kind by kind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from simulator.figures.data import Array
from simulator.figures.style import BLACK, GREY, in_style, new_figure, shown
from simulator.figures.words import ENGLISH, FigureWords

SCALE = np.arange(1, 10)
"""The nine ratings."""

_BAR = "#a98a6c"
_ALL = "#7a5c45"


@dataclass(frozen=True, eq=False)
class RatingGroup:
    """One kind of customers and the ratings that they give.

    Raises ValueError when made unless the nine shares add up to 1.
    """

    label: str
    share: float
    """Of all customers, 0 to 1."""
    mean: float
    """The model's score for them, 1 to 9."""
    ratings: Array
    """(9,): the share of them who rate the cup 1, 2 … 9."""

    def __post_init__(self) -> None:
        if np.shape(self.ratings) != (9,) or abs(float(np.sum(self.ratings)) - 1.0) > 1e-9:
            raise ValueError(f"{self.label}: expected nine shares that add up to 1")


def draw_ratings(
    groups: Sequence[RatingGroup],
    everyone: RatingGroup,
    *,
    title: str = "",
    words: FigureWords = ENGLISH,
) -> Figure:
    """One panel per kind of customers and one for all: bars for the nine ratings, a line at the mean.

    All panels share their axes, so bars of equal height are equal shares of their own panel's customers.
    """
    with in_style():
        rows = [*groups, everyone]
        figure = new_figure(7.4, 1.5 + 1.25 * len(rows))
        panels = figure.subplots(len(rows), 1, sharex=True, sharey=True, squeeze=False)[:, 0]
        for ax, group in zip(panels, rows, strict=True):
            _panel(ax, group, _ALL if group is everyone else _BAR, words)
        top = max(100 * float(group.ratings.max()) for group in rows)
        panels[0].set(xlim=(0.4, 9.6), ylim=(0, 1.12 * top), xticks=SCALE.tolist())
        panels[-1].set_xlabel(words.rating)
        figure.supylabel(words.rating_share, fontsize=11.5)
        figure.suptitle(title or words.ratings, x=0.01, ha="left", fontsize=12.0)
        _legend(figure, words)
    return figure


def _panel(ax: Axes, group: RatingGroup, colour: str, words: FigureWords) -> None:
    ax.bar(SCALE, 100 * np.asarray(group.ratings), width=0.82, color=colour, label=group.label)
    ax.axvline(group.mean, color=BLACK, linestyle="--", linewidth=1.3, label="mean")
    ax.xaxis.grid(visible=False)
    # Texts stand above the axes, so that no bar can touch them.
    text = shown(group.label)
    if group.share < 1.0:
        text = words.rating_group.format(label=text, share=f"{100 * group.share:.0f}")
    ax.set_title(text, fontsize=10.5)
    mean = words.rating_mean.format(mean=f"{group.mean:.2f}")
    ax.set_title(mean, fontsize=10.5, loc="right", color=GREY)


def _legend(figure: Figure, words: FigureWords) -> None:
    bars, line = Patch(color=_BAR), Line2D([], [], color=BLACK, linestyle="--", linewidth=1.3)
    figure.legend(
        [bars, line], [words.rating_bars, words.rating_line], loc="outside lower center", ncols=2
    )
