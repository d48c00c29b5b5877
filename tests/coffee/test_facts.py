"""Published facts that the model must reproduce; the tolerance is part of the fact."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.coffee import titratable_acidity_ml
from simulator.coffee.facts import FACTS, Fact, acid_slope


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.name)
def test_the_model_reproduces(fact):
    assert fact.low <= fact.value() <= fact.high


def test_every_fact_has_a_name_of_its_own_a_source_and_room_to_fail():
    assert len({fact.name for fact in FACTS}) == len(FACTS) >= 20
    assert all(fact.source and fact.target and fact.low < fact.high for fact in FACTS)


def test_a_fact_that_is_nowhere_does_not_hold():
    assert not Fact("none", "any", -1e9, 1e9, "test", lambda: float("nan")).holds
    assert not Fact("far", "any", -1.0, 1.0, "test", lambda: 2.0).holds


def local_extremes(values):
    """Indices of the interior maxima and minima."""
    inner, left, right = values[1:-1], values[:-2], values[2:]
    peaks = np.flatnonzero((inner > left) & (inner > right)) + 1
    return peaks, np.flatnonzero((inner < left) & (inner < right)) + 1


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


def test_coarser_immersion_extracts_what_two_implementations_gave(cup):
    yields = cup(np.array([1000.0, 1200.0]), 240.0).extraction_yield_pct
    assert yields == pytest.approx([19.1, 17.5], abs=0.1)


def test_titratable_acidity_follows_its_published_relation():
    doubled = titratable_acidity_ml(2.5, 20.0) / titratable_acidity_ml(1.25, 20.0)
    assert np.log2(doubled) == pytest.approx(1.04)
    assert titratable_acidity_ml(1.25, 24.0) / 5.606 == pytest.approx(1.2**-0.192)


@pytest.mark.parametrize(
    ("milk_g", "sugar_g", "change"),
    [(0.0, 4.0, -0.16), (0.0, 8.0, -0.29), (0.0, 16.0, -0.44), (60.0, 0.0, -0.38)],
)
def test_sugar_and_milk_take_bitterness_away_as_chosen(cup, milk_g, sugar_g, change):
    black = cup(900.0, 240.0).bitterness
    assert cup(900.0, 240.0, milk_g, sugar_g).bitterness / black - 1 == pytest.approx(
        change, abs=0.03
    )


def test_a_slope_needs_brews_over_the_whole_range_of_yields():
    times = np.linspace(30.0, 420.0, 400)
    assert acid_slope(500.0, times) < 1.0
    for few in (times[:20], times[150:200], times[-1:]):
        assert np.isnan(acid_slope(500.0, few))
    assert np.isnan(acid_slope(1400.0, times[:1]))
