"""Runs: what is stored, what is skipped, and what a failing optimizer does to the others."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pytest

from simulator.experiment.config import loads
from simulator.experiment.optimizer_choice import OptimizerChoice
from simulator.experiment.problem import Problem
from simulator.experiment.runs import Task, expected_runs, run_keys, run_task, tasks
from simulator.experiment.starting_points import starting_points

TEXT = """\
name: test
tune: [grind_um, time_s]
fixed: {milk_g: 0, sugar_g: 0}
starts: 3
stop: {max_evaluations: 60}
optimizers: [adam, nesterov]
check: {methods: [slsqp]}
"""


def problem_of(text=TEXT):
    return Problem(loads(text))


@dataclass(frozen=True)
class FailsInTheMiddle:
    """An optimizer that raises for one repeat."""

    family: ClassVar[str] = "descent"
    uses: ClassVar[str] = "value"
    bad_start: float = 0.0

    def minimize(self, objective, box, starts, stopping, seeds):
        if (starts[0] == self.bad_start).any():
            raise RuntimeError("the kettle fell over")
        return (
            problem_of()
            .experiment.optimizers[0]
            .solver.minimize(objective, box, starts, stopping, seeds)
        )


def test_tasks_are_the_optimizers_and_then_the_reference():
    problem = problem_of()
    assert [(t.choice.label, t.role) for t in tasks(problem.experiment)] == [
        ("adam", "tuned"),
        ("nesterov", "tuned"),
        ("slsqp", "reference"),
    ]
    assert expected_runs(problem.experiment) == 9


def test_a_run_is_bit_identical_alone_and_among_others():
    problem = problem_of()
    task = tasks(problem.experiment)[0]
    together = run_task(problem, task, [0, 1, 2], "0" * 64)
    alone = [run_task(problem, task, [r], "0" * 64)[0] for r in (2, 0, 1)]
    by_key = {run.key: (run, trace) for run, trace in alone}
    for run, trace in together:
        other, other_trace = by_key[run.key]
        assert run.loss == other.loss
        assert trace.recipe.tobytes() == other_trace.recipe.tobytes()


def test_a_failing_repeat_is_recorded_and_the_others_go_on():
    problem = problem_of()
    bad = float(starting_points(problem)[0, 1])
    choice = OptimizerChoice("fragile", "adam", FailsInTheMiddle(bad_start=bad))
    records = [run for run, _ in run_task(problem, Task(choice, "tuned"), [0, 1, 2], "0" * 64)]
    assert [run.failed for run in records] == [False, True, False]
    assert "the kettle fell over" in records[1].error
    assert records[1].status == "failed"


def test_keys_change_with_everything_that_decides_a_run():
    base = run_keys(problem_of(), tasks(problem_of().experiment)[0])
    assert len(set(base)) == 3
    for old, new in (
        ("60", "61"),
        ("name: test", "name: test\nseed: 5"),
        ("optimizers: [adam,", "optimizers: [{method: adam, learning_rate: 0.2},"),
        ("milk_g: 0", "milk_g: 1"),
    ):
        problem = problem_of(TEXT.replace(old, new))
        assert set(run_keys(problem, tasks(problem.experiment)[0])).isdisjoint(base)


def test_keys_do_not_change_with_labels_names_or_more_repeats():
    base = run_keys(problem_of(), tasks(problem_of().experiment)[0])
    for old, new in (
        ("name: test", "name: other"),
        ("starts: 3", "starts: 5"),
        ("[adam,", "[{method: adam, label: a},"),
    ):
        problem = problem_of(TEXT.replace(old, new))
        assert run_keys(problem, tasks(problem.experiment)[0])[:3] == base


def test_more_repeats_leave_the_first_starts_as_they_are():
    few = starting_points(problem_of())
    many = starting_points(problem_of(TEXT.replace("starts: 3", "starts: 40")))
    np.testing.assert_array_equal(many[:, :3], few)


@pytest.mark.parametrize("draw", ["sobol", "random"])
def test_starts_lie_in_their_region_and_not_at_the_centre(draw):
    text = TEXT.replace(
        "starts: 3", f"starts: {{repeats: 50, draw: {draw}, within: {{time_s: [30, 60]}}}}"
    )
    problem = problem_of(text)
    x = starting_points(problem)
    times = problem.settings(x)["time_s"]
    assert (times >= 30 - 1e-9).all()
    assert (times <= 60 + 1e-9).all()
    assert len(np.unique(x[0])) == 50
    assert np.abs(x - 0.5).max(axis=0).min() > 0.01


def test_given_recipes_are_used_in_turn():
    recipes = (
        "starts: {repeats: 3, recipes: [{grind_um: 300, time_s: 50}, {grind_um: 900, time_s: 400}]}"
    )
    problem = problem_of(TEXT.replace("starts: 3", recipes))
    grinds = problem.settings(starting_points(problem))["grind_um"]
    assert grinds == pytest.approx([300, 900, 300])


def test_noisy_runs_are_judged_by_the_exact_loss():
    problem = problem_of(TEXT + "noise: {customers_per_cup: 5}\n")
    task = tasks(problem.experiment)[0]
    ((run, trace),) = run_task(problem, task, [0], "0" * 64)
    exact = float(problem.value_program(problem.coordinates(run.recipe))[0])
    assert run.loss == pytest.approx(exact, abs=1e-12)
    assert not np.allclose(9.0 - trace.score, trace.loss)
    assert run.value_count == 60


def test_every_optimizer_of_a_noisy_repeat_hears_the_same_customers():
    problem = problem_of(TEXT + "noise: {customers_per_cup: 5}\n")
    first = [
        run_task(problem, task, [0], "0" * 64)[0][1].loss[0]
        for task in tasks(problem.experiment)[:2]
    ]
    assert first[0] == first[1]
