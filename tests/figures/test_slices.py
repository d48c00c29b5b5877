"""Slices: one panel per knob and per pair, the given scores on their own axes, the best recipe marked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from matplotlib.contour import QuadContourSet

from simulator.figures import Knob, Slices, draw_slices

KNOBS = (
    Knob("grind_um", 200, 1400, log=True),
    Knob("time_s", 20, 600, log=True),
    Knob("milk_g", 0, 150),
)
BEST = {"grind_um": 700.0, "time_s": 120.0, "milk_g": 30.0}


def hill(count: int = 3, side: int = 21) -> Slices:
    """A hill of height 7 over the first ``count`` knobs, with its top at the best recipe."""
    knobs = KNOBS[:count]
    values = {k.name: (np.geomspace if k.log else np.linspace)(k.low, k.high, side) for k in knobs}
    fall = {k.name: ((values[k.name] - BEST[k.name]) / k.high) ** 2 for k in knobs}
    lines = {name: 7 - each for name, each in fall.items()}
    planes = {
        (a.name, b.name): 7 - fall[a.name] - fall[b.name][:, None]
        for i, a in enumerate(knobs)
        for b in knobs[i + 1 :]
    }
    return Slices(knobs, values, lines, planes, {k.name: BEST[k.name] for k in knobs})


def panels(figure: Any, count: int) -> Any:
    return np.array(figure.axes[: count * count]).reshape(count, count)


def test_lines_stand_on_the_diagonal_and_hold_the_given_scores(lines: Any):
    drawn = hill()
    for place, ax in enumerate(panels(draw_slices(drawn), 3).diagonal()):
        name = KNOBS[place].name
        assert lines(ax, name) == [[drawn.values[name].tolist(), drawn.lines[name].tolist()]]


def test_planes_stand_below_the_diagonal_and_nothing_above_it():
    grid = panels(draw_slices(hill()), 3)
    for row in range(3):
        for column in range(3):
            filled = [c for c in grid[row, column].collections if isinstance(c, QuadContourSet)]
            assert bool(filled) == (row > column)
            assert grid[row, column].get_visible() == (row >= column)


def test_axes_end_at_the_bounds_on_the_knobs_own_scale():
    ax = panels(draw_slices(hill()), 3)[2, 0]
    assert (ax.get_xscale(), ax.get_yscale()) == ("log", "linear")
    assert (ax.get_xlim(), ax.get_ylim()) == ((200, 1400), (0, 150))


def test_only_the_left_and_lower_rims_are_named_with_units():
    grid = panels(draw_slices(hill(), score_name="mean score (1–9)"), 3)
    assert [ax.get_xlabel() for ax in grid[2]] == [
        "grind size (µm)", "brew time (s)", "milk (g)",
    ]  # fmt: skip
    assert [ax.get_ylabel() for ax in grid[:, 0]] == [
        "mean score (1–9)", "brew time (s)", "milk (g)",
    ]  # fmt: skip
    assert grid[1, 0].get_xlabel() == grid[2, 1].get_ylabel() == ""


def test_a_star_marks_the_best_recipe_in_every_panel(lines: Any):
    grid = panels(draw_slices(hill()), 3)
    assert lines(grid[2, 1], "best") == [[[120.0], [30.0]]]
    ((x, y),) = lines(grid[0, 0], "best")
    assert x == [700.0]
    assert y[0] == pytest.approx(7.0, abs=2e-3)  # between two points of the grid


def test_all_planes_share_the_levels_of_all_scores():
    drawn = hill()
    grid = panels(draw_slices(drawn, near_optimal=None), 3)
    levels = [
        tuple(c.levels)
        for ax in grid[np.tril_indices(3, -1)]
        for c in ax.collections
        if isinstance(c, QuadContourSet)
    ]
    assert len(levels) == 3
    assert len(set(levels)) == 1
    scores = np.concatenate([plane.ravel() for plane in drawn.planes.values()])
    assert levels[0][0] <= scores.min()
    assert levels[0][-1] >= scores.max()


@pytest.mark.parametrize("count", [1, 2, 3])
def test_no_texts_collide(collisions: Callable[..., Any], count: int):
    assert collisions(draw_slices(hill(count), title="house-blend")) == []


def test_a_score_without_slope_or_numbers_is_drawn():
    drawn = hill(2)
    for number in (5.0, np.nan):
        flat = {name: np.full_like(line, number) for name, line in drawn.lines.items()}
        plane = {pair: np.full_like(each, number) for pair, each in drawn.planes.items()}
        draw_slices(Slices(drawn.knobs, drawn.values, flat, plane, drawn.best))


def test_a_plane_of_another_shape_is_refused():
    drawn = hill(2)
    with pytest.raises(ValueError, match=r"grind_um, time_s: the score has shape \(3, 3\)"):
        Slices(
            drawn.knobs,
            drawn.values,
            drawn.lines,
            {("grind_um", "time_s"): np.zeros((3, 3))},
            drawn.best,
        )
