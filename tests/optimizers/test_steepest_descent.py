"""Steepest descent: both ways to find a step length, against what theory says of it."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.optimizers import Box, Counted, Stopping
from simulator.optimizers.side_by_side import Point
from simulator.optimizers.steepest_descent import SteepestDescent, SteepestDirections


class Bowl:
    """½ (x² + κ y²)."""

    size = 2

    def __init__(self, condition):
        self.condition = condition
        self.visited = []

    def value(self, x, repeats):
        return self.value_and_gradient(x, repeats)[0]

    def value_and_gradient(self, x, repeats):
        self.visited += [*x.T]
        return 0.5 * (x[0] ** 2 + self.condition * x[1] ** 2), np.stack(
            [x[0], self.condition * x[1]]
        )


def minimized(rule, seeds, condition=10.0, **stopping):
    """From the worst start, (κ, 1), where exact line searches zigzag for ever."""
    box = Box([-20.0, -20.0], [20.0, 20.0])
    starts = np.array([[condition], [1.0]])
    objective = Bowl(condition)
    stop = Stopping(**stopping)
    (outcome,) = rule.minimize(Counted(objective), box, starts, stop, seeds(1))
    return outcome, objective


@pytest.mark.parametrize("line_search", ["armijo", "strong-wolfe"])
def test_both_line_searches_arrive_and_say_so(line_search, seeds):
    rule = SteepestDescent(line_search=line_search)
    outcome, _ = minimized(rule, seeds, gradient_tolerance=1e-4)
    assert outcome.status.value == "converged-gradient"
    assert outcome.x == pytest.approx([0.0, 0.0], abs=1e-2)


def test_exact_line_searches_shrink_the_worst_case_as_kantorovich_says(seeds):
    # ((κ − 1)/(κ + 1))² a step (Nocedal & Wright 2006, equation 3.29).
    rule = SteepestDescent(line_search="strong-wolfe", flatness=1.001e-4)
    outcome, _ = minimized(rule, seeds, condition=10.0, gradient_tolerance=1e-4)
    steps = int(outcome.message.split()[1])
    start = 0.5 * (10.0**2 + 10.0)
    assert outcome.value == pytest.approx(start * (9 / 11) ** (2 * steps), rel=0.1)


def test_the_first_trial_moves_a_parameter_by_a_share_of_its_range(seeds):
    rule = SteepestDescent(line_search="strong-wolfe", initial_step=0.05)
    _, objective = minimized(rule, seeds, condition=2.0, max_evaluations=2)
    assert objective.visited[1] - objective.visited[0] == pytest.approx([-2.0, -2.0])


def test_later_trials_expect_the_last_gain_again():
    directions = SteepestDirections(Box.unit(2), 0.1, 0.1)
    here = Point(np.array([0.5, 0.5]), 3.0, np.array([2.0, -1.0]))
    downhill = directions.direction(here, np.array([True, False]))
    assert downhill.tolist() == [-2.0, 0.0]
    assert directions.first_length(here, downhill) == pytest.approx(0.1 / 2.0)
    directions.learn(Point(here.x, 3.5, here.gradient), here)
    assert directions.first_length(here, downhill) == pytest.approx(2.02 * 0.5 / 4.0)


def test_a_gain_that_was_none_teaches_nothing():
    directions = SteepestDirections(Box.unit(1), 0.1, 0.1)
    here = Point(np.array([0.5]), 3.0, np.array([2.0]))
    directions.learn(here, here)
    assert directions.first_length(here, np.array([-2.0])) == pytest.approx(0.1 / 2.0)


def test_what_was_learnt_can_be_forgotten_once():
    directions = SteepestDirections(Box.unit(1), 0.1, 0.1)
    assert not directions.forget()
    here = Point(np.array([0.5]), 3.0, np.array([2.0]))
    directions.learn(Point(here.x, 4.0, here.gradient), here)
    assert directions.forget()
    assert not directions.forget()
