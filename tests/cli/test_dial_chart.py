"""``simulator dial-chart``: figure, table, and a font that is not there."""

import json

import pytest

from simulator.report import figure_language

CONFIG = "configs/house-blend.yaml"
RECIPE = "grind_um=892,time_s=240,milk_g=0,sugar_g=0"


def test_figure_and_table_are_made(simulator, tmp_path):
    said = simulator("dial-chart", CONFIG, "--recipe", RECIPE, "--out", tmp_path)
    assert said.status == 0
    assert "30 s longer" in said.out
    assert "44 µm coarser" in said.out
    assert (tmp_path / "dial-chart.png").stat().st_size > 10_000
    assert "extraction yield (%)" in (tmp_path / "dial-chart.svg").read_text(encoding="utf-8")


def test_json_holds_the_numbers_of_the_table(simulator, tmp_path):
    said = simulator("dial-chart", CONFIG, "--recipe", RECIPE, "--out", tmp_path, "--json")
    told = json.loads(said.out)
    longer = {each["time_change_s"]: each for each in told["make_up"]}[30.0]
    assert told["extraction_yield_pct"] == pytest.approx(20.0, abs=0.05)
    assert longer["extraction_grind_um"] == pytest.approx(937, abs=3)


def test_chinese_falls_back_to_english_where_no_font_has_it(simulator, tmp_path, monkeypatch):
    monkeypatch.setattr(figure_language, "chinese_font", lambda: None)
    said = simulator("dial-chart", CONFIG, "--recipe", RECIPE, "--out", tmp_path, "--lang", "zh")
    assert "没有安装中文字体" in said.out
    assert "萃取率" in said.out
    assert "extraction yield (%)" in (tmp_path / "dial-chart.svg").read_text(encoding="utf-8")


def test_chinese_is_drawn_where_a_font_has_it(simulator, tmp_path, monkeypatch):
    monkeypatch.setattr(figure_language, "chinese_font", lambda: "some font")
    simulator("dial-chart", CONFIG, "--recipe", RECIPE, "--out", tmp_path, "--lang", "zh")
    assert "萃取率" in (tmp_path / "dial-chart.svg").read_text(encoding="utf-8")


def test_milk_in_the_cup_is_called_chosen(simulator, tmp_path):
    for milk, said_so in ((20, True), (0, False)):
        recipe = f"grind_um=892,time_s=240,milk_g={milk},sugar_g=0"
        said = simulator("dial-chart", CONFIG, "--recipe", recipe, "--out", tmp_path)
        assert ("milk and sugar" in " ".join(said.out.split())) is said_so
