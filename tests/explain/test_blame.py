"""The attribution: it adds up, it is the integral it says it is, and it blames the right side."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import expit

from simulator.coffee import DEFAULT
from simulator.explain.blame import _least, blame
from simulator.explain.ledger import read


@pytest.mark.parametrize("name", ["house-blend", "espresso-cliff", "pour-over", "top-box"])
def test_the_parts_add_up_to_the_loss(problem, inside, name):
    here = problem(name)
    for x in inside(here, 8):
        found = blame(here, here.tasting(x), read(here, x))
        parts = found.out_of_reach + found.tastes_differ + sum(c.points for c in found.costs)
        assert parts == pytest.approx(found.loss, abs=1e-12)
        assert abs(found.residual) < 1e-12
        assert found.loss == pytest.approx(here.value_and_gradient(x)[0], abs=1e-12)


def test_each_part_is_the_integral_of_the_scores_gradient_along_the_line(problem, inside):
    here = problem("black-purist")
    x = inside(here, 1)[0]
    tasting, customers = here.tasting(x), DEFAULT.customers
    found = {c.quantity: c.points for c in blame(here, tasting, read(here, x)).costs}
    total = 0.0
    for verdict, (_, share) in zip(tasting.segments, here.customers, strict=True):
        aspects = ("intensity", "acidity", "mouthfeel", "bitterness", "sweetness", "creaminess")
        missed = sum(float(getattr(verdict, a).penalty) for a in aspects)
        missed += float(verdict.grit_penalty)
        top = float(verdict.liking) + missed

        def slope(part, top=top, missed=missed):
            u = (top - part * missed - customers.scale_middle) / customers.scale_width
            return 8 * expit(u) * (1 - expit(u)) / customers.scale_width

        mean_slope = quad(slope, 0.0, 1.0)[0]
        total += share * mean_slope * float(verdict.bitterness.penalty)
    assert found["bitterness"] == pytest.approx(total / sum(s for _, s in here.customers), rel=1e-8)


def test_no_quantity_costs_less_than_nothing(problem, inside):
    here = problem("house-blend")
    for x in inside(here, 12):
        costs = blame(here, here.tasting(x), read(here, x)).costs
        assert min(min(c.too_little, c.too_much) for c in costs) > -1e-9


def test_a_cup_without_sugar_and_milk_is_not_blamed_for_too_much_of_them(problem):
    here = problem("pour-over")
    x = here.coordinates({"grind_um": 700, "time_s": 200})
    costs = {c.quantity: c for c in blame(here, here.tasting(x), read(here, x)).costs}
    assert costs["sweetness"].points == pytest.approx(0.0, abs=1e-12)
    assert costs["creaminess"].points == pytest.approx(0.0, abs=1e-12)


def test_the_least_penalty_is_the_least_over_all_gaps():
    from simulator.coffee.judgement import banded_penalty

    scale = DEFAULT.customers.cluster_2.intensity
    numbers = (scale.band, scale.scatter, scale.too_low, scale.too_high)
    gaps = np.linspace(-3, 3, 60001)
    paid = banded_penalty(gaps, *numbers)
    gap, least = _least(*numbers)
    assert least == pytest.approx(paid.min(), abs=1e-8)
    assert gap == pytest.approx(gaps[paid.argmin()], abs=1e-3)


def test_a_strong_bitter_cup_is_blamed_for_too_much_and_a_thin_one_for_too_little(problem):
    here = problem("black-purist")
    worst = {}
    for name, recipe in {
        "bitter": {"grind_um": 400, "time_s": 600, "milk_g": 0, "sugar_g": 0},
        "thin": {"grind_um": 1400, "time_s": 20, "milk_g": 0, "sugar_g": 0},
    }.items():
        x = here.coordinates(recipe)
        costs = {c.quantity: c for c in blame(here, here.tasting(x), read(here, x)).costs}
        worst[name] = costs["strength"]
    assert worst["thin"].too_little > 0.3 > worst["thin"].too_much
    assert worst["bitter"].too_much > worst["bitter"].too_little
