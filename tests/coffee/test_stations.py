"""Single stations against hand-made numbers and the limits of their equations."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import integrate, stats

from simulator.coffee import (
    BEANS,
    DEFAULT,
    MEAN_DRINKER,
    MIXES,
    SEGMENTS,
    Brew,
    Method,
    Recipe,
    customers_in,
    mean_score,
    replace_parameters,
    share_above,
    taste,
)
from simulator.coffee.brewer import mobility
from simulator.coffee.grinder import grind
from simulator.coffee.judgement import banded_penalty, mean_excess, mean_penalty
from simulator.coffee.palate import hill
from simulator.errors import InputError, RecipeError


def test_the_boulders_have_the_moments_of_a_log_normal():
    boulders = grind(900.0, DEFAULT.grinder).boulders
    shares = np.array([each.mass_share for each in boulders])
    sizes = np.array([each.relative_size for each in boulders])
    assert shares.sum() == pytest.approx(1.0)
    assert shares @ np.log(sizes) == pytest.approx(0.0, abs=1e-15)
    assert shares @ np.log(sizes) ** 2 == pytest.approx(0.57**2)
    assert shares @ sizes == pytest.approx(np.exp(0.57**2 / 2), rel=1e-4)


def yield_of_all_sizes(grind_um, time_s):
    """Immersion yield at 93 °C in percent, by adaptive quadrature over the log-normal of sizes."""
    contact = time_s * mobility(93.0, DEFAULT.brewer)
    washed = 1 - np.exp(-contact / 10.3)

    def left(z):
        radius = grind_um * 1e-6 * np.exp(0.57 * z) / 2
        core = np.exp(-3 * 38.8e-6 / radius)
        diffused = 1 - sum(
            share * np.exp(-15 * diffusivity * contact / radius**2)
            for share, diffusivity in ((0.22, 2.58e-10), (0.4, 1.28e-10), (0.38, 0.648e-10))
        )
        return stats.norm.pdf(z) * ((1 - core) * washed + core * diffused)

    fines = 1 / (1 + (grind_um / 234) ** 1.445)
    boulders = integrate.quad(left, -9, 9, epsabs=1e-12)[0]
    return 100 * 0.30 * 0.792 * (fines * washed + (1 - fines) * boulders)


@pytest.mark.parametrize(("time_s", "grind_um"), [(60, 526), (120, 678), (240, 892), (480, 1199)])
def test_five_sizes_place_the_valley_within_a_four_hundredth_of_the_true_grind(
    cup, time_s, grind_um
):
    off = cup(grind_um, time_s).extraction_yield_pct - yield_of_all_sizes(grind_um, time_s)
    coarser, finer = (yield_of_all_sizes(grind_um + step, time_s) for step in (1, -1))
    assert abs(off / ((finer - coarser) / 2)) < 0.0025 * grind_um


def test_water_at_the_reference_temperature_has_unit_mobility():
    assert mobility(85.0, DEFAULT.brewer) == pytest.approx(1.0)
    # Viscosity of water: 0.3145 mPa·s at 90 °C, 0.3540 at 80 °C (IAPWS tables).
    tabulated = (363.15 / 353.15) * 0.3540 / 0.3145
    modelled = mobility(90.0, DEFAULT.brewer) / mobility(80.0, DEFAULT.brewer)
    assert modelled == pytest.approx(tabulated, rel=0.005)


@pytest.mark.parametrize("name", ["bitterness", "sourness", "strength", "mouthfeel"])
def test_all_coffee_tastes_equal_tds_in_the_reference_cup(cup, name):
    press = cup(900.0, 240.0)
    assert press.extraction_yield_pct == pytest.approx(20.0, abs=0.1)
    assert getattr(press, name) == pytest.approx(press.tds_pct, rel=0.005)


def test_milk_and_sugar_dilute_the_coffee_and_not_its_tds(cup):
    black, white = cup(900.0, 240.0), cup(900.0, 240.0, 60.0, 4.0)
    assert white.tds_pct == black.tds_pct
    assert white.cup.solids_g_kg == pytest.approx(black.cup.solids_g_kg * 200 / 264)
    assert white.cup.fat_g_kg == pytest.approx(35 * 60 / 264)
    assert white.cup.sugar_g_kg == pytest.approx(1000 * (4 + 0.2 * 0.047 * 60) / 264)


def test_espresso_is_served_long(cup):
    shot = cup(400.0, 30.0, method="espresso")
    assert shot.strength == pytest.approx(shot.tds_pct * 28 / 200)
    assert shot.cup.drink_g == 200.0


def test_only_an_unfiltered_cup_is_gritty(cup):
    assert cup(330.0, 240.0).perception.grittiness == pytest.approx(0.5)
    assert cup(330.0, 240.0, method="pour-over").perception.grittiness == 0.0


def test_the_hill_curve_starts_flat_and_curved_and_saturates():
    assert hill(0.0, 100.0, 1.3, 0.5) == 0.0
    small = 1e-4
    curvature = 2 * hill(small, 100.0, 1.3, 0.5) / small**2
    assert curvature == pytest.approx(1.3 * 0.5 ** (1.3 - 2) / 100**1.3, rel=1e-5)
    assert hill(100.0, 100.0, 1.3, 0.0) == pytest.approx(0.5)
    assert hill(1e9, 100.0, 1.3, 0.5) == pytest.approx(1.0)


@pytest.mark.parametrize("gap", [-2.0, -0.3, 0.0, 0.7, 3.0])
def test_the_mean_penalty_is_the_kinked_one_averaged_over_people(gap):
    kinked = lambda e: (
        stats.norm.pdf(e, scale=0.8) * (1.3 * max(gap + e, 0.0) + 0.4 * max(-gap - e, 0.0))
    )
    average = integrate.quad(kinked, -8, 8, points=[-gap], epsabs=1e-12)[0]
    assert mean_penalty(gap, 0.8, 0.4, 1.3) == pytest.approx(average, abs=1e-10)


@pytest.mark.parametrize("gap", [-2.0, -0.3, 0.0, 0.7, 3.0])
def test_the_banded_penalty_is_the_kinked_one_off_a_band_averaged_over_people(gap):
    kinked = lambda e: (
        stats.norm.pdf(e, scale=0.8)
        * (1.3 * max(gap + e - 0.25, 0.0) + 0.4 * max(-gap - e - 0.25, 0.0))
    )
    kinks = [-gap - 0.25, -gap + 0.25]
    average = integrate.quad(kinked, -8, 8, points=kinks, epsabs=1e-12)[0]
    assert banded_penalty(gap, 0.25, 0.8, 0.4, 1.3) == pytest.approx(average, abs=1e-10)


def test_the_mean_excess_mirrors():
    gaps = np.linspace(-4, 4, 33)
    assert mean_excess(-gaps, 0.7) == pytest.approx(mean_excess(gaps, 0.7) - gaps, abs=1e-15)


def level(segment):
    """Liking of a perfect cup by the segment's palates."""
    return DEFAULT.customers.palates(SEGMENTS[segment].palates).perfect_liking


