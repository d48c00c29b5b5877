"""A config may name a function of the user's own: run, plot and verdict, but never without leave."""

import json
import sys

import pytest

from simulator.experiment.config import experiment_from, load, problem_part
from simulator.experiment.function import Code
from simulator.experiment.problem import Problem, problem_of
from simulator.experiment.runs import run_keys, tasks

CONFIG = """\
name: valley
problem: my_valleys:valley
tune: {a: [-2, 2], rate: {low: 0.1, high: 10, scale: log}}
starts: 2
stop: {max_evaluations: 500}
optimizers: [adam, l-bfgs-b]
check: {methods: [slsqp], tolerance: 1e-3}
"""

MODULE = """\
import pathlib
import numpy as np

pathlib.Path(__file__).with_suffix(".ran").touch()

def valley(x):
    return (x[0] - 0.5) ** 2 + np.log(x[1] / 2) ** 2

def branchy(x):
    return x[0] if x[0] > 0 else -x[0]

def lost(x):
    return undefined_name + x[0]

number = 3
"""


@pytest.fixture
def config(tmp_path, monkeypatch):
    """The path of a config beside a module with its function."""
    (tmp_path / "my_valleys.py").write_text(MODULE)
    monkeypatch.delitem(sys.modules, "my_valleys", raising=False)
    path = tmp_path / "valley.yaml"
    path.write_text(CONFIG)
    return path


def ran(config):
    return config.with_name("my_valleys.ran").exists()


def test_without_leave_nothing_is_run_and_the_reason_is_given(simulator, config):
    said = simulator("run", config)
    assert (said.status, ran(config)) == (2, False)
    for part in ("my_valleys:valley", "whatever you can do", "--allow-code", str(config)):
        assert part in said.err


def test_validate_schema_and_plot_never_run_it(simulator, config, tmp_path):
    assert simulator("validate", config).status == 0
    assert not ran(config)
    simulator("run", config, "--allow-code", "--out", tmp_path / "out", "--no-figures")
    config.with_name("my_valleys.ran").unlink()
    sys.modules.pop("my_valleys")
    said = simulator("plot", tmp_path / "out")
    assert (said.status, ran(config)) == (0, False)
    assert [line.rpartition("/")[2] for line in said.out.split()] == [
        "convergence.png", "convergence.svg", "coordinates.png", "coordinates.svg",
    ]  # fmt: skip
    assert (
        "not drawn: landscape, control-chart, slices, ratings, graph, graph-named, graph-full"
        in said.err
    )
    assert "only coffee has it" in said.err


def test_with_leave_it_runs_to_a_verdict(simulator, config, tmp_path):
    said = simulator("run", config, "--allow-code", "--json", "--out", tmp_path / "out")
    found = json.loads(said.out)
    assert said.status == 0
    assert found["objective"] == "my_valleys:valley"
    assert found["agreement"]["agrees"]
    assert found["reference"]["recipe"] == pytest.approx({"a": 0.5, "rate": 2.0}, abs=1e-3)


def test_the_table_speaks_of_values_and_parameters(simulator, config, tmp_path):
    said = simulator("run", config, "--allow-code", "--out", tmp_path / "out", "--no-figures")
    assert "valley: my_valleys:valley, minimised" in said.out
    assert "rate" in said.out
    assert "points" not in said.out


def test_a_finished_run_is_recognised(simulator, config, tmp_path):
    for _ in range(2):
        said = simulator("run", config, "--allow-code", "--out", tmp_path / "out", "--no-figures")
    assert "6 cached" in said.err


def test_the_graph_of_the_function_is_part_of_the_key(config):
    experiment, keys = load(config), []
    for text in (MODULE, MODULE.replace("0.5", "0.6")):
        config.with_name("my_valleys.py").write_text(text)
        sys.modules.pop("my_valleys", None)
        problem = Problem(experiment, code=Code(config.parent))
        keys.append(run_keys(problem, tasks(experiment)[0]))
    assert set(keys[0]).isdisjoint(keys[1])


def test_the_resolved_config_loads_again_and_holds_no_coffee(config):
    experiment = load(config)
    assert experiment_from(experiment.resolved()) == experiment
    assert problem_part(experiment).keys() == {"problem", "tune"}
    assert not {"bean", "brew", "customers", "objective"} & experiment.resolved().keys()


