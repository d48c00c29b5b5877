"""The instances of the suite, drawn again: the frozen file holds what the seed draws, and nothing else."""

from pathlib import Path

import pytest

from simulator.compare import drawing_instances as draw
from simulator.compare.suite import problem_from, problem_hash
from simulator.experiment.config import load

CONFIGS = Path("configs")


def frozen(part):
    return [(each.name, each.group, each.settings) for each in part]


def test_the_raced_problems_are_drawn_again_to_the_last_digit(suite):
    drawn = [*draw.coffee_instances(CONFIGS, draw.RACED), *draw.classical_instances()]
    assert drawn == frozen(suite.raced)


def test_the_tuning_problems_are_drawn_again_to_the_last_digit(suite):
    assert list(draw.coffee_instances(CONFIGS, draw.TUNED)) == frozen(suite.tuning)


def test_the_noisy_problems_are_drawn_again_to_the_last_digit(suite):
    assert list(draw.noisy_instances(CONFIGS)) == frozen(suite.noisy)


@pytest.mark.parametrize("name", ["house-blend/0", "black-purist/1", "top-box/3", "everyday-mix/7"])
def test_what_is_drawn_has_the_hash_that_results_are_known_by(suite, name):
    base, number = name.split("/")
    (known,) = (each for each in (*suite.raced, *suite.tuning) if each.name == name)
    settings = draw.instance(load(CONFIGS / f"{base}.yaml"), int(number))
    assert problem_hash(problem_from(settings)) == known.hash


def test_who_had_one_kind_of_customer_gets_company(suite):
    (alone, *others) = (each for each in suite.raced if each.group == "black-purist")
    assert [name for name, share in alone.settings["customers"].items() if share] == [
        "black-strong"
    ]
    assert all(
        {name for name, share in each.settings["customers"].items() if share}
        == {"black-strong", "black-mild"}
        for each in others
    )
