"""A row of the page's table says what was measured and which bars it misses."""

from __future__ import annotations

from dataclasses import replace

import pytest
from benchmarks.page import BARS, HEAD, LARGEST, README, Row, told

GOOD = Row("house-blend", 361.0, 112.0, 13.0, 22.0, 5.1, 242, 7e-16, 1e-15, 4e-15)


def test_a_page_within_all_bars_misses_none():
    assert GOOD.missed == []


@pytest.mark.parametrize("bar", BARS)
def test_a_bar_that_is_passed_is_named(bar: str):
    assert replace(GOOD, **{bar: 1.01 * BARS[bar]}).missed == [f"house-blend: {bar}"]


def test_the_size_is_asked_of_the_default_config_alone():
    large = replace(GOOD, size=LARGEST[1] + 1)
    assert large.missed == ["house-blend: size"]
    assert replace(large, name="top-box").missed == []


def test_the_table_has_a_row_for_each_page_and_as_many_cells_as_its_head():
    lines = told([GOOD, replace(GOOD, name="top-box")], 0.5)
    rows = [line for line in lines if line.startswith("|")]
    assert len(rows) == len(HEAD) + 2
    assert len({row.count("|") for row in rows}) == 1
    assert "load 0.5" in lines[0]


def test_the_table_has_its_place_in_the_rooms_page():
    text = README.read_text(encoding="utf-8")
    assert text.count("<!-- page -->") == text.count("<!-- end of page -->") == 1
