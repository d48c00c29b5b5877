"""Ask and tell: what a session suggests, learns and refuses."""

import numpy as np
import pytest

from simulator.coffee import JUST_RIGHT
from simulator.dialin import Cup, Grinder, Kit, Session
from simulator.dialin.customer import SETTINGS
from simulator.errors import InputError, RecipeError

PRESS = dict(zip(SETTINGS, (900.0, 240.0, 0.0, 0.0, 15.0, 240.0, 93.0), strict=True))


@pytest.fixture
def session(counter):
    """A session that shares the compiled model."""
    made = Session(draws=96)
    made._counter = counter
    return made


def test_a_suggestion_can_be_made(session):
    first = session.suggest().settings
    assert first["time_s"] % 5 == 0
    assert first["grind_um"] % 10 == 0
    grams = first["milk_g"] / session.kit.gram
    assert grams == pytest.approx(round(grams))


def test_clicks_are_honoured(counter):
    grinder = Grinder(low=3, high=31, um_at_zero=90, um_per_click=33)
    session = Session(Kit.standard("immersion", grinder=grinder), draws=64)
    session._counter = counter
    recipes = session.outlook().recipes
    clicks = (recipes[0] - 90) / 33
    assert np.allclose(clicks, np.round(clicks))
    assert clicks.min() >= 3
    assert clicks.max() <= 31


def test_locked_knobs_stay(counter):
    session = Session(Kit.standard("immersion").with_locked(milk_g=0.0, time_s=200.0), draws=64)
    session._counter = counter
    recipes = session.outlook().recipes
    assert set(recipes[1]) == {200.0}
    assert set(recipes[2]) == {0.0}


def test_one_knob_at_a_time(counter):
    kit = Kit.standard("immersion")
    session = Session(Kit(**{**vars(kit), "one_knob": True}), draws=64)
    session._counter = counter
    session.rate(6.0, ["too weak"], settings=PRESS)
    following = session.suggest().settings
    assert sum(following[knob] != PRESS[knob] for knob in SETTINGS) <= 1


def tds(session, settings):
    """Mean TDS of a cup under the draws, percent."""
    column = np.array([[settings[name] for name in SETTINGS]]).T
    return session.counter.opinions(session.posterior().traits, column)[2].mean()


def test_complaints_of_strength_move_the_strength(session, counter):
    other = Session(draws=96)
    other._counter = counter
    for one, word in ((session, "too weak"), (other, "too strong")):
        for _ in range(3):
            one.rate(6.0, [word], settings=PRESS)
    assert tds(session, session.recommend()) > tds(other, other.recommend()) + 0.05


def test_undo_gives_back_the_answer_of_before(session):
    session.rate(6.5, ["too bitter"], settings=PRESS)
    before = session.recommend()
    session.rate(3.0, ["too weak"], settings={**PRESS, "milk_g": 40.0})
    session.undo()
    assert session.recommend() == before


def test_nothing_to_undo(session):
    with pytest.raises(InputError, match="no cup"):
        session.undo()


@pytest.mark.parametrize(
    ("rating", "words", "message"),
    [
        (11, [], "outside the scale from 1 to 9$"),
        (75, [], "was 7.5 meant"),
        (float("nan"), [], "outside the scale"),
        (7, ["too bitr"], "was 'too bitter' meant"),
        (7, [JUST_RIGHT, "too bitter"], "not both"),
        (None, [], "needs a rating"),
    ],
)
def test_nonsense_is_refused_and_nothing_is_taken(session, rating, words, message):
    with pytest.raises(InputError, match=message):
        session.rate(rating, words, settings=PRESS)
    assert session.cups == []


def test_cups_beyond_the_model_are_refused(session):
    with pytest.raises(RecipeError, match="grind_um = 100"):
        session.rate(7, settings={**PRESS, "grind_um": 100.0})
    with pytest.raises(RecipeError, match="no such knob"):
        session.rate(7, settings={**PRESS, "grnd": 1.0})


def test_an_answer_that_nobody_gives_is_refused_before_it_stops_the_fit(session):
    with pytest.raises(InputError, match="nobody says there is too little"):
        session.rate(7, settings=PRESS, answers={"bitterness": "low"})
    assert session.cups == []


@pytest.mark.parametrize("words", [(), ("too weak",)])
def test_words_are_expected_of_whom_it_is_said_or_else_of_those_who_say_some(counter, words):
    lessons = {}
    for asks in (None, True, False):
        made = Session(cups=[Cup(tuple(PRESS.values()), 6.0, words)] * 2, asks_words=asks, draws=64)
        made._counter = counter
        lessons[asks] = made.suggest().lesson
    assert lessons[None] == lessons[bool(words)] != lessons[not words]


def test_bands_hold_the_mean_and_the_wider_holds_the_narrower(session):
    told = session.suggest().prediction
    assert told.band90[0] <= told.band50[0] <= told.mean <= told.band50[1] <= told.band90[1]


def test_a_rating_against_all_others_is_named(session):
    for rating in (8.0, 8.0, 8.5, 8.0, 8.5, 8.0, 2.0):
        session.add(Cup(tuple(PRESS.values()), rating))
    assert [number for number, _, _ in session.status().surprises] == [7]


def test_a_rating_needs_a_cup(counter):
    session = Session()
    session._counter = counter
    with pytest.raises(InputError, match="no cup was suggested"):
        session.rate(6.5, ["too bitter"])
    offered = session.suggest()
    session.rate(6.5, ["too bitter"])
    assert session.cups[0].settings == tuple(offered.settings.values())
    with pytest.raises(InputError, match="no cup was suggested"):
        session.rate(7.0)


def test_cups_make_sure(session):
    before = session.status().close
    for _ in range(5):
        session.rate(8.5, [JUST_RIGHT], settings=session.suggest().settings)
    after = session.status()
    assert after.close > before
    assert after.recommended == session.recommend()
