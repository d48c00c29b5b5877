"""Line searches: what they return keeps the conditions that bear their names."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.optimizers import Box, Claim, Counted, Stopping, StopReason, run_side_by_side
from simulator.optimizers.line_search import DECREASE, backtrack, strong_wolfe

BOX = Box([-4.0], [4.0])


class Wavy:
    """A slope with waves: many points of the line have a falling slope, few are low enough."""

    size = 1

    def value(self, x, repeats):
        return self.value_and_gradient(x, repeats)[0]

    def value_and_gradient(self, x, repeats):
        value = 0.5 * (x[0] - 1) ** 2 + 0.4 * np.sin(5 * x[0])
        return value, (x - 1) + 2 * np.cos(5 * x)


def searched(search, start, seeds):
    """The points at both ends of one line search."""
    ends = []

    def method(walker, x):
        point = yield from walker.begin(x)
        after = yield from search(walker, point)
        ends.extend([point, after])
        return Claim(point.x, point.value, StopReason.SOLVER_STOPPED, "searched")

    starts = np.array([[start]])
    run_side_by_side(method, Counted(Wavy()), BOX, starts, Stopping(), seeds(1))
    return ends


@pytest.mark.parametrize("flatness", [0.1, 0.9])
@pytest.mark.parametrize("first", [1e-3, 0.1, 1.0])
@pytest.mark.parametrize("start", [-3.5, -2.0, -0.7, 0.5, 2.2, 3.1])
def test_strong_wolfe_gains_enough_and_flattens_the_slope(start, first, flatness, seeds):
    def search(walker, point):
        direction = -point.gradient
        longest = (np.where(direction > 0, 4.0, -4.0) - point.x)[0] / direction[0]
        return strong_wolfe(walker, point, direction, first, longest, flatness)

    point, after = searched(search, start, seeds)
    moved = after.x - point.x
    slope, slope_after = point.gradient @ -point.gradient, after.gradient @ -point.gradient
    length = moved[0] / -point.gradient[0]
    assert after.value <= point.value + DECREASE * length * slope
    assert abs(slope_after) <= flatness * abs(slope) or np.abs(after.x) == 4.0


def test_strong_wolfe_stops_at_the_bound_where_the_line_still_leads_downhill(seeds):
    def search(walker, point):
        return strong_wolfe(walker, point, np.array([1.0]), 0.01, 0.1, 0.1)

    point, after = searched(search, -3.5, seeds)
    assert after.x == pytest.approx(point.x + 0.1)


@pytest.mark.parametrize("first", [0.01, 1.0, 50.0])
@pytest.mark.parametrize("start", [-3.5, -0.7, 0.5, 2.2])
def test_backtracking_on_the_projected_arc_gains_enough(start, first, seeds):
    def search(walker, point):
        return backtrack(walker, point, lambda length: point.x - length * point.gradient, first)

    point, (after, length) = searched(search, start, seeds)
    assert length <= first
    assert after.x == pytest.approx(np.clip(point.x - length * point.gradient, -4, 4))
    assert after.value <= point.value + DECREASE * point.gradient @ (after.x - point.x)


def test_backtracking_finds_nothing_where_a_bound_holds_the_descent_back(seeds):
    def search(walker, point):
        return backtrack(walker, point, lambda length: np.array([9.0]), 1.0)

    assert searched(search, 4.0, seeds)[1] is None


class Cliff:
    """Falls at the start and is higher everywhere else, however near: no step gains what it promises."""

    size = 1

    def value(self, x, repeats):
        return np.where(x[0] == -1.0, 0.0, 1.0)

    def value_and_gradient(self, x, repeats):
        return self.value(x, repeats), np.full_like(x, -1.0)


@pytest.mark.parametrize("name", ["backtrack", "strong Wolfe"])
def test_where_no_step_gains_a_search_gives_up_and_says_so(name, seeds, monkeypatch):
    def search(walker, point):
        if name == "backtrack":
            return (yield from backtrack(walker, point, lambda length: point.x + length, 1.0))
        return (yield from strong_wolfe(walker, point, np.array([1.0]), 1.0, 3.0, 0.5))

    monkeypatch.setitem(globals(), "Wavy", Cliff)
    point, after = searched(search, -1.0, seeds)
    assert point.value == 0.0
    assert after is None


class Plateau:
    """The same everywhere, and said to fall: every trial has a promise that it does not keep."""

    size = 1

    def value_and_gradient(self, x, repeats):
        return np.ones(x.shape[1]), np.full_like(x, -1.0)

    def value(self, x, repeats):
        return np.ones(x.shape[1])


def test_backtracking_on_a_plateau_that_is_said_to_fall_ends(seeds, monkeypatch):
    def search(walker, point):
        return (yield from backtrack(walker, point, lambda length: point.x + length, 4.0))

    monkeypatch.setitem(globals(), "Wavy", Plateau)
    point, after = searched(search, 0.0, seeds)
    assert point.value == 1.0
    assert after is None
