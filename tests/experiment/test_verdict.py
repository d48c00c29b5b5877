"""The verdict over made-up runs: who is best, who agrees, and what failed."""

import json
import math

import pytest

from simulator.experiment.config import loads
from simulator.experiment.problem import Problem
from simulator.experiment.records import RunRecord
from simulator.experiment.verdict import as_json, judge

PROBLEM = Problem(
    loads(
        "name: test\nstarts: 2\noptimizers: [adam, nesterov]\n"
        "check: {methods: [slsqp], tolerance: 1e-3}\n"
    )
)
RECIPE = {"grind_um": 900.0, "time_s": 240.0, "milk_g": 5.0, "sugar_g": 1.0}


def run(optimizer, loss, repeat=0, error=None):
    scipys = optimizer == "slsqp"
    return RunRecord(
        key=f"{optimizer}{repeat}",
        config_hash="c",
        problem_hash="p",
        optimizer=optimizer,
        method=optimizer,
        family="scipy" if scipys else "descent",
        options={},
        repeat=repeat,
        role="reference" if scipys else "tuned",
        status="failed" if error else "converged-gradient",
        message="",
        value_count=10,
        gradient_count=10,
        hessian_count=0,
        wall_s=0.1,
        loss=loss,
        score=9.0 - loss,
        gradient_norm=0.0,
        recipe=RECIPE,
        start=RECIPE,
        error=error,
    )


def test_a_gap_within_the_tolerance_agrees():
    verdict = judge(PROBLEM, [run("adam", 4.0005), run("slsqp", 4.0)], near_optimal=False)
    assert verdict.agrees
    assert verdict.gap == pytest.approx(5e-4)


def test_a_larger_gap_disagrees():
    assert not judge(PROBLEM, [run("adam", 4.002), run("slsqp", 4.0)], near_optimal=False).agrees


def test_being_better_than_scipy_is_no_disagreement():
    verdict = judge(PROBLEM, [run("adam", 3.5), run("slsqp", 4.0)], near_optimal=False)
    assert verdict.agrees
    assert verdict.gap == pytest.approx(-0.5)


def test_found_it_counts_the_runs_within_the_tolerance_of_the_best_known():
    runs = [run("adam", 4.0), run("adam", 4.5, 1), run("nesterov", 4.0004), run("slsqp", 4.0)]
    verdict = judge(PROBLEM, runs, near_optimal=False)
    assert [s.reached for s in verdict.summaries] == [1, 1, 1]
    assert [s.best.optimizer for s in verdict.summaries] == ["adam", "nesterov", "slsqp"]


def test_a_failed_run_is_counted_and_shown_and_never_the_best():
    runs = [run("adam", math.nan, error="boom"), run("adam", 4.0, 1), run("slsqp", 4.0)]
    verdict = judge(PROBLEM, runs, near_optimal=False)
    assert verdict.failed == 1
    assert verdict.ours.repeat == 1
    assert verdict.summaries[0].median_score == -math.inf


def test_without_a_usable_run_of_one_side_there_is_no_verdict():
    assert judge(PROBLEM, [run("slsqp", 4.0)], near_optimal=False) is None
    assert (
        judge(PROBLEM, [run("adam", math.nan, error="boom"), run("slsqp", 4.0)], near_optimal=False)
        is None
    )


def test_near_optimal_ranges_hold_the_best_recipe_and_the_shortest_brew_is_short():
    verdict = judge(PROBLEM, [run("adam", 4.0), run("slsqp", 4.0)])
    for near in verdict.ranges:
        assert near.low <= RECIPE[near.knob] * (1 + 1e-9)
        assert RECIPE[near.knob] <= near.high * (1 + 1e-9)
    assert verdict.shortest["time_s"] == pytest.approx(
        next(r.low for r in verdict.ranges if r.knob == "time_s")
    )


def test_json_holds_no_nan():
    runs = [run("adam", math.nan, error="boom"), run("nesterov", 4.0), run("slsqp", 4.0)]
    answer = as_json(PROBLEM, "abc", judge(PROBLEM, runs, near_optimal=False))
    assert json.loads(json.dumps(answer, allow_nan=False))["optimizers"][0]["score"] is None
