"""A config may name an optimizer of another package; what is wrong with one is said with its line."""

import pytest

from simulator.experiment.config import experiment_from, loads
from simulator.experiment.faults import ConfigFaults
from simulator.experiment.optimizer_choice import ChoiceOf
from simulator.experiment.problem import Problem
from simulator.experiment.runs import Task, expected_runs, run_keys, run_task, tasks
from simulator.experiment.store import open_store
from simulator.experiment.verdict import judge

SMALL = """\
name: race
tune: [grind_um, time_s]
fixed: {milk_g: 0, sugar_g: 0}
starts: 2
stop: {max_evaluations: 300}
check: {methods: [slsqp]}
"""


def told(text):
    with pytest.raises(ConfigFaults) as error:
        loads(SMALL + text)
    return str(error.value)


@pytest.fixture
def sign(install_plugin, sign_rule):
    install_plugin("sign-descent", {"sign": "sign_x:Sign"}, "sign_x", sign_rule)


def test_a_plugin_is_chosen_with_its_options(sign):
    (choice,) = loads(f"{SMALL}optimizers: [{{method: sign, length: 0.2}}]").optimizers
    assert (choice.label, choice.solver.length, choice.options) == ("sign", 0.2, {"length": 0.2})


def test_the_resolved_config_loads_again(sign):
    experiment = loads(f"{SMALL}optimizers: [sign, adam]")
    assert experiment_from(experiment.resolved()) == experiment


def test_the_options_of_a_plugin_are_checked_like_ours(sign):
    said = told("optimizers: [{method: sign, length: 2, depth: 1}]")
    assert "optimizers.0.length: out of range" in said
    assert "optimizers.0.depth" in said


def test_the_version_of_a_plugin_is_part_of_the_key(sign):
    problem = Problem(loads(f"{SMALL}optimizers: [sign]"))
    (choice,) = problem.experiment.optimizers
    assert choice.version == "sign-descent 1.2"
    assert choice.identity["version"] == "sign-descent 1.2"
    assert "version" not in ChoiceOf().check("adam").identity
    newer = Task(
        type(choice)(choice.label, choice.method, choice.solver, "sign-descent 1.3"), "tuned"
    )
    assert run_keys(problem, newer) != run_keys(problem, tasks(problem.experiment)[0])


def test_an_unknown_name_lists_plugins_too(sign):
    assert "sign" in told("optimizers: [sgn]").partition("nearest")[2].splitlines()[0]


def test_a_broken_plugin_is_named_with_the_line_that_asks_for_it(install_plugin):
    install_plugin("broken", {"bad": "bad_x:Bad"}, "bad_x", "1 / 0")
    said = told("optimizers: [adam, bad]")
    assert "<text>:7:" in said
    assert "broken/bad: bad_x:Bad cannot be loaded: ZeroDivisionError" in said


def test_a_broken_plugin_does_not_disturb_who_does_not_ask_for_it(install_plugin):
    install_plugin("broken", {"bad": "bad_y:Bad"}, "bad_y", "1 / 0")
    assert loads(f"{SMALL}optimizers: [adam]")


def test_an_ambiguous_name_asks_for_the_full_one(install_plugin, sign_rule):
    install_plugin("one", {"sign": "sign_y:Sign"}, "sign_y", sign_rule)
    install_plugin("two", {"sign": "sign_z:Sign"}, "sign_z", sign_rule)
    assert "write one/sign or two/sign" in told("optimizers: [sign]")
    (choice,) = loads(f"{SMALL}optimizers: [one/sign]").optimizers
    assert (choice.method, choice.label) == ("one/sign", "one/sign")


def test_an_adapter_without_its_library_says_what_to_install(monkeypatch):
    monkeypatch.setattr("simulator.optimizers.adapters.cma.CMAES.library", "a_library_nobody_has")
    assert "pip install 'perfect-cup[bench]'" in told("optimizers: [cma-es]")


@pytest.mark.parametrize(("optimizers", "ours"), [("sign, adam", "adam"), ("sign", "sign")])
def test_plugins_speak_for_the_project_only_where_nothing_of_it_runs(
    sign, optimizers, ours, tmp_path
):
    experiment = loads(f"{SMALL}optimizers: [{optimizers}]")
    problem = Problem(experiment)
    with open_store(
        experiment.resolved(),
        name="race",
        seed=0,
        expected_runs=expected_runs(experiment),
        dialect=problem.dialect,
        out=tmp_path / "out",
    ) as store:
        for task in tasks(experiment):
            store.add(run_task(problem, task, [0, 1], store.results.manifest.config_hash))
        verdict = judge(problem, store.results.runs())
    assert verdict.ours.optimizer == ours
    assert verdict.hand_written == (ours == "adam")


def test_options_of_a_plugin_that_no_config_can_hold_are_told_with_its_package(
    install_plugin, sign_rule
):
    text = sign_rule.replace("length: float = 0.1", "length: complex = 1j")
    install_plugin("odd-descent", {"odd": "odd_x:Sign"}, "odd_x", text)
    said = told("optimizers: [{method: odd, length: 2}]")
    assert "this optimizer's options cannot be read" in said
    assert "odd-descent" in said
