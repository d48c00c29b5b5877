"""The customers and the arithmetic of ``scripts/bench dial``."""

import math

import numpy as np
import pytest
from benchmarks.dial import cups_needed, tables
from benchmarks.dial_customers import CASES, customer

PRESS = np.array([900.0, 240.0, 20.0, 2.0, 15.0, 240.0, 93.0])


@pytest.mark.parametrize(
    ("regret", "cups"), [([0.9, 0.1], 2), ([0.1, 0.3, 0.2], 3), ([0.2], 1), ([0.1, 0.9], math.inf)]
)
def test_cups_needed_is_when_it_stays_close(regret, cups):
    assert cups_needed(regret) == cups


def test_everybody_hears_the_same_answer_to_the_same_cup():
    first, second = (customer(CASES[1], 7).answer(PRESS, 3) for _ in range(2))
    assert first == second


def test_a_case_changes_the_coffee_or_the_words_but_not_the_palate():
    plain, biased, wrong = (customer(CASES[i], 5) for i in (0, 1, 4))
    assert plain.liking(PRESS) == biased.liking(PRESS)
    assert plain.liking(PRESS) != wrong.liking(PRESS)
    assert np.array_equal(plain.ideals, wrong.ideals)


def test_no_cup_is_better_than_the_best():
    guest, rng = customer(CASES[0], 2), np.random.default_rng(0)
    low, high = np.array([300.0, 60.0, 0.0, 0.0]), np.array([1400.0, 600.0, 120.0, 14.0])
    knobs = rng.uniform(low, high, (500, 4)).T
    cups = np.concatenate([knobs, np.repeat(PRESS[4:, None], 500, axis=1)])
    assert guest.liking(cups).max() < guest.best() + 0.05


def test_a_bar_is_missed_where_it_is_missed():
    line = {"case": "ratings only, 0.7", "who": "ours", "customer": 0, "best": 8.5,
            "regret": [0.6] * 15, "drunk": [8.0] * 15, "places": [0.5] * 15, "seconds": 0.1}  # fmt: skip
    lines, good = tables([line])
    assert not good
    assert any("0.60 / 0.60 | missed" in text for text in lines)
