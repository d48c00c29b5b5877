"""Races: stored, resumed, the same on one core or two, refused where the problem is another."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from simulator.compare.costs import COST_MODELS
from simulator.compare.race import open_stage, run_stage
from simulator.compare.reading import merged, read_stage, stage_in
from simulator.compare.recorded import Recorded, side_by_side
from simulator.compare.stages import choice_of
from simulator.errors import ResultsError
from simulator.experiment.config import loads
from simulator.experiment.problem import Problem
from simulator.experiment.runs import run_task, tasks
from simulator.experiment.store import open_results, open_store


def test_the_cost_of_a_run_is_every_call_it_made(raced, hits):
    _, folder = raced
    with open_results(folder) as results:
        total = sum(
            run.value_count + run.gradient_count + run.hessian_count for run in results.runs()
        )
    assert hits.at(COST_MODELS["calls"]).spent.sum() == total


def test_an_interrupted_race_goes_on_and_computes_nothing_twice(make_stage, raced, tmp_path):
    stage, folder = raced

    class Stop(Exception):
        pass

    def stop_after_the_first_piece(done):
        if done:
            raise Stop

    with pytest.raises(Stop):
        run_stage(stage, tmp_path / "race", told=stop_after_the_first_piece)
    with open_results(tmp_path / "race") as results:
        assert 0 < results.progress().done < stage.runs
        stored = results.done_keys()
    fresh = []
    run_stage(stage, tmp_path / "race", told=fresh.append)
    assert sum(fresh) == stage.runs
    with open_results(tmp_path / "race") as results, open_results(folder) as other:
        assert results.progress().complete
        assert stored < results.done_keys() == other.done_keys()


def test_two_processes_find_the_same_as_one(make_stage, hits, tmp_path):
    stage = make_stage()
    for processes in (1, 2):
        run_stage(stage, tmp_path / str(processes), processes)
    one, two = (read_stage(stage, tmp_path / str(processes)) for processes in (1, 2))
    assert np.array_equal(one.counts, hits.counts)
    assert np.array_equal(one.counts, two.counts)
    assert np.array_equal(one.spent, two.spent)


def test_an_optimizer_alone_hits_the_same_targets_at_the_same_cost(make_stage, hits, tmp_path):
    stage = make_stage(("adam",))
    run_stage(stage, tmp_path / "race")
    alone = read_stage(stage, tmp_path / "race")
    column = hits.optimizers.index("adam")
    assert np.array_equal(alone.counts[:, 0], hits.counts[:, column])


def test_an_unfinished_folder_says_what_is_missing(make_stage, tmp_path):
    stage = make_stage(("slsqp",), ("pour-over/1", "beale"))
    few = replace(stage, instances=stage.instances[:1])
    with open_stage(stage, tmp_path / "race"):
        pass
    hits = read_stage(stage, tmp_path / "race")
    assert hits.missing == stage.runs
    found = merged([tmp_path / "race"]).exact
    assert "0 of 8 runs" in found.notes[0]
    with pytest.raises(ResultsError, match="another comparison"):
        read_stage(few, tmp_path / "race")


def test_results_of_another_problem_hash_are_refused(raced):
    stage, folder = raced
    other = replace(stage.instances[0], hash="f" * 64)
    changed = replace(stage, instances=(other, *stage.instances[1:]))
    with pytest.raises(ResultsError, match="another comparison"):
        read_stage(changed, folder)


def test_a_folder_of_another_suite_is_refused(raced, tmp_path, suite):
    stage, _ = raced
    other = replace(stage.instances[0], hash="f" * 64)
    with open_stage(replace(stage, instances=(other,)), tmp_path / "race"):
        pass
    with pytest.raises(ResultsError, match=r"house-blend/0 has hash ffffffffffff, the suite's is"):
        stage_in(tmp_path / "race")


def test_folders_are_merged_side_by_side(make_stage, raced, hits, tmp_path):
    stage = make_stage(("bfgs",))
    run_stage(stage, tmp_path / "race")
    found = merged([raced[1], tmp_path]).exact
    assert found.hits.optimizers == ("newton", "adam", "scipy slsqp", "bfgs")
    assert found.hits.missing == 0
    assert np.array_equal(found.hits.of(hits.optimizers).counts, hits.counts)


def test_folders_with_other_budgets_are_not_merged(make_stage, raced, tmp_path):
    run_stage(make_stage(("bfgs",), ("beale",), budget=30), tmp_path / "race")
    with pytest.raises(ResultsError, match="same budget"):
        merged([raced[1], tmp_path])


def test_the_same_optimizer_with_other_options_is_not_merged(make_stage, raced, tmp_path):
    stage = make_stage(("bfgs",), ("beale",))
    other = choice_of({"method": "adam", "label": "adam", "beta1": 0.5})
    run_stage(replace(stage, choices=(other,)), tmp_path / "race")
    with pytest.raises(ResultsError, match="its optimizer adam has other options than in the fol"):
        merged([raced[1], tmp_path])


def test_another_problem_of_the_same_name_is_not_merged(hits):
    first = Recorded(hits, {}, 150)
    changed = replace(hits.problems[1], hash="f" * 64)
    other = replace(hits, problems=(hits.problems[0], changed, *hits.problems[2:]))
    with pytest.raises(ResultsError, match="two: its problem pour-over/1 has hash ffffffffffff"):
        side_by_side([Path("one"), Path("two")], [first, Recorded(other, {}, 150)])


def test_a_run_of_a_problem_that_the_stage_does_not_have_is_refused(make_stage, raced, tmp_path):
    _, folder = raced
    few = make_stage(("newton",), ("beale",))
    with open_results(folder) as results:
        run = next(run for run in results.runs() if run.problem_hash != few.instances[0].hash)
        trace = results.trace(run.key)
    with open_stage(few, tmp_path / "race") as store:
        store.add([(replace(run, config_hash=store.results.manifest.config_hash), trace)])
    with pytest.raises(ResultsError, match="which is none of this comparison's"):
        read_stage(few, tmp_path / "race")


CONFIG = """
name: small
tune: {grind_um: [200, 1400], time_s: [20, 600]}
fixed: {milk_g: 0, sugar_g: 0}
starts: 3
stop: {max_evaluations: 60}
optimizers: [newton, bfgs]
check: {methods: [slsqp]}
"""


def ordinary_results(folder, changed=lambda run: run):
    experiment = loads(CONFIG)
    problem = Problem(experiment)
    with open_store(
        experiment.resolved(), name="small", seed=0, expected_runs=9, dialect="python", out=folder
    ) as store:
        for task in tasks(experiment):
            found = run_task(problem, task, [0, 1, 2], store.results.manifest.config_hash)
            store.add([(changed(run), trace) for run, trace in found])
        store.finish()


def one_newton_failed(run):
    if (run.optimizer, run.repeat) != ("newton", 2):
        return run
    return replace(run, status="failed", error="ValueError: no", loss=-1.0)


@pytest.fixture(scope="module")
def ordinary_hits(tmp_path_factory):
    """The hits of an experiment's results, of which one run ended in an error."""
    folder = tmp_path_factory.mktemp("ordinary") / "run"
    ordinary_results(folder, one_newton_failed)
    return merged([folder]).exact.hits


