"""The coordinates figure: one panel per knob, in its unit, between its bounds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from simulator.figures import Knob, draw_coordinates, looks

KNOBS = (
    Knob("grind_um", 200, 1400, log=True),
    Knob("time_s", 20, 600, log=True),
    Knob("milk_g", 0, 150),
    Knob("sugar_g", 0, 20),
)
BEST = {"grind_um": 900.0, "time_s": 300.0, "milk_g": 12.0, "sugar_g": 1.0}


def _panels(figure: Any) -> list[Any]:
    return [ax for ax in figure.axes if ax.get_visible()]


def test_each_knob_has_a_panel_with_its_unit(recipe_path: Any):
    figure = draw_coordinates(KNOBS, [recipe_path("adam")])
    titles = [ax.get_title(loc="left") for ax in _panels(figure)]
    assert titles == ["grind size (µm)", "brew time (s)", "milk (g)", "sugar (g)"]


def test_a_panel_shows_the_path_of_its_knob(recipe_path: Any, lines: Any):
    path = recipe_path("adam")
    for ax, knob in zip(_panels(draw_coordinates(KNOBS, [path])), KNOBS, strict=True):
        assert lines(ax, "adam") == [[path.evaluations.tolist(), path.recipe[knob.name].tolist()]]


def test_bounds_are_drawn_labelled_and_inside_the_panel(recipe_path: Any, lines: Any):
    figure = draw_coordinates(KNOBS, [recipe_path("adam")])
    for ax, knob in zip(_panels(figure), KNOBS, strict=True):
        assert [line[1][0] for line in lines(ax, "bound")] == [knob.low, knob.high]
        low, high = ax.get_ylim()
        assert low < knob.low < knob.high < high
        assert {knob.low, knob.high} <= set(ax.get_yticks().tolist())


def test_the_scale_of_a_knob_is_its_own(recipe_path: Any):
    figure = draw_coordinates(KNOBS, [recipe_path("adam")])
    assert [ax.get_yscale() for ax in _panels(figure)] == ["log", "log", "linear", "linear"]
    assert {ax.get_xscale() for ax in _panels(figure)} == {"log"}


def test_the_best_known_recipe_is_marked_if_it_is_known(recipe_path: Any, lines: Any):
    marked = draw_coordinates(KNOBS, [recipe_path("adam")], best=BEST)
    heights = [lines(ax, "best known")[0][1][0] for ax in _panels(marked)]
    assert heights == list(BEST.values())
    unmarked = draw_coordinates(KNOBS, [recipe_path("adam")])
    assert not any(lines(ax, "best known") for ax in _panels(unmarked))


def test_repeats_share_one_entry_of_the_legend(recipe_path: Any):
    paths = [recipe_path("adam", seed) for seed in range(3)] + [recipe_path("slsqp")]
    figure = draw_coordinates(KNOBS, paths, best=BEST)
    texts = [text.get_text() for text in figure.legends[0].get_texts()]
    assert texts == ["adam", "slsqp", "best known", "bounds"]


def test_colours_are_those_of_the_experiment(recipe_path: Any, methods: Any):
    look = looks(methods)
    figure = draw_coordinates(KNOBS[:1], [recipe_path("adam")], look=look)
    (line,) = [line for line in figure.axes[0].get_lines() if line.get_label() == "adam"]
    assert line.get_color() == look["adam"].colour


@pytest.mark.parametrize("knobs", [1, 2, 3, 4, 5, 8])
def test_the_lowest_panel_of_each_column_names_the_evaluations(recipe_path: Any, knobs: int):
    names = [*BEST, *list(BEST)][:knobs]
    figure = draw_coordinates([Knob(name, 1, 1400) for name in names], [recipe_path("adam")])
    named = [bool(ax.get_xlabel()) for ax in _panels(figure)]
    assert len(named) == knobs
    columns = min(knobs, 2)
    assert named == [place >= knobs - columns for place in range(knobs)]


@pytest.mark.parametrize(
    ("knobs", "optimizers", "steps"), [(1, 1, 1), (4, 1, 4000), (4, 12, 40), (3, 2, 5)]
)
def test_no_texts_collide(
    recipe_path: Any,
    methods: Any,
    collisions: Callable[..., Any],
    knobs: int,
    optimizers: int,
    steps: int,
):
    paths = [
        recipe_path(name, place, steps=steps) for place, name in enumerate(methods[:optimizers])
    ]
    assert collisions(draw_coordinates(KNOBS[:knobs], paths, best=BEST)) == []


def test_a_run_without_a_point_leaves_its_panel_empty(recipe_path: Any, lines: Any):
    figure = draw_coordinates(KNOBS, [recipe_path("adam", steps=0)])
    assert lines(figure.axes[0], "adam") == [[[], []]]
