"""Ticks are round numbers, inside the axis, and not too many."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.figures.axes import decade_axis, log_axis, round_ticks, ticks_between
from simulator.figures.style import in_style, new_figure


@pytest.fixture
def ax() -> Any:
    with in_style():
        return new_figure(4, 3).add_subplot()


@given(st.floats(1e-3, 1e4), st.floats(1.5, 1e6))
def test_round_ticks_stay_inside_and_are_not_too_many(low: float, ratio: float):
    ticks = round_ticks(low, low * ratio)
    assert all(low * (1 - 1e-8) <= tick <= low * ratio * (1 + 1e-8) for tick in ticks)
    assert len(ticks) <= 8 or ratio > 1e7
    assert ticks == sorted(ticks)


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (20, 600, [20, 30, 50, 70, 100, 200, 300, 500]),
        (1, 100, [1, 2, 5, 10, 20, 50, 100]),
        (1, 1e6, [1, 10, 100, 1000, 10_000, 100_000, 1_000_000]),
    ],
)
def test_round_ticks_are_the_numbers_one_would_write(low: float, high: float, expected: Any):
    found = round_ticks(low, high)
    assert found == [tick for tick in expected if tick in found]
    assert set(found) <= set(expected)
    assert len(found) >= 4


@given(st.floats(0, 1e3), st.floats(1e-2, 1e3), st.booleans())
def test_both_bounds_are_ticks_and_no_other_comes_near_them(low: float, width: float, log: bool):
    low = low + 1.0 if log else low
    high = low + width
    ticks = ticks_between(low, high, log)
    place = np.log(ticks) if log else np.array(ticks)
    place = (place - place[0]) / (place[-1] - place[0])
    assert (ticks[0], ticks[-1]) == (low, high)
    assert (np.diff(place) > 0.04).all()
    assert place[1] > 0.13
    assert place[-2] < 0.87


def test_a_log_axis_writes_its_numbers_plainly(ax: Any):
    log_axis(ax, "x", 1, 40_000)
    ax.figure.canvas.draw()
    assert ax.get_xscale() == "log"
    assert [text.get_text() for text in ax.get_xticklabels()] == [
        "1",
        "10",
        "100",
        "1000",
        "10,000",
    ]


def test_decades_are_written_as_powers_of_ten(ax: Any):
    decade_axis(ax, -3, 1)
    ax.figure.canvas.draw()
    assert [text.get_text() for text in ax.get_yticklabels()] == ["10⁻³", "10⁻²", "10⁻¹", "1", "10"]
    assert ax.get_ylim() == (1e-3, 10.0)


def test_of_many_decades_every_other_is_written_and_the_lowest_can_be_named(ax: Any):
    decade_axis(ax, -10, 1, floor="≤ 10⁻¹⁰")
    ax.figure.canvas.draw()
    written = [text.get_text() for text in ax.get_yticklabels()]
    assert written == ["≤ 10⁻¹⁰", "10⁻⁸", "10⁻⁶", "10⁻⁴", "10⁻²", "1"]
