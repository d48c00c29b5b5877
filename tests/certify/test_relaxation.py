"""The convex relaxation: its floor is never above the function, and exact where the function is convex."""

import numpy as np
import pytest

from simulator.autodiff import trace
from simulator.autodiff.bounds import Bounds, bound
from simulator.certify.relaxation import convexifying_shift, relaxed


def wavy(x):
    return np.sin(3 * x[0]) * np.exp(x[1]) + x[0] * x[1] * x[2] - np.cos(5 * x[2] * x[0])


def of_boxes(function, size, low, high):
    graph = trace(function, size)
    slopes = bound(graph, outputs=("value", "gradient"))
    _, _, hessian = bound(graph, outputs=("value", "gradient", "hessian"))(low, high)
    return relaxed(low, high, hessian, lambda points: slopes(points, points))


@pytest.mark.parametrize("width", [0.5, 0.1, 0.01, 1e-5])
def test_the_floor_is_below_every_value_in_the_box(width):
    random = np.random.default_rng(1)
    low = random.random((3, 200))
    high = low + width * random.random((3, 200))
    found = of_boxes(wavy, 3, low, high)
    assert np.isfinite(found.floor).all()
    for share in random.random((300, 3, 1)):
        assert (wavy(low + share * (high - low)) >= found.floor).all()


def test_the_floor_is_as_low_as_the_function_goes_in_small_boxes():
    low = np.random.default_rng(2).random((3, 50))
    found = of_boxes(wavy, 3, low, low + 1e-3)
    assert (found.value - found.floor < 1e-6).all()
    assert (found.value >= found.floor).all()


def test_the_least_value_of_a_bowl_is_found_exactly_in_a_box_of_any_size():
    def bowl(x):
        return (x[0] - 0.3) ** 2 + 2 * (x[1] - 0.2) ** 2 + 0.5 * (x[0] - 0.3) * (x[1] - 0.2)

    found = of_boxes(bowl, 2, np.zeros((2, 1)), np.ones((2, 1)))
    assert found.point[:, 0] == pytest.approx([0.3, 0.2], abs=1e-5)
    assert -1e-5 < found.floor[0] <= 0.0 <= found.value[0]


def test_a_face_counts_only_the_coordinates_it_has():
    low, high = np.array([[0.5], [0.2]]), np.array([[0.5], [0.4]])
    found = of_boxes(lambda x: x[1] * x[1] - 9 * x[0] * x[0], 2, low, high)
    assert found.floor[0] == pytest.approx(0.04 - 2.25, abs=1e-9)


@pytest.mark.parametrize("size", [1, 2, 4, 6])
def test_the_shift_makes_every_matrix_within_the_spread_semidefinite(size):
    random = np.random.default_rng(size)
    middle = random.normal(size=(300, size, size)) * 10.0 ** random.uniform(-6, 3, (300, 1, 1))
    middle += middle.swapaxes(1, 2)
    spread = np.abs(middle).max(axis=(1, 2), keepdims=True) * random.random((300, size, size)) / 5
    spread = np.maximum(spread, spread.swapaxes(1, 2))
    shift = convexifying_shift(middle, spread)
    for _ in range(50):
        sign = np.sign(random.normal(size=spread.shape))
        moved = middle + np.triu(sign * spread) + np.triu(sign * spread, 1).swapaxes(1, 2)
        least = np.linalg.eigvalsh(moved)[:, 0]
        assert (least + shift >= -1e-13 * np.abs(middle).max(axis=(1, 2))).all()


def test_the_shift_of_a_certain_matrix_is_its_least_eigenvalue():
    random = np.random.default_rng(3)
    middle = random.normal(size=(100, 4, 4))
    middle += middle.swapaxes(1, 2)
    expected = np.maximum(0.0, -np.linalg.eigvalsh(middle)[:, 0])
    assert convexifying_shift(middle, np.zeros_like(middle)) == pytest.approx(expected, abs=1e-10)


def test_nothing_is_said_of_unknown_second_derivatives():
    unknown = np.full((2, 2, 1), np.inf)
    point = (
        Bounds(np.zeros(1), np.zeros(1), np.ones(1, bool)),
        Bounds(np.zeros((2, 1)), np.zeros((2, 1)), np.ones(1, bool)),
    )
    found = relaxed(
        np.zeros((2, 1)),
        np.ones((2, 1)),
        Bounds(-unknown, unknown, np.ones(1, bool)),
        lambda x: point,
    )
    assert found.floor[0] == -np.inf
