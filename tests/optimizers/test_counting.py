"""The meter: counts, trace, and the look that is not charged."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.optimizers import METHODS, Box, Counted, Counts, Stopping

QUIET = Stopping(90, gradient_tolerance=0, step_tolerance=0, value_tolerance=0)
USES = {
    "value": {"value"},
    "gradient": {"value", "gradient"},
    "hessian": {"value", "gradient", "hessian"},
}


def real_counts(meter, repeat):
    return Counts(*(meter.count(kind, repeat) for kind in ("value", "gradient", "hessian")))


@pytest.mark.parametrize("name", METHODS)
def test_reported_counts_are_the_real_calls(name, cases, seeds, metered):
    # A noisy objective is never looked at outside the count, so the two must agree exactly.
    case, meter = cases["rosenbrock"], metered(cases["rosenbrock"].objective, noisy=True)
    outcomes = METHODS[name]().minimize(Counted(meter), case.box, case.starts, QUIET, seeds(2))
    for repeat, outcome in enumerate(outcomes):
        assert outcome.counts == real_counts(meter, repeat)


@pytest.mark.parametrize("name", METHODS)
def test_a_method_asks_for_no_derivative_beyond_the_one_it_names(name, cases, seeds, metered):
    case, meter = cases["rosenbrock"], metered(cases["rosenbrock"].objective, noisy=True)
    METHODS[name]().minimize(Counted(meter), case.box, case.starts[:, :1], QUIET, seeds(1))
    asked = {kind for kinds, _, _ in meter.calls for kind in kinds}
    assert asked == USES[METHODS[name].uses]


@pytest.mark.parametrize("name", METHODS)
def test_checking_an_answer_costs_the_method_nothing_and_looks_once_at_most(name, solved):
    outcomes, meter = solved(name, "bounded quadratic")
    for repeat, outcome in enumerate(outcomes):
        real = real_counts(meter, repeat)
        looks = real.gradient - outcome.counts.gradient
        assert looks == real.value - outcome.counts.value
        assert real.hessian == outcome.counts.hessian
        assert looks in ((1,) if METHODS[name].uses == "value" else (0, 1))
        assert looks == 0 or METHODS[name].family == "scipy"


class ValuesAlone:
    """The objective without its derivatives; counts the calls it really gets."""

    def __init__(self, objective):
        self.size = objective.size
        self.objective = objective
        self.points = []

    def value(self, x, repeats):
        self.points += list(x.T)
        return self.objective.value(x, repeats)


DIFFERENCED = ["l-bfgs-b", "slsqp", "tnc", "trust-constr", "dual-annealing", "shgo"]


@pytest.mark.parametrize("name", DIFFERENCED)
def test_without_a_gradient_every_finite_difference_is_charged(name, cases, seeds):
    case = cases["bounded rosenbrock"]
    bare = ValuesAlone(case.objective)
    (outcome,) = METHODS[name]().minimize(
        Counted(bare), case.box, case.starts[:, :1], Stopping(400), seeds(1)
    )
    assert outcome.counts == Counts(len(bare.points), 0, 0)
    assert outcome.counts.value <= 400
    assert case.box.contains(np.array(bare.points).T)
    assert outcome.value - case.minimum < 1e-6


def test_l_bfgs_b_pays_a_value_per_parameter_and_point_for_its_differences(cases, seeds):
    case = cases["flat valley"]
    bare = ValuesAlone(case.objective)
    (outcome,) = METHODS["l-bfgs-b"]().minimize(
        Counted(bare), case.box, case.starts[:, :1], Stopping(400), seeds(1)
    )
    moved = np.abs(np.diff(np.array(bare.points), axis=0))
    probes = ((moved > 0).sum(axis=1) == 1) & (moved.max(axis=1) < 1e-6)
    assert outcome.counts.value % (case.objective.size + 1) == 0
    assert probes.sum() >= outcome.counts.value // (case.objective.size + 1)


@pytest.mark.parametrize(("name", "word"), [("adam", "gradients"), ("newton", "gradients")])
def test_a_method_of_ours_refuses_an_objective_without_the_derivatives_it_needs(
    name, word, cases, seeds
):
    case = cases["rosenbrock"]
    with pytest.raises(ValueError, match=f"needs {word}.*such as"):
        METHODS[name]().minimize(
            Counted(ValuesAlone(case.objective)), case.box, case.starts, QUIET, seeds(2)
        )


def test_an_objective_without_second_derivatives_refuses_to_be_asked_for_them(bowl):
    class SlopesAlone:
        size = bowl.size
        value, value_and_gradient = bowl.value, bowl.value_and_gradient

    counted = Counted(SlopesAlone())
    with pytest.raises(ValueError, match=r"needs Hessians.*such as bfgs"):
        counted.hessian(np.zeros((2, 1)), np.array([0]))
    assert counted.counts(0) == Counts(0, 0, 0)


def test_a_value_with_its_gradient_counts_as_one_of_each(bowl):
    counted = Counted(bowl)
    counted.value_and_gradient(np.zeros((2, 2)), np.array([0, 2]))
    counted.value(np.zeros((2, 1)), np.array([2]))
    counted.hessian(np.zeros((2, 1)), np.array([0]))
    assert counted.counts(0) == Counts(1, 1, 1)
    assert counted.counts(1) == Counts(0, 0, 0)
    assert counted.counts(2) == Counts(2, 1, 0)
    assert counted.counts(99) == Counts(0, 0, 0)


def test_several_points_of_one_repeat_in_one_call_count_each(bowl):
    counted = Counted(bowl)
    counted.value(np.zeros((2, 3)), np.array([1, 1, 1]))
    assert counted.counts(1) == Counts(3, 0, 0)
    assert counted.trace(1, 0.0).values.tolist() == [1, 2, 3]


def test_the_trace_keeps_each_repeats_calls_in_order(bowl):
    counted = Counted(bowl)
    x = np.array([[0.1, 0.2, 0.3], [0.4, 0.5, 0.6]])
    values, _ = counted.value_and_gradient(x, np.array([4, 0, 2]))
    counted.hessian(x[:, :1], np.array([0]))
    counted.value(x[:, 1:], np.array([2, 0]))
    trace = counted.trace(0, 0.0)
    assert np.array_equal(trace.x, x[:, [1, 0, 2]])
    assert np.array_equal(trace.value, [values[1], np.nan, values[2]], equal_nan=True)
    assert trace.values.tolist() == [1, 1, 2]
    assert trace.gradients.tolist() == [1, 1, 1]
    assert trace.hessians.tolist() == [0, 1, 1]


def test_the_trace_keeps_the_points_as_they_were(bowl):
    counted, x = Counted(bowl), np.full((2, 1), 0.5)
    counted.value(x, np.array([0]))
    x[:] = 9
    assert counted.trace(0, 0.0).x.tolist() == [[0.5], [0.5]]


def test_the_trace_survives_growing_a_hundredfold(bowl):
    counted = Counted(bowl)
    x = np.random.default_rng(0).uniform(size=(2, 6400))
    for k in range(0, 6400, 8):
        counted.value(x[:, k : k + 8], np.arange(8))
    assert np.array_equal(counted.trace(3, 0.0).x, x[:, 3::8])


def test_the_norm_is_the_gradients_without_a_box_and_the_residual_with_one(bowl):
    x, repeats = np.array([[0.0], [0.0]]), np.array([0])
    bare, boxed = Counted(bowl), Counted(bowl, Box([0.0, 0.0], [1.0, 0.5]))
    bare.value_and_gradient(x, repeats)
    boxed.value_and_gradient(x, repeats)
    assert bare.trace(0, 0.0).gradient_norm == pytest.approx(12.0)
    assert boxed.trace(0, 0.0).gradient_norm == pytest.approx(0.5)


def test_wall_time_is_counted_from_the_given_moment(bowl):
    counted = Counted(bowl)
    counted.value(np.zeros((2, 1)), np.array([0]))
    late = counted.trace(0, 1.0).wall_s - counted.trace(0, 3.0).wall_s
    assert late == pytest.approx(2.0)


def test_an_uncharged_look_is_neither_counted_nor_traced(bowl):
    counted = Counted(bowl)
    value, gradient = counted.uncharged(np.array([0.3, 0.7]), 0)
    assert value == pytest.approx(0.1)
    assert gradient == pytest.approx([0.0, 2.0])
    assert counted.counts(0) == Counts(0, 0, 0)
    assert counted.trace(0, 0.0).value.size == 0


def test_a_noisy_objective_is_never_looked_at_uncharged(bowl, metered):
    meter = metered(bowl, noisy=True)
    assert Counted(meter).uncharged(np.array([0.3, 0.7]), 0) is None
    assert meter.calls == []


def test_an_objective_without_gradients_is_never_looked_at_uncharged():
    class ValuesAlone:
        size = 1

        def value(self, x, repeats):
            return x[0] ** 2

    assert Counted(ValuesAlone()).uncharged(np.array([0.3]), 0) is None
