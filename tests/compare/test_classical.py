"""The classical functions are what the literature says they are."""

import numpy as np
import pytest
from scipy import optimize

from simulator.autodiff import check_gradient
from simulator.compare import classical
from simulator.compare.classical_boxes import CLASSICAL

every = pytest.mark.parametrize("name", CLASSICAL)


def test_there_are_twenty():
    assert len(CLASSICAL) == 20


@pytest.mark.parametrize(
    ("name", "at", "value"),
    [(name, at, value) for name, test in CLASSICAL.items() for at, value in test.published],
)
def test_published_values(name, at, value):
    assert CLASSICAL[name].function(np.array(at, dtype=float)) == pytest.approx(
        value, rel=2e-5, abs=1e-9
    )


@every
def test_the_published_minimum_is_reached_to_its_digits(name):
    test = CLASSICAL[name]
    low, high = np.array(test.box, dtype=float).T
    found = optimize.minimize(
        test.function,
        np.array(test.best, dtype=float),
        bounds=test.box,
        tol=1e-14,
        method="L-BFGS-B",
    )
    assert (low <= found.x).all()
    assert (found.x <= high).all()
    assert abs(found.fun - test.least) <= test.digits + 1e-10


@every
def test_nothing_sampled_in_the_box_is_better(name):
    test = CLASSICAL[name]
    low, high = np.array(test.box, dtype=float).T
    points = low[:, None] + (high - low)[:, None] * np.random.default_rng(1).random(
        (test.size, 50_000)
    )
    assert np.min(test.function(points)) >= test.least - test.digits


@every
def test_the_best_point_is_not_the_middle_of_the_box(name):
    test = CLASSICAL[name]
    low, high = np.array(test.box, dtype=float).T
    offset = np.abs((np.array(test.best) - low) / (high - low) - 0.5)
    assert offset.max() > 0.02


@every
def test_the_engine_differentiates_it(name):
    test = CLASSICAL[name]
    low, high = np.array(test.box, dtype=float).T
    check_gradient(test.function, low + 0.37 * (high - low))


def test_rosenbrock_is_scipys():
    points = np.random.default_rng(2).uniform(-2, 2, (2, 100))
    assert np.allclose(classical.rosenbrock(points), optimize.rosen(points), rtol=1e-14)
