"""Medians and quartiles over repeats: early ends keep their best, failures are infinitely far away."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from simulator.figures import RepeatTrace, convergence_series
from simulator.figures.gaps import evaluation_grid, gap_at, quantile

INF = np.inf


def test_the_gap_follows_the_best_score_so_far():
    trace = RepeatTrace([1, 2, 4, 5], [6.0, 5.0, 7.5, 7.0])
    assert gap_at(trace, 8.0, np.arange(1.0, 7.0)).tolist() == [2.0, 2.0, 2.0, 0.5, 0.5, 0.5]


def test_a_run_that_ends_early_keeps_its_final_best():
    assert gap_at(RepeatTrace([1, 2], [5.0, 7.0]), 8.0, np.array([100.0])).tolist() == [1.0]


def test_before_its_first_evaluation_a_run_has_no_score():
    trace = RepeatTrace([5, 9], [7.0, 7.5])
    assert gap_at(trace, 8.0, np.array([1.0, 4.0, 5.0])).tolist() == [INF, INF, 1.0]


def test_scores_that_are_not_finite_count_for_nothing():
    trace = RepeatTrace([1, 2, 3, 4], [np.nan, INF, 6.0, -INF])
    assert gap_at(trace, 8.0, np.arange(1.0, 5.0)).tolist() == [INF, INF, 2.0, 2.0]


def test_a_failed_run_is_infinitely_far_away_whatever_it_saw():
    trace = RepeatTrace([1, 2], [7.0, 7.9], failed=True)
    assert gap_at(trace, 8.0, np.array([1.0, 2.0])).tolist() == [INF, INF]


def test_a_run_without_a_point_is_infinitely_far_away():
    assert gap_at(RepeatTrace([], []), 8.0, np.array([1.0])).tolist() == [INF]


def test_a_better_score_than_the_best_known_has_a_negative_gap():
    assert gap_at(RepeatTrace([1], [9.0]), 8.0, np.array([1.0])).tolist() == [-1.0]


def test_the_series_holds_median_and_quartiles_at_each_evaluation():
    traces = [RepeatTrace([1], [8.0 - gap]) for gap in (1.0, 2.0, 3.0, 4.0, 5.0)]
    series = convergence_series("adam", traces, 8.0, np.array([1.0]))
    assert (series.lower[0], series.median[0], series.upper[0]) == (2.0, 3.0, 4.0)
    assert (series.label, series.repeats, series.failed) == ("adam", 5, 0)


@pytest.mark.parametrize(
    ("failures", "expected"),
    [
        (0, (1.0, 1.0, 1.0)),
        (1, (1.0, 1.0, 1.0)),
        (2, (1.0, 1.0, INF)),
        (3, (1.0, INF, INF)),
        (4, (INF,) * 3),
    ],
)
def test_quartiles_become_infinite_with_as_many_failures(
    failures: int, expected: tuple[float, ...]
):
    traces = [RepeatTrace([1], [7.0], failed=place < failures) for place in range(5)]
    series = convergence_series("adam", traces, 8.0)
    assert (series.lower[-1], series.median[-1], series.upper[-1]) == expected
    assert series.failed == failures


def test_the_median_of_an_even_number_with_half_of_them_failed_is_infinite():
    traces = [RepeatTrace([1], [7.0], failed=failed) for failed in (False, True)]
    assert convergence_series("adam", traces, 8.0).median[-1] == INF


@given(
    hnp.arrays(float, st.tuples(st.integers(1, 12), st.just(3)), elements=st.floats(-1e6, 1e6)),
    st.floats(0, 1),
)
def test_finite_quantiles_agree_with_numpy(values: Any, level: float):
    np.testing.assert_allclose(
        quantile(values, level), np.quantile(values, level, axis=0), rtol=1e-9, atol=1e-6
    )


def test_the_grid_runs_in_whole_numbers_from_one_to_the_longest_run(
    descent: Callable[..., RepeatTrace],
):
    grid = evaluation_grid([descent(0, steps=7000), descent(1, steps=30)])
    assert grid[0] == 1
    assert grid[-1] == 7000
    assert np.array_equal(grid, np.round(grid))
    assert (np.diff(grid) > 0).all()
    assert len(grid) <= 240


def test_the_gap_never_grows(descent: Callable[..., RepeatTrace]):
    series = convergence_series("adam", [descent(seed, steps=20 + seed) for seed in range(9)], 8.0)
    for column in (series.lower, series.median, series.upper):
        assert (np.diff(column) <= 0).all()


def test_without_traces_there_is_no_median():
    with pytest.raises(ValueError, match="adam: there are no traces"):
        convergence_series("adam", [], 8.0)
