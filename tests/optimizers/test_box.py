"""The box: projection and the first-order residual."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from simulator.optimizers import Box

numbers = hnp.arrays(float, (2, 5), elements=st.floats(-10, 10))
BOX = Box([-1.0, 0.0], [2.0, 0.5])


@pytest.mark.parametrize(
    ("lower", "upper", "word"),
    [
        ([0.0, 1.0], [1.0, 1.0], "parameter 1"),
        ([0.0, 2.0], [1.0, 1.0], "parameter 1"),
        ([np.nan], [1.0], "parameter 0"),
        ([0.0], [np.inf], "finite"),
        ([0.0], [1.0, 2.0], "length"),
        ([], [], "one per parameter"),
        ([[0.0]], [[1.0]], "one per parameter"),
    ],
)
def test_bounds_that_make_no_box_are_refused(lower, upper, word):
    with pytest.raises(ValueError, match=word):
        Box(lower, upper)


def test_bounds_cannot_be_changed_from_outside():
    lower = np.zeros(2)
    box = Box(lower, np.ones(2))
    lower[0] = 0.5
    assert box.lower[0] == 0
    with pytest.raises(ValueError, match="read-only"):
        box.upper[0] = 9


@given(numbers)
def test_the_projection_is_numpys_clip_column_by_column(x):
    for column, projected in zip(x.T, BOX.project(x).T, strict=True):
        assert np.array_equal(projected, np.clip(column, BOX.lower, BOX.upper))
        assert np.array_equal(projected, BOX.project(column))


@given(numbers)
def test_what_is_projected_is_contained(x):
    assert BOX.contains(BOX.project(x))


def test_a_point_a_rounding_error_outside_is_not_contained():
    assert not BOX.contains(np.array([2.0, np.nextafter(0.5, 1)]))


def test_nan_is_neither_projected_away_nor_contained():
    x = np.array([np.nan, 0.2])
    assert np.isnan(BOX.project(x)[0])
    assert not BOX.contains(x)


def test_inside_the_box_the_residual_is_the_largest_gradient_entry():
    assert BOX.residual(np.array([0.0, 0.25]), np.array([0.1, -0.2])) == pytest.approx(0.2)


def test_a_bound_that_holds_the_descent_back_takes_its_parameter_out_of_the_residual():
    corner = np.array([2.0, 0.0])
    assert BOX.residual(corner, np.array([-5.0, 7.0])) == 0
    assert BOX.residual(corner, np.array([-5.0, -0.25])) == 0.25


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_the_residual_of_a_gradient_that_is_not_finite_is_not_a_number(bad):
    residual = BOX.residual(np.zeros((2, 2)), np.array([[bad, 0.0], [0.0, 0.0]]))
    assert np.isnan(residual[0])
    assert residual[1] == 0
