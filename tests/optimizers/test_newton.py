"""Newton, Gauss-Newton and multistart: what sets each apart."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import least_squares

from simulator.optimizers import (
    Box,
    Counted,
    Counts,
    GaussNewton,
    Multistart,
    Newton,
    Stopping,
    StopReason,
)


def test_a_quadratic_inside_the_box_takes_the_start_and_one_step(cases, seeds):
    case = cases["interior quadratic"]
    (outcome,) = Newton(initial_radius=1.0).minimize(
        Counted(case.objective), case.box, case.starts[:, :1], Stopping(), seeds(1)
    )
    assert outcome.counts == Counts(2, 2, 1)


def test_a_quadratic_with_active_bounds_takes_one_step_as_well(cases, seeds):
    case = cases["bounded quadratic"]
    (outcome,) = Newton(initial_radius=1.0).minimize(
        Counted(case.objective), case.box, case.starts[:, :1], Stopping(), seeds(1)
    )
    assert outcome.counts == Counts(2, 2, 1)
    assert outcome.value == pytest.approx(case.minimum, abs=1e-12)


def test_the_gradient_shrinks_quadratically_near_the_answer(cases, solved):
    outcomes, _ = solved("newton", "flat valley")
    norms = outcomes[0].trace.gradient_norm
    last = norms[np.isfinite(norms)][-3:]
    assert last[2] < 1e3 * last[1] ** 2 or last[2] < 1e-12


def test_a_hessian_is_asked_for_once_at_each_point_that_is_kept(cases, solved):
    outcomes, _ = solved("newton", "rosenbrock")
    trace = outcomes[0].trace
    asked = trace.x[:, np.isnan(trace.value)]
    assert np.unique(asked, axis=1).shape == asked.shape
    assert outcomes[0].counts.hessian < outcomes[0].counts.value


def test_a_trial_that_rises_is_not_kept(solved):
    outcomes, _ = solved("newton", "rosenbrock")
    trace = outcomes[0].trace
    # A Hessian is asked for where a trial was kept: right after its value.
    kept = trace.value[np.flatnonzero(np.isnan(trace.value)) - 1]
    assert len(kept) < outcomes[0].counts.value - 1
    assert (np.diff(kept) < 0).all()


def test_beside_a_saddle_it_goes_straight_to_a_well(solved):
    outcomes, _ = solved("newton", "saddle start")
    assert max(outcome.counts.value for outcome in outcomes) <= 10


def test_gauss_newton_finds_what_scipys_least_squares_finds(cases, seeds):
    case = cases["bounded rosenbrock"]
    counted = Counted(case.objective)
    outcomes = GaussNewton().minimize(counted, case.box, case.starts, Stopping(), seeds(2))

    def residuals(x):
        return case.objective.residuals_and_jacobian(x[:, None], None)[0][:, 0]

    wanted = least_squares(residuals, case.starts[:, 0], bounds=(0, 1), xtol=1e-15, gtol=1e-12)
    for outcome in outcomes:
        assert outcome.status is StopReason.CONVERGED_GRADIENT
        assert outcome.value == pytest.approx(wanted.cost, rel=1e-9)
        assert outcome.x == pytest.approx(wanted.x, abs=1e-6)
        assert outcome.counts.hessian == 0


def test_gauss_newton_counts_every_look_and_keeps_the_budget(cases, seeds):
    case, calls = cases["rosenbrock"], []

    class Watched(type(case.objective)):
        def residuals_and_jacobian(self, x, repeats):
            calls.extend(repeats.tolist())
            return super().residuals_and_jacobian(x, repeats)

    outcomes = GaussNewton().minimize(
        Counted(Watched()), case.box, case.starts, Stopping(3, gradient_tolerance=0), seeds(2)
    )
    for repeat, outcome in enumerate(outcomes):
        assert outcome.counts == Counts(3, 3, 0)
        assert calls.count(repeat) == 3


def test_gauss_newton_refuses_an_objective_that_is_no_sum_of_squares(bowl, seeds):
    with pytest.raises(ValueError, match="take Newton or BFGS"):
        GaussNewton().minimize(Counted(bowl), Box.unit(2), np.zeros((2, 1)), Stopping(), seeds(1))


class Dimples:
    """Two wells, the better one narrow and far from the start; undefined along a stripe."""

    size = 2

    def value(self, x, repeats):
        return self.value_and_gradient(x, repeats)[0]

    def value_and_gradient(self, x, repeats):
        value, slope = np.zeros(x.shape[1]), np.zeros_like(x)
        for depth, width, centre in ((1.0, 0.4, [0.3, 0.3]), (1.5, 0.15, [0.85, 0.8])):
            away = (x - np.array(centre)[:, None]) / width
            well = depth * np.exp(-(away**2).sum(axis=0) / 2)
            value, slope = value - well, slope + well * away / width
        return np.where(x[0] < 0.05, np.nan, value), slope

    def hessian(self, x, repeats):
        step = 1e-6
        sides = [
            self.value_and_gradient(x + sign * step * np.eye(2)[:, [i]], None)[1]
            for i in range(2)
            for sign in (1, -1)
        ]
        rows = [(sides[2 * i] - sides[2 * i + 1]) / (2 * step) for i in range(2)]
        hessian = np.array(rows)
        return (hessian + hessian.swapaxes(0, 1)) / 2


def test_multistart_finds_the_better_well_where_newton_keeps_the_nearer(seeds):
    starts = np.array([[0.2], [0.4]])
    objective, box = Dimples(), Box.unit(2)
    (near,) = Newton().minimize(Counted(objective), box, starts, Stopping(), seeds(1))
    (best,) = Multistart().minimize(Counted(objective), box, starts, Stopping(), seeds(1))
    assert near.x == pytest.approx([0.3, 0.3], abs=0.1)
    assert best.x == pytest.approx([0.85, 0.8], abs=0.05)
    assert best.status is StopReason.CONVERGED_GRADIENT


@pytest.mark.parametrize("budget", [1, 2, 3, 10, 150])
def test_multistart_never_exceeds_a_budget_however_small(budget, cases, seeds):
    case = cases["rosenbrock"]
    stopping = Stopping(budget, gradient_tolerance=0, step_tolerance=0, value_tolerance=0)
    outcomes = Multistart().minimize(
        Counted(case.objective), case.box, case.starts, stopping, seeds(2)
    )
    assert all(outcome.counts.value <= budget for outcome in outcomes)