def test_ordinary_results_are_compared_with_a_reference_found_outside_them(ordinary_hits):
    assert ordinary_hits.optimizers == ("bfgs", "newton", "slsqp")
    assert ordinary_hits.problems[0].reference.confirmed > 30
    assert np.isfinite(ordinary_hits.counts[..., -1, 0]).sum() >= 6


def test_a_failed_ordinary_run_has_no_recipe_to_taste_again_and_counts_as_failed(ordinary_hits):
    assert ordinary_hits.failed[0].tolist() == [[False] * 3, [False, False, True], [False] * 3]
    assert np.isinf(ordinary_hits.final[0, 1, 2])


def test_ordinary_results_of_another_model_are_refused(tmp_path, monkeypatch):
    ordinary_results(tmp_path / "run")
    program = Problem.value_program.func
    monkeypatch.setattr(
        Problem.value_program, "func", lambda self: lambda x: (program(self)(x)[0] + 1e-6,)
    )
    with pytest.raises(ResultsError, match="the taste model has changed"):
        merged([tmp_path / "run"])


def test_ordinary_runs_of_another_problem_are_refused(tmp_path):
    ordinary_results(tmp_path / "run", lambda run: replace(run, problem_hash="f" * 64))
    with pytest.raises(ResultsError, match="a run of bfgs belongs to another problem"):
        merged([tmp_path / "run"])


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"sweep": {"seed": [1, 2]}}, "it holds a sweep; compare works on single experiments"),
        ({"problem": "mine:valley", "tune": {"a": [0, 1]}}, "it is about a function of your own"),
    ],
)
def test_a_sweep_and_a_function_without_leave_are_refused(tmp_path, more, told):
    settings = {"name": "other", **more}
    with open_store(
        settings, name="other", seed=0, expected_runs=1, dialect="python", out=tmp_path / "run"
    ):
        pass
    with pytest.raises(ResultsError, match=told):
        merged([tmp_path / "run"])


def test_every_optimizer_hears_the_same_customers(make_stage, tmp_path):
    stage = make_stage(("gradient-descent", "averaged-sgd"), ("noisy-customers/25",), budget=40)
    run_stage(stage, tmp_path / "noisy")
    with open_results(tmp_path / "noisy") as results:
        runs = results.runs()
    starts = {(run.repeat, json.dumps(run.start, sort_keys=True)) for run in runs}
    assert len(starts) == stage.repeats
    # The first cup is the same recipe for all: what is stored of it is its true mean.
    with open_results(tmp_path / "noisy") as results:
        first = {(run.repeat, results.trace(run.key).loss[0]) for run in runs}
    assert len(first) == stage.repeats


def test_the_suites_file_is_part_of_the_package():
    import simulator.compare

    assert (Path(simulator.compare.__file__).parent / "data" / "suite-1.json").exists()
