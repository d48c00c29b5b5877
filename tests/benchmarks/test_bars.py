"""Bars are judged by the median, and what is missing is said to be missing."""

from __future__ import annotations

import pytest
from benchmarks.bars import Bar, bar_table, dearer, duration, faster, figure, markdown, within
from benchmarks.rounds import Spread, Timing
from benchmarks.sections import replace_section

TIMINGS = {"ours": Timing((1.0, 1.0), (1.0, 1.0)), "theirs": Timing((4.0, 6.0), (4.0, 6.0))}


@pytest.mark.parametrize(("least", "met"), [(5.0, True), (5.1, False), (None, None)])
def test_being_faster_is_judged_by_the_median_ratio(least, met):
    assert faster("work", TIMINGS, "ours", "theirs", least, "s").met is met


@pytest.mark.parametrize(("most", "met"), [(5.0, True), (4.9, False)])
def test_being_dearer_is_judged_by_the_median_ratio(most, met):
    assert dearer("work", TIMINGS, "theirs", "ours", most, "s").met is met


def test_a_time_is_held_to_its_limit():
    assert within("call", Spread(1e-6, 2e-6, 3e-6), 1e-6, "µs").met is False
    assert within("call", Spread(1e-7, 2e-7, 3e-7), 1e-6, "µs").met is True


def test_a_peer_that_is_not_installed_is_neither_met_nor_missed():
    bar = faster("work", TIMINGS, "ours", "nobody", 5.0, "s")
    assert (bar.met, bar.verdict) == (None, "skipped")
    assert "not installed" in "\n".join(bar_table([bar]))


def test_an_unmet_bar_is_seen_in_the_table():
    bar = Bar("work", "≤ 1×", "2 : 1", Spread(1.9, 2.0, 2.1), most=1.0)
    assert bar_table([bar])[2] == "| work | ≤ 1× | 2 : 1    | 2× (1.9×–2.1×)     | **NO** |"


def test_numbers_keep_three_digits():
    assert [figure(each) for each in (12345.6, 12.345, 0.012345)] == ["12,346", "12.3", "0.0123"]
    assert duration(0.0015, "ms") == "1.5 ms"


def test_columns_of_a_table_are_aligned():
    assert markdown(["a", "b"], [["long", "x"]]) == ["| a    | b |", "| ---- | - |", "| long | x |"]


def test_a_section_of_the_page_is_replaced_and_nothing_else():
    page = "above\n<!-- x -->\nold\n<!-- end of x -->\nbelow"
    assert replace_section(page, "x", ["new"]) == page.replace("old", "new")


def test_a_page_without_the_section_is_refused():
    with pytest.raises(ValueError, match="no lines <!-- x -->"):
        replace_section("nothing", "x", [])
