"""Long chains and wide functions: no recursion, and cost that grows in proportion."""

import os
import pickle

import numpy as np
import pytest

from simulator.autodiff import compile, derivative_graph, grad, hessian, trace
from simulator.autodiff.dialects.program import linearize
from simulator.autodiff.dialects.python_dialect import python_function
from simulator.autodiff.wide_hessian import product_graph

soak = pytest.mark.skipif("SOAK" not in os.environ, reason="takes minutes: scripts/test --soak")


def chain(length):
    def f(x):
        for _ in range(length):
            x = np.sin(x)
        return x

    return f


def slope_of_chain(length, x):
    slope = 1.0
    for _ in range(length):
        slope *= np.cos(x)
        x = np.sin(x)
    return slope


def test_a_hundred_thousand_chained_operations_differentiate_at_a_point():
    assert grad(chain(100_000))(1.0) == pytest.approx(slope_of_chain(100_000, 1.0), rel=1e-9)


@soak
def test_a_million_chained_operations_trace_differentiate_and_evaluate():
    slope = slope_of_chain(1_000_000, 1.0)
    assert grad(chain(1_000_000))(1.0) == pytest.approx(slope, rel=1e-9)
    graph = trace(lambda x: chain(1_000_000)(x[0]), 1)
    assert len(pickle.loads(pickle.dumps(graph))) == 1_000_000
    assert compile(graph)(np.array([1.0]))[1][0] == pytest.approx(slope, rel=1e-9)


def test_operations_of_a_gradient_grow_in_proportion():
    counts = [
        len(derivative_graph(trace(lambda x, n=n: chain(n)(x[0]), 1), "gradient"))
        for n in (100, 1000)
    ]
    assert counts[1] == pytest.approx(10 * counts[0], rel=0.01)


def test_a_long_program_is_cut_into_functions_that_hand_over_only_what_is_read_later():
    program = linearize(derivative_graph(trace(lambda x: chain(5000)(x[0]), 1), "gradient"))
    assert python_function(program)(1.0)[0] == pytest.approx(slope_of_chain(5000, 1.0), rel=1e-12)


def rosenbrock(x):
    return np.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2)


@pytest.mark.parametrize("dialect", ["python", "numpy"])
def test_hessians_of_many_parameters_are_right_alone_and_in_a_batch(dialect):
    f = compile(rosenbrock, 12, ("hessian", "value", "hessian"), dialect)
    x = np.random.default_rng(3).uniform(-1, 1, (12, 5))
    together, value, again = f(x)
    assert together.shape == (12, 12, 5)
    assert value.shape == (5,)
    np.testing.assert_array_equal(together, again)
    for j in range(5):
        alone = f(x[:, j])[0]
        np.testing.assert_allclose(alone, hessian(rosenbrock)(x[:, j]), rtol=1e-12, atol=1e-12)
        np.testing.assert_array_equal(alone, together[:, :, j])


def test_a_wide_hessian_by_some_of_the_inputs_leaves_the_data_alone():
    f = compile(rosenbrock, 14, ("hessian",), parameters=10)
    x = np.random.default_rng(4).uniform(-1, 1, 14)
    np.testing.assert_allclose(f(x)[0], hessian(rosenbrock)(x)[:10, :10], rtol=1e-12, atol=1e-12)


def test_a_wide_hessian_takes_a_few_times_the_value_however_wide():
    costs = {}
    for n in (20, 80):
        graph = trace(rosenbrock, n)
        costs[n] = len(product_graph(graph, graph.inputs)) / len(graph)
    assert costs[80] < 6
    assert costs[80] == pytest.approx(costs[20], rel=0.1)


def test_a_hessian_of_several_outputs_is_refused_however_many_parameters():
    with pytest.raises(TypeError, match="ask for 'jacobian'"):
        compile(lambda x: x * 2.0, 12, ("hessian",))
