"""The shape of the landscape that optimizers are compared on: its valley, its cliff, its two optima."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize

from simulator.coffee import RANGES, mean_score, share_above

NAMES = ("grind_um", "time_s", "milk_g", "sugar_g")
LOW = np.array([RANGES[name].low for name in NAMES])
HIGH = np.array([RANGES[name].high for name in NAMES])


def recipe_at(u):
    """Recipe at a point of the unit box, grind and time on a log scale."""
    u = np.clip(u, 0.0, 1.0)
    logs = LOW[:2] * (HIGH[:2] / LOW[:2]) ** u[:2]
    return np.concatenate([logs, LOW[2:] + (HIGH[2:] - LOW[2:]) * u[2:]])


def unit(recipe):
    recipe = np.asarray(recipe, dtype=float)
    logs = np.log(recipe[:2] / LOW[:2]) / np.log(HIGH[:2] / LOW[:2])
    return np.concatenate([logs, (recipe[2:] - LOW[2:]) / (HIGH[2:] - LOW[2:])])


def climb(cup, worth, start):
    """Local maximum reached from a recipe: its worth, and the recipe."""
    loss = lambda u: -worth(cup(*recipe_at(u)))
    found = minimize(
        loss, unit(start), method="L-BFGS-B", bounds=[(0.0, 1.0)] * 4,
        options={"ftol": 1e-14, "gtol": 1e-8},
    )  # fmt: skip
    return -found.fun, recipe_at(found.x)


@pytest.mark.parametrize(
    ("time_s", "grind_um"),
    [(30.0, 389.0), (60.0, 526.0), (120.0, 678.0), (240.0, 892.0), (480.0, 1199.0)],
)
def test_the_iso_extraction_valley_runs_through_the_published_points(cup, time_s, grind_um):
    assert cup(grind_um, time_s).extraction_yield_pct == pytest.approx(20.0, abs=0.03)


def test_the_mean_score_has_one_optimum_from_every_corner(cup):
    corners = [(250, 25, 2, 1), (1300, 25, 140, 1), (250, 550, 2, 18), (1300, 550, 140, 18)]
    tops = [climb(cup, mean_score, corner)[0] for corner in corners]
    assert np.ptp(tops) < 1e-5


def test_the_best_mean_score_hardly_changes_along_the_valley(cup):
    # Coarse and long against fine and half as long: the same cup within what anyone could taste.
    top, recipe = climb(cup, mean_score, (1000.0, 240.0, 10.0, 1.0))
    along = [climb(lambda d, t, m, s, at=at: cup(d, at, m, s), mean_score, recipe)[0]
             for at in (120.0, 180.0, 240.0)]  # fmt: skip
    assert top - min(along) < 0.006
    assert recipe[0] > 1250.0


def local_optima(cup, width):
    worth = lambda tasting: share_above(tasting, 5.2, width)
    return climb(cup, worth, (760.0, 240.0, 10.0, 0.3)), climb(
        cup, worth, (1000.0, 500.0, 37.0, 4.3)
    )


def test_the_share_above_a_threshold_has_two_optima(cup):
    (most, splash), (fewer, sweet) = local_optima(cup, 0.25)
    assert most == pytest.approx(0.58, abs=0.03)
    assert fewer == pytest.approx(0.39, abs=0.03)
    assert splash[2] < 15
    assert splash[3] < 1
    assert 34 <= sweet[2] <= 42
    assert sweet[3] == pytest.approx(4, abs=0.5)


@pytest.mark.parametrize(("width", "optima"), [(0.30, 2), (0.335, 1), (0.35, 1)])
def test_the_lesser_optimum_vanishes_near_a_width_of_a_third(cup, width, optima):
    (most, _), (fewer, _) = local_optima(cup, width)
    assert (most - fewer > 0.1) == (optima == 2)


def test_sweetness_and_cream_are_flat_at_no_milk_and_no_sugar(cup):
    step = 1e-6
    black, touched = cup(900.0, 240.0), cup(900.0, 240.0, step, step)
    assert (touched.sweetness - black.sweetness) / step < 1e-5
    assert (touched.creaminess - black.creaminess) / step < 1e-5
