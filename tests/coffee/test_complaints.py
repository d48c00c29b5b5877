"""What customers say: probabilities that add up, ticks as published, and the scales' own answers."""

from __future__ import annotations

import csv
import math
from pathlib import Path

import numpy as np
import pytest
from scipy.special import ndtr

from simulator.coffee import DEFAULT, JUST_RIGHT, customers_in, opinions, tick_shares

COTTER = Path(__file__).parents[2].parent / "shared" / "data" / "cotter_dataset.csv"
CUPS = [(900, 240), (240, 570, 0.5, 0.1), (1300, 60), (900, 240, 60, 20), (1284, 600, 20, 5)]


@pytest.fixture
def said(cup):
    """``said(grind_um, time_s, milk_g, sugar_g)``: segment -> opinion."""

    def ask(*recipe):
        found = opinions(cup(*recipe), customers_in("survey"))
        return {opinion.segment: opinion for opinion in found}

    return ask


@pytest.mark.parametrize("recipe", CUPS)
def test_all_that_can_be_said_adds_up_to_one(said, recipe):
    for opinion in said(*recipe).values():
        assert sum(opinion.says.values()) == pytest.approx(1.0, abs=1e-12)
        assert min(opinion.says.values()) >= 0.0
        assert list(opinion.says.values()) == sorted(opinion.says.values(), reverse=True)


def test_shares_are_those_of_simulated_customers(cup):
    tasting = cup(500, 400)
    (opinion, *_) = opinions(tasting, customers_in("survey"))
    verdict, palates = tasting.segments[0], DEFAULT.customers.cluster_1
    rng = np.random.default_rng(5)
    people = 400_000
    words, costs = ["nothing"], [np.full(people, 1e-12)]
    for aspect, names in (
        ("intensity", ("too weak", "too strong")),
        ("acidity", ("too flat", "too sour")),
        ("mouthfeel", ("too thin", "too heavy")),
    ):
        scale = getattr(palates, aspect)
        felt = float(getattr(verdict, aspect).gap) + scale.scatter * rng.standard_normal(people)
        for name, miss, price in (
            (names[0], -felt, scale.too_low),
            (names[1], felt, scale.too_high),
        ):
            words.append(name)
            costs.append(np.where(miss > scale.band + 0.5, price * (miss - scale.band), 0.0))
    gritty = rng.random(people) < float(tasting.perception.grittiness)
    words.append("too gritty")
    costs.append(np.where(gritty, DEFAULT.customers.grit_points, 0.0))
    named = np.bincount(np.argmax(costs, axis=0), minlength=len(words)) / people
    for word, share in zip(words, named, strict=True):
        told = opinion.says[JUST_RIGHT if word == "nothing" else word]
        assert told == pytest.approx(share, abs=0.012)


def test_scales_answer_low_right_and_high_as_normal_shares(said, cup):
    scale = DEFAULT.customers.cluster_2.acidity
    gap = float(cup(700, 300).segments[1].acidity.gap)
    reach = scale.band + 0.5
    low, right, high = said(700, 300)["black-mild"].answers["acidity"]
    assert low == pytest.approx(ndtr((-reach - gap) / scale.scatter))
    assert high == pytest.approx(ndtr((gap - reach) / scale.scatter))
    assert low + right + high == pytest.approx(1.0)


def test_a_thin_cup_is_too_weak_and_a_strong_one_too_strong(cup):
    mix = customers_in("survey")
    weak, strong = (
        opinions(cup(900, 240, dose_g=dose, method="pour-over"), mix)[1] for dose in (10, 30)
    )
    assert weak.most_likely == "too weak"
    assert strong.most_likely in ("too strong", "too bitter", "too sour")
    assert strong.says["too bitter"] > 2 * weak.says["too bitter"]


def test_who_takes_milk_misses_it_and_who_wants_none_complains_of_it(said):
    assert said(900, 240)["milk"].most_likely == "not creamy enough"
    assert said(900, 240, 90, 0)["black-strong"].most_likely == "too creamy"


def test_nobody_finds_a_black_cup_too_sweet_or_too_creamy(said):
    for opinion in said(900, 240).values():
        assert opinion.says["too sweet"] == pytest.approx(0.0, abs=1e-12)
        assert opinion.says["too creamy"] == pytest.approx(0.0, abs=1e-12)


def test_people_who_do_not_mind_bitterness_do_not_complain_of_it(said):
    assert DEFAULT.customers.cluster_1.too_bitter == 0.0
    assert "too bitter" not in said(400, 500)["black-strong"].says


def test_ticks_are_the_published_ones_at_the_reference_cup(cup):
    class Reference:
        extraction_yield_pct = 20.0

        class perception:
            strength = bitterness = sourness = mouthfeel = 1.25

    ticks = tick_shares(Reference())
    assert {word: round(share, 3) for word, share in ticks.items()} == {
        "bitter": 0.300, "sour": 0.329, "sweet": 0.191, "astringent": 0.111,
        "tea_like": 0.196, "thick": 0.069, "burnt": 0.167,
    }  # fmt: skip


@pytest.mark.skipif(not COTTER.exists(), reason="needs the ratings of Cotter et al. 2021")
def test_shares_of_answers_are_those_of_the_ratings():
    with COTTER.open(encoding="latin-1", newline="") as file:
        rows = [
            row
            for row in csv.DictReader(file)
            if float(row["TDS__1"]) < 1.9 and float(row["Percent Extraction"]) < 30
        ]
    off = []
    for cluster, palates in (("1", "cluster_1"), ("2", "cluster_2")):
        for column, name in (
            ("Flavor.intensity", "intensity"), ("Acidity", "acidity"), ("Mouthfeel", "mouthfeel"),
        ):  # fmt: skip
            scale = getattr(getattr(DEFAULT.customers, palates), name)
            for low, high in ((0.5, 1.1), (1.1, 1.4), (1.4, 2.0)):
                told = [
                    (float(row["TDS__1"]), float(row["Percent Extraction"]), float(row[column]))
                    for row in rows
                    if row["Cluster"] == cluster
                    and low <= float(row["TDS__1"]) < high
                    and row[column].strip().isdigit()
                ]
                tds, extraction, answer = np.array(told).T
                y = (extraction - 20) / 4
                felt = tds - 0.048 * y if name == "acidity" else tds
                gap = scale.constant - 3 + scale.tds_slope * (felt - 1.25)
                gap = gap + scale.extraction_slope * y
                reach = scale.band + 0.5
                off.append(np.mean(answer <= 2) - np.mean(ndtr((-reach - gap) / scale.scatter)))
                off.append(np.mean(answer >= 4) - np.mean(ndtr((gap - reach) / scale.scatter)))
    assert len(off) == 36
    assert math.sqrt(np.mean(np.square(off))) < 0.025
    assert np.max(np.abs(off)) < 0.06
