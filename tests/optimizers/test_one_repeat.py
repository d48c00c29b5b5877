"""The bridge to single-point solvers: budget, box, finiteness, and the check of the answer."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.optimizers import (
    METHODS,
    Box,
    Claim,
    Counted,
    Counts,
    Stopping,
    StopReason,
    run_each,
)

UNIT = Box.unit(2)
STARTS = np.array([[0.9], [0.1]])
SCIPY = [name for name, method in METHODS.items() if method.family == "scipy"]


def run(solve, objective, stopping, seeds, starts=STARTS):
    (outcome,) = run_each(solve, Counted(objective), UNIT, starts, stopping, seeds(1))
    return outcome


def claiming(x, reason=StopReason.CONVERGED_VALUE):
    """A solver that evaluates one point and claims it."""

    def solve(one):
        x_array = np.array(x)
        return Claim(x_array, one.value(x_array), reason, "I am there")

    return solve


def test_a_true_claim_stands_with_the_solvers_own_words(bowl, seeds):
    outcome = run(claiming([0.3, 0.6]), bowl, Stopping(), seeds)
    assert outcome.status is StopReason.CONVERGED_VALUE
    assert outcome.gradient_norm == 0
    assert outcome.message.startswith("I am there")


def test_a_false_claim_does_not(bowl, seeds):
    outcome = run(claiming([0.3, 0.7]), bowl, Stopping(), seeds)
    assert outcome.status is StopReason.SOLVER_STOPPED
    assert outcome.gradient_norm == pytest.approx(0.7)  # 0.7 to the bound; the gradient is 2


def test_the_check_is_not_charged(bowl, seeds, metered):
    meter = metered(bowl)
    outcome = run(claiming([0.3, 0.6]), meter, Stopping(), seeds)
    assert outcome.counts == Counts(1, 0, 0)
    assert outcome.trace.value.size == 1
    assert meter.count("gradient", 0) == 1


def test_a_gradient_the_solver_saw_there_is_not_asked_for_again(bowl, seeds, metered):
    meter = metered(bowl)

    def solve(one):
        x = np.array([0.3, 0.6])
        one.value_and_gradient(np.array([0.5, 0.5]))
        value, _ = one.value_and_gradient(x)
        return Claim(x, value, StopReason.CONVERGED_GRADIENT, "")

    assert run(solve, meter, Stopping(), seeds).status is StopReason.CONVERGED_GRADIENT
    assert meter.count("gradient", 0) == 2


def test_a_noisy_answer_is_not_checked_and_not_believed(bowl, seeds, metered):
    meter = metered(bowl, noisy=True)
    outcome = run(claiming([0.3, 0.6]), meter, Stopping(), seeds)
    assert outcome.status is StopReason.SOLVER_STOPPED
    assert np.isnan(outcome.gradient_norm)
    assert outcome.value == 0
    assert len(meter.calls) == 1


def test_the_budget_stops_the_solver_and_the_best_point_is_the_answer(bowl, seeds, metered):
    meter = metered(bowl)

    def solve(one):
        for share in (0.0, 0.5, 0.9, 0.2, 1.0):
            one.value(share * np.array([0.3, 0.6]))
        raise AssertionError("the budget did not stop it")

    outcome = run(solve, meter, Stopping(4), seeds)
    assert outcome.status is StopReason.BUDGET
    assert outcome.counts.value == 4
    assert outcome.x == pytest.approx([0.27, 0.54])


def test_a_gradient_uses_the_budget_as_one_evaluation_and_a_hessian_as_none(bowl, seeds):
    def solve(one):
        for _ in range(10):
            one.hessian(one.start)
            one.value_and_gradient(one.start)
        raise AssertionError("the budget did not stop it")

    assert run(solve, bowl, Stopping(3), seeds).counts == Counts(3, 3, 4)


def test_what_an_earlier_method_spent_on_the_same_meter_is_gone(bowl, seeds):
    counted = Counted(bowl)
    counted.value(STARTS, np.array([0]))

    def solve(one):
        while True:
            one.value(one.start)

    (outcome,) = run_each(solve, counted, UNIT, STARTS, Stopping(3), seeds(1))
    assert outcome.counts.value == 3


def test_points_and_answers_outside_the_box_are_projected(bowl, seeds, metered):
    meter = metered(bowl)
    outcome = run(claiming([0.3, 1.0 + 1e-12]), meter, Stopping(), seeds)
    assert UNIT.contains(meter.points)
    assert outcome.x.tolist() == [0.3, 1.0]


def test_an_undefined_point_is_never_asked_about(bowl, seeds, metered):
    meter = metered(bowl)

    def solve(one):
        one.value(one.start)
        one.value(np.array([np.nan, 0.5]))

    outcome = run(solve, meter, Stopping(), seeds)
    assert outcome.status is StopReason.SOLVER_STOPPED
    assert np.isfinite(meter.points).all()
    assert outcome.x.tolist() == [0.9, 0.1]


class Broken:
    """A good objective whose answers turn bad from the sixth call on."""

    size = 2

    def __init__(self, objective, value=0.0, gradient=0.0, hessian=0.0):
        self.objective = objective
        self.bad = value, gradient, hessian
        self.calls = 0

    def value(self, x, repeats):
        self.calls += 1
        return self.objective.value(x, repeats) + (self.bad[0] if self.calls > 5 else 0.0)

    def value_and_gradient(self, x, repeats):
        value = self.value(x, repeats)
        gradient = self.objective.value_and_gradient(x, repeats)[1]
        return value, gradient + (self.bad[1] if self.calls > 5 else 0.0)

    def hessian(self, x, repeats):
        return self.objective.hessian(x, repeats) + (self.bad[2] if self.calls > 5 else 0.0)


@pytest.mark.parametrize(
    ("name", "bad"),
    [
        *[(name, {"value": np.nan}) for name in SCIPY],
        *[(name, {"value": -np.inf}) for name in SCIPY],
        *[(name, {"gradient": np.nan}) for name in ("l-bfgs-b", "slsqp", "tnc", "trust-constr")],
        ("tnc", {"gradient": np.inf}),
        ("trust-constr", {"hessian": np.nan}),
    ],
)
def test_nothing_finite_ends_any_solver_with_its_last_good_point(name, bad, cases, seeds):
    case = cases["rosenbrock"]
    (outcome,) = METHODS[name]().minimize(
        Counted(Broken(case.objective, **bad)), case.box, case.starts[:, :1], Stopping(), seeds(1)
    )
    assert outcome.status is StopReason.NONFINITE
    trace = outcome.trace
    known = np.isfinite(trace.value) & ((trace.values <= 5) | ("hessian" in bad))
    last = np.flatnonzero(known)[-1]
    assert np.array_equal(outcome.x, trace.x[:, last])
    assert outcome.value == trace.value[last]


def test_a_start_without_a_finite_value_has_no_value(bowl, seeds):
    objective = Broken(bowl, value=np.nan)
    objective.calls = 5
    outcome = run(claiming([0.3, 0.6]), objective, Stopping(), seeds)
    assert outcome.status is StopReason.NONFINITE
    assert outcome.x.tolist() == [0.9, 0.1]
    assert np.isnan(outcome.value)
    assert np.isnan(outcome.gradient_norm)


@pytest.mark.parametrize("name", METHODS)
def test_an_error_of_the_objective_is_not_swallowed(name, seeds):
    class Failing:
        size = 2

        def value(self, x, repeats):
            raise ArithmeticError("no coffee")

        value_and_gradient = hessian = value

    with pytest.raises(ArithmeticError, match="no coffee"):
        METHODS[name]().minimize(Counted(Failing()), UNIT, STARTS, Stopping(), seeds(1))
