"""``simulator menu``: the recipes, who takes them, and what other searches find."""

import json
import re
from dataclasses import replace

import pytest

from simulator.cli import menu_choosing

SMALL = """\
name: small
tune: {milk_g: {low: 0, high: 100}}
fixed: {grind_um: 900, time_s: 240, sugar_g: 0}
customers: everyday
"""


@pytest.fixture
def config(tmp_path):
    """The path of a config with one knob, milk."""
    path = tmp_path / "small.yaml"
    path.write_text(SMALL, encoding="utf-8")
    return path


def test_recipes_are_shown_with_who_takes_them_and_what_one_for_all_would_lose(simulator, config):
    said = simulator("menu", config, "-k", 2)
    menu = json.loads(simulator("menu", config, "-k", 2, "--json").out)
    assert said.status == 0
    for recipe, share in zip(menu["recipes"], menu["served"], strict=True):
        row = rf"900 │ +240 │ +{recipe['milk_g']:.4g} │ +0 │ +{share:.0%}"
        assert re.search(row, said.out)
    text = " ".join(said.out.split())
    assert f"mean of each customer's best score {menu['value']:.4f}" in text
    assert f"one recipe for all {menu['alone']:.4f} ({menu['value'] - menu['alone']:+.4f})" in text
    assert text.endswith(": agrees")


def test_a_share_of_content_customers_is_called_so(simulator, config):
    config.write_text(SMALL + "objective: {kind: share-above, threshold: 6}\n", encoding="utf-8")
    assert "share content 0." in simulator("menu", config, "-k", 1).out


@pytest.mark.parametrize("arguments", [[], ["--json"]])
def test_a_better_menu_found_elsewhere_ends_with_one(simulator, config, monkeypatch, arguments):
    chosen = menu_choosing.choose_menu

    def worse(*given, **more):
        menu = chosen(*given, **more)
        return replace(menu, by_scipy=menu.value + 0.25)

    monkeypatch.setattr(menu_choosing, "choose_menu", worse)
    said = simulator("menu", config, "-k", 1, *arguments)
    assert said.status == 1
    assert ("is better by 0.2500" in said.out) != bool(arguments)
