"""The recipe card: barista's units, a word for the grind, ranges, in the order of the work."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.explain import catalogue
from simulator.report.recipe_card import GRIND_WORDS, card_lines, clock, grind_word

RECIPE = {"grind_um": 720.4, "time_s": 245.2, "milk_g": 31.0, "sugar_g": 4.0}


def lines(material: Any, language: str = "en") -> dict[str, Any]:
    return {
        line.knob: line for line in card_lines(material.problem, RECIPE, None, catalogue(language))
    }


def test_amounts_are_in_the_units_of_the_counter(material: Any):
    card = lines(material)
    assert list(card) == [
        "dose_g", "grind_um", "water_g", "temperature_c", "time_s", "milk_g", "sugar_g",
    ]  # fmt: skip
    assert [line.amount for line in card.values()] == [
        "15 g", "720 µm", "240 g", "93 °C", "245 s", "31 g", "4 g",
    ]  # fmt: skip
    assert [line.also for line in card.values()] == [
        "", "medium", "240 ml", "", "4:05 min", "30 ml", "1 tsp",
    ]  # fmt: skip


def test_the_card_is_written_in_chinese_too(material: Any):
    card = lines(material, "zh")
    assert (card["grind_um"].also, card["sugar_g"].also) == ("中", "1 茶匙")


def test_coarser_grinds_never_get_a_finer_word():
    limits = [limit for limit, _ in GRIND_WORDS]
    assert limits == sorted(limits)
    words = list(dict.fromkeys(grind_word(size) for size in range(200, 1401, 10)))
    assert words == [word for _, word in GRIND_WORDS] + ["extra_coarse"]


@pytest.mark.parametrize(("seconds", "shown"), [(59.6, "1:00"), (600, "10:00"), (20, "0:20")])
def test_a_clock_never_shows_sixty_seconds(seconds: float, shown: str):
    assert clock(seconds) == shown
