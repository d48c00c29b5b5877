"""Beans, brews, cups and customers of one's own are files that a config names."""

import json
import shutil

import pytest

from simulator.coffee import DEFAULT
from simulator.coffee.presets import FOLDER
from simulator.experiment.config import experiment_from, load, loads, problem_part
from simulator.experiment.content_key import canonical_hash
from simulator.experiment.faults import ConfigFaults
from simulator.experiment.problem import Problem

SIDAMO = """\
about: Bought on Tuesday.
e_max: 0.29
acid_share: 0.26
middle_share: 0.40
bitter_share: 0.34
quality_points: 0.2
"""
OAT = "palates: cluster_2\nideal_sweetness: 1\nideal_creaminess: 3\n"
MIX = "about: Mornings.\nshares: {segments/oat.yaml: 3, black-mild: 1}\n"


@pytest.fixture
def cafe(tmp_path):
    """``cafe(text)``: the experiment of a config beside the files of a café."""
    (tmp_path / "segments").mkdir()
    (tmp_path / "sidamo.yaml").write_text(SIDAMO, "utf-8")
    (tmp_path / "segments" / "oat.yaml").write_text(OAT, "utf-8")
    (tmp_path / "mix.yaml").write_text(MIX, "utf-8")
    shutil.copy(FOLDER / "brews" / "espresso.yaml", tmp_path / "ristretto.yaml")
    shutil.copy(FOLDER / "cups" / "skimmed-milk.yaml", tmp_path / "mug.yaml")

    def read(text, folder=tmp_path):
        path = folder / "cafe.yaml"
        path.write_text(f"name: cafe\n{text}\n", "utf-8")
        return load(path)

    return read


def faults(read, text):
    with pytest.raises(ConfigFaults) as caught:
        read(text)
    return caught.value.faults


def test_a_bean_is_a_file_beside_the_config(cafe):
    bean = cafe("bean: sidamo.yaml").bean
    assert (bean.name, bean.e_max, bean.quality_points) == ("sidamo", 0.29, 0.2)


def test_numbers_beside_the_name_of_a_file_override_it(cafe):
    bean = cafe("bean: {name: sidamo.yaml, quality_points: -1}").bean
    assert (bean.e_max, bean.quality_points) == (0.29, -1.0)


def test_a_shipped_brew_can_be_copied_renamed_and_overridden(cafe):
    brew = cafe("brew: {preset: ristretto.yaml, beverage_g: 22}").brew
    assert (brew.method, brew.dose_g, brew.beverage_g) == ("espresso", 14.0, 22.0)
    assert cafe("brew: ristretto.yaml").brew.beverage_g == 28.0


def test_what_is_tuned_leaves_the_value_of_a_file(cafe):
    tuned = "tune: [grind_um, time_s, milk_g, sugar_g, dose_g]\nbrew: ristretto.yaml"
    assert cafe(tuned).brew.dose_g is None


def test_a_cup_is_a_preset_a_file_or_numbers(cafe):
    assert cafe("cup: mug.yaml").cup.milk_fat_g_kg == 1.0
    assert cafe("cup: skimmed-milk").cup == cafe("cup: mug.yaml").cup
    assert cafe("cup: {served_g: 150}").cup.milk_fat_g_kg == DEFAULT.cup.milk_fat_g_kg
    assert cafe("").cup == DEFAULT.cup


def test_a_cup_of_skimmed_milk_tastes_less_creamy(cafe):
    recipe = {"grind_um": 800.0, "time_s": 200.0, "milk_g": 40.0, "sugar_g": 0.0}
    creamy = {}
    for cup in ("standard", "mug.yaml"):
        problem = Problem(cafe(f"cup: {cup}"))
        creamy[cup] = float(problem.tasting(problem.coordinates(recipe)).creaminess)
    assert creamy["mug.yaml"] < 0.2 * creamy["standard"]


def test_customers_are_a_mix_a_segment_or_shares_that_name_files(cafe):
    of_mix = cafe("customers: mix.yaml")
    assert dict(of_mix.customers) == {"black-mild": 0.25, "oat": 0.75}
    assert [(s.name, s.ideal_creaminess) for s, _ in of_mix.crowd][1] == ("oat", 3.0)
    assert dict(cafe("customers: segments/oat.yaml").customers) == {"oat": 1.0}
    shares = cafe("customers: {segments/oat.yaml: 1, milk: 1}")
    assert dict(shares.customers) == {"milk": 0.5, "oat": 0.5}


def test_segments_can_be_written_in_the_config_itself(cafe):
    own = "segments: {oat: {palates: cluster_1, ideal_sweetness: 0, ideal_creaminess: 3}}"
    assert cafe(f"{own}\ncustomers: oat").crowd[0][0].palates == "cluster_1"


def test_the_resolved_config_holds_numbers_and_no_paths(cafe):
    experiment = cafe("bean: sidamo.yaml\nbrew: ristretto.yaml\ncup: mug.yaml\ncustomers: mix.yaml")
    settings = experiment.resolved()
    assert ".yaml" not in json.dumps(settings)
    assert experiment_from(settings) == experiment


