"""The likelihood of one event, against independent arithmetic; its derivatives, against differences."""

import numpy as np
import pytest
import scipy.stats

from simulator.autodiff import check_gradient
from simulator.coffee import BEANS, JUST_RIGHT, Brew, Recipe, Segment, taste
from simulator.dialin.customer import SETTINGS, WORDS, feel
from simulator.dialin.evidence import Cup, rows_of
from simulator.dialin.likelihood import NUMBERS
from simulator.dialin.traits import INDEX, SIZE, population

PRESS = (900.0, 240.0, 20.0, 4.0, 15.0, 240.0, 93.0)


def value(counter, traits, cup, **more):
    return counter.values(traits, rows_of([cup], **more))[0]


def test_a_rating_is_the_chance_of_its_half_point(counter, stranger):
    score = counter.scores(stranger, np.array(PRESS)[:, None])[0, 0]
    noise = np.exp(stranger[INDEX["log_noise"], 0])
    normal = scipy.stats.norm(score, noise)
    expected = 0.97 * (normal.cdf(7.25) - normal.cdf(6.75)) + 0.03 / 17
    assert value(counter, stranger, Cup(PRESS, 7.0)) == pytest.approx(-np.log(expected), rel=1e-9)


def test_the_ends_of_the_scale_hold_everything_beyond(counter, stranger):
    likelihoods = [
        np.exp(-value(counter, stranger, Cup(PRESS, rating))) for rating in np.arange(1, 9.5, 0.5)
    ]
    assert sum(likelihoods) == pytest.approx(1.0, abs=1e-6)


def test_whole_point_ratings_are_wider(counter, stranger):
    half, whole = (value(counter, stranger, Cup(PRESS, 6.0), step=s) for s in (0.5, 1.0))
    assert whole < half


def test_words_are_a_softmax_of_urges(counter, stranger):
    urges = feel(stranger[:, 0], PRESS, counter.method, counter.bean).urges
    chances = scipy.special.softmax(20 * np.tanh(np.array(urges, dtype=float) / 20))
    for word in ("too bitter", JUST_RIGHT):
        expected = 0.97 * chances[WORDS.index(word)] + 0.03 / len(WORDS)
        found = value(counter, stranger, Cup(PRESS, None, (word,)))
        assert found == pytest.approx(-np.log(expected), rel=1e-9)


def test_answers_on_one_scale_add_up_to_one(counter, stranger):
    answers = [Cup(PRESS, answers={"acidity": a}) for a in ("low", "just right", "high")]
    chances = [np.exp(-value(counter, stranger, cup)) for cup in answers]
    # A slip may say any word, of which three count here.
    assert sum(chances) == pytest.approx(0.97 + 3 * 0.03 / len(WORDS), rel=1e-9)


def test_an_event_without_rating_or_word_says_nothing(counter, stranger):
    row = np.zeros((NUMBERS, 1))
    row[: len(SETTINGS), 0] = PRESS
    row[-len(WORDS) :] = 1.0
    assert counter.values(stranger, row)[0] == pytest.approx(0.0, abs=1e-12)


def test_gradient_is_right(counter, stranger):
    row = rows_of([Cup(PRESS, 6.5, ("too sour",))])[:, 0]

    def one(traits):
        return counter._joined(traits, row)

    check_gradient(one, stranger[:, 0])


def test_hessian_agrees_with_differences_of_gradients(counter, stranger, drunk):
    rows, step = rows_of(drunk[:4]), 1e-5
    hessian = counter.hessians(stranger, rows)[:, :, 0]
    for i in (INDEX["ideal_strength"], INDEX["log_noise"], INDEX["log_sharpness"]):
        shift = step * np.eye(SIZE)[:, [i]]
        above, below = (counter.gradients(stranger + s, rows)[1][:, 0] for s in (shift, -shift))
        assert hessian[i] == pytest.approx((above - below) / (2 * step), abs=1e-5)


def test_a_typical_customer_scores_as_the_taste_model_says(counter):
    """With a segment's own ideals and weights the liking is the segment's, but for the level."""
    prior = population("black-strong")
    traits = prior.mean[:, [0]].copy()
    cups = np.array([PRESS, (600.0, 200.0, 0.0, 0.0, 15.0, 240.0, 93.0)]).T
    ours = np.diff(counter.scores(traits, cups)[0])
    segment = Segment("x", "everyone", 0.0, 0.0)
    likings = [
        taste(
            Recipe(*cup[:4]), Brew.standard("immersion"), BEANS["medium"], [(segment, 1.0)]
        ).segments[0].liking
        for cup in cups.T
    ]  # fmt: skip
    assert np.sign(ours[0]) == np.sign(likings[1] - likings[0])
    assert ours[0] == pytest.approx(likings[1] - likings[0], abs=0.7)
