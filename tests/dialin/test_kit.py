"""The grinder's real settings, the usual brews, and cups that can be made."""

from __future__ import annotations

import math

import numpy as np
import pytest

from simulator.coffee import Brew
from simulator.dialin import Grinder, Kit
from simulator.dialin.kit import STEPLESS
from simulator.errors import InputError, RecipeError

CLICKS = Grinder(low=3, high=31, step=1, um_at_zero=90.0, um_per_click=33.0)


@pytest.mark.parametrize("click", [3, 4, 17, 31])
def test_a_click_and_its_grind_lead_to_each_other(click):
    assert CLICKS.setting(CLICKS.um(click)) == click
    assert CLICKS.setting(CLICKS.um(click) + 16.0) == click


@pytest.mark.parametrize(("um", "click"), [(0.0, 3), (189.0, 3), (1113.0, 31), (5000.0, 31)])
def test_a_grind_beyond_the_grinder_is_its_last_setting(um, click):
    assert CLICKS.setting(um) == click


def test_a_coarsest_setting_between_two_steps_is_never_reached():
    assert Grinder(low=0.0, high=10.0, step=4.0, um_per_click=50.0).setting(1e6) == 8.0


def test_settings_are_written_in_their_own_unit():
    assert CLICKS.written(90.0 + 33.0 * 20) == "20 clicks (about 750 µm)"
    assert STEPLESS.written(752.0) == "750 µm"


@pytest.mark.parametrize(
    ("grinder", "setting", "message"),
    [
        (CLICKS, 2, "grind = 2 clicks is outside this grinder: it has 3 to 31 clicks"),
        (CLICKS, 20.5, "grind = 20.5 lies between two clicks of 1"),
        (STEPLESS, 100.0, "grind = 100 µm is outside this grinder: it has 200 to 1400 µm"),
        (
            Grinder(low=0, high=60, um_at_zero=90.0, um_per_click=33.0),
            50,
            "grind = 50 clicks is about 1740 µm: the model holds for",
        ),
    ],
)
def test_a_setting_that_the_grinder_lacks_is_refused(grinder, setting, message):
    with pytest.raises(RecipeError) as told:
        grinder.checked(setting)
    assert message in str(told.value)


@pytest.mark.parametrize(("grinder", "setting"), [(CLICKS, 31), (CLICKS, 4), (STEPLESS, 751.5)])
def test_a_setting_that_the_grinder_has_is_taken_as_it_is(grinder, setting):
    assert grinder.checked(setting) == setting


@pytest.mark.parametrize(
    "change",
    [
        {"low": 31.0},
        {"step": 0.0},
        {"um_per_click": -1.0},
        {"um_per_click": math.nan},
        {"spread": math.nan},
        {"um_at_zero": math.inf},
    ],
)
def test_a_grinder_that_cannot_be_is_refused(change):
    parts = {"low": 3.0, "high": 31.0, "step": 1.0, "um_at_zero": 90.0, "um_per_click": 33.0}
    with pytest.raises(InputError, match="the coarsest setting must lie above the finest"):
        Grinder(**{**parts, **change})


@pytest.mark.parametrize("method", ["immersion", "pour-over", "espresso"])
def test_the_usual_brew_is_the_models(method):
    kit, brew = Kit.standard(method), Brew.standard(method)
    assert kit.method == method
    assert kit.dose_g == brew.dose_g
    assert kit.liquid_g == (brew.water_g if method == "immersion" else brew.beverage_g)
    assert kit.temperature_c == brew.temperature_c


def test_what_is_served_lacks_what_the_grounds_keep():
    assert Kit.standard("immersion").served_g == 240.0 - 2.2 * 15.0
    assert Kit.standard("pour-over").served_g == 240.0
    assert Kit.standard("espresso").served_g == 200.0  # drunk long
    assert Kit.standard("pour-over").gram == 200.0 / 240.0


def test_an_unknown_bean_is_refused_with_those_that_are_known():
    with pytest.raises(InputError, match=r"bean = 'instant' is unknown; known are: .*medium"):
        Kit.standard(bean="instant")


def test_cups_are_rounded_to_what_can_be_made_and_locked_knobs_kept():
    kit = Kit.standard("pour-over", grinder=CLICKS).with_locked(sugar_g=3.3)
    cup = kit.settings(grind_um=760.0, time_s=182.0, milk_g=10.3)
    (made,) = kit.snapped(np.stack([cup, cup], axis=1)).T
    grind, time, milk, sugar, *_ = made
    assert grind == 90.0 + 33.0 * 20
    assert time == 180.0
    assert milk / kit.gram == pytest.approx(round(10.3 / kit.gram))
    assert sugar == 3.3


@pytest.mark.parametrize(
    ("knobs", "message"),
    [
        ({"grind_um": 700.0, "time_s": 60.0, "colour": 3.0}, "colour: no such knob; there are"),
        ({"grind_um": 700.0}, "the recipe lacks time_s"),
        ({}, "the recipe lacks grind_um and time_s"),
    ],
)
def test_recipes_with_too_much_or_too_little_are_refused(knobs, message):
    with pytest.raises(RecipeError, match=message):
        Kit.standard().settings(**knobs)
