"""Points that fill the unit box evenly."""

import numpy as np
import pytest

from simulator.optimizers.spread import spread_points


def drawn(size, count, seed=0):
    return spread_points(size, count, np.random.default_rng(seed))


@pytest.mark.parametrize("size", [1, 2, 6])
@pytest.mark.parametrize("count", [1, 2, 3, 33])
def test_they_lie_in_the_box_and_a_longer_draw_begins_with_a_shorter(size, count):
    points = drawn(size, count)
    assert points.shape == (size, count)
    assert np.all((points >= 0) & (points < 1))
    assert np.array_equal(drawn(size, 64)[:, :count], points)


@pytest.mark.parametrize("seed", range(5))
def test_every_eighth_of_every_coordinate_gets_its_share(seed):
    counts = [np.bincount((8 * row).astype(int), minlength=8) for row in drawn(4, 64, seed)]
    assert np.all(np.array(counts) == 8)


def test_another_seed_gives_other_points():
    assert not np.array_equal(drawn(3, 8, 1), drawn(3, 8, 2))
