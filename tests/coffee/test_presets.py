"""Beans, brews, cups, segments and mixes are files; a faulty one is refused by name."""

from __future__ import annotations

from dataclasses import replace

import pytest

from simulator.coffee import (
    BEANS,
    BREWS,
    CUPS,
    DEFAULT,
    MIXES,
    SEGMENTS,
    Bean,
    Brew,
    Recipe,
    bean_from_file,
    check_ranges,
    customers_in,
    taste,
)  # fmt: skip
from simulator.coffee.customers import Mix
from simulator.coffee.presets import FOLDER, read_preset, read_presets
from simulator.errors import InputError

BEAN = {
    "e_max": 0.3, "acid_share": 0.2, "middle_share": 0.4, "bitter_share": 0.4, "quality_points": 1,
}  # fmt: skip


def written(path, keys):
    path.write_text("".join(f"{key}: {value}\n" for key, value in keys.items()), encoding="utf-8")
    return path


def test_the_shipped_presets_are_these_in_this_order():
    assert list(BEANS) == ["light", "medium", "dark"]
    assert list(BREWS) == ["immersion", "pour-over", "espresso"]
    assert list(CUPS) == ["standard", "skimmed-milk"]
    assert list(SEGMENTS) == ["black-strong", "black-mild", "milk", "milk-and-sugar"]
    assert list(MIXES) == ["survey", "everyday"]


def test_every_preset_says_where_its_numbers_come_from():
    for path in FOLDER.rglob("*.yaml"):
        assert path.read_text(encoding="utf-8").startswith("about: "), path


def test_every_brew_lies_in_the_ranges():
    for brew in BREWS.values():
        check_ranges(brew=brew)


def test_the_standard_cup_is_the_default_one():
    assert CUPS["standard"] == DEFAULT.cup


def test_skimmed_milk_is_less_creamy():
    customers, brew = customers_in("survey"), Brew.standard("immersion")
    skimmed = replace(DEFAULT, cup=CUPS["skimmed-milk"])
    one, other = (
        taste(Recipe(900.0, 240.0, 60.0), brew, BEANS["medium"], customers, parameters)
        for parameters in (DEFAULT, skimmed)
    )
    assert other.creaminess < 0.2 * one.creaminess


def test_a_new_bean_is_a_file(tmp_path):
    bean = bean_from_file(written(tmp_path / "yirgacheffe.yaml", BEAN))
    assert bean == Bean("yirgacheffe", 0.3, 0.2, 0.4, 0.4, 1.0)


def test_presets_come_in_the_order_they_ask_for(tmp_path):
    folder = tmp_path / "beans"
    folder.mkdir()
    for name, order in (("a", 3), ("b", 1), ("c", 2)):
        written(folder / f"{name}.yaml", {**BEAN, "order": order})
    assert list(read_presets("beans", Bean, tmp_path)) == ["b", "c", "a"]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"e_max": 0.9}, r"e_max: 0\.9 is out of range; expected 0\.01 to 0\.5"),
        ({"e_max": ".nan"}, "e_max: nan is out of range"),
        ({"e_max": "lots"}, "e_max: 'lots' is not a number"),
        ({"e_max": "true"}, "e_max: True is not a number"),
        ({"caffeine": 1}, "caffeine: no such key; known are e_max, acid_share"),
        ({"order": "first"}, "order: 'first' is not a number"),
    ],
)
def test_a_faulty_bean_is_refused_with_file_and_key(tmp_path, change, told):
    folder = tmp_path / "beans"
    folder.mkdir()
    written(folder / "odd.yaml", {**BEAN, **change})
    with pytest.raises(InputError, match=rf"odd\.yaml: {told}"):
        read_presets("beans", Bean, tmp_path)


def test_a_bean_without_a_number_is_refused(tmp_path):
    path = written(tmp_path / "odd.yaml", {k: v for k, v in BEAN.items() if k != "acid_share"})
    with pytest.raises(InputError, match=r"odd\.yaml: acid_share: missing"):
        bean_from_file(path)


@pytest.mark.parametrize(
    ("text", "told"), [("- a list\n", "key: value"), ("a: [1\n", "not YAML"), ("", "key: value")]
)
def test_what_is_not_a_table_is_refused(tmp_path, text, told):
    path = tmp_path / "odd.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=told):
        bean_from_file(path)
    with pytest.raises(InputError, match="cannot be read"):
        bean_from_file(tmp_path / "nowhere.yaml")


@pytest.mark.parametrize("shares", ["[1, 2]", "{}", "{milk: -1}", "{milk: much}"])
def test_shares_that_are_none_are_refused(tmp_path, shares):
    path = written(tmp_path / "odd.yaml", {"shares": shares})
    with pytest.raises(InputError, match=r"odd\.yaml: shares"):
        read_preset(path, Mix)


def test_a_folder_without_presets_is_refused(tmp_path):
    with pytest.raises(InputError, match="no presets"):
        read_presets("beans", Bean, tmp_path)


@pytest.mark.parametrize("method", ["''", "3", "[espresso]"])
def test_a_name_that_is_none_is_refused(tmp_path, method):
    path = tmp_path / "odd.yaml"
    path.write_text(
        f"method: {method}\ndose_g: 15\nwater_g: 240\nbeverage_g: 240\ntemperature_c: 93\n"
    )
    with pytest.raises(InputError, match=r"odd\.yaml: method: .* is not a name"):
        read_preset(path, Brew)
