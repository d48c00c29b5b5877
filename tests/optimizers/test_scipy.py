"""scipy's solvers behind the door against scipy called directly."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import optimize

from simulator.optimizers import LBFGSB, METHODS, Counted, NelderMead, Stopping, StopReason

SCIPY = [name for name, method in METHODS.items() if method.family == "scipy"]
LOCAL = ["l-bfgs-b", "slsqp", "tnc", "trust-constr", "nelder-mead", "powell", "cobyqa"]


def straight(case):
    """The case as plain functions of one point."""

    def value(x):
        return float(case.objective.value(x[:, None], None)[0])

    def gradient(x):
        return case.objective.value_and_gradient(x[:, None], None)[1][:, 0]

    return value, gradient


@pytest.mark.parametrize("case_name", ["rosenbrock", "bounded quadratic"])
def test_l_bfgs_b_goes_scipys_way_evaluation_by_evaluation(case_name, cases, seeds):
    case = cases[case_name]
    value, gradient = straight(case)
    asked = []

    def value_and_gradient(x):
        asked.append(x.copy())
        return value(x), gradient(x)

    options = {"maxcor": 5, "gtol": 1e-6, "ftol": 1e-15}
    bounds = [(0, 1)] * case.box.size
    optimize.minimize(
        value_and_gradient, case.starts[:, 0], jac=True, method="L-BFGS-B", bounds=bounds,
        options=options,
    )  # fmt: skip
    (outcome,) = LBFGSB().minimize(
        Counted(case.objective), case.box, case.starts[:, :1], Stopping(), seeds(1)
    )
    assert np.array_equal(outcome.trace.x, np.array(asked).T)


def test_differential_evolution_spends_what_scipy_says_it_spends(cases, seeds):
    case = cases["rosenbrock"]
    value, _ = straight(case)
    result = optimize.differential_evolution(
        value, [(0, 1)] * 2, x0=case.starts[:, 0], tol=0, atol=1e-13, polish=False,
        rng=np.random.default_rng(seeds(1)[0]),
    )  # fmt: skip
    (outcome,) = METHODS["differential-evolution"]().minimize(
        Counted(case.objective), case.box, case.starts[:, :1], Stopping(5000), seeds(1)
    )
    assert outcome.counts.value == result.nfev
    assert np.array_equal(outcome.x, result.x)


@pytest.mark.parametrize("name", LOCAL)
def test_a_local_solver_begins_at_its_start(name, cases, seeds):
    case = cases["flat valley"]
    outcomes = METHODS[name]().minimize(
        Counted(case.objective), case.box, case.starts, Stopping(50), seeds(2)
    )
    # COBYQA first moves a start that is close to a bound onto it, or a radius away.
    near = 0.1 if name == "cobyqa" else 1e-12
    for start, outcome in zip(case.starts.T, outcomes, strict=True):
        assert outcome.trace.x[:, 0] == pytest.approx(start, abs=near)


def test_differential_evolution_and_dual_annealing_try_their_start(cases, seeds):
    case = cases["flat valley"]
    for name in ("differential-evolution", "dual-annealing"):
        (outcome,) = METHODS[name]().minimize(
            Counted(case.objective), case.box, case.starts[:, :1], Stopping(300), seeds(1)
        )
        gaps = np.abs(outcome.trace.x - case.starts[:, :1]).max(axis=0)
        assert gaps.min() <= 1e-12


@pytest.mark.parametrize("name", SCIPY)
@pytest.mark.parametrize("budget", [1, 2, 17])
def test_a_small_budget_is_kept_and_the_best_point_seen_is_the_answer(name, budget, cases, seeds):
    case = cases["flat valley"]
    (outcome,) = METHODS[name]().minimize(
        Counted(case.objective), case.box, case.starts[:, :1], Stopping(budget), seeds(1)
    )
    assert outcome.counts.value <= budget
    if outcome.status is StopReason.BUDGET:
        assert outcome.counts.value == budget
        assert outcome.value == np.nanmin(outcome.trace.value)


@pytest.mark.parametrize("name", SCIPY)
def test_tolerances_of_zero_end_at_the_budget_or_with_no_claim(name, cases, seeds):
    case = cases["rosenbrock"]
    off = Stopping(100, gradient_tolerance=0, step_tolerance=0, value_tolerance=0)
    (outcome,) = METHODS[name]().minimize(
        Counted(case.objective), case.box, case.starts[:, :1], off, seeds(1)
    )
    assert outcome.status in (StopReason.BUDGET, StopReason.SOLVER_STOPPED)


@pytest.mark.parametrize("name", ["l-bfgs-b", "tnc", "trust-constr"])
def test_a_looser_gradient_tolerance_costs_less(name, cases, seeds):
    case = cases["rosenbrock"]
    spent = [
        METHODS[name]()
        .minimize(
            Counted(case.objective), case.box, case.starts[:, :1],
            Stopping(gradient_tolerance=tolerance), seeds(1),
        )[0]
        .counts.value
        for tolerance in (1e-2, 1e-7)
    ]  # fmt: skip
    assert spent[0] < spent[1]


def test_restarts_free_a_nelder_mead_that_went_flat_against_a_bound(cases, seeds):
    case = cases["bounded quadratic"]

    def worst_gap(method):
        starts = np.random.default_rng(8).uniform(size=(4, 4))
        outcomes = method.minimize(
            Counted(case.objective), case.box, starts, Stopping(5000), seeds(4)
        )
        return max(outcome.value for outcome in outcomes) - case.minimum

    assert worst_gap(NelderMead(restarts=0)) > 1e-4
    assert worst_gap(NelderMead()) < 1e-8


@pytest.mark.parametrize("loose", ["step_tolerance", "value_tolerance"])
def test_nelder_mead_stops_only_when_places_and_values_both_agree(loose, cases, seeds):
    case = cases["rosenbrock"]
    (outcome,) = NelderMead(restarts=0).minimize(
        Counted(case.objective), case.box, case.starts[:, :1], Stopping(**{loose: 1.0}), seeds(1)
    )
    assert outcome.value < 1e-11


def test_a_start_on_the_upper_bounds_is_no_trouble_for_nelder_mead(cases, seeds):
    case = cases["bounded quadratic"]
    (outcome,) = NelderMead().minimize(
        Counted(case.objective), case.box, np.ones((4, 1)), Stopping(5000), seeds(1)
    )
    assert outcome.value - case.minimum < 1e-8


@pytest.mark.parametrize("name", SCIPY)
def test_a_box_of_another_scale_works_too(name, cases, seeds):
    # The same quadratic stretched a thousandfold and moved: x stands for (x + 700) / 1000.
    case = cases["interior quadratic"]

    class Stretched:
        size = 4

        def value(self, x, repeats):
            return case.objective.value((x + 700) / 1000, repeats)

        def value_and_gradient(self, x, repeats):
            value, gradient = case.objective.value_and_gradient((x + 700) / 1000, repeats)
            return value, gradient / 1000

        def hessian(self, x, repeats):
            return case.objective.hessian(x, repeats) / 1e6

    box = type(case.box)(np.full(4, -700.0), np.full(4, 300.0))
    (outcome,) = METHODS[name]().minimize(
        Counted(Stretched()), box, 1000 * case.starts[:, :1] - 700, Stopping(300), seeds(1)
    )
    assert outcome.value < outcome.trace.value[0]
    assert box.contains(outcome.trace.x)
