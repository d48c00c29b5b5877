"""The draws of a customer, against long chains that know nothing of the approximation."""

import numpy as np
import pytest

from simulator.dialin.evidence import Cup, rows_of
from simulator.dialin.laplace import modes
from simulator.dialin.posterior import posterior
from simulator.dialin.target import Target
from simulator.dialin.traits import INDEX, SIZE, population, some_of


def test_without_cups_the_draws_are_the_population(counter):
    prior = population()
    found = posterior(counter, prior, rows_of([]), draws=4000)
    shares = np.array(list(found.shares().values()))
    assert shares == pytest.approx(prior.share, abs=0.03)
    assert found.traits[INDEX["top"]].mean() == pytest.approx(8.6, abs=0.03)


def test_equal_cups_give_equal_draws(counter, drunk):
    one, two = (posterior(counter, population(), rows_of(drunk)).traits for _ in range(2))
    assert np.array_equal(one, two)


def test_a_mode_has_no_slope(counter, drunk):
    target = Target(counter, population(), rows_of(drunk))
    found = modes(target)
    gradient, _ = target.slopes(found.place, np.arange(4))
    assert np.abs(gradient).max() < 0.15


def test_draws_agree_with_a_long_random_walk(counter, drunk):
    prior, rows = population("milk"), rows_of(drunk)
    target = Target(counter, prior, rows)
    rng = np.random.default_rng(8)
    kind = np.zeros(200, dtype=int)
    z = rng.standard_normal((SIZE, 200))
    energy = target.energy(z, kind) - 0.5 * np.square(z).sum(axis=0)
    kept = []
    for step in range(1500):
        # Crank–Nicolson steps about the prior: nothing but the likelihood is looked at.
        tried = np.sqrt(1 - 0.2**2) * z + 0.2 * rng.standard_normal(z.shape)
        at = target.energy(tried, kind) - 0.5 * np.square(tried).sum(axis=0)
        taken = np.log(rng.uniform(size=200)) < energy - at
        z, energy = np.where(taken, tried, z), np.where(taken, at, energy)
        if step >= 600 and step % 20 == 0:
            kept.append(target.traits(z, kind))
    walked = np.concatenate(kept, axis=1)
    drawn = posterior(counter, prior, rows, draws=3000).traits
    spread = walked.std(axis=1)
    assert np.all(np.abs(drawn.mean(axis=1) - walked.mean(axis=1)) < 0.25 * spread)
    assert drawn.std(axis=1) == pytest.approx(spread, rel=0.2)


def test_cups_with_sugar_that_please_speak_for_a_sweet_tooth(counter):
    sweet = (900.0, 240.0, 40.0, 6.0, 15.0, 240.0, 93.0)
    black = (900.0, 240.0, 0.0, 0.0, 15.0, 240.0, 93.0)
    cups = [Cup(sweet, 8.5), Cup(black, 4.0), Cup(sweet, 8.0), Cup(black, 4.5)]
    shares = posterior(counter, population(), rows_of(cups)).shares()
    assert shares["milk-and-sugar"] > 0.5 > shares["black-strong"] + shares["black-mild"]


def test_words_teach_what_ratings_do_not(counter):
    press = (900.0, 240.0, 0.0, 0.0, 15.0, 240.0, 93.0)
    of = INDEX["ideal_strength"]
    means = {
        word: posterior(counter, population("black-mild"), rows_of([Cup(press, 6.0, (word,))] * 3))
        .traits[of]
        .mean()
        for word in ("too weak", "too strong")
    }
    assert means["too weak"] > means["too strong"] + 0.1


def test_a_few_of_the_draws_are_of_all_kinds():
    kinds = np.repeat([0.0, 1.0, 2.0], [300, 50, 150])[None, :]
    few = some_of(kinds, 50)
    assert np.bincount(few[0].astype(int)).tolist() == [30, 5, 15]
