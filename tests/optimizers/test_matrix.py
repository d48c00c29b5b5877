"""Every method on every problem, with its defaults and 2,000 evaluations."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.optimizers import METHODS, Stopping, StopReason

CASES = [
    "interior quadratic", "bounded quadratic", "rosenbrock", "bounded rosenbrock", "flat valley",
    "saddle start",
]  # fmt: skip

# The gap each method reaches from its worst start; where one number does not say it, by case.
REACHED = {
    "gradient-descent": {
        "rosenbrock": 2e-3,
        "bounded rosenbrock": 1e-3,
        "flat valley": 1e-3,
        "otherwise": 1e-7,
    },
    "momentum": 1e-8,
    "nesterov": 1e-8,
    "adagrad": {
        "rosenbrock": 1e-3,
        "bounded rosenbrock": 1e-3,
        "flat valley": 1e-4,
        "otherwise": 1e-8,
    },
    "rmsprop": {"rosenbrock": 1e-3, "flat valley": 1e-4, "otherwise": 1e-8},
    "adam": 1e-8,
    "adamw": {"rosenbrock": 1e-5, "flat valley": 1e-6, "otherwise": 1e-8},
    "rprop": {"rosenbrock": 1e-5, "flat valley": 1e-7, "otherwise": 1e-8},
    "steepest-descent": {"rosenbrock": 1e-4, "flat valley": 1e-5, "otherwise": 1e-8},
    "barzilai-borwein": 1e-8,
    "conjugate-gradient": 1e-8,
    "bfgs": 1e-8,
    "l-bfgs": 1e-8,
    "newton": 1e-8,
    "multistart": 1e-8,
    "averaged-sgd": {
        "rosenbrock": 1e-3,
        "flat valley": 1e-3,
        "interior quadratic": 1e-4,
        "otherwise": 1e-8,
    },
    "l-bfgs-b": 1e-8,
    "slsqp": 1e-8,
    "tnc": 1e-8,
    "trust-constr": 1e-8,
    "nelder-mead": 1e-8,
    "powell": {"rosenbrock": 1e-8, "otherwise": 3e-1},
    "cobyqa": 1e-8,
    "differential-evolution": 1e-3,
    "dual-annealing": 1e-8,
    "shgo": 1e-8,
    "direct": 1e-2,
}

matrix = pytest.mark.parametrize(
    ("name", "case_name"), [(name, case) for name in METHODS for case in CASES]
)


def test_the_matrix_covers_every_method():
    assert REACHED.keys() == METHODS.keys()


@matrix
def test_gap(name, case_name, cases, solved):
    outcomes, _ = solved(name, case_name)
    limits = REACHED[name]
    limit = limits.get(case_name, limits.get("otherwise")) if isinstance(limits, dict) else limits
    gaps = [outcome.value - cases[case_name].minimum for outcome in outcomes]
    assert max(gaps) <= limit
    assert min(gaps) >= -1e-12


@matrix
def test_every_point_asked_about_lies_in_the_box(name, case_name, cases, solved):
    _, meter = solved(name, case_name)
    assert cases[case_name].box.contains(meter.points)


@matrix
def test_the_answer_lies_in_the_box_with_its_value(name, case_name, cases, solved):
    outcomes, _ = solved(name, case_name)
    case = cases[case_name]
    for outcome in outcomes:
        assert case.box.contains(outcome.x)
        assert outcome.value == case.objective.value(outcome.x[:, None], None)[0]


@matrix
def test_the_budget_is_kept(name, case_name, solved):
    outcomes, _ = solved(name, case_name)
    assert max(outcome.counts.value for outcome in outcomes) <= Stopping().max_evaluations


@matrix
def test_the_residual_is_that_of_the_answer(name, case_name, cases, solved):
    outcomes, _ = solved(name, case_name)
    case = cases[case_name]
    for outcome in outcomes:
        gradient = case.objective.value_and_gradient(outcome.x[:, None], None)[1][:, 0]
        residual = np.max(np.abs(outcome.x - np.clip(outcome.x - gradient, 0, 1)))
        assert outcome.gradient_norm == pytest.approx(residual, rel=1e-12, abs=1e-300)


@matrix
def test_a_claim_to_have_converged_is_true(name, case_name, solved):
    outcomes, _ = solved(name, case_name)
    for outcome in outcomes:
        assert outcome.status.converged == (outcome.gradient_norm <= 1e-6) or (
            outcome.status is StopReason.BUDGET
        )


@matrix
def test_a_run_ends_at_the_budget_only_when_it_is_used_up(name, case_name, solved):
    outcomes, _ = solved(name, case_name)
    for outcome in outcomes:
        used_up = outcome.counts.value == Stopping().max_evaluations
        assert used_up or outcome.status is not StopReason.BUDGET


@matrix
def test_the_trace_tells_every_counted_call(name, case_name, cases, solved):
    outcomes, _ = solved(name, case_name)
    for outcome in outcomes:
        trace, counts = outcome.trace, outcome.counts
        last = (trace.values[-1], trace.gradients[-1], trace.hessians[-1])
        assert last == (counts.value, counts.gradient, counts.hessian)
        asked = ~np.isnan(trace.value)
        assert asked.sum() == counts.value
        assert np.array_equal(
            trace.value[asked], cases[case_name].objective.value(trace.x[:, asked], None)
        )
        assert (np.isnan(trace.gradient_norm)).sum() == asked.size - counts.gradient
        assert (np.diff(trace.wall_s) >= 0).all()
        assert 0 <= trace.wall_s[0] <= trace.wall_s[-1] <= outcome.wall_s
