"""``simulator taste``: one cup, many cups, and refusals."""

import io
import json
import re

import pytest


def test_french_press_cup_is_extracted_as_published(simulator):
    said = simulator(
        "taste", "--grind-um", 900, "--time-s", 240, "--milk-g", 0, "--sugar-g", 0, "--json"
    )
    cup = json.loads(said.out)
    assert said.status == 0
    assert 18 <= cup["extraction_yield_pct"] <= 22
    assert 1.15 <= cup["tds_pct"] <= 1.35
    names = {"strength", "bitterness", "sourness", "sweetness", "mouthfeel", "score", "segments"}
    assert names <= set(cup)
    assert set(cup["segments"]) == {"black-strong", "black-mild", "milk", "milk-and-sugar"}


def test_text_says_what_is_chosen_when_milk_is_in_the_cup(simulator):
    black = simulator("taste", "--grind-um", 900, "--time-s", 240)
    white = simulator("taste", "--grind-um", 900, "--time-s", 240, "--milk-g", 30)
    assert "effects of milk and sugar are chosen" in white.out
    assert "effects of milk and sugar" not in black.out


def test_every_line_of_standard_input_is_answered_by_one_line(simulator, monkeypatch):
    lines = '{"grind_um": 900, "time_s": 240}\n{"grind_um": 700, "time_s": 120, "milk_g": 20}\n'
    monkeypatch.setattr("sys.stdin", io.StringIO(lines))
    said = simulator("taste", "--stdin")
    first, second = map(json.loads, said.out.splitlines())
    assert said.status == 0
    assert first["recipe"]["grind_um"] == 900
    assert second["recipe"]["milk_g"] == 20


def test_a_bad_line_is_answered_with_its_error_and_the_others_go_on(simulator, monkeypatch):
    bad = ['{"grind_um": 9}', "not json", "[1]", '{"grind_um": NaN, "time_s": 9}']
    lines = "\n".join([*bad, '{"grind_um": 900, "time_s": 240}\n'])
    monkeypatch.setattr("sys.stdin", io.StringIO(lines))
    said = simulator("taste", "--stdin")
    answers = [json.loads(line) for line in said.out.splitlines()]
    assert said.status == 2
    assert ["error" in answer for answer in answers] == [True, True, True, True, False]


def test_config_gives_the_context(simulator):
    said = simulator(
        "taste",
        "--config",
        "configs/espresso-cliff.yaml",
        "--grind-um",
        481,
        "--time-s",
        30,
        "--json",
    )
    assert said.status == 0
    assert json.loads(said.out)["segments"].keys() != set()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--grind-um", "900"], ["time_s", "--time-s"]),
        (["--grind-um", "90", "--time-s", "240"], ["grind_um", "200", "1400"]),
        (["--grind-um", "nan", "--time-s", "240"], ["grind_um"]),
        (["--grind-um", "900", "--time-s", "240", "--method", "syphon"], ["syphon", "espresso"]),
        (
            ["--grind-um", "900", "--time-s", "240", "--beverage-g", "200"],
            ["immersion", "--water-g"],
        ),
        (
            ["--grind-um", "900", "--time-s", "240", "--temperature-c", "20"],
            ["temperature_c", "80"],
        ),
    ],
)
def test_nonsense_is_refused_with_the_way_out(simulator, arguments, words):
    said = simulator("taste", *arguments)
    assert said.status == 2
    assert said.out == ""
    for word in words:
        assert word in said.err


def test_an_unknown_option_is_a_usage_error(simulator):
    said = simulator("taste", "--grind", "900")
    assert said.status == 2
    assert "--grind" in said.err


def test_each_segment_says_what_it_minds_and_how_likely_that_is(simulator):
    cup = json.loads(simulator("taste", "--grind-um", 900, "--time-s", 240, "--json").out)
    for segment in cup["segments"].values():
        assert sum(segment["says"].values()) == pytest.approx(1.0)
    assert next(iter(cup["segments"]["milk"]["says"])) == "not creamy enough"
    assert 0.2 < cup["ticks"]["bitter"] < 0.4
    text = simulator("taste", "--grind-um", 900, "--time-s", 240).out
    assert "most likely to say" in text
    assert "not creamy enough (" in text
    assert "rests on chosen numbers" in " ".join(text.split())


def test_uncertainty_puts_a_band_around_the_score(simulator):
    cup = ("taste", "--grind-um", 900, "--time-s", 240, "--uncertainty")
    band = json.loads(simulator(*cup, "--json").out)["uncertainty"]["score"]
    assert band["low"] < band["value"] < band["high"]
    assert band["high"] - band["low"] < 1.0
    text = simulator(*cup).out
    assert "95 %" in text
    assert "do not show how much one" in " ".join(text.split())


def test_chinese_words_everything_and_changes_no_number(simulator):
    cup = ("taste", "--grind-um", 900, "--time-s", 240, "--milk-g", 30, "--uncertainty")
    english, chinese = simulator(*cup).out, simulator(*cup, "--lang", "zh").out
    assert "奶不够（21%）" in chinese
    assert "人为设定的" in chinese
    numbers = re.compile(r"\d+\.\d+")
    assert numbers.findall(chinese) == numbers.findall(english)
    words = set(re.findall("[A-Za-z]{2,}", chinese))
    assert words <= {"TDS", "µm"}


def test_a_language_that_is_not_there_is_refused(simulator):
    said = simulator("taste", "--grind-um", 900, "--time-s", 240, "--lang", "fr")
    assert said.status == 2
    assert "en (English), zh (中文)" in said.err


def test_empty_lines_are_passed_over_and_what_is_no_recipe_is_named(simulator, monkeypatch):
    cup = '{"grind_um": 900, "time_s": 240}'
    lines = (
        f'{cup}\n\n  \n{{"grind_um": 900, "dose": 3}}\n{{"grind_um": 900, "time_s": true}}\n{cup}\n'
    )
    monkeypatch.setattr("sys.stdin", io.StringIO(lines))
    said = simulator("taste", "--stdin")
    first, unknown, no_number, last = (json.loads(line) for line in said.out.splitlines())
    assert said.status == 2
    assert first == last
    assert (unknown["line"], "no such part of a recipe: dose" in unknown["error"]) == (4, True)
    assert (no_number["line"], "time_s must be a number" in no_number["error"]) == (5, True)


def test_a_config_and_another_method_contradict_each_other(simulator):
    cup = ("taste", "--config", "configs/espresso-cliff.yaml", "--grind-um", 481, "--time-s", 30)
    said = simulator(*cup, "--method", "immersion")
    assert (said.status, "brews by espresso" in said.err) == (2, True)
    assert simulator(*cup, "--method", "espresso").out == simulator(*cup).out
