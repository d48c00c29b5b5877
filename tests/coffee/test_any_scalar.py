"""The stations run on whatever does arithmetic: floats, arrays, an engine's traced values."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.coffee import (
    BEANS,
    DEFAULT,
    RANGES,
    Brew,
    Method,
    Recipe,
    customers_in,
    replace_parameters,
    share_above,
    taste,
)

CUSTOMERS = customers_in("survey")
MEDIUM = BEANS["medium"]


def quantities(owner, path=""):
    """Every number of a tasting, by its path."""
    if is_dataclass(owner):
        for each in fields(owner):
            yield from quantities(getattr(owner, each.name), f"{path}.{each.name}")
    elif isinstance(owner, tuple):
        for index, item in enumerate(owner):
            yield from quantities(item, f"{path}.{index}")
    elif not isinstance(owner, str):
        yield path, owner


def edges(name):
    """Numbers of a range, its two ends often."""
    low, high = RANGES[name].low, RANGES[name].high
    return st.one_of(st.sampled_from([low, high]), st.floats(low, high))


recipes = st.builds(Recipe, *(edges(name) for name in ("grind_um", "time_s", "milk_g", "sugar_g")))
methods = st.sampled_from(list(Method))


@pytest.mark.parametrize("method", list(Method))
def test_traced_values_pass_through_every_station(symbols, method):
    inputs, _ = symbols
    traced = taste(Recipe(*inputs), Brew.standard(method), MEDIUM, CUSTOMERS)
    assert type(traced.score) is type(inputs[0])
    assert type(share_above(traced, 5.2, 0.25)) is type(inputs[0])


def test_traced_brew_amounts_and_parameters_pass_too(symbols):
    (dose, temperature, wash, spread), _ = symbols
    brew = replace(Brew.standard("immersion"), dose_g=dose, temperature_c=temperature)
    numbers = {"brewer.wash_time_s": wash, "grinder.coarse_spread": spread}
    traced = taste(
        Recipe(900.0, 240.0), brew, MEDIUM, CUSTOMERS, replace_parameters(DEFAULT, numbers)
    )
    assert type(traced.score) is type(dose)


@pytest.mark.parametrize("method", list(Method))
def test_a_cup_for_four_segments_takes_few_operations(symbols, method):
    inputs, seen = symbols
    taste(Recipe(*inputs), Brew.standard(method), MEDIUM, CUSTOMERS)
    assert len(seen) <= 460


@settings(max_examples=60, deadline=None, derandomize=True)
@given(recipes, methods)
def test_every_quantity_is_finite_on_the_box_and_its_faces(recipe, method):
    for path, value in quantities(taste(recipe, Brew.standard(method), MEDIUM, CUSTOMERS)):
        assert np.isfinite(value), path


@settings(max_examples=40, deadline=None, derandomize=True)
@given(recipes, methods, *(edges(n) for n in ("dose_g", "water_g", "beverage_g", "temperature_c")))
def test_scores_stay_on_the_hedonic_scale_and_yields_below_what_the_bean_holds(
    recipe, method, dose_g, water_g, beverage_g, temperature_c
):
    brew = Brew(method, dose_g, water_g, beverage_g, temperature_c)
    tasted = taste(recipe, brew, MEDIUM, CUSTOMERS)
    assert 1.0 - 1e-12 <= tasted.score <= 9.0 + 1e-12
    kelvin = temperature_c + 273.15
    k = 0.792 * np.exp(-657 * (1 / kelvin - 1 / 366.15)) if method == Method.IMMERSION else 1.0
    assert 0.0 < tasted.extraction_yield_pct <= 100 * k * MEDIUM.e_max * (1 + 1e-12)
    assert 0.0 <= share_above(tasted, 5.2, 0.25) <= 1.0


@settings(max_examples=25, deadline=None, derandomize=True)
@given(st.lists(recipes, min_size=6, max_size=6), methods)
def test_a_batch_of_any_shape_equals_single_cups(six, method):
    brew = Brew.standard(method)
    columns = {f.name: np.array([getattr(r, f.name) for r in six]) for f in fields(Recipe)}
    batch = Recipe(**{name: column.reshape(2, 3) for name, column in columns.items()})
    together = dict(quantities(taste(batch, brew, MEDIUM, CUSTOMERS)))
    for index, recipe in enumerate(six):
        for path, value in quantities(taste(recipe, brew, MEDIUM, CUSTOMERS)):
            inside = np.broadcast_to(together[path], (2, 3)).flat[index]
            assert inside == pytest.approx(value, rel=1e-12, abs=1e-14), path


def test_whole_numbers_are_as_good_as_floats():
    brew = Brew.standard("immersion")
    whole = taste(Recipe(900, 240, 0, 0), brew, MEDIUM, CUSTOMERS)
    assert whole.score == taste(Recipe(900.0, 240.0), brew, MEDIUM, CUSTOMERS).score
    array = taste(Recipe(np.array([900]), np.array([240])), brew, MEDIUM, CUSTOMERS)
    assert array.score[0] == pytest.approx(whole.score, rel=1e-14)
