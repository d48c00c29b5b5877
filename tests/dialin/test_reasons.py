"""Why this cup: shares that add up, and an ideal that lies where the draws put it."""

import numpy as np
import pytest

from simulator.dialin import Session, ideal, reason
from simulator.dialin.customer import SETTINGS
from simulator.dialin.evidence import Cup

BEFORE = dict(zip(SETTINGS, (900.0, 240.0, 0.0, 0.0, 15.0, 240.0, 93.0), strict=True))
AFTER = {**BEFORE, "grind_um": 700.0, "milk_g": 30.0, "sugar_g": 3.0}


@pytest.fixture(scope="module")
def session(counter, drunk):
    """A session of twelve cups."""
    made = Session(cups=list(drunk), draws=64)
    made._counter = counter
    return made


def test_the_knobs_share_out_the_whole_change(session):
    why = reason(session, BEFORE, AFTER)
    cups = np.array([[cup[name] for name in SETTINGS] for cup in (BEFORE, AFTER)]).T
    before, after = session.counter.scores(session.posterior().traits, cups).mean(axis=0)
    assert why.change == pytest.approx(after - before, abs=0.02)
    assert sum(why.shares.values()) == pytest.approx(why.change)


def test_a_knob_that_stays_has_no_share(session):
    assert set(reason(session, BEFORE, AFTER).shares) == {"grind_um", "milk_g", "sugar_g"}


def test_nine_of_ten_ideals_lie_in_the_band(session):
    region = ideal(session.counter, session.posterior().traits, session.outlook())
    low, high = region.tds_band
    inside = np.mean((region.tds_pct >= low) & (region.tds_pct <= high))
    assert 0.85 <= inside <= 0.95


def test_of_many_draws_those_that_give_the_reason_stand_for_all(counter):
    # A rating alone leaves several kinds of customers, whose draws lie side by side.
    made = Session(cups=[Cup(tuple(BEFORE.values()), 5.0)])
    made._counter = counter
    cups = np.array([[cup[name] for name in SETTINGS] for cup in (BEFORE, AFTER)]).T
    before, after = made.counter.scores(made.posterior().traits, cups).mean(axis=0)
    assert reason(made, BEFORE, AFTER).change == pytest.approx(after - before, abs=0.4)
