"""The texts of figures: every one of them can be given, in any language."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import fields
from typing import Any

import numpy as np
import pytest
from matplotlib.text import Text

from simulator.figures import (
    FigureWords,
    Knob,
    Landscape,
    convergence_series,
    draw_control_chart,
    draw_convergence,
    draw_coordinates,
    draw_landscape,
)

MARKED = FigureWords(**{each.name: f"«{each.default}»" for each in fields(FigureWords)})


@pytest.fixture
def drawn(descent: Any, recipe_path: Any, cup_path: Any) -> dict[str, Callable[..., Any]]:
    """Each figure with everything in it that can be said, to be drawn with given words."""
    grind, time = np.geomspace(200, 1400, 9), np.geomspace(20, 600, 8)
    plane = Landscape(grind, time, np.add.outer(time / 600, grind / 1400), held="1")
    runs = [descent(0), descent(1, failed=True)]
    series = [convergence_series(label, runs, 8.0) for label in ("1", "2")]
    paths = [recipe_path("1"), recipe_path("2")]
    best = {"grind_um": 900.0, "time_s": 300.0}
    knobs = [Knob("grind_um", 200, 1400, log=True), Knob("time_s", 20, 600)]
    cups = [cup_path("1"), cup_path("2")]
    return {
        "convergence": lambda words: draw_convergence(series, words=words),
        "coordinates": lambda words: draw_coordinates(knobs, paths, best=best, words=words),
        "landscape": lambda words: draw_landscape(plane, paths, best=(900, 300), words=words),
        "control chart": lambda words: draw_control_chart(cups, words=words),
    }


def _texts(figure: Any) -> list[str]:
    return [text.get_text() for text in figure.findobj(Text) if text.get_text().strip()]


@pytest.mark.parametrize("name", ["convergence", "coordinates", "landscape", "control chart"])
def test_no_text_of_a_figure_is_fixed(drawn: Any, name: str):
    own = [text for text in _texts(drawn[name](MARKED)) if "«" not in text]
    assert [text for text in own if re.search("[A-Za-z]{2}", text)] == []


@pytest.mark.parametrize("name", ["convergence", "coordinates", "landscape", "control chart"])
def test_english_is_spoken_unless_another_language_is_given(drawn: Any, name: str):
    english = _texts(drawn[name](FigureWords()))
    marked = [re.sub("[«»]", "", text) for text in _texts(drawn[name](MARKED))]
    assert english == marked


def test_lanes_are_explained_where_there_are_lanes(cup_path: Any):
    one = draw_control_chart([cup_path("adam")])
    two = draw_control_chart([cup_path("adam"), cup_path("slsqp")])
    assert one.legends[0].get_title().get_text() == ""
    assert "Side by side" in two.legends[0].get_title().get_text()
