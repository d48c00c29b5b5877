"""Learning rates: cost and gap over the rate, a cross where a rate never gets there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from simulator.figures import RateSeries, draw_learning_rates

RATES = [0.001, 0.01, 0.1]
ADAM = RateSeries(
    "adam",
    np.array(RATES),
    np.array([0.3, 1e-12, np.inf]),
    np.array([0.1, 0.0, 1e-3]),
    np.array([0.5, 1e-9, np.inf]),
    np.array([np.inf, 150.0, 60.0]),
)
SERIES = [ADAM]


def drawn(series: Any = SERIES) -> Any:
    return draw_learning_rates(series, tolerance=0.005, repeats=5, title="learning-rates")


def test_the_upper_panel_holds_the_costs_and_breaks_where_there_are_none(lines: Any):
    above = drawn().axes[0]
    ((x, y),) = lines(above, "adam")
    assert x == RATES
    assert np.isnan(y[0])
    assert y[1:] == [150.0, 60.0]


def test_a_cross_at_the_top_marks_rates_that_never_get_there(lines: Any):
    above = drawn().axes[0]
    ((x, y),) = lines(above, "adam: never")
    assert x == [0.001]
    assert y == [above.get_ylim()[1]]
    texts = [text.get_text() for text in drawn().legends[0].get_texts()]
    assert texts == ["adam", "half the runs\nnever come so near"]


def test_without_such_a_rate_the_legend_has_no_cross():
    there = RateSeries("adam", ADAM.rate, ADAM.gap, ADAM.gap_low, ADAM.gap_high, ADAM.rate + 9)
    assert [t.get_text() for t in drawn([there]).legends[0].get_texts()] == ["adam"]


def test_the_lower_panel_draws_gaps_no_lower_than_its_floor(lines: Any):
    below = drawn().axes[1]
    ((x, y),) = lines(below, "adam")
    assert x == RATES
    assert y[:2] == [0.3, 1e-10]
    assert np.isnan(y[2])  # half the runs failed


def test_axes_are_logarithmic_named_and_shared():
    above, below = drawn().axes
    assert {above.get_xscale(), above.get_yscale(), below.get_yscale()} == {"log"}
    assert above.get_xlim() == below.get_xlim() == (0.001 / 1.4, 0.1 * 1.4)
    assert below.get_xlabel() == "learning rate (in the box scaled to 0–1)"
    assert above.get_ylabel() == "evaluations until\nwithin 0.005 of the best"
    assert below.get_ylabel() == "gap at the end\nto the best known score (points)"


def test_texts_keep_apart(collisions: Callable[..., Any]):
    assert collisions(drawn()) == []


@pytest.mark.parametrize(
    ("rate", "match"),
    [([0.1, 0.01, 1.0], "increase"), ([0.0, 0.1, 1.0], "positive"), ([0.1, 1.0], "one number")],
)
def test_rates_that_fit_nothing_are_refused(rate: list[float], match: str):
    with pytest.raises(ValueError, match=match):
        RateSeries("adam", np.array(rate), ADAM.gap, ADAM.gap_low, ADAM.gap_high, ADAM.cost)
