"""Methods written as the story of one repeat, run side by side."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.optimizers import (
    BATCHED_FAMILIES,
    METHODS,
    AveragedSGD,
    Box,
    Counted,
    GradientDescent,
    Stopping,
    StopReason,
)

STORIES = [
    name for name, method in METHODS.items() if method.family in BATCHED_FAMILIES - {"descent"}
]
UNIT = Box.unit(2)


@pytest.mark.parametrize("name", STORIES)
def test_the_questions_of_all_repeats_are_asked_together(name, cases, seeds, metered):
    case = cases["bounded rosenbrock"]
    meter = metered(case.objective)
    starts = np.random.default_rng(4).uniform(0, 1, (2, 12))
    outcomes = METHODS[name]().minimize(Counted(meter), case.box, starts, Stopping(60), seeds(12))
    longest = max(outcome.counts.value + outcome.counts.hessian for outcome in outcomes)
    assert len(meter.calls) <= 2 * longest


@pytest.mark.parametrize("budget", [1, 2, 7])
@pytest.mark.parametrize("name", STORIES)
def test_the_budget_ends_it_exactly(name, budget, cases, seeds):
    case = cases["flat valley"]
    (outcome,) = METHODS[name]().minimize(
        Counted(case.objective), case.box, case.starts[:, :1], Stopping(budget), seeds(1)
    )
    assert outcome.status is StopReason.BUDGET
    assert outcome.counts.value == budget


def test_second_derivatives_that_are_no_numbers_end_the_run_and_are_told(bowl, seeds):
    class Kinked(type(bowl)):
        def hessian(self, x, repeats):
            return np.full((2, 2, x.shape[1]), np.nan)

    objective = Counted(Kinked(bowl.matrix, bowl.centre))
    (outcome,) = METHODS["newton"]().minimize(
        objective, UNIT, np.array([[0.9], [0.1]]), Stopping(), seeds(1)
    )
    assert outcome.status is StopReason.NONFINITE
    assert np.isfinite(outcome.value)


@pytest.mark.parametrize("name", STORIES)
def test_a_start_without_a_finite_value_ends_as_nonfinite(name, bowl, seeds):
    class Nowhere(type(bowl)):
        def value(self, x, repeats):
            return np.full(x.shape[1], np.nan)

        def value_and_gradient(self, x, repeats):
            return self.value(x, repeats), x

    objective = Counted(Nowhere(bowl.matrix, bowl.centre))
    (outcome,) = METHODS[name]().minimize(
        objective, UNIT, np.array([[0.9], [0.1]]), Stopping(), seeds(1)
    )
    assert outcome.status is StopReason.NONFINITE
    assert np.isnan(outcome.value)


@pytest.mark.parametrize("name", STORIES)
def test_no_starts_give_no_outcomes(name, bowl, seeds):
    assert METHODS[name]().minimize(Counted(bowl), UNIT, np.empty((2, 0)), Stopping(), []) == []


@pytest.mark.parametrize("name", STORIES)
def test_a_start_in_the_optimum_ends_there(name, bowl, seeds):
    starts = np.array([[0.3], [0.6]])
    (outcome,) = METHODS[name]().minimize(Counted(bowl), UNIT, starts, Stopping(), seeds(1))
    assert outcome.status is StopReason.CONVERGED_GRADIENT
    assert outcome.x == pytest.approx([0.3, 0.6])


class Shaken:
    """The bowl with noise in every gradient, from each repeat's own stream."""

    noisy = True
    size = 2

    def __init__(self, bowl, seeds):
        self.bowl = bowl
        self.streams = [np.random.default_rng(seed) for seed in seeds]

    def value_and_gradient(self, x, repeats):
        value, gradient = self.bowl.value_and_gradient(x, repeats)
        noise = np.array([self.streams[repeat].normal(size=2) for repeat in repeats]).T
        return value, gradient + 3 * noise


def shaken(method, bowl, seeds):
    """Median distance in value from the optimum, over 20 repeats of 500 evaluations."""
    stopping = Stopping(500, gradient_tolerance=0, step_tolerance=0, value_tolerance=0)
    starts = np.random.default_rng(1).uniform(0, 1, (2, 20))
    objective = Counted(Shaken(bowl, seeds(20)))
    outcomes = method.minimize(objective, UNIT, starts, stopping, seeds(20))
    assert {outcome.counts.value for outcome in outcomes} == {500}
    return np.median([bowl.value(outcome.x[:, None], None)[0] for outcome in outcomes])


def test_the_mean_of_trembling_steps_is_several_times_better_than_the_last(bowl, seeds):
    assert shaken(AveragedSGD(0.05), bowl, seeds) < shaken(GradientDescent(0.05), bowl, seeds) / 5


def test_the_answer_of_averaging_is_the_mean_of_the_later_points(bowl, seeds):
    stopping = Stopping(41, gradient_tolerance=0, step_tolerance=0, value_tolerance=0)
    (outcome,) = AveragedSGD(0.02, left_out=0.25).minimize(
        Counted(bowl), UNIT, np.array([[0.9], [0.1]]), stopping, seeds(1)
    )
    assert outcome.x == pytest.approx(outcome.trace.x[:, 10:40].mean(axis=1), rel=1e-12)
    assert np.array_equal(outcome.x, outcome.trace.x[:, 40])
