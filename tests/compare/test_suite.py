"""The suite: enough problems, frozen, known by hashes that change with what is computed."""

from dataclasses import replace

import numpy as np
import pytest

from simulator.compare.suite import problem_from, problem_hash, read_suite, suite_text
from simulator.errors import ResultsError
from simulator.experiment.config import problem_part
from simulator.experiment.content_key import canonical_hash
from simulator.experiment.starting_points import starting_points


def by_name(suite, name):
    return next(each for each in suite.raced if each.name == name)


def test_it_has_at_least_48_problems_of_coffee_and_20_classical_functions(suite):
    coffee = [each for each in suite.raced if each.group != "classical"]
    assert len(coffee) >= 48
    assert len(suite.raced) - len(coffee) == 20


def test_no_hash_occurs_twice(suite):
    everything = [*suite.raced, *suite.tuning, *suite.noisy]
    assert len({each.hash for each in everything}) == len(everything)


def test_no_tuning_problem_is_raced(suite):
    def parts(instances):
        return {canonical_hash(problem_part(each.problem.experiment)) for each in instances}

    assert not parts(suite.tuning) & parts(suite.raced)


@pytest.mark.parametrize("place", range(0, 95, 8))
def test_problems_still_compute_what_their_references_belong_to(suite, place):
    [*suite.raced, *suite.tuning, *suite.noisy][place].check()


@pytest.mark.parametrize(
    "name", ["house-blend/3", "top-box/5", "dose-and-temperature/2", "shekel-10"]
)
def test_a_reference_is_the_value_at_its_point_and_nothing_sampled_is_better(suite, name):
    instance = by_name(suite, name)
    problem = instance.problem
    at = float(problem.value_program(np.array(instance.reference.point))[0])
    assert at == pytest.approx(instance.reference.least, abs=1e-9)
    points = np.random.default_rng(3).random((problem.size, 20_000))
    assert problem.map_program(points)[0].min() >= instance.reference.least - 1e-12


@pytest.mark.parametrize("name", ["house-blend/0", "over-extracted-start/1", "rastrigin", "levy"])
def test_no_start_is_the_centre_or_the_optimum(suite, name):
    instance = by_name(suite, name)
    starts = starting_points(instance.problem)
    assert starts.shape == (instance.size, 10)
    assert (np.abs(starts - 0.5).max(axis=0) > 1e-3).all()
    away = np.abs(starts - np.array(instance.reference.point)[:, None]).max(axis=0)
    assert (away > 1e-3).all()


def test_another_bean_is_another_hash(suite):
    instance = by_name(suite, "house-blend/0")
    settings = dict(instance.settings)
    settings["bean"] = {**settings["bean"], "e_max": settings["bean"]["e_max"] * 1.0001}
    assert problem_hash(problem_from(settings)) != instance.hash


def test_other_starts_are_another_hash(suite):
    instance = by_name(suite, "house-blend/0")
    assert problem_hash(problem_from({**instance.settings, "seed": 99})) != instance.hash


def test_more_starts_are_the_same_hash(suite):
    instance = by_name(suite, "house-blend/0")
    more = {**instance.settings, "starts": {**instance.settings["starts"], "repeats": 40}}
    assert problem_hash(problem_from(more)) == instance.hash


def test_a_changed_model_is_refused(suite):
    changed = replace(by_name(suite, "beale"), hash="0" * 64)
    with pytest.raises(ResultsError, match="its reference optimum belongs to 000000000000"):
        changed.check()


def test_a_suite_may_only_name_functions_of_its_own():
    with pytest.raises(ResultsError, match=r"simulator\.compare\.classical"):
        problem_from({"name": "x", "problem": "os:system", "tune": {"a": [0, 1]}})


def test_the_file_of_a_suite_reads_back(suite, tmp_path):
    path = tmp_path / "suite.json"
    path.write_text(suite_text(suite), encoding="utf-8")
    assert read_suite(path).hash == suite.hash
