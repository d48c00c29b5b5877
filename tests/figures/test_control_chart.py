"""The brewing control chart: the ideal box, the regions around it, and the way of the cup."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from matplotlib.patches import Rectangle

from simulator.figures import DRIP_IDEAL, ESPRESSO_IDEAL, CupPath, draw_control_chart


def _texts(ax: Any) -> dict[str, tuple[float, float]]:
    """Each word with the place of its anchor in data coordinates."""
    to_data = ax.transData.inverted()
    return {
        text.get_text(): tuple(
            to_data.transform(text.get_transform().transform(text.get_position()))
        )
        for text in ax.texts
    }


def test_the_axes_are_yield_and_strength_in_percent(cup_path: Any):
    (ax,) = draw_control_chart([cup_path("adam")]).axes
    assert ax.get_xlabel() == "extraction yield (%)"
    assert ax.get_ylabel() == "total dissolved solids (%)"


@pytest.mark.parametrize(
    ("ideal", "corner", "width", "height"),
    [(DRIP_IDEAL, (18, 1.15), 4, 0.20), (ESPRESSO_IDEAL, (18, 8), 4, 4)],
)
def test_the_ideal_box_stands_where_it_belongs(
    ideal: Any, corner: Any, width: float, height: float
):
    (ax,) = draw_control_chart([], ideal=ideal).axes
    (box,) = [
        patch
        for patch in ax.patches
        if isinstance(patch, Rectangle) and patch.get_label() == "ideal"
    ]
    assert box.get_xy() == corner
    assert (box.get_width(), box.get_height()) == pytest.approx((width, height))


@pytest.mark.parametrize("ideal", [DRIP_IDEAL, ESPRESSO_IDEAL])
def test_the_words_stand_in_their_regions(cup_path: Any, ideal: Any):
    (ax,) = draw_control_chart([], ideal=ideal).axes
    texts = _texts(ax)
    assert texts["under-extracted"][0] < ideal.yield_low
    assert texts["over-extracted"][0] > ideal.yield_high
    assert texts["strong"][1] > ideal.tds_high
    assert texts["weak"][1] < ideal.tds_low
    assert ideal.yield_low < texts["ideal"][0] < ideal.yield_high
    assert ideal.tds_low < texts["ideal"][1] < ideal.tds_high


def test_the_words_stay_on_the_chart_however_narrow_their_region(cup_path: Any):
    figure = draw_control_chart([cup_path("adam", 1.0, 21.0)])
    figure.draw_without_rendering()
    (ax,) = figure.axes
    chart = ax.get_window_extent()
    assert len(ax.texts) == 5
    for text in ax.texts:
        word = text.get_window_extent()
        assert chart.x0 < word.x0 < word.x1 < chart.x1
        assert chart.y0 < word.y0 < word.y1 < chart.y1 + 1


def test_a_path_runs_from_an_open_circle_to_its_marker(cup_path: Any, lines: Any):
    path = cup_path("adam", 24.0, 20.0)
    (ax,) = draw_control_chart([path]).axes
    assert lines(ax, "adam") == [[path.extraction_yield_pct.tolist(), path.tds_pct.tolist()]]
    assert lines(ax, "start") == [[[24.0], [1.5]]]
    assert lines(ax, "end") == [[[20.0], [1.25]]]


@pytest.mark.parametrize(("start", "strength"), [(4.0, 0.03), (29.0, 0.09), (20.0, 0.0625)])
def test_all_cups_and_the_whole_box_with_its_surroundings_are_inside(
    cup_path: Any, start: float, strength: float
):
    path = cup_path("adam", start, 20.0, strength)
    (ax,) = draw_control_chart([path]).axes
    (left, right), (bottom, top) = ax.get_xlim(), ax.get_ylim()
    assert left < path.extraction_yield_pct.min() <= path.extraction_yield_pct.max() < right
    assert bottom < path.tds_pct.min() <= path.tds_pct.max() < top
    assert left <= 14 < 26 <= right
    assert 0 <= bottom <= 0.95 < 1.55 <= top


def test_cups_that_are_no_numbers_do_not_spoil_the_limits(lines: Any):
    path = CupPath("adam", [24.0, np.nan, 20.0], [1.5, np.inf, 1.25])
    (ax,) = draw_control_chart([path]).axes
    assert np.isfinite([*ax.get_xlim(), *ax.get_ylim()]).all()


def test_each_optimizer_has_a_lane_beside_the_true_place_and_its_repeats_share_it(cup_path: Any):
    paths = [cup_path(name) for name in ("adam", "slsqp", "powell", "adam")]
    (ax,) = draw_control_chart(paths).axes
    ways = [line for line in ax.get_lines() if line.get_label() in ("adam", "slsqp", "powell")]
    to_points = 72 / ax.get_figure().dpi
    places = [(line.get_transform() - ax.transData).transform((0, 0)) for line in ways]
    shifts = [
        ax.get_lines()[0].axes.transData.transform(place) - ax.transData.transform((0, 0))
        for place in places
    ]
    aside = [float(np.hypot(*shift)) * np.sign(shift[1]) * to_points for shift in shifts]
    assert aside == pytest.approx([-2.6, 0.0, 2.6, -2.6], abs=1e-6)


def test_all_lanes_together_stay_narrow(cup_path: Any, methods: Any):
    (ax,) = draw_control_chart([cup_path(name) for name in methods]).axes
    ends = [
        line.get_transform().transform((20.0, 1.25)) * 72 / ax.get_figure().dpi
        for line in ax.get_lines()
        if line.get_label() in methods
    ]
    assert float(np.hypot(*(ends[0] - ends[-1]))) < 18.0


def test_a_single_optimizer_is_drawn_in_its_true_place(cup_path: Any):
    (ax,) = draw_control_chart([cup_path("adam"), cup_path("adam", 16.0)]).axes
    ways = [line for line in ax.get_lines() if line.get_label() == "adam"]
    assert len(ways) == 2
    for line in ways:
        assert line.get_transform().transform((20.0, 1.25)) == pytest.approx(
            ax.transData.transform((20.0, 1.25))
        )


def test_the_legend_names_optimizers_once_and_the_start(cup_path: Any):
    figure = draw_control_chart([cup_path("adam"), cup_path("adam", 16.0), cup_path("slsqp")])
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["adam", "slsqp", "start"]


@pytest.mark.parametrize("optimizers", [0, 1, 12])
@pytest.mark.parametrize("ideal", [DRIP_IDEAL, ESPRESSO_IDEAL])
def test_no_texts_collide(
    cup_path: Any, methods: Any, collisions: Callable[..., Any], optimizers: int, ideal: Any
):
    strength = ideal.tds_high / 22
    paths = [
        cup_path(name, 9.0 + place, 20.0, strength)
        for place, name in enumerate(methods[:optimizers])
    ]
    assert collisions(draw_control_chart(paths, ideal=ideal)) == []
