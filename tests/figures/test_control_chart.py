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


def test_where_paths_lie_on_each_other_their_dashes_take_turns(cup_path: Any):
    (ax,) = draw_control_chart([cup_path("adam"), cup_path("slsqp"), cup_path("powell")]).axes
    dashes = [
        line._dash_pattern
        for line in ax.get_lines()
        if line.get_label() in ("adam", "slsqp", "powell")
    ]
    offsets = [offset for offset, _ in dashes]
    on, off = dashes[0][1]
    assert off == pytest.approx(2 * on)
    assert offsets == pytest.approx([0.0, on, 2 * on])


def test_a_single_path_is_a_solid_line(cup_path: Any):
    (ax,) = draw_control_chart([cup_path("adam"), cup_path("adam", 16.0)]).axes
    assert {line.get_linestyle() for line in ax.get_lines() if line.get_label() == "adam"} == {"-"}


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
