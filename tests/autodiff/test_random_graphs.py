"""Random functions drawn by Hypothesis: every path gives the same gradient."""

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy import special

from simulator.autodiff import check_gradient, compile, grad, trace
from simulator.autodiff.check import numeric_derivative
from simulator.autodiff.walk import Backward

SIZE = 3
UNARY = [
    np.sin, np.tanh, np.arctan, special.expit, special.ndtr, special.erf, np.exp, np.negative,
    lambda x: np.log1p(x * x), lambda x: np.sqrt(1.0 + x * x), lambda x: x / (1.0 + x * x),
    lambda x: np.where(x > 0.0, x * x, np.sin(x)), np.abs, special.log_expit, np.cosh,
]  # fmt: skip
BINARY = [
    np.add, np.subtract, np.multiply, lambda a, b: a / (2.0 + np.sin(b)), np.maximum, np.hypot,
    lambda a, b: np.where(a < b, a * b, a - b), np.logaddexp, lambda a, b: (1.5 + np.sin(a)) ** b,
]  # fmt: skip

#: Places in the lists above of what has kinks or jumps.
KINKED = (11, 12, len(UNARY) + 4, len(UNARY) + 5, len(UNARY) + 6)

STEP = st.tuples(
    st.integers(0, len(UNARY) + len(BINARY) - 1), st.integers(0, 10**6), st.integers(0, 10**6)
)
STEPS = st.lists(STEP, min_size=1, max_size=40)
POINT = st.lists(st.floats(-2.0, 2.0), min_size=SIZE, max_size=SIZE).map(np.array)


def build(steps):
    def f(x):
        values = [x[i] for i in range(SIZE)]
        for which, a, b in steps:
            left, right = values[-1 - a % len(values)], values[-1 - b % len(values)]
            unary = which < len(UNARY)
            y = UNARY[which](left) if unary else BINARY[which - len(UNARY)](left, right)
            values.append(
                3.0 * np.tanh(y / 3.0)
            )  # keeps everything of the size of a recipe's values
        return values[-1] + 0.5 * values[len(values) // 2]

    return f


def walked_gradient(graph, x):
    serials = [node.serial for node in graph.inputs]
    adjoints = {s.node.serial: s.adjoint for s in graph.walk(x) if isinstance(s, Backward)}
    return np.array([adjoints.get(serial, 0.0) for serial in serials])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(STEPS, POINT)
def test_all_paths_agree_on_the_gradient(steps, x):
    f = build(steps)
    graph = trace(f, SIZE)
    gradients = [
        grad(f)(x),
        compile(graph)(x)[1],
        compile(graph, dialect="numpy")(x)[1],
        walked_gradient(graph, x.tolist()),
    ]
    scale = 1.0 + np.max(np.abs(gradients[0]))
    for other in gradients[1:]:
        assert np.max(np.abs(other - gradients[0])) <= 1e-12 * scale


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(STEPS, POINT)
def test_hessians_agree_and_are_symmetric(steps, x):
    graph = trace(build(steps), SIZE)
    by_python, by_numpy = (
        compile(graph, outputs=("hessian",), dialect=d)(x)[0] for d in ("python", "numpy")
    )
    np.testing.assert_array_equal(by_python, by_python.T)
    scale = 1.0 + np.max(np.abs(by_python))
    assert np.max(np.abs(by_python - by_numpy)) <= 1e-11 * scale


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(STEP, min_size=1, max_size=8), POINT)
def test_gradients_match_differences_of_the_plain_function(steps, x):
    smooth = [
        step
        for step in steps
        if step[0] not in (11, 12, len(UNARY) + 4, len(UNARY) + 5, len(UNARY) + 6)
    ]
    f = build(smooth)
    measured = np.array([numeric_derivative(f, x, i) for i in range(SIZE)])
    np.testing.assert_allclose(grad(f)(x), measured, rtol=1e-6, atol=1e-6)


def test_the_generator_covers_every_operation():
    everything = build([(i, 3 * i, 7 * i) for i in range(len(UNARY) + len(BINARY))])
    check_gradient(everything, np.array([0.3, -0.7, 1.1]), tolerance=1e-5)
