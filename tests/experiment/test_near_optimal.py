"""Near-optimal ranges against shapes whose ranges are known in closed form."""

import numpy as np
import pytest

from simulator.experiment.near_optimal import near_optimal_ranges


def test_range_of_a_round_bowl_is_its_radius():
    def bowl(u):
        d = u - np.array([0.5, 0.3])
        return float(d @ d), 2 * d

    (low, high), _ = near_optimal_ranges(bowl, np.array([0.5, 0.3]), 0.01)
    assert low.position == pytest.approx(0.4, abs=1e-3)
    assert high.position == pytest.approx(0.6, abs=1e-3)
    assert not low.at_bound


def test_range_follows_a_valley_that_is_not_along_an_axis():
    def valley(u):
        along, across = u[0] - u[1], 30.0 * (u[0] + u[1] - 1.0)
        slope = np.array([2 * along + 60 * across, -2 * along + 60 * across])
        return float(along**2 + across**2), slope

    # Along the valley u1 = 1 - u0, so the loss is (2 u0 - 1)^2 <= 0.04 for 0.4 <= u0 <= 0.6.
    (low, high), _ = near_optimal_ranges(valley, np.array([0.5, 0.5]), 0.04)
    assert low.position == pytest.approx(0.4, abs=1e-3)
    assert high.position == pytest.approx(0.6, abs=1e-3)
    assert high.recipe[1] == pytest.approx(0.4, abs=2e-3)


def test_range_that_meets_the_box_says_so():
    ((low, high),) = near_optimal_ranges(
        lambda u: (float(u[0]) * 0.001, np.array([0.001])), np.array([0.0]), 0.01
    )
    assert (low.position, low.at_bound) == (0.0, True)
    assert (high.position, high.at_bound) == (1.0, True)
