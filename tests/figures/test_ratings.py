"""Ratings: nine bars per kind of customers, the mean marked, shares that add up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from matplotlib.patches import Rectangle

from simulator.figures import RatingGroup, draw_ratings

HILL = np.array([1, 2, 4, 8, 10, 8, 4, 2, 1]) / 40
SKEW = np.array([0, 0, 0, 1, 1, 2, 3, 2, 1]) / 10
GROUPS = [RatingGroup("black, mild", 0.6, 5.0, HILL), RatingGroup("with milk", 0.4, 6.7, SKEW)]
ALL = RatingGroup("all customers", 1.0, 5.68, 0.6 * HILL + 0.4 * SKEW)


def bars(ax: Any) -> list[Any]:
    return [
        (patch.get_x() + patch.get_width() / 2, patch.get_height())
        for patch in ax.patches
        if isinstance(patch, Rectangle)
    ]


def test_each_panel_shows_the_nine_shares_in_percent():
    figure = draw_ratings(GROUPS, ALL)
    assert len(figure.axes) == 3
    for ax, group in zip(figure.axes, [*GROUPS, ALL], strict=True):
        assert np.allclose(bars(ax), list(zip(range(1, 10), 100 * group.ratings, strict=True)))


def test_the_dashed_line_stands_at_the_mean(lines: Any):
    ax = draw_ratings(GROUPS, ALL).axes[1]
    assert lines(ax, "mean")[0][0] == [6.7, 6.7]


def test_panels_name_the_kind_its_share_and_its_mean():
    figure = draw_ratings(GROUPS, ALL)
    left = [ax.get_title(loc="left") for ax in figure.axes]
    right = [ax.get_title(loc="right") for ax in figure.axes]
    assert left == [
        "black, mild (60 % of the customers)",
        "with milk (40 % of the customers)",
        "all customers",
    ]
    assert right == ["mean 5.00", "mean 6.70", "mean 5.68"]


def test_axes_hold_the_whole_scale_and_carry_units():
    figure = draw_ratings(GROUPS, ALL)
    ax = figure.axes[-1]
    assert ax.get_xlim() == (0.4, 9.6)
    assert ax.get_xticks().tolist() == list(range(1, 10))
    assert ax.get_xlabel() == "rating (1–9)"
    assert figure.get_supylabel() == "customers (%)"
    assert ax.get_ylim()[1] > 100 * max(group.ratings.max() for group in GROUPS)


def test_texts_keep_apart(collisions: Callable[..., Any]):
    assert collisions(draw_ratings(GROUPS, ALL, title="house-blend")) == []


@pytest.mark.parametrize("ratings", [HILL[:8], HILL * 2])
def test_shares_that_are_not_nine_or_do_not_add_up_are_refused(ratings: Any):
    with pytest.raises(ValueError, match="nine shares that add up to 1"):
        RatingGroup("x", 0.5, 5.0, ratings)
