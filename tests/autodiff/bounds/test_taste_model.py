"""Every shipped experiment's loss: a million points, and points against mpmath, none outside."""

from pathlib import Path

import numpy as np
import pytest

from simulator.autodiff import compile, derivative_graph
from simulator.autodiff.bounds import Bounds, bound
from simulator.autodiff.dialects.c_compiler import NoCompilerError, find_compiler
from simulator.experiment.config import load
from simulator.experiment.problem import Problem

CONFIGS = {path.stem: path for path in (Path(__file__).parents[3] / "configs").glob("*.yaml")}
OUTPUTS = ("value", "gradient", "hessian")
POINTS = 1_000_000
BOXES = 250
WIDTHS = (1.0, 0.3, 0.1, 0.01, 1e-3, 1e-6)


#: One experiment of each kind of loss.
KINDS = ("house-blend", "pour-over", "espresso-cliff", "top-box")


def loss(name, known={}):  # noqa: B006 (some experiments share a loss, and bounding takes seconds)
    """The graph of an experiment's loss and the bounds of its value, gradient and Hessian."""
    problem = Problem(load(str(CONFIGS[name])))
    if problem.fingerprint not in known:
        bounds = bound(problem.graph, outputs=OUTPUTS, domain=unit_box(problem.graph))
        known[problem.fingerprint] = problem.graph, bounds
    return known[problem.fingerprint]


def unit_box(graph):
    return [(0.0, 1.0)] * len(graph.inputs)


def random_boxes(size, count, seed):
    """Boxes of all widths in the unit box, some of them at its edge."""
    rng = np.random.default_rng(seed)
    width = rng.choice(WIDTHS, count)
    low = rng.uniform(-0.1, 1.1, (size, count)) * (1.0 - width)
    low = np.clip(low, 0.0, 1.0 - width)
    return low, np.minimum(low + width, 1.0)


@pytest.mark.parametrize("name", CONFIGS)
def test_a_million_points_are_inside(name):
    graph, bounds = loss(name)
    size, each = len(graph.inputs), POINTS // len(CONFIGS) // BOXES
    low, high = random_boxes(size, BOXES, seed=7)
    found = bounds(low, high)
    share = np.random.default_rng(8).beta(0.5, 0.5, (size, each, BOXES))
    points = np.clip(low[:, None] + share * (high - low)[:, None], low[:, None], high[:, None])
    values = compile(graph, outputs=OUTPUTS, dialect="numpy")(points.reshape(size, -1))
    for (lower, upper, continuous), value in zip(found, values, strict=True):
        value = value.reshape((*lower.shape[:-1], each, BOXES))
        # The value at a point is itself rounded; below, at points, mpmath's is not.
        slip = 1e-11 * np.maximum(1.0, np.max(np.abs(value), axis=-2, keepdims=True))
        assert np.all(value >= lower[..., None, :] - slip)
        assert np.all(value <= upper[..., None, :] + slip)
        assert continuous.all()


@pytest.mark.parametrize("name", KINDS)
def test_points_hold_the_exact_value_gradient_and_hessian(name, exact, outside):
    graph, bounds = loss(name)
    rng = np.random.default_rng(9)
    points = np.hstack([rng.random((len(graph.inputs), 3)), np.eye(len(graph.inputs))[:, :1]])
    found = bounds(points, points)
    for result, output in zip(found, OUTPUTS, strict=True):
        derivative = derivative_graph(graph, output)
        for j in range(points.shape[1]):
            at = Bounds(result.lower[..., j], result.upper[..., j], True)
            assert not outside(at, exact(derivative, points[:, j]))


@pytest.mark.parametrize("name", KINDS)
def test_points_are_bounded_closely(name):
    graph, bounds = loss(name)
    points = np.random.default_rng(10).random((len(graph.inputs), 50))
    for (lower, upper, _), much in zip(bounds(points, points), (1e-10, 1e-7, 1e-6), strict=True):
        assert np.max(upper - lower) < much * max(1.0, np.max(np.abs(lower)))


@pytest.mark.parametrize("name", KINDS)
def test_small_boxes_are_bounded_almost_exactly(name):
    """At most 5 % wider than the range at the corners, half of the boxes and more."""
    graph, bounds = loss(name)
    size = len(graph.inputs)
    low = np.random.default_rng(11).random((size, 200)) * 0.999
    (lower, upper, _), *_ = bounds(low, low + 1e-3)
    value = compile(graph, outputs=("value",), dialect="numpy")
    corners = [
        low + 1e-3 * np.array([(k >> i) & 1 for i in range(size)])[:, None] for k in range(2**size)
    ]
    values = np.array([value(corner)[0] for corner in corners])
    assert np.median((upper - lower) / np.ptp(values, axis=0)) < 1.05


def test_in_c_bounds_hold_the_exact_values_and_agree_with_numpy(
    exact, outside, tmp_path, monkeypatch
):
    try:
        find_compiler()
    except NoCompilerError:
        pytest.skip("NO C COMPILER: bounds in C are not tested")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    graph = Problem(load(str(CONFIGS["pour-over"]))).graph
    outputs = ("value", "gradient")
    in_c = bound(graph, outputs=outputs, domain=unit_box(graph), dialect="c", wait=True)
    in_numpy = bound(graph, outputs=outputs, domain=unit_box(graph))
    low, high = random_boxes(2, 2_000, seed=12)
    for one, other in zip(in_c(low, high), in_numpy(low, high), strict=True):
        np.testing.assert_allclose(one.lower, other.lower, rtol=1e-9, atol=1e-9)
        np.testing.assert_allclose(one.upper, other.upper, rtol=1e-9, atol=1e-9)
    for point in np.random.default_rng(13).random((10, 2)):
        for bounds, output in zip(in_c(point, point), outputs, strict=True):
            assert not outside(bounds, exact(derivative_graph(graph, output), point))
