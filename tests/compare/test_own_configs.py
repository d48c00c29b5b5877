"""Races on configs of one's own: who takes part, what a folder goes on with, and what it refuses."""

import pytest

from simulator.compare.own_configs import run_configs
from simulator.compare.presets import QUICK_OPTIMIZERS
from simulator.compare.reading import stage_in
from simulator.errors import InputError, ResultsError

CONFIG = """
name: {name}
tune: {{grind_um: [200, 1400], time_s: [20, 600]}}
fixed: {{milk_g: 0, sugar_g: 0}}
starts: {starts}
stop: {{max_evaluations: 4}}
optimizers:
  - newton
  - {{method: adam, label: slow adam, learning_rate: 0.001}}
"""


def written(folder, name, starts=2):
    path = folder / f"{name}.yaml"
    path.write_text(CONFIG.format(name=name, starts=starts), encoding="utf-8")
    return path


def nobody(*_):
    """Hears nothing."""


@pytest.fixture(scope="module")
def raced_here(tmp_path_factory):
    """A config, the folder of its race with the optimizers nobody named, and what was told of it."""
    folder, told = tmp_path_factory.mktemp("own"), []
    config = written(folder, "mine", starts=11)
    run_configs([config], [], folder / "out", 0, lambda *each: told.append(each))
    return config, folder / "out", told


def test_its_own_optimizers_join_the_usual_ones_once(raced_here):
    _, out, _ = raced_here
    labels = [choice.label for choice in stage_in(out / "race").choices]
    assert labels[-1] == "slow adam"
    assert [label.removeprefix("scipy ") for label in labels[:-1]] == list(QUICK_OPTIMIZERS)


def test_more_starts_than_usual_are_granted_and_told(raced_here):
    _, out, told = raced_here
    runs = (len(QUICK_OPTIMIZERS) + 1) * 11
    assert stage_in(out / "race").runs == runs
    assert {(name, count) for name, _, count in told} == {("race", runs)}
    assert sum(done for _, done, _ in told) == runs


def test_a_folder_goes_on_with_the_reference_it_holds(raced_here):
    config, out, first = raced_here
    kept, again = (out / "suite.json").read_bytes(), []
    run_configs([config], [], out, 0, lambda *each: again.append(each))
    assert (out / "suite.json").read_bytes() == kept
    assert len(again) < len(first)
    assert sum(done for _, done, _ in again) == stage_in(out / "race").runs


def test_a_folder_of_other_configs_is_refused(raced_here):
    config, out, _ = raced_here
    other = written(config.parent, "other")
    with pytest.raises(ResultsError, match="it holds a race on mine; choose another folder"):
        run_configs([config, other], ["newton"], out, 0, nobody)


def test_two_configs_of_one_name_are_refused_before_anything_is_searched(raced_here, tmp_path):
    config, _, _ = raced_here
    with pytest.raises(InputError, match="two configs are named mine"):
        run_configs([config, written(tmp_path, "mine")], ["newton"], tmp_path / "out", 0, nobody)
    assert not (tmp_path / "out").exists()