class TestTheKey:
    def test_follows_the_content_of_a_file_and_not_its_path(self, cafe, tmp_path):
        config = "bean: {}\ncup: mug.yaml\ncustomers: mix.yaml"
        here = cafe(config.format("sidamo.yaml"))
        shutil.move(tmp_path / "sidamo.yaml", tmp_path / "segments" / "renamed.yaml")
        moved = cafe(config.format("segments/renamed.yaml"))
        assert Problem(here).hash == Problem(moved).hash
        written = SIDAMO.replace("0.29", "0.28")
        (tmp_path / "segments" / "renamed.yaml").write_text(written, "utf-8")
        assert Problem(cafe(config.format("segments/renamed.yaml"))).hash != Problem(here).hash

    @pytest.mark.parametrize(
        ("section", "file", "old", "new"),
        [
            ("customers: mix.yaml", "segments/oat.yaml", "creaminess: 3", "creaminess: 4"),
            ("customers: mix.yaml", "mix.yaml", "mild: 1", "mild: 2"),
            ("cup: mug.yaml", "mug.yaml", "fat_g_kg: 1", "fat_g_kg: 2"),
            ("brew: ristretto.yaml", "ristretto.yaml", "dose_g: 14", "dose_g: 15"),
        ],
    )
    def test_changes_with_every_number_of_a_file(self, cafe, tmp_path, section, file, old, new):
        before = Problem(cafe(section)).hash
        text = (tmp_path / file).read_text("utf-8")
        assert old in text
        (tmp_path / file).write_text(text.replace(old, new), "utf-8")
        assert Problem(cafe(section)).hash != before

    def test_of_configs_without_files_knows_neither_cup_nor_segments(self):
        assert set(problem_part(loads("name: plain"))) == {
            "tune", "brew", "fixed", "customers", "objective", "bean",
        }  # fmt: skip

    def test_segments_that_do_not_come_change_nothing(self, cafe):
        own = "segments: {oat: {palates: cluster_1, ideal_sweetness: 0, ideal_creaminess: 3}}"
        with_own, without = (problem_part(cafe(text)) for text in (own, ""))
        assert canonical_hash(with_own) == canonical_hash(without)


class TestFaults:
    def test_a_kind_of_customers_without_all_its_numbers_is_told_what_is_missing(self, cafe):
        text = "segments: {oat: {palates: cluster_2, ideal_sweetness: 1}}\ncustomers: {oat: 1}"
        (found, *_) = faults(cafe, text)
        assert found.problem == "ideal_creaminess missing"
        assert found.remedy == "add ideal_creaminess"

    def test_a_brew_that_names_one_liquid_alone_is_taken_as_it_is(self, cafe, tmp_path):
        text = (tmp_path / "ristretto.yaml").read_text("utf-8")
        kept = [line for line in text.splitlines() if not line.startswith("water_g")]
        (tmp_path / "ristretto.yaml").write_text("\n".join(kept), "utf-8")
        assert cafe("brew: ristretto.yaml").brew == loads("name: x\nbrew: espresso").brew

    def test_a_missing_file_is_told_where_it_is_named(self, cafe):
        (found,) = faults(cafe, "bean: yirga.yaml")
        assert (found.line, found.key) == (2, "bean")
        assert "no such preset file" in found.problem
        (found,) = faults(cafe, "customers: {nobody.yaml: 1}")
        assert (found.line, found.column) == (2, 13)

    @pytest.mark.parametrize(
        ("file", "old", "new", "config", "line", "word"),
        [
            ("sidamo.yaml", "0.29", "0.9", "bean: sidamo.yaml", 2, "out of range"),
            ("sidamo.yaml", "e_max", "emax", "bean: sidamo.yaml", 2, "no such property"),
            ("sidamo.yaml", "e_max: 0.29\n", "", "bean: sidamo.yaml", 1, "e_max missing"),
            ("segments/oat.yaml", "cluster_2", "cluster_9", "customers: mix.yaml", 1, "palates"),
            ("mix.yaml", "3", "many", "customers: mix.yaml", 2, "not a number"),
            ("mix.yaml", "oat", "soy", "customers: mix.yaml", 2, "no such preset file"),
            ("mix.yaml", "black-mild", "black-wild", "customers: mix.yaml", 2, "no such segment"),
            ("mix.yaml", MIX.split("shares: ")[1], "{}\n", "customers: mix.yaml", 1, "no shares"),
            ("mug.yaml", "served_g: 200", "served_g: 2", "cup: mug.yaml", 3, "out of range"),
            ("ristretto.yaml", "espresso\n", "expresso\n", "brew: ristretto.yaml", 5, "method"),
        ],
    )
    def test_of_a_file_are_told_with_its_name_and_line(
        self, cafe, tmp_path, file, old, new, config, line, word
    ):
        text = (tmp_path / file).read_text("utf-8")
        (tmp_path / file).write_text(text.replace(old, new, 1), "utf-8")
        found = faults(cafe, config)
        told = [each for each in found if each.line == line and word in str(each)]
        assert told, found
        if word != "no such segment":
            assert told[0].file.endswith(file)

    def test_of_several_files_and_the_config_are_told_at_once(self, cafe, tmp_path):
        (tmp_path / "sidamo.yaml").write_text("e_max: 3\n", "utf-8")
        found = faults(cafe, "seed: soon\nbean: sidamo.yaml\ncup: nowhere.yaml")
        assert len(found) >= 3

    def test_a_name_that_comes_with_the_model_is_taken(self, cafe, tmp_path):
        (tmp_path / "milk.yaml").write_text(OAT, "utf-8")
        (found,) = faults(cafe, "customers: milk.yaml")
        assert "taken" in found.problem
