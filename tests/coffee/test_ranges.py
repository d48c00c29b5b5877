"""What lies outside the model's validity is refused, in words."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest

from simulator.coffee import RANGES, Brew, Recipe, check_ranges, ranges_for
from simulator.errors import InputError, RecipeError

PRESS = Recipe(900.0, 240.0)


def test_every_tunable_quantity_has_a_range_with_a_unit_and_a_reason():
    tunable = {each.name for each in (*fields(Recipe), *fields(Brew))} - {"method"}
    assert set(RANGES) == tunable
    assert all(each.low < each.high and each.unit and each.why for each in RANGES.values())


def test_the_edges_of_the_box_are_inside():
    names = ("grind_um", "time_s", "milk_g", "sugar_g")
    for end in ("low", "high"):
        recipe = Recipe(*(getattr(RANGES[name], end) for name in names))
        brew = replace(
            Brew.standard("pour-over"),
            **{n: getattr(RANGES[n], end) for n in ("dose_g", "beverage_g", "temperature_c")},
        )
        check_ranges(recipe, brew)


@pytest.mark.parametrize(
    ("name", "value"),
    [("grind_um", 199.9), ("grind_um", 1401.0), ("time_s", 5), ("milk_g", -1.0), ("sugar_g", 21.0)],
)
def test_a_message_names_quantity_value_range_unit_and_reason(name, value):
    with pytest.raises(RecipeError) as caught:
        check_ranges(replace(PRESS, **{name: value}))
    message = str(caught.value)
    for part in (name, f"{value:g}", str(RANGES[name]), RANGES[name].unit, RANGES[name].why):
        assert part in message


def test_all_faults_are_told_at_once():
    brew = replace(Brew.standard("immersion"), dose_g=50.0, temperature_c=20.0)
    with pytest.raises(RecipeError) as caught:
        check_ranges(Recipe(1.0, 1.0), brew)
    lines = str(caught.value).splitlines()
    assert [line.split()[0] for line in lines] == ["grind_um", "time_s", "dose_g", "temperature_c"]


@pytest.mark.parametrize(
    "value", [float("nan"), float("inf"), "900", None, True, 900j, [[900.0], "coarse"]]
)
def test_what_is_not_a_finite_number_is_refused(value):
    with pytest.raises(RecipeError, match="grind_um"):
        check_ranges(replace(PRESS, grind_um=value))


def test_one_offender_in_a_batch_is_found_and_named():
    with pytest.raises(RecipeError, match=r"grind_um = 1500 µm"):
        check_ranges(replace(PRESS, grind_um=np.array([900.0, 1500.0])))


def test_what_a_method_does_not_use_is_not_looked_at():
    check_ranges(PRESS, replace(Brew.standard("immersion"), beverage_g=0.0))
    check_ranges(PRESS, replace(Brew.standard("pour-over"), water_g=0.0))
    with pytest.raises(RecipeError, match="water_g"):
        check_ranges(PRESS, replace(Brew.standard("immersion"), water_g=0.0))


def test_an_espresso_cannot_be_longer_than_the_cup_it_is_diluted_to():
    assert ranges_for("espresso")["beverage_g"].high == 200.0
    with pytest.raises(RecipeError, match="diluted to 200 g"):
        check_ranges(brew=replace(Brew.standard("espresso"), beverage_g=250.0))


def test_unknown_methods_are_refused_with_the_known_ones():
    siphon = replace(Brew.standard("espresso"), method="siphon")
    for refused in (
        lambda: Brew.standard("siphon"),
        lambda: ranges_for("siphon"),
        lambda: check_ranges(brew=siphon),
    ):
        with pytest.raises(RecipeError, match="immersion, pour-over, espresso"):
            refused()
    assert issubclass(RecipeError, InputError)


def test_the_thirstiest_dose_still_leaves_something_to_pour(cup):
    last = cup(900.0, 240.0, dose_g=RANGES["dose_g"].high, water_g=RANGES["water_g"].low)
    assert last.extraction.beverage_g == pytest.approx(150.0 - 2.2 * 30.0)
    assert last.extraction.beverage_g > 0
