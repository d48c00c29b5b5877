"""Published facts that the model must reproduce; the tolerance is part of the fact."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import brentq

from simulator.coffee import DEFAULT, titratable_acidity_ml
from simulator.coffee.judgement import judge_coffee
from simulator.coffee.palate import Perception


def local_extremes(values):
    """Indices of the interior maxima and minima."""
    inner, left, right = values[1:-1], values[:-2], values[2:]
    peaks = np.flatnonzero((inner > left) & (inner > right)) + 1
    return peaks, np.flatnonzero((inner < left) & (inner < right)) + 1


def best_tds(palates):
    """TDS that costs the black-coffee drinkers least, for the reference cup of 20 % extraction."""
    tds = np.linspace(0.4, 2.0, 16001)
    black = Perception(0.0, 0.0, tds, tds, tds, tds, 0.0)
    return tds[np.argmin(judge_coffee(black, 20.0, palates, DEFAULT.customers).penalty)]


def test_a_french_press_extracts_about_twenty_percent(cup):
    press = cup(900.0, 240.0)
    assert 18 <= press.extraction_yield_pct <= 22
    assert 1.15 <= press.tds_pct <= 1.35


def test_coarser_immersion_extracts_less(cup):
    yields = cup(np.array([900.0, 1000.0, 1200.0]), 240.0).extraction_yield_pct
    assert np.all(np.diff(yields) < 0)
    assert yields[1:] == pytest.approx([19.1, 17.5], abs=0.1)


def test_an_hour_of_immersion_saturates_at_the_equilibrium(cup):
    assert 21.5 <= cup(900.0, 3600.0).extraction_yield_pct <= 24


def test_the_yield_of_immersion_does_not_depend_on_the_brew_ratio(cup):
    yields = cup(900.0, 240.0, water_g=np.array([150.0, 240.0, 400.0])).extraction_yield_pct
    assert np.ptp(yields) < 0.01


def test_hotter_water_extracts_more_by_less_than_four_points(cup):
    cooler, hotter = cup(900.0, 240.0, temperature_c=np.array([80.0, 99.0])).extraction_yield_pct
    assert 0 < hotter - cooler < 4


@pytest.mark.parametrize("grind_um", [700.0, 800.0])
def test_pour_over_extracts_about_twenty_percent(cup, grind_um):
    assert 18 <= cup(grind_um, 180.0, method="pour-over").extraction_yield_pct <= 22


@pytest.mark.parametrize(("time_s", "peak_um"), [(20.0, 779), (34.0, 630), (300.0, 418)])
def test_espresso_yield_peaks_inside_the_grinds(cup, time_s, peak_um):
    grinds = np.geomspace(200.0, 1400.0, 4001)
    shot = cup(grinds, time_s, method="espresso", dose_g=20.0, beverage_g=40.0)
    (peak,), _ = local_extremes(shot.extraction_yield_pct)
    assert grinds[peak] == pytest.approx(peak_um, abs=2)


def test_a_channelled_espresso_has_a_worst_grind(cup):
    grinds = np.geomspace(200.0, 1400.0, 4001)
    shot = cup(grinds, 34.0, method="espresso", dose_g=20.0, beverage_g=40.0)
    yields = shot.extraction_yield_pct
    (peak,), (trough,) = local_extremes(yields)
    assert grinds[trough] == pytest.approx(320, abs=3)
    assert yields[peak] == pytest.approx(19.63, abs=0.05)
    assert np.interp(350.0, grinds, yields) == pytest.approx(14.2, abs=0.1)


def acid_slope(cup, grinds, times, low_pct, high_pct):
    """Slope of ln(acid yield) on ln(extraction yield) of pour-over between two extraction yields."""
    brewed = cup(grinds, times, method="pour-over")
    total = brewed.extraction_yield_pct
    inside = (total >= low_pct) & (total <= high_pct)
    assert np.ptp(total[inside]) > 0.9 * (high_pct - low_pct)
    acids = brewed.extraction.acid_yield_pct
    return np.polyfit(np.log(total[inside]), np.log(acids[inside]), 1)[0]


TIMES, GRINDS = np.linspace(110.0, 430.0, 400), np.linspace(700.0, 1200.0, 400)


def test_acids_of_pour_over_lag_behind_the_yield_as_titrated(cup):
    # Drip data, 16–22 %. Over time alone the model's whole range has .93: at short brews everything
    # still washes out alike.
    assert acid_slope(cup, GRINDS, 240.0, 16.0, 22.0) == pytest.approx(0.81, abs=0.10)
    assert acid_slope(cup, GRINDS, 240.0, 19.5, 20.5) == pytest.approx(0.81, abs=0.10)
    assert acid_slope(cup, 900.0, TIMES, 19.5, 20.5) == pytest.approx(0.81, abs=0.10)


def test_the_mean_black_drinker_likes_a_tds_of_one_point_two():
    assert best_tds("everyone") == pytest.approx(1.20, abs=0.05)


def test_the_first_cluster_likes_it_strong():
    assert best_tds("cluster_1") == pytest.approx(1.36, abs=0.05)


def test_the_second_cluster_likes_weaker_coffee_than_was_served():
    assert best_tds("cluster_2") < 1.0


def test_titratable_acidity_follows_its_published_relation():
    assert titratable_acidity_ml(1.25, 20.0) == pytest.approx(5.606)
    doubled = titratable_acidity_ml(2.5, 20.0) / titratable_acidity_ml(1.25, 20.0)
    assert np.log2(doubled) == pytest.approx(1.04)
    assert titratable_acidity_ml(1.25, 24.0) / 5.606 == pytest.approx(1.2**-0.192)


@pytest.mark.parametrize(("extraction_pct", "tds_pct"), [(18.0, 1.1), (20.0, 1.25), (22.0, 1.3)])
def test_brew_temperature_does_not_matter_at_equal_tds_and_extraction(cup, extraction_pct, tds_pct):
    water_g = 15.0 * extraction_pct * (1.0 / tds_pct - 0.01)
    likings = []
    for temperature_c in (80.0, 99.0):
        context = {"water_g": water_g, "temperature_c": temperature_c}
        off = lambda t, c=context: cup(900.0, t, **c).extraction_yield_pct - extraction_pct
        brewed = cup(900.0, brentq(off, 20.0, 3600.0), **context)
        assert brewed.tds_pct == pytest.approx(tds_pct)
        likings.append([verdict.liking for verdict in brewed.segments[:2]])
    assert np.ptp(likings, axis=0).max() < 0.1


@pytest.mark.parametrize(
    ("milk_g", "sugar_g", "change"),
    [(0.0, 4.0, -0.16), (0.0, 8.0, -0.29), (0.0, 16.0, -0.44), (60.0, 0.0, -0.38)],
)
def test_sugar_and_milk_take_bitterness_away_as_chosen(cup, milk_g, sugar_g, change):
    black = cup(900.0, 240.0).bitterness
    assert cup(900.0, 240.0, milk_g, sugar_g).bitterness / black - 1 == pytest.approx(
        change, abs=0.03
    )