@pytest.mark.parametrize(
    ("function", "said"),
    [
        ("my_valleys:branchy", "the engine cannot differentiate it"),
        ("my_valleys:missing", "the module my_valleys has no missing"),
        ("my_valleys:number", "it is a int, not a function"),
        ("no_such_module_here:f", "then in"),
        ("my_valleys:lost", "undefined_name"),
    ],
)
def test_a_function_that_cannot_be_used_is_refused(simulator, config, function, said):
    config.write_text(CONFIG.replace("my_valleys:valley", function))
    told = simulator("run", config, "--allow-code")
    assert (told.status, said in told.err) == (2, True)


def test_a_module_that_fails_on_import_is_named(simulator, config):
    config.with_name("my_valleys.py").write_text("1 / 0")
    told = simulator("run", config, "--allow-code")
    assert told.status == 2
    assert "importing my_valleys raised ZeroDivisionError" in told.err


def test_a_file_beside_the_config_never_stands_in_for_an_installed_package(config):
    config.with_name("colorsys.py").write_text("def rgb_to_hsv(*_): return 'shadowed'")
    sys.modules.pop("colorsys", None)
    assert Code(config.parent).function("colorsys:rgb_to_hsv")(0, 0, 0) == (0.0, 0.0, 0)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("brew: espresso", "brew: is about coffee"),
        ("starts: {within: {grind_um: [300, 400]}}", "is for knobs of coffee"),
        ("tune: [grind_um]", "no parameters with bounds"),
        ("tune: {a: [2, -2]}", "bounds without room"),
        ("tune: {a: {low: 0, high: 1, scale: log}}", "cannot reach 0"),
        ("tune: {a b: [0, 1]}", "not a parameter's name"),
        ("tune: {a: [0, 1, 2]}", "not a pair of bounds"),
        ("problem: os.system", "not the name of a function"),
        ("problem: 'a:b; c'", "not the name of a function"),
    ],
)
def test_a_config_that_makes_no_sense_is_refused_with_its_line(simulator, config, change, said):
    key = change.partition(":")[0]
    kept = [line for line in CONFIG.splitlines() if not line.startswith(f"{key}:")]
    config.write_text("\n".join([*kept, change]))
    told = simulator("validate", config)
    assert told.status == 2
    assert said in told.err
    assert f"{config}:" in told.err


def test_bounds_are_needed(simulator, config):
    config.write_text("name: valley\nproblem: my_valleys:valley\n")
    assert "no parameters with bounds" in simulator("validate", config).err


@pytest.mark.parametrize("verb", ["explain", "dial-chart"])
def test_commands_about_cups_refuse_it(simulator, config, verb):
    told = simulator(verb, config)
    assert (told.status, "about a cup of coffee" in told.err) == (2, True)


def test_a_problem_of_coffee_needs_no_leave(config):
    config.write_text("name: cup")
    assert problem_of(load(config), config, allow_code=False).is_coffee


def test_show_export_and_ls_of_results_never_run_it(simulator, config, tmp_path):
    bounds = ("--sweep", "tune.a=[-2, 2],[-1, 3]", "--sweep", "optimizers.0.learning_rate=0.05,0.1")
    for name, more in (("one", ()), ("sweep", bounds)):
        run = ("run", config, "--allow-code", "--no-figures", "-q", "--out", tmp_path / name)
        assert simulator(*run, *more).status in {0, 1}
    config.with_name("my_valleys.ran").unlink()
    config.with_name("my_valleys.py").unlink()
    sys.modules.pop("my_valleys")
    assert "verdict: " in simulator("show", tmp_path / "one").out
    shown = simulator("show", tmp_path / "sweep")
    assert (shown.status, "At 4 of 4 points" in shown.out.replace("\n", " ")) == (0, True)
    said = simulator("export", tmp_path / "sweep", "--format", "jsonl")
    rows = [json.loads(line) for line in said.out.splitlines()]
    assert (said.status, len(rows)) == (0, 16)
    assert {tuple(row["sweep.tune.a"]) for row in rows} == {(-2, 2), (-1, 3)}
    assert simulator("ls", tmp_path).status == 0
    assert not ran(config)
