"""The landscape: contours of the given scores, paths from their starts, the best point, units."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from matplotlib.contour import QuadContourSet

from simulator.figures import Landscape, RecipePath, draw_landscape

GRIND = np.geomspace(200, 1400, 40)
TIME = np.geomspace(20, 600, 30)
# A hill with its top of 7 at 700 µm and 120 s, the same in every direction of the logarithms.
HILL = 7 - np.log(GRIND / 700) ** 2 - np.log(TIME[:, None] / 120) ** 2
PLANE = Landscape(GRIND, TIME, HILL, held="milk 0 g, sugar 0 g")


def _contours(ax: Any) -> list[Any]:
    return [item for item in ax.collections if isinstance(item, QuadContourSet)]


def test_axes_are_logarithmic_over_the_grid_and_carry_units():
    ax = draw_landscape(PLANE).axes[0]
    assert (ax.get_xscale(), ax.get_yscale()) == ("log", "log")
    assert (ax.get_xlim(), ax.get_ylim()) == ((GRIND[0], GRIND[-1]), (TIME[0], TIME[-1]))
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("grind size (µm)", "brew time (s)")
    assert {200.0, 1400.0} <= {round(tick, 6) for tick in ax.get_xticks().tolist()}


def test_the_contours_cover_all_scores_in_even_steps():
    filled = _contours(draw_landscape(PLANE).axes[0])[0]
    assert filled.filled
    assert filled.levels[0] <= HILL.min()
    assert filled.levels[-1] >= HILL.max()
    assert np.ptp(np.diff(filled.levels)) < 1e-9
    assert 6 <= len(filled.levels) <= 14


def test_higher_scores_are_lighter():
    filled = _contours(draw_landscape(PLANE).axes[0])[0]
    lightness = filled.to_rgba(filled.levels)[:, :3] @ [0.2126, 0.7152, 0.0722]
    assert (np.diff(lightness) > 0).all()


def test_the_colour_bar_names_the_score():
    figure = draw_landscape(PLANE, score_name="share of customers above 5.2")
    assert figure.axes[1].get_ylabel() == "share of customers above 5.2"


@pytest.mark.parametrize("title", ["", "house-blend"])
def test_the_title_says_what_is_held(title: str):
    shown = draw_landscape(PLANE, title=title).axes[0].get_title(loc="left")
    assert shown.startswith(title)
    assert shown.endswith("\n(milk 0 g, sugar 0 g)")


def test_the_longest_path_is_drawn_under_the_others(lines: Any):
    short = RecipePath("calm", [1, 2], {"grind_um": [300, 900], "time_s": [60, 60]})
    wild = RecipePath("wild", [1, 2, 3], {"grind_um": [300, 900, 300], "time_s": [60, 60, 60]})
    ax = draw_landscape(PLANE, [short, wild]).axes[0]
    assert [
        line.get_label() for line in ax.get_lines() if line.get_label() in ("calm", "wild")
    ] == ["wild", "calm"]


def test_the_dashed_line_surrounds_what_is_nearly_as_good():
    rim = _contours(draw_landscape(PLANE, near_optimal=0.1).axes[0])[-1]
    points = np.concatenate([path.vertices for path in rim.get_paths()])
    distance = np.hypot(np.log(points[:, 0] / 700), np.log(points[:, 1] / 120))
    # The radius of the hill's circle at that height; the grid is coarse.
    assert np.allclose(distance, np.sqrt(0.1 - (7 - HILL.max())), atol=0.03)


def test_without_a_tolerance_there_is_no_dashed_line():
    assert len(_contours(draw_landscape(PLANE, near_optimal=None).axes[0])) == 2


def test_a_path_runs_from_an_open_circle_to_its_marker(recipe_path: Any, lines: Any):
    path = recipe_path("adam")
    ax = draw_landscape(PLANE, [path]).axes[0]
    grind, time = path.recipe["grind_um"].tolist(), path.recipe["time_s"].tolist()
    assert lines(ax, "adam") == [[grind, time]]
    assert lines(ax, "start") == [[grind[:1], time[:1]]]
    assert lines(ax, "end") == [[grind[-1:], time[-1:]]]
    (start,) = [line for line in ax.get_lines() if line.get_label() == "start"]
    assert (start.get_marker(), start.get_markerfacecolor()) == ("o", "white")


def test_the_best_point_is_a_star(recipe_path: Any):
    ax = draw_landscape(PLANE, best=(700.0, 120.0)).axes[0]
    stars = [line.get_xydata().tolist() for line in ax.get_lines() if line.get_marker() == "*"]
    assert stars == [[[700.0, 120.0]]]


def test_the_legend_explains_every_mark(recipe_path: Any):
    paths = [recipe_path("adam", seed) for seed in range(3)] + [recipe_path("slsqp")]
    figure = draw_landscape(PLANE, paths, best=(700.0, 120.0))
    texts = [text.get_text() for text in figure.legends[0].get_texts()]
    assert texts == ["adam", "slsqp", "start", "best known", "within 0.01 of the best"]


@pytest.mark.parametrize("score", [np.full_like(HILL, 5.0), np.full_like(HILL, np.nan)])
def test_a_plane_without_slope_or_scores_is_drawn_without_complaint(
    score: Any, collisions: Callable[..., Any]
):
    figure = draw_landscape(Landscape(GRIND, TIME, score))
    assert figure.legends == []
    assert collisions(figure) == []


def test_cells_without_a_score_stay_empty():
    score = HILL.copy()
    score[:5, :5] = np.nan
    filled = _contours(draw_landscape(Landscape(GRIND, TIME, score)).axes[0])[0]
    assert not filled.get_paths()[0].contains_point((GRIND[2], TIME[2]))
    assert filled.levels[0] <= np.nanmin(score)


@pytest.mark.parametrize("optimizers", [0, 1, 12])
def test_no_texts_collide(
    recipe_path: Any, methods: Any, collisions: Callable[..., Any], optimizers: int
):
    paths = [recipe_path(name, place) for place, name in enumerate(methods[:optimizers])]
    assert collisions(draw_landscape(PLANE, paths, best=(700.0, 120.0))) == []
