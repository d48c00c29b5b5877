"""``where`` in every dialect: the branch not taken costs nothing and leaks nothing."""

import numpy as np
import pytest

from simulator.autodiff import calling, compile, grad, hessian, jvp, primitive, where
from simulator.autodiff.dialects import python_dialect as dialect

LEAKY = {
    # name: (function, points, first derivatives, second derivatives)
    "square root": (
        lambda x: np.where(x >= 0.0, x, np.sqrt(-x)),
        [1.0, -4.0],
        [1.0, -0.25],
        [0.0, -1.0 / 32.0],
    ),
    "reciprocal at zero": (
        lambda x: np.where(x == 0.0, 1.0 + x, np.sin(x) / x),
        [0.0],
        [1.0],
        [0.0],
    ),
    "logarithm inside": (
        lambda x: np.where(x > 0.0, x * np.log(np.where(x > 0.0, x, 1.0)), 0.0),
        [1.0, -1.0, 0.0],
        [1.0, 0.0, 0.0],
        [1.0, 0.0, 0.0],
    ),
    "nested": (
        lambda x: np.where(x > 0.0, np.where(x > 2.0, np.log(x - 2.0), x * x), 1.0 / x),
        [1.0, 4.0, -2.0],
        [2.0, 0.5, -0.25],
        [2.0, -0.25, -0.25],
    ),
    "overflow": (
        lambda x: np.where(x > 0.0, x**3, np.exp(x * x * 1e6)),
        [2.0],
        [12.0],
        [12.0],
    ),
    "shared value in one arm": (
        lambda x: (lambda r: np.where(x > 0.0, r + np.sin(r) * r, -x))(np.log(x)),
        [1.0, -3.0],
        [1.0, -1.0],
        [1.0, 0.0],
    ),
    "either": (
        lambda x: np.where((x > 1.0) | (x < -1.0), np.sqrt(x * x - 1.0), 2.0 * x),
        [0.5],
        [2.0],
        [0.0],
    ),
}
CASES = [
    (name, x, a, b)
    for name, (_, xs, as_, bs) in LEAKY.items()
    for x, a, b in zip(xs, as_, bs, strict=True)
]


@pytest.mark.parametrize(("name", "x", "first", "second"), CASES)
def test_derivatives_are_those_of_the_branch_taken_on_every_path(name, x, first, second):
    f = LEAKY[name][0]
    assert grad(f)(x) == pytest.approx(first, rel=1e-15)
    assert jvp(f)(x, 1.0) == pytest.approx(first, rel=1e-15)
    assert grad(grad(f))(x) == pytest.approx(second, rel=1e-14)
    assert jvp(lambda t: jvp(f)(t, 1.0))(x, 1.0) == pytest.approx(second, rel=1e-14)
    for name in ("python", "numpy"):
        compiled = compile(lambda v: f(v[0]), 1, ("gradient", "hessian"), name)
        slope, curvature = compiled(np.array([x]))
        assert slope[0] == pytest.approx(first, rel=1e-15)
        assert curvature[0, 0] == pytest.approx(second, rel=1e-14)


def test_the_python_dialect_does_not_run_an_arm_that_is_not_taken(monkeypatch):
    # A shared logarithm would raise at -3 and force the slow rerun on NumPy.
    monkeypatch.setattr(calling, "numpy_function", None)
    f = compile(
        lambda v: LEAKY["shared value in one arm"][0](v[0]), 1, ("value", "gradient", "hessian")
    )
    assert f(np.array([-3.0]))[0] == 3.0
    assert f(np.array([1.0]))[1][0] == 1.0


def test_a_condition_made_after_its_arm_is_moved_before_it(monkeypatch):
    monkeypatch.setattr(calling, "numpy_function", None)

    def late(x):
        root = np.sqrt(x[0])
        both = root * root + root
        return np.where(x[0] > x[1], both, x[1])

    f = compile(late, 2)
    assert f(np.array([-1.0, 2.0]))[0] == 2.0
    assert f(np.array([4.0, 2.0]))[1].tolist() == [1.25, 0.0]


