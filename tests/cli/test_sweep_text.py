"""The end of a sweep: all points if they are few, the best ones if they are many, each looked at once."""

import math

import pytest

from simulator.cli.sweep_text import outcome_of
from simulator.running.by_point import PointResult


def point(index, score, gap=0.0, failed=0):
    found = "adam" if math.isfinite(score) else None
    return PointResult(index, {"seed": index}, 6, 6, failed, found, score, gap, 1e-6)


def places(outcome):
    return [result.index for result in outcome.shown]


def test_a_few_points_stay_in_their_order():
    outcome = outcome_of(point(index, score) for index, score in enumerate([5.0, 7.0, 6.0]))
    assert places(outcome) == [0, 1, 2]
    assert (outcome.points, outcome.agree, outcome.good) == (3, 3, True)


def test_of_many_points_the_best_are_shown_best_first_and_of_equals_the_earlier():
    scores = [(7 * index) % 50 / 10 for index in range(100)]
    outcome = outcome_of(point(index, score) for index, score in enumerate(scores))
    ranking = sorted(range(100), key=lambda index: (-scores[index], index))
    assert places(outcome) == ranking[:30]
    assert outcome.points == 100


def test_a_point_without_a_usable_run_comes_last():
    outcome = outcome_of([point(0, -math.inf, math.nan), *(point(i, 5.0) for i in range(1, 31))])
    assert 0 not in places(outcome)
    assert (outcome.points, outcome.agree, outcome.good) == (31, 30, False)


@pytest.mark.parametrize(
    ("gap", "failed", "good"), [(1e-7, 0, True), (1e-5, 0, False), (0.0, 1, False)]
)
def test_it_is_good_if_ours_agree_everywhere_and_nothing_failed(gap, failed, good):
    assert outcome_of([point(0, 5.0), point(1, 5.0, gap, failed)]).good is good
