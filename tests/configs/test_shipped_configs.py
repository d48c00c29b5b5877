"""The configs that come with the project load, say what they promise, and can be copied."""

from pathlib import Path

import pytest

from simulator.experiment.config import experiment_from, load, loads
from simulator.experiment.content_key import canonical_hash

CONFIGS = sorted((Path(__file__).parents[2] / "configs").glob("*.yaml"))

PROMISED = {
    "black-purist", "dose-and-temperature", "espresso-cliff", "everyday-mix", "house-blend", "latte-bar",
    "learning-rates",
    "noisy-customers", "over-extracted-start", "pour-over", "top-box",
}  # fmt: skip


def named(name):
    return load(next(path for path in CONFIGS if path.stem == name))


def test_all_promised_configs_are_there():
    assert {path.stem for path in CONFIGS} == PROMISED


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
class TestEveryConfig:
    def test_bears_its_file_s_name(self, path):
        assert load(path).name == path.stem

    def test_loads_again_from_what_it_resolves_to(self, path):
        experiment = load(path)
        assert experiment_from(experiment.resolved()) == experiment

    def test_has_a_description_and_a_promise(self, path):
        assert load(path).description
        assert "# What you will see:" in path.read_text(encoding="utf-8")

    def test_has_a_seed_of_its_own(self, path):
        seeds = [load(other).seed for other in CONFIGS]
        assert seeds.count(load(path).seed) == 1

    def test_is_short_enough_to_read(self, path):
        lines = path.read_text(encoding="utf-8").splitlines()
        settings = [line for line in lines if line.strip() and not line.lstrip().startswith("#")]
        assert len(settings) <= 20
        assert max(map(len, lines)) <= 110


def test_no_two_configs_are_the_same():
    hashes = {canonical_hash(load(path).resolved()) for path in CONFIGS}
    assert len(hashes) == len(CONFIGS)


def test_the_story_starts_fine_and_long_and_almost_without_milk_and_sugar():
    for recipe in named("over-extracted-start").starts.recipes:
        assert recipe["grind_um"] < 300
        assert recipe["time_s"] > 500
        assert 0 < recipe["milk_g"] <= 1
        assert 0 < recipe["sugar_g"] <= 1


def test_top_box_counts_customers_above_a_threshold():
    objective = named("top-box").objective
    assert (objective.kind, objective.threshold, objective.width) == ("share-above", 5.2, 0.25)


def test_noisy_customers_are_the_house_blend_with_noise():
    noisy, house = named("noisy-customers"), named("house-blend")
    assert noisy.noise is not None
    assert noisy.check.tolerance > house.check.tolerance
    for part in ("bean", "brew", "customers", "objective", "tune"):
        assert getattr(noisy, part) == getattr(house, part)


def test_dose_and_temperature_tunes_six_knobs():
    assert list(named("dose-and-temperature").tune)[4:] == ["dose_g", "temperature_c"]


def test_every_method_of_brewing_is_shown():
    assert {load(path).brew.method for path in CONFIGS} == {"immersion", "pour-over", "espresso"}


def test_a_copy_with_a_typo_says_where():
    text = CONFIGS[0].read_text(encoding="utf-8").replace("seed:", "sead:")
    with pytest.raises(Exception, match="sead: unknown key"):
        loads(text)
