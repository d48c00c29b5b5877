"""Random functions over random boxes: bounds of value, gradient and Hessian hold what mpmath says."""

import os

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulator.autodiff import TABLE, derivative_graph, trace
from simulator.autodiff.bounds import bound

ONE = [
    "negative", "exp", "log", "sqrt", "sin", "cos", "tanh", "expit", "ndtr", "absolute", "arctan",
    "log1p", "cbrt", "cosh", "erf", "log_expit", "floor", "sign", "expm1", "square", "logistic slope",
    "power 0.7", "power -1.5", "power 3", "power -2",
]  # fmt: skip
TWO = ["add", "subtract", "multiply", "divide", "maximum", "minimum", "hypot", "where", "logaddexp"]

numbers = st.floats(-2.0, 2.0).map(lambda x: round(x, 3))
steps = st.one_of(
    st.tuples(st.sampled_from(ONE), st.integers(0, 9)),
    st.tuples(st.sampled_from(TWO), st.integers(0, 9), st.integers(0, 9)),
    st.tuples(st.sampled_from(["add", "multiply"]), st.integers(0, 9), numbers),
)
programs = st.lists(steps, min_size=1, max_size=12)
boxes = st.lists(
    st.tuples(st.floats(-1.5, 1.5), st.sampled_from([0.0, 1e-6, 0.01, 0.2, 1.0])),
    min_size=2,
    max_size=2,
)


def made(program):
    """The function of two numbers that a list of steps describes, each step using earlier results."""

    def function(x):
        known = [x[0], x[1]]
        for name, *operands in program:
            operands = [known[i % len(known)] if isinstance(i, int) else i for i in operands]
            known.append(_step(name, operands))
        return known[-1] + 0.125 * known[len(known) // 2]

    return function


def _step(name, operands):
    if name == "square":
        return operands[0] * operands[0]
    if name == "logistic slope":
        y = TABLE["expit"](operands[0])
        return y * (1.0 - y)
    if name.startswith("power"):
        return operands[0] ** float(name.split()[1])
    if name == "where":
        return np.where(operands[0] > 0.25, operands[0], operands[1])
    return TABLE[name](*operands)


@pytest.mark.parametrize("tightened", [False, True], ids=["natural", "centred"])
@pytest.mark.parametrize("in_domain", [False, True], ids=["anywhere", "domain"])
@settings(
    max_examples=2_000 if os.environ.get("SOAK") else 60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(programs, boxes, st.lists(st.floats(0.0, 1.0), min_size=6, max_size=6))
def test_bounds_of_random_functions_hold_exact_values(
    exact, outside, in_domain, tightened, program, box, shares
):
    graph = trace(made(program), 2)
    outputs = ("value", "gradient", "hessian")
    low = np.array([start for start, _ in box])
    high = np.array([start + width for start, width in box])
    domain = [(-1.5, 2.5), (-2.0, 3.0)] if in_domain else None
    found = bound(graph, outputs=outputs, domain=domain, centred=tightened)(low, high)
    points = [
        np.clip(low + np.array(s) * (high - low), low, high) for s in np.reshape(shares, (3, 2))
    ]
    for bounds, output in zip(found, outputs, strict=True):
        derivative = derivative_graph(graph, output)
        for point in [low, high, *points]:
            values = exact(derivative, point)
            assert not outside(bounds, values), (output, point)
            if bounds.continuous:
                assert None not in values, (output, point)