def test_liking_is_a_perfect_cup_less_all_penalties(cup):
    for verdict in cup(400.0, 300.0, 20.0, 3.0).segments:
        aspects = ("intensity", "acidity", "mouthfeel", "bitterness", "sweetness", "creaminess")
        lost = sum(getattr(verdict, name).penalty for name in aspects) + verdict.grit_penalty
        assert verdict.liking == pytest.approx(level(verdict.name) - lost)
        assert verdict.score == pytest.approx(1 + 8 / (1 + np.exp(-(verdict.liking - 5) / 2)))


def test_nothing_is_lost_by_sweetness_at_the_ideal(cup):
    black = cup(900.0, 240.0)
    strong = black.segments[0]
    assert black.sweetness == 0.0
    assert strong.sweetness.penalty == pytest.approx(0.0, abs=1e-15)
    assert strong.creaminess.penalty == pytest.approx(0.0, abs=1e-15)


def test_a_better_bean_is_liked_more_by_its_points():
    brew, customers = Brew.standard("immersion"), customers_in("survey")
    plain = BEANS["medium"]
    better = replace(plain, quality_points=0.5)
    for a, b in zip(taste(Recipe(900, 240), brew, plain, customers).segments,
                    taste(Recipe(900, 240), brew, better, customers).segments, strict=True):  # fmt: skip
        assert b.liking - a.liking == pytest.approx(0.5)


