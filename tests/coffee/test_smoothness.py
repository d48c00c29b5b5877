"""Value, gradient and Hessian are continuous over the whole box, its faces and corners included."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from simulator.autodiff import compile
from simulator.coffee import BEANS, RANGES, Brew, Method, Recipe, customers_in, share_above, taste

NAMES = ("grind_um", "time_s", "milk_g", "sugar_g")
LOW = np.array([RANGES[name].low for name in NAMES])
HIGH = np.array([RANGES[name].high for name in NAMES])
OUTPUTS = ("value", "gradient", "hessian")


@cache
def program(method, objective):
    """The score, or the share of contented customers, on the unit box."""

    def worth(u):
        logs = [LOW[i] * np.exp(u[i] * np.log(HIGH[i] / LOW[i])) for i in (0, 1)]
        recipe = Recipe(*logs, HIGH[2] * u[2], HIGH[3] * u[3])
        cup = taste(recipe, Brew.standard(method), BEANS["medium"], customers_in("survey"))
        return cup.score if objective == "score" else share_above(cup, 5.2, 0.25)

    return compile(worth, 4, outputs=OUTPUTS)


coordinate = st.one_of(st.sampled_from([0.0, 1.0]), st.floats(0.0, 1.0))
points = st.tuples(coordinate, coordinate, coordinate, coordinate)
black = (0.5, 0.5, 0.0, 0.0)


@pytest.mark.parametrize("objective", ["score", "share"])
@pytest.mark.parametrize("method", list(Method))
@settings(max_examples=25, deadline=None, derandomize=True)
@given(here=points, inwards=points)
@example(here=black, inwards=(0.5, 0.5, 1.0, 1.0))
@example(here=(0.0, 1.0, 0.0, 0.0), inwards=(0.5, 0.5, 0.5, 0.0))
def test_value_gradient_and_hessian_have_no_jump(method, objective, here, inwards):
    here, inwards = np.array(here), np.array(inwards)
    at, near = (program(method, objective)(here + step * (inwards - here)) for step in (0.0, 1e-9))
    for name, one, other in zip(OUTPUTS, at, near, strict=True):
        assert np.isfinite(one).all(), name
        assert np.abs(one - other).max() < 1e-4 * (1.0 + np.abs(one).max()), name


@pytest.mark.parametrize("method", list(Method))
@settings(max_examples=15, deadline=None, derandomize=True)
@given(here=points, direction=points)
@example(here=black, direction=(0.0, 0.0, 1.0, 1.0))
def test_the_hessian_is_the_slope_of_the_gradient_up_to_the_faces(method, here, direction):
    # One-sided differences that stay in the box, of second order.
    here, step = np.array(here), 1e-5
    towards = np.where(here < 0.5, 1.0, -1.0) * np.array(direction)
    gradient = lambda k: program(method, "score")(here + k * step * towards)[1]
    slope = (-3 * gradient(0) + 4 * gradient(1) - gradient(2)) / (2 * step)
    hessian = program(method, "score")(here)[2]
    scale = 1.0 + np.abs(hessian).max()
    assert slope == pytest.approx(hessian @ towards, abs=1e-3 * scale)


def test_the_hessian_at_no_milk_and_no_sugar_is_finite_and_not_zero():
    hessian = program(Method.IMMERSION, "score")(np.array(black))[2]
    assert np.isfinite(hessian).all()
    assert np.abs(np.diag(hessian)[2:]).min() > 0.1