def both_hold(x, inside):
    return np.where((x[0] > 0.0) & (x[1] > 0.0), inside * x[1], 0.0)


def neither_holds(x, inside):
    return np.where((x[0] <= 0.0) | (x[1] <= 0.0), 0.0, inside * x[1])


@pytest.mark.parametrize("arm", [both_hold, neither_holds])
def test_what_two_arms_share_runs_where_the_condition_they_have_in_common_holds(monkeypatch, arm):
    monkeypatch.setattr(calling, "numpy_function", None)

    def sum_of_arms(x):
        inside = np.log(x[0])
        alone = (
            np.where(x[0] > 0.0, inside, 0.0)
            if arm is both_hold
            else np.where(x[0] <= 0.0, 0.0, inside)
        )
        return arm(x, inside) + alone

    f = compile(sum_of_arms, 2)
    assert f(np.array([-1.0, 2.0]))[0] == 0.0
    assert f(np.array([np.e, 3.0]))[0] == 4.0
    assert f(np.array([np.e, -3.0]))[0] == 1.0


def test_values_needed_on_both_sides_are_not_guarded():
    f = compile(lambda x: np.where(x[0] > 0.0, np.exp(x[1]), -np.exp(x[1])) + np.exp(x[1]), 2)
    assert f(np.array([1.0, 0.0]))[0] == 2.0
    assert f(np.array([-1.0, 0.0]))[0] == 0.0


def test_impossible_schedules_fall_back_to_a_straight_line(monkeypatch):
    monkeypatch.setattr(dialect, "schedule", lambda program, guarded: None)
    f = compile(lambda x: np.where(x[0] > 0.0, np.log(x[0]) ** 2, x[0]), 1)
    assert f(np.array([-1.0]))[0] == -1.0
    assert f(np.array([1.0]))[1][0] == 0.0


def test_deeply_nested_conditions_agree_with_numpy():
    def steps(x):
        y = x[0]
        for level in range(12):
            y = np.where(x[0] > 0.1 * level, np.sqrt(x[0] - 0.1 * level + 1e-3) + y * 0.5, y)
        return y

    for x in np.linspace(-0.3, 1.3, 33):
        by_python, by_numpy = (
            compile(steps, 1, dialect=d)(np.array([x])) for d in ("python", "numpy")
        )
        np.testing.assert_allclose(by_python[0], by_numpy[0], rtol=1e-14)
        np.testing.assert_allclose(by_python[1], by_numpy[1], rtol=1e-13)


def test_the_engines_own_where_is_numpys():
    assert where(True, 2.0, 3.0) == 2.0
    assert grad(lambda x: where(x > 1.0, x * x, x))(3.0) == 6.0


def test_hessian_through_where_of_a_vector_is_finite():
    def f(x):
        return np.sum(np.where(x > 0.0, x * np.log(x), x**2))

    assert hessian(f)(np.array([2.0, -1.0])).tolist() == [[0.5, 0.0], [0.0, 2.0]]


@pytest.mark.parametrize(
    ("choose", "x", "runs"),
    [
        (lambda c, f, x: np.where(c, f(x), x), 1.0, 1),
        (lambda c, f, x: np.where(c, f(x), x), -1.0, 0),
        (lambda c, f, x: np.where(c, x, f(x)), 1.0, 0),
        (lambda c, f, x: np.where(c, x, f(x)), -1.0, 1),
        (lambda c, f, x: np.where(c, f(x) * f(x + 1.0) + f(x), x), -1.0, 0),
        (lambda c, f, x: np.where(c & (x > 2.0), f(x), x), 1.0, 0),
        (lambda c, f, x: np.where(c, f(x), x) + f(x), -1.0, 1),
    ],
)
def test_an_arm_that_is_not_taken_does_not_run(choose, x, runs):
    called = []
    counted = primitive("counted", lambda v: called.append(v) or v * 2.0, [lambda g, y, v: 2.0 * g])
    f = compile(lambda x: choose(x[0] > 0.0, counted, x[0]), 1, ("value",), "python")
    called.clear()
    f(np.array([x]))
    assert len(called) == runs
