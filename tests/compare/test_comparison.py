"""A whole comparison, as small as can be: every stage is run once, told, and told again."""

import shutil
from dataclasses import replace

import numpy as np
import pytest

from simulator.compare import timing
from simulator.compare.comparison import (
    Asked,
    preset_of,
    remember,
    report_of,
    report_of_folders,
    run_comparison,
    whole_comparison,
)
from simulator.compare.costs import COST_MODELS
from simulator.compare.presets import PRESETS, Preset
from simulator.compare.sensitivity import FACTORS
from simulator.compare.suite import Suite, suite_text
from simulator.errors import InputError, ResultsError

STAGES = ("race", "sensitivity", "noisy", "tuning", "tuned")
PRESET = Preset(
    optimizers=("adam", "slsqp"),
    numbers=range(1),
    classical=1,
    budget=60,
    repeats=2,
    trials=3,
    tuning_problems=1,
    tested=1,
    sensitivity=1,
    noisy=1,
    timing=1,
)


@pytest.fixture(scope="module")
def small(suite):
    """A config as it is shipped, a classical function, a problem to tune on, and a noisy one."""
    named = {each.name: each for each in (*suite.raced, *suite.tuning, *suite.noisy)}
    return Suite(
        (named["house-blend/0"], named["beale"]),
        (named["pour-over/6"],),
        (named["noisy-customers/5"],),
    )


@pytest.fixture(scope="module")
def run_here(small, tmp_path_factory):
    """The folder of a comparison that was run, and what was told of each stage."""
    folder, told = tmp_path_factory.mktemp("whole"), []
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(timing, "ROUNDS", 2)
        run_comparison(small, PRESET, folder, 0, lambda *each: told.append(each))
    return folder, told


@pytest.fixture(scope="module")
def report(small, run_here):
    return report_of(small, PRESET, run_here[0], "Small", Asked())


def test_every_stage_is_told_to_its_end(run_here):
    folder, told = run_here
    assert list(dict.fromkeys(name for name, _, _ in told)) == ["timing", *STAGES]
    for name in ("timing", *STAGES):
        (count,) = {count for each, _, count in told if each == name}
        assert sum(done for each, done, _ in told if each == name) == count
    assert all((folder / name).is_dir() for name in STAGES)


def test_a_second_call_computes_nothing_and_times_nothing(small, run_here):
    folder, first = run_here
    before, again = (folder / "timing.json").read_bytes(), []
    run_comparison(small, PRESET, folder, 0, lambda *each: again.append(each))
    assert (folder / "timing.json").read_bytes() == before
    assert {name for name, _, _ in again} == set(STAGES)
    # What is there is told job by job; what had been computed was told run by run as well.
    assert len(again) < len([name for name, _, _ in first if name in STAGES])
    assert sum(done for _, done, _ in again) == sum(
        done for name, done, _ in first if name in STAGES
    )


def test_a_problem_that_computes_something_else_is_refused_before_anything_is_run(small, tmp_path):
    changed = Suite((small.raced[0], replace(small.raced[1], hash="0" * 64)), small.tuning, ())
    with pytest.raises(ResultsError, match="belongs to 000000000000"):
        run_comparison(changed, PRESET, tmp_path, 0)
    assert not list(tmp_path.iterdir())


def test_the_report_has_the_figures_of_every_stage(report):
    assert report.hits.optimizers == ("adam", "scipy slsqp")
    assert report.hits.missing == 0
    assert report.noisy is not None
    assert report.noisy.problems[0].name == "noisy-customers/5"
    assert {each.optimizer for each in report.speeds} == {"adam", "scipy slsqp"}
    assert {"timed on", "all of it took"} <= report.facts.keys()


def test_only_what_has_a_learning_rate_has_a_curve_of_its_rates(report):
    (curve,) = report.sensitivities
    assert curve.optimizer == "adam"
    assert tuple(curve.factors) == FACTORS
    assert (curve.low <= curve.ert).all()
    assert (curve.ert <= curve.high).all()


def test_trials_are_charged_and_only_changed_options_are_told(report):
    tuned = {each.optimizer: each for each in report.tuned}
    assert tuned.keys() == {"adam", "scipy slsqp"}
    assert tuned["adam"].trials == 3
    assert tuned["adam"].price > 0
    assert "method" not in tuned["adam"].options
    for each in tuned.values():
        # Where the defaults were best, they are what was run: both figures are of the same runs.
        if not each.options:
            assert (each.default, each.pays_after) == (each.tuned, np.inf)


def test_other_prices_and_another_gap_need_no_other_runs(small, run_here, report):
    asked = Asked(COST_MODELS["visits"], 0.1)
    other = report_of(small, PRESET, run_here[0], "Small", asked)
    assert (other.gap, other.model.name) == (0.1, "visits")
    assert np.array_equal(other.hits.counts, report.hits.counts)


def test_a_report_without_timings_has_no_speeds(small, run_here, tmp_path):
    folder = shutil.copytree(run_here[0], tmp_path / "there")
    (folder / "timing.json").unlink()
    (folder / "effort.json").unlink()
    untimed = report_of(small, PRESET, folder, "Small", Asked())
    assert untimed.speeds == ()
    assert not {"timed on", "all of it took"} & untimed.facts.keys()


def test_the_same_folder_is_told_as_plain_results_too(small, run_here, report, tmp_path):
    folder = shutil.copytree(run_here[0], tmp_path / "there")
    (folder / "suite.json").write_text(suite_text(small), encoding="utf-8")
    told = report_of_folders([folder], Asked())
    assert np.array_equal(told.hits.counts, report.hits.counts)
    assert told.methods == {"adam": "adam", "scipy slsqp": "slsqp"}


def test_a_folder_remembers_which_comparison_it_holds(tmp_path, suite):
    assert whole_comparison(tmp_path) is None
    remember(tmp_path / "new", "quick", ["newton", "bfgs"])
    held = whole_comparison(tmp_path / "new")
    assert held is not None
    assert held[0].hash == suite.hash
    assert held[1] == preset_of("quick", ["newton", "bfgs"])
    assert held[1].optimizers == ("newton", "bfgs")
    remember(tmp_path / "new", "quick", [])
    assert whole_comparison(tmp_path / "new")[1] == PRESETS["quick"]


@pytest.mark.parametrize("words", ["", "huge newton\n"])
def test_a_folder_that_names_no_comparison_is_refused(tmp_path, words):
    (tmp_path / "preset.txt").write_text(words, encoding="utf-8")
    with pytest.raises(ResultsError, match=r"preset\.txt: it names no comparison; expected quick"):
        whole_comparison(tmp_path)


def test_a_gap_off_the_ladder_is_refused(small, run_here):
    with pytest.raises(InputError, match=r"--gap 0\.3: expected one of 0\.1"):
        report_of(small, PRESET, run_here[0], "Small", Asked(gap=0.3))
