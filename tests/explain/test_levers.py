"""Suggestions: what is predicted comes true when the changed cup is brewed."""

from pathlib import Path

import numpy as np
import pytest

from simulator.explain.ledger import read
from simulator.explain.levers import TRUST, levers, moved, suggestions, trusted_change

CONFIGS = sorted(path.stem for path in (Path(__file__).parents[2] / "configs").glob("*.yaml"))
RECIPES = dict.fromkeys(CONFIGS, 12) | {"house-blend": 500}


@pytest.mark.parametrize(("name", "count"), RECIPES.items())
def test_first_suggestions_come_true_and_small_steps_within_a_fifth(problem, inside, name, count):
    here = problem(name)
    for x in inside(here, count):
        tasting = here.tasting(x)
        first = suggestions(here, tasting, read(here, x))[0]
        assert first.predicted > 0
        assert first.real > 0
        assert abs(first.real - first.predicted) <= TRUST * first.predicted
        bounds = here.experiment.tune[first.knob]
        assert bounds.low <= first.value <= bounds.high
        small = first.value - 0.9 * first.change
        cup = here.tasting(moved(here, x, first.knob, small))
        real = float(here.objective_of(cup)) - float(here.objective_of(tasting))
        assert real == pytest.approx(first.predicted / 10, rel=0.2)


def test_the_size_that_the_curvature_allows_seldom_needs_halving(problem, inside):
    here = problem("house-blend")
    halvings = [
        each.halvings
        for x in inside(here, 30)
        for each in suggestions(here, here.tasting(x), read(here, x))
    ]
    assert np.mean(np.array(halvings) > 0) < 0.1


def test_the_brewed_change_is_that_of_the_recipe_it_names(problem, inside):
    here = problem("house-blend")
    x = inside(here, 1)[0]
    tasting = here.tasting(x)
    for each in suggestions(here, tasting, read(here, x)):
        recipe = {**here.recipe(x), each.knob: each.value}
        cup = here.tasting(here.coordinates(recipe))
        assert float(cup.score - tasting.score) == pytest.approx(each.real, abs=1e-12)


@pytest.mark.parametrize("corner", [0.0, 1.0])
def test_no_suggestion_leaves_the_box(problem, corner):
    here = problem("house-blend")
    x = np.full(here.size, corner)
    ledger = read(here, x)
    for each in suggestions(here, here.tasting(x), ledger):
        bounds = here.experiment.tune[each.knob]
        assert bounds.low <= each.value <= bounds.high
    for lever in levers(here, ledger):
        room = trusted_change(lever, 0.0)
        assert (room == 0.0) == lever.blocked
