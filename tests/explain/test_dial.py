"""The dial: the valley is where the model says, and the table's grinds do make up."""

import numpy as np
import pytest

from simulator.explain import starting_recipe, turn_dial
from simulator.explain.dial import brewed

CUP = "grind_um=892,time_s=240,milk_g=0,sugar_g=0"


@pytest.fixture
def press(problem):
    here = problem("house-blend")
    return here, turn_dial(here, starting_recipe(here, CUP))


def test_the_valley_of_equal_extraction_is_the_known_one(press):
    _, dial = press
    # Grinds for 20 % by the model's card, rounded to µm.
    known = {60: 526, 120: 678, 240: 892, 480: 1199}
    valley = np.interp(list(known), dial.time_s, dial.equal_extraction_um)
    assert valley == pytest.approx(list(known.values()), rel=0.004)


def test_cups_on_the_valley_have_the_extraction_of_the_cup(press):
    here, dial = press
    cups = brewed(
        here, {**dial.recipe, "grind_um": dial.equal_extraction_um, "time_s": dial.time_s}
    )
    assert cups.extraction_yield_pct == pytest.approx(dial.extraction_yield_pct, abs=2e-3)


@pytest.mark.parametrize("name", ["house-blend", "pour-over", "espresso-cliff"])
def test_the_grind_of_equal_taste_makes_up_for_the_time(problem, name):
    here = problem(name)
    recipe = {"espresso-cliff": "grind_um=650,time_s=34"}.get(name, "grind_um=800,time_s=180")
    found = turn_dial(here, starting_recipe(here, recipe)).make_up
    alike = [each for each in found if each.taste_score is not None]
    assert len(alike) >= 2
    for each in alike:
        assert abs(each.taste_score) < max(0.15 * abs(each.unchanged), 0.01)


def test_near_an_espressos_peak_no_grind_makes_up_for_a_much_shorter_shot(problem):
    here = problem("espresso-cliff")
    found = turn_dial(here, starting_recipe(here, "grind_um=650,time_s=34")).make_up
    assert found[0].time_change_s == -10.0
    assert found[0].extraction_grind_um is found[0].taste_grind_um is None


def test_no_other_grind_tastes_nearer(press):
    here, dial = press
    cup = brewed(here, dial.recipe)
    (longer,) = [each for each in dial.make_up if each.time_change_s == 30.0]

    def distance(grind):
        then = brewed(here, {**dial.recipe, "time_s": 270.0, "grind_um": grind})
        gaps = [
            (share, getattr(a, aspect).gap - getattr(b, aspect).gap)
            for a, b, (_, share) in zip(then.segments, cup.segments, here.customers, strict=True)
            for aspect in ("intensity", "acidity", "mouthfeel", "bitterness")
        ]
        return sum(share * float(gap) ** 2 for share, gap in gaps)

    best = distance(longer.taste_grind_um)
    assert best < min(distance(longer.taste_grind_um + turn) for turn in (-3.0, 3.0))


def test_the_chart_holds_the_cup_with_its_score(press):
    _, dial = press
    off = np.hypot((dial.chart_ey - dial.extraction_yield_pct) / 20, dial.chart_tds - dial.tds_pct)
    at = np.unravel_index(np.argmin(off), off.shape)
    assert off[at] < 0.05
    for name, scores in dial.chart_scores.items():
        assert scores[at] == pytest.approx(dial.scores[name], abs=0.06)


def test_the_arrow_leads_to_a_better_cup(press):
    here, dial = press
    grind, time = dial.pushed_to
    better = brewed(here, {**dial.recipe, "grind_um": grind, "time_s": time})
    assert float(better.score) > dial.objective


@pytest.mark.parametrize("corner", ["grind_um=200,time_s=600", "grind_um=1400,time_s=20"])
def test_a_cup_at_a_corner_of_the_box_has_a_chart_too(problem, corner):
    here = problem("house-blend")
    dial = turn_dial(here, starting_recipe(here, corner))
    assert np.isfinite(dial.chart_ey).all()
    assert dial.plane.shape == (dial.time_s.size, dial.grind_um.size)


def test_where_no_grind_keeps_the_extraction_there_is_none(problem):
    here = problem("house-blend")
    dial = turn_dial(here, starting_recipe(here, "grind_um=200,time_s=600"))
    assert dial.make_up[0].extraction_grind_um is None