def test_roasts_lean_from_sour_to_bitter(cup):
    brew = Brew.standard("immersion")
    roasts = [taste(Recipe(900, 240), brew, BEANS[name], customers_in("survey"))
              for name in ("light", "medium", "dark")]  # fmt: skip
    assert np.all(np.diff([each.sourness for each in roasts]) < 0)
    assert np.all(np.diff([each.bitterness for each in roasts]) > 0)


def test_only_the_proportions_of_bean_shares_and_customer_shares_count(cup):
    brew, plain = Brew.standard("immersion"), BEANS["medium"]
    doubled = replace(plain, acid_share=0.44, middle_share=0.8, bitter_share=0.76)
    customers = customers_in("survey")
    tenfold = [(segment, 10 * share) for segment, share in customers]
    a = taste(Recipe(900, 240), brew, plain, customers)
    b = taste(Recipe(900, 240), brew, doubled, tenfold)
    assert b.score == pytest.approx(a.score)


def test_the_mean_score_weighs_segments_by_their_shares(cup):
    press = cup(900.0, 240.0)
    shares, scores = MIXES["survey"].values(), [each.score for each in press.segments]
    assert mean_score(press) == pytest.approx(np.average(scores, weights=list(shares)))
    assert [each.name for each in press.segments] == list(SEGMENTS)


def test_the_smoothed_share_tends_to_the_counted_one(cup):
    press = cup(900.0, 240.0)
    counted = sum(each.share for each in press.segments if each.score > 5.2) / 0.995
    assert share_above(press, 5.2, 1e-3) == pytest.approx(counted)
    with pytest.raises(ValueError, match="positive"):
        share_above(press, 5.2, 0.0)


def test_the_mean_drinker_uses_everyones_palate():
    brew = Brew.standard("immersion")
    tasted = taste(Recipe(900, 240), brew, BEANS["medium"], [(MEAN_DRINKER, 1.0)])
    scale = DEFAULT.customers.everyone.intensity
    steps = (tasted.extraction_yield_pct - 20) / 4
    expected = scale.constant - 3 + scale.tds_slope * (tasted.strength - 1.25)
    expected += scale.extraction_slope * steps
    assert tasted.segments[0].intensity.gap == pytest.approx(expected)
    assert tasted.score == tasted.segments[0].score


def test_replaced_parameters_reach_their_station():
    brew, customers = Brew.standard("immersion"), customers_in("survey")
    lower = replace_parameters(DEFAULT, {"customers.cluster_2.perfect_liking": 6.0})
    a = taste(Recipe(900, 240), brew, BEANS["medium"], customers)
    b = taste(Recipe(900, 240), brew, BEANS["medium"], customers, lower)
    assert b.segments[2].liking == pytest.approx(
        a.segments[2].liking + 6.0 - DEFAULT.customers.cluster_2.perfect_liking
    )
    assert b.segments[0].liking == a.segments[0].liking


def test_unknown_names_are_refused_with_the_known_ones():
    with pytest.raises(InputError, match="survey, everyday"):
        customers_in("office")
    stranger = replace(SEGMENTS["milk"], palates="cluster_3")
    with pytest.raises(InputError, match="cluster_1, cluster_2"):
        taste(Recipe(900, 240), Brew.standard("immersion"), BEANS["medium"], [(stranger, 1.0)])
    with pytest.raises(ValueError, match="customer"):
        taste(Recipe(900, 240), Brew.standard("immersion"), BEANS["medium"], [])
    siphon = replace(Brew.standard("immersion"), method="siphon")
    with pytest.raises(RecipeError, match="siphon"):
        taste(Recipe(900, 240), siphon, BEANS["medium"], customers_in("survey"))


def test_a_method_may_be_given_by_its_plain_name(cup):
    brew = Brew("espresso", 14.0, 240.0, 28.0, 93.0)
    tasted = taste(Recipe(400.0, 30.0), brew, BEANS["medium"], customers_in("survey"))
    assert tasted.score == cup(400.0, 30.0, method=Method.ESPRESSO).score
