"""The customers and the arithmetic of ``scripts/bench dial``."""

import math
from dataclasses import replace

import numpy as np
import pytest
from benchmarks.dial import cups_needed, tables
from benchmarks.dial_customers import CASES, customer, perceived
from benchmarks.dial_oracle import _NOISE, _Z, Family, Oracle, guests

from simulator.dialin.customer import WORDS

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


@pytest.fixture(scope="module")
def oracle():
    """An oracle who has heard nothing yet, of customers with biased words."""
    return Oracle(CASES[1], 0)


def test_the_oracle_knows_how_customers_like(oracle):
    """A column of its draws, turned into a customer, likes every cup as the column says."""
    people, cups = guests(oracle.draws, oracle.case), np.stack([PRESS, PRESS * 0.9], axis=1)
    likings = people.liking(*perceived(cups))
    for i in range(5):
        same = replace(
            customer(CASES[1], 0), ideals=people.ideals[:, i], weights=people.weights[:, :, i],
            softness=people.softness[:, i], top=people.top[i], gain=people.gain[i],
        )  # fmt: skip
        assert same.liking(cups) == pytest.approx(likings[i])


def test_the_oracles_customers_are_spread_as_the_real_ones(oracle):
    people = guests(oracle.draws, oracle.case)
    real = [customer(CASES[1], number) for number in range(400)]
    for ours, theirs in (
        (people.ideals[0], [each.ideals[0] for each in real]),
        (people.softness[2], [each.softness[2] for each in real]),
        (np.log(people.gain), [np.log(each.gain) for each in real]),
        (people.bias[1], [each.word_bias[1] for each in real]),
    ):
        assert np.mean(ours) == pytest.approx(np.mean(theirs), abs=4 * np.std(theirs) / 15)
        assert np.std(ours) == pytest.approx(np.std(theirs), rel=0.2)


def test_the_oracles_chances_of_all_words_add_up(oracle):
    family = Family(CASES[1])
    chances = [
        np.exp(family.log_likelihood(oracle.draws, [(PRESS, 6.0, (word,))])
               - family.log_likelihood(oracle.draws, [(PRESS, 6.0, ())]))
        for word in WORDS if word != "too gritty"
    ]  # fmt: skip
    assert np.sum(chances, axis=0) == pytest.approx(1.0, abs=0.03)


def test_the_oracle_learns_from_an_answer(oracle):
    before = oracle.draws.copy()
    told = Oracle(CASES[1], 0)
    told.tell(PRESS, 3.0, ("too creamy",))
    scores = [Family(CASES[1]).scores(each, PRESS[:, None]).mean() for each in (before, told.draws)]
    assert scores[1] == pytest.approx(3.0, abs=1.0)
    assert scores[0] > scores[1] + 1.0
    assert np.all(told.draws[_NOISE] == before[_NOISE])
    assert abs(told.draws[_Z]).max() < 6.0
