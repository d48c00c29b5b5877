"""Whole steps against the same rule taken step by step in NumPy."""

from typing import Any, NamedTuple

import numpy as np
import pytest

from simulator.autodiff import compile, trace
from simulator.autodiff.dialects.c_compiler import CompilerWarning, NoCompilerError, find_compiler
from simulator.autodiff.steps import compile_steps
from simulator.optimizers import Box, Counted, Stopping, descend
from simulator.optimizers.adamw import AdamW
from simulator.optimizers.adaptive import AdaGrad, Adam, RMSProp
from simulator.optimizers.gradient_descent import GradientDescent, Momentum, Nesterov
from simulator.optimizers.rprop import RProp
from simulator.optimizers.schedules import (
    Cosine,
    InverseTime,
    PowerDecay,
    StepDecay,
    WarmRestarts,
)


def has_compiler():
    try:
        find_compiler()
    except NoCompilerError:
        return False
    return True


IN_C = pytest.mark.skipif(not has_compiler(), reason="NO C COMPILER: steps are not tested in C")
DIALECTS = ["python", "numpy", pytest.param("c", marks=IN_C)]


@pytest.fixture(scope="module", autouse=True)
def _cache(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


def valley(x):
    return np.exp(0.5 * x[0]) - x[0] + 4.0 * (x[1] - 0.3 * x[0]) ** 2 + 0.1 * np.sin(3.0 * x[1])


GRAPH = trace(valley, 2)
LOWER, UPPER = np.array([-1.0, 0.1]), np.array([2.0, 0.8])
STARTS = np.random.default_rng(2).uniform(LOWER[:, None], UPPER[:, None], (2, 11))

RULES = {
    "gradient descent": GradientDescent(0.05),
    "momentum": Momentum(0.02, 0.9),
    "nesterov": Nesterov(0.02, 0.9),
    "adagrad": AdaGrad(0.2),
    "rmsprop": RMSProp(0.01),
    "adam": Adam(0.02),
    "cosine": Adam(Cosine(0.1, 0.001, 20)),
    "inverse time": Adam(InverseTime(0.1, 0.2)),
    "step decay": GradientDescent(StepDecay(0.05, 0.5, 7)),
    "adamw": AdamW(0.02),
    "rprop": RProp(),
    "power decay": Adam(PowerDecay(0.1, 0.6, 10)),
    "warm restarts": Adam(WarmRestarts(0.1, 0.01, 7, 0.5)),
}


def taken_one_by_one(rule, x, steps):
    """Points and values before each step, and the last point, by plain NumPy."""
    both, box = compile(GRAPH, dialect="numpy"), Box(LOWER, UPPER)
    state, points, values = rule.init(x), [], []
    for _ in range(steps):
        value, gradient = both(x)
        points.append(x)
        values.append(value)
        state, x = rule.step(state, x, gradient)
        x = box.project(x)
    return np.array(points), np.array(values), x


CASES = [(name, dialect) for name in RULES for dialect in DIALECTS[:2]]
# C takes a second to compile.
CASES += [pytest.param(name, "c", marks=IN_C) for name in ("adam", "momentum", "step decay")]


@pytest.mark.parametrize(("name", "dialect"), CASES)
def test_steps_are_those_of_the_rule(name, dialect):
    rule = RULES[name]
    descend = compile_steps(rule.init, rule.step, GRAPH, LOWER, UPPER, dialect, wait=True)
    walk = descend(STARTS, 40, every=1)
    points, values, last = taken_one_by_one(rule, STARTS, 40)
    np.testing.assert_allclose(walk.points, points, rtol=1e-9)
    np.testing.assert_allclose(walk.values, values, rtol=1e-9)
    np.testing.assert_allclose(walk.x, last, rtol=1e-9)


class Watched:
    """The same function as an objective of the ordinary loop; it remembers where it was asked."""

    size = 2

    def __init__(self):
        self._both = compile(GRAPH, dialect="numpy")
        self.asked = []

    def value(self, x, repeats):
        raise AssertionError("a step asks for value and gradient together")

    def value_and_gradient(self, x, repeats):
        value, gradient = self._both(x)
        self.asked.append((repeats, x, value))
        return value, gradient


@pytest.mark.parametrize(
    ("name", "dialect"), [*CASES[:4], ("adam", "python"), pytest.param("adam", "c", marks=IN_C)]
)
def test_iterates_are_those_of_the_ordinary_loop(name, dialect):
    box, rule, objective = Box(LOWER, UPPER), RULES[name], Watched()
    endless = Stopping(60, gradient_tolerance=0.0, step_tolerance=0.0, value_tolerance=0.0)
    seeds = [np.random.SeedSequence(3, spawn_key=(r,)) for r in range(STARTS.shape[1])]
    descend(rule, Counted(objective, box), box, STARTS, endless, seeds)
    steps = compile_steps(rule.init, rule.step, GRAPH, LOWER, UPPER, dialect, wait=True)
    walk = steps(STARTS, 60, every=1)
    assert len(objective.asked) == 60
    for k, (repeats, points, values) in enumerate(objective.asked):
        np.testing.assert_allclose(walk.points[k][:, repeats], points, rtol=1e-11)
        np.testing.assert_allclose(walk.values[k][repeats], values, rtol=1e-11)


@pytest.fixture(scope="module", params=DIALECTS)
def adam(request):
    rule = Adam(0.02)
    return compile_steps(rule.init, rule.step, GRAPH, LOWER, UPPER, request.param, wait=True)


def test_a_walk_interrupted_goes_on_where_it_ended(adam):
    whole, half = adam(STARTS, 60), adam(STARTS, 25)
    again = adam(half.x, 35, state=half.state)
    assert again.x.tobytes() == whole.x.tobytes()
    assert again.state.tobytes() == whole.state.tobytes()


def test_a_columns_bits_do_not_depend_on_the_others(adam):
    together = adam(STARTS, 30, every=7)
    for j in range(STARTS.shape[1]):
        alone = adam(STARTS[:, j], 30, every=7)
        assert alone.x.tobytes() == together.x[:, j].tobytes()
        assert alone.points.tobytes() == together.points[:, :, j].tobytes()


def test_every_kth_point_is_recorded_from_the_start(adam):
    every_one, every_fourth = adam(STARTS, 10, every=1), adam(STARTS, 10, every=4)
    assert every_fourth.points.tobytes() == every_one.points[::4].tobytes()
    assert every_fourth.values.shape == (3, STARTS.shape[1])
    assert np.array_equal(every_one.points[0], STARTS)


def test_nothing_is_recorded_unless_asked_for(adam):
    walk = adam(STARTS, 10)
    assert walk.points.shape == (0, *STARTS.shape)
    assert walk.values.shape == (0, STARTS.shape[1])


def test_shapes_for_one_start(adam):
    walk = adam(STARTS[:, 0], 6, every=2)
    assert [a.shape for a in walk] == [(2,), (5,), (3, 2), (3,)]


def test_no_steps_stay_where_they_are(adam):
    walk = adam(STARTS, 0, every=1)
    assert np.array_equal(walk.x, STARTS)
    assert walk.values.shape == (0, STARTS.shape[1])


def test_starts_are_not_changed(adam):
    before = STARTS.copy()
    adam(STARTS, 5)
    assert np.array_equal(STARTS, before)


def test_many_starts_are_shared_among_threads_with_the_same_bits(adam):
    starts = np.random.default_rng(3).uniform(LOWER[:, None], UPPER[:, None], (2, 203))
    together = adam(starts, 20)
    assert together.x[:, 200].tobytes() == adam(starts[:, 200], 20).x.tobytes()


def test_nan_stays_in_its_column(adam):
    starts = STARTS.copy()
    starts[0, 3] = np.nan
    walk, clean = adam(starts, 10), adam(STARTS, 10)
    assert np.isnan(walk.x[0, 3])
    others = np.arange(STARTS.shape[1]) != 3
    assert walk.x[:, others].tobytes() == clean.x[:, others].tobytes()


@pytest.mark.parametrize("shape", [(3,), (3, 2), (2, 2, 2)])
def test_points_of_another_size_are_refused(adam, shape):
    with pytest.raises(ValueError, match=r"expected points of shape \(2,\) or \(2, R\)"):
        adam(np.ones(shape), 1)


def test_a_negative_number_of_steps_is_refused(adam):
    with pytest.raises(ValueError, match="cannot be negative"):
        adam(STARTS, -1)


def test_python_goes_on_past_what_its_math_refuses():
    root = trace(lambda x: np.sqrt(x[0]), 1)  # of slope ∞ at 0, where Python divides by zero

    def step(state, x, gradient):
        return state, x - 0.001 * gradient

    descend = compile_steps(lambda x: (), step, root, [0.0], [4.0], "python")
    walk = descend(np.array([0.0]), 2, every=1)
    assert walk.values.tolist() == [0.0, 0.0]


class Nested(NamedTuple):
    """A state of several forms."""

    seen: dict[str, Any]
    pair: tuple[Any, float]


def test_a_state_may_nest_arrays_numbers_tuples_and_dicts():
    def init(x):
        return Nested({"sum": np.zeros_like(x), "count": 0.0}, (x, 1.0))

    def step(state, x, gradient):
        total, count = state.seen["sum"] + gradient, state.seen["count"] + 1
        rate = state.pair[1] * 0.9
        moved = x - rate * total / count + 0.1 * (x - state.pair[0])
        return Nested({"sum": total, "count": count}, (x, rate)), moved

    descend = compile_steps(init, step, GRAPH, LOWER, UPPER)
    both, x, state = compile(GRAPH), STARTS[:, 0], init(STARTS[:, 0])
    for _ in range(9):
        state, x = step(state, x, both(x)[1])
        x = np.clip(x, LOWER, UPPER)
    np.testing.assert_allclose(descend(STARTS[:, 0], 9).x, x, rtol=1e-12)


def test_a_step_that_forgets_part_of_its_state_is_refused():
    with pytest.raises(TypeError, match="same form as it got"):
        compile_steps(lambda x: (x, 0.0), lambda s, x, g: ((x,), x), GRAPH, LOWER, UPPER)


def test_several_outputs_are_refused():
    with pytest.raises(TypeError, match="one output, this one has 2"):
        compile_steps(lambda x: (), lambda s, x, g: (s, x), trace(lambda x: x, 2), LOWER, UPPER)


def test_without_a_compiler_python_takes_the_steps_and_says_so(monkeypatch):
    monkeypatch.setenv("CC", "compiler-that-is-not-there")
    rule = Adam(0.02)
    with pytest.warns(CompilerWarning, match="Python and NumPy dialects run instead"):
        descend = compile_steps(rule.init, rule.step, GRAPH, LOWER, UPPER, "c")
    by_python = compile_steps(rule.init, rule.step, GRAPH, LOWER, UPPER, "python")
    assert descend(STARTS, 5).x.tobytes() == by_python(STARTS, 5).x.tobytes()
