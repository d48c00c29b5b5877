"""What is read off the graph: slopes, credits and paths, against differences of brewed cups."""

from pathlib import Path

import numpy as np
import pytest

import simulator
from simulator.explain.ledger import read, unit_slopes
from simulator.explain.levers import QUANTITIES, levers, moved

CONFIGS = ("house-blend", "espresso-cliff", "pour-over", "top-box", "dose-and-temperature")


def difference(function, problem, x, knob, step):
    """Central difference of a function of the coordinates by one knob, in the knob's unit."""
    value = float(problem.settings(x)[knob])
    ends = [moved(problem, x, knob, value + sign * step) for sign in (1, -1)]
    return (function(ends[0]) - function(ends[1])) / (2 * step)


@pytest.mark.parametrize("name", CONFIGS)
def test_slopes_of_the_score_are_those_of_brewed_cups(problem, inside, name):
    here = problem(name)
    for x in inside(here, 3) * 0.8 + 0.1:
        for lever in levers(here, read(here, x)):
            step = 1e-5 * (lever.high - lever.low)
            brewed = difference(
                lambda at: float(here.objective_of(here.tasting(at))), here, x, lever.knob, step
            )
            assert lever.slope == pytest.approx(brewed, rel=1e-5, abs=1e-9)


def test_slopes_of_quantities_are_those_of_brewed_cups(problem, inside):
    here = problem("house-blend")
    for x in inside(here, 4) * 0.8 + 0.1:
        ledger = read(here, x)
        for knob in here.knobs:
            bounds = here.experiment.tune[knob]
            step = 1e-5 * (bounds.high - bounds.low)
            brewed = difference(lambda at: float(here.tasting(at).bitterness), here, x, knob, step)
            assert ledger.slope("perception.bitterness", knob) == pytest.approx(
                brewed, rel=1e-5, abs=1e-9
            )


@pytest.mark.parametrize("name", CONFIGS)
def test_the_parts_of_a_slope_add_up_to_it(problem, inside, name):
    here = problem(name)
    for x in inside(here, 5):
        for lever in levers(here, read(here, x)):
            assert sum(lever.through.values()) == pytest.approx(lever.slope, rel=1e-9, abs=1e-15)


def test_the_slope_agrees_with_the_compiled_gradient(problem, inside):
    here = problem("house-blend")
    for x in inside(here, 4):
        slopes = np.array([lever.slope for lever in levers(here, read(here, x))])
        gradient = here.value_and_gradient(x)[1]
        assert slopes * unit_slopes(here, x) == pytest.approx(-gradient, rel=1e-10)


def test_what_sweetness_masks_is_booked_on_what_it_masks(problem, inside):
    here = problem("house-blend")
    ledger = read(here, inside(here, 1)[0])
    own = ledger.own_credits(QUANTITIES)["perception.sweetness"]
    # As a node it also acts on bitterness, sourness and strength, which have credits of their own.
    assert own != pytest.approx(ledger.credit("perception.sweetness"), rel=1e-3)


def test_a_path_leads_from_the_knob_through_the_quantity_to_the_score(problem, inside):
    here = problem("house-blend")
    path = read(here, inside(here, 1)[0]).path("perception.bitterness", "time_s")
    names = [reading.name for reading in path]
    assert names[0] == "time_s"
    assert names[-1] == "score"
    assert names.index("extraction.bitter_yield_pct") < names.index("perception.bitterness")


def test_a_source_names_the_line_that_computes_the_quantity(problem, inside):
    here = problem("house-blend")
    file, _, line = read(here, inside(here, 1)[0]).source("perception.bitterness").partition(":")
    assert file == "simulator/coffee/palate.py"
    written = (Path(simulator.__file__).parent.parent / file).read_text(encoding="utf-8")
    assert "bitterness" in written.splitlines()[int(line) - 1]


def test_a_quantity_that_the_score_does_not_read_has_no_path(problem, inside):
    here = problem("house-blend")
    assert read(here, inside(here, 1)[0]).path("perception.colour", "time_s") == ()


def test_a_path_from_a_knob_that_does_not_move_the_quantity_begins_at_the_quantity(problem, inside):
    here = problem("house-blend")
    path = read(here, inside(here, 1)[0]).path("extraction.extraction_yield_pct", "sugar_g")
    names = [reading.name for reading in path]
    assert "sugar_g" not in names
    assert names[0] == "extraction.extraction_yield_pct"
