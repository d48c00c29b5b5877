"""Tuning and learning rates: equal trials, on other problems, by what they reach."""

import pytest

from simulator.compare.presets import PRESETS, race_stage
from simulator.compare.sensitivity import FACTORS, sensitivity_stage
from simulator.compare.settings import trials, with_rate
from simulator.compare.stages import labelled
from simulator.compare.tuning import tuning_stage
from simulator.optimizers import METHODS


@pytest.mark.parametrize("name", METHODS)
def test_all_get_the_same_number_of_trials_their_defaults_first(name):
    own = labelled(name)
    tried = trials(own, 6)
    assert tried[0] == own
    assert len(tried) == (6 if len(tried) > 1 else 1)
    assert len({choice.label for choice in tried}) == len(tried)
    # Who gets no trials has nothing to tune.
    assert len(tried) > 1 or not own.options.keys() - {"epsilon", "weight_decay"}


def test_trials_are_the_same_every_time_and_whatever_else_is_tried():
    assert trials(labelled("adam"), 8)[:4] == trials(labelled("adam"), 4)


def test_a_rate_is_multiplied_and_a_schedule_as_a_whole():
    assert with_rate(labelled("momentum"), 10).options["learning_rate"] == pytest.approx(0.1)
    assert with_rate(labelled("adam"), 0.1).options["learning_rate"]["start"] == pytest.approx(0.01)
    assert with_rate(labelled("adam"), 0.1).label == "adam ×0.1"


@pytest.mark.parametrize("name", PRESETS)
def test_tuning_problems_are_not_raced(suite, name):
    race, tuning = race_stage(suite, PRESETS[name]), tuning_stage(suite, PRESETS[name])
    assert tuning.instances
    assert not {each.hash for each in tuning.instances} & {each.hash for each in race.instances}


@pytest.mark.parametrize("name", PRESETS)
def test_learning_rates_are_varied_about_the_default(suite, name):
    stage = sensitivity_stage(suite, PRESETS[name])
    assert 1.0 in FACTORS
    assert len(stage.choices) % len(FACTORS) == 0


def test_the_full_suite_is_at_least_48_problems_from_10_starts(suite):
    stage = race_stage(suite, PRESETS["full"])
    assert len(stage.instances) >= 68
    assert stage.repeats >= 10
    assert len(stage.choices) == len(METHODS)
