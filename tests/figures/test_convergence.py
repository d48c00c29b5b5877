"""The convergence figure: medians, bands, ends, limits, labels, legend."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from matplotlib.collections import PolyCollection
from matplotlib.colors import to_hex

from simulator.figures import (
    ConvergenceSeries,
    RepeatTrace,
    convergence_series,
    draw_convergence,
    looks,
)

SERIES = ConvergenceSeries(
    "adam", [1, 10, 100], [1.0, 1e-3, 1e-6], [0.5, 1e-4, 1e-7], [2.0, 1e-2, 1e-5], 10
)


def _legend(figure: Any) -> list[str]:
    return [text.get_text() for text in figure.legends[0].get_texts()]


def _many(methods: Any, descent: Any, repeats: int = 5) -> list[ConvergenceSeries]:
    return [
        convergence_series(
            name, [descent(9 * place + seed, steps=20 * 2**place) for seed in range(repeats)], 8.0
        )
        for place, name in enumerate(methods)
    ]


def test_the_line_is_the_median_against_evaluations(lines: Any):
    (ax,) = draw_convergence([SERIES]).axes
    assert lines(ax, "adam") == [[[1, 10, 100], [1.0, 1e-3, 1e-6]]]


def test_the_line_ends_in_the_marker_of_its_look(lines: Any):
    (ax,) = draw_convergence([SERIES]).axes
    assert lines(ax, "adam: end") == [[[100], [1e-6]]]


def test_the_band_lies_between_the_quartiles():
    (ax,) = draw_convergence([SERIES]).axes
    (band,) = [item for item in ax.collections if isinstance(item, PolyCollection)]
    heights = band.get_paths()[0].vertices[:, 1]
    assert (heights.min(), heights.max()) == (1e-7, 2.0)
    assert {2.0, 1e-2, 1e-5, 0.5, 1e-4, 1e-7} <= set(heights.tolist())


def test_both_axes_are_logarithmic_and_hold_everything():
    (ax,) = draw_convergence([SERIES]).axes
    assert (ax.get_xscale(), ax.get_yscale()) == ("log", "log")
    assert ax.get_ylim() == (1e-7, 10.0)
    assert ax.get_xlim()[0] == 1.0
    assert 100 < ax.get_xlim()[1] < 130


@pytest.mark.parametrize("unit", ["points", "share of customers"])
def test_the_axes_say_what_is_drawn_and_in_which_unit(unit: str):
    (ax,) = draw_convergence([SERIES], unit=unit).axes
    assert ax.get_xlabel() == "evaluations"
    assert (
        ax.get_ylabel().replace("\n", " ")
        == f"gap of the best cup so far to the best known score ({unit})"
    )


def test_gaps_of_zero_and_below_are_drawn_at_the_floor_and_the_axis_says_so(lines: Any):
    series = ConvergenceSeries(
        "adam", [1, 2, 3], [1.0, 0.0, -1e-12], [0.5, -1.0, -1.0], [2.0, 0.0, 0.0], 10
    )
    (ax,) = draw_convergence([series]).axes
    assert lines(ax, "adam")[0][1] == [1.0, 1e-10, 1e-10]
    assert ax.get_ylim()[0] == 1e-10
    ax.figure.canvas.draw()
    assert ax.get_yticklabels()[0].get_text() == "≤ 10⁻¹⁰"


def test_an_infinite_median_is_not_drawn_and_an_infinite_quartile_reaches_the_top(lines: Any):
    inf = np.inf
    series = ConvergenceSeries(
        "adam", [1, 2, 3], [inf, 1.0, 0.1], [inf, 0.5, 0.1], [inf, inf, 0.2], 10, 2
    )
    (ax,) = draw_convergence([series]).axes
    assert np.isnan(lines(ax, "adam")[0][1][0])
    assert lines(ax, "adam")[0][1][1:] == [1.0, 0.1]
    (band,) = ax.collections
    assert band.get_paths()[0].vertices[:, 1].max() > ax.get_ylim()[1]


def test_an_optimizer_that_always_failed_has_no_line_and_stands_last_in_the_legend(descent: Any):
    failed = convergence_series("cobyqa", [RepeatTrace([], [], failed=True)] * 4, 8.0)
    good = convergence_series("adam", [descent(seed) for seed in range(4)], 8.0)
    figure = draw_convergence([failed, good])
    assert _legend(figure) == ["adam", "cobyqa (4 of 4 failed)"]


def test_the_legend_lists_the_best_first_and_says_over_how_many_runs(methods: Any, descent: Any):
    series = _many(methods[:3], descent)
    figure = draw_convergence(series)
    assert _legend(figure) == [
        item.label for item in sorted(series, key=lambda item: item.median[-1])
    ]
    assert figure.legends[0].get_title().get_text() == "median and quartiles of 5 runs,\nbest first"


def test_a_single_run_is_called_one():
    series = ConvergenceSeries("adam", [1, 2], [1.0, 0.1], [1.0, 0.1], [1.0, 0.1], 1)
    assert draw_convergence([series]).legends[0].get_title().get_text() == "one run each"


def test_each_optimizer_keeps_its_look_in_a_smaller_figure(methods: Any, descent: Any):
    look = looks(methods)
    (ax,) = draw_convergence(_many(methods[4:6], descent), look=look).axes
    colours = {line.get_label(): to_hex(line.get_color()).upper() for line in ax.get_lines()}
    assert colours["adam"] == look["adam"].colour.upper()
    assert colours["rmsprop"] == look["rmsprop"].colour.upper()


@pytest.mark.parametrize(("optimizers", "repeats"), [(1, 1), (1, 10), (4, 5), (12, 5)])
def test_no_texts_collide(
    methods: Any, descent: Any, collisions: Callable[..., Any], optimizers: int, repeats: int
):
    assert collisions(draw_convergence(_many(methods[:optimizers], descent, repeats))) == []


def test_names_that_look_like_markup_are_shown_as_they_are(collisions: Callable[..., Any]):
    names = ["$\\frac{1$", "_private", "咖啡", "<script>"]
    series = [ConvergenceSeries(name, [1, 2], [1, 0.1], [1, 0.1], [1, 0.1], 1) for name in names]
    figure = draw_convergence(series, title="100 % $uncommon$")
    assert sorted(text.strip() for text in _legend(figure)) == sorted(names)


def test_nothing_to_draw_gives_empty_axes_with_labels(collisions: Callable[..., Any]):
    figure = draw_convergence([])
    assert figure.axes[0].get_xlabel() == "evaluations"
    assert collisions(figure) == []
