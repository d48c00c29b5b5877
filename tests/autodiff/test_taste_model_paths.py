"""On the project's real model all paths of the engine agree, at 10,000 random recipes per method."""

import numpy as np
import pytest

from simulator import coffee
from simulator.autodiff import compile, grad, trace
from simulator.autodiff.walk import Backward

LOW, HIGH = np.array([200.0, 20.0, 0.0, 0.0]), np.array([1400.0, 600.0, 150.0, 20.0])
RANGE = (HIGH - LOW)[:, None]


def loss_of(method):
    brew, bean = coffee.Brew.standard(coffee.Method(method)), coffee.BEANS["medium"]
    customers = coffee.customers_in("survey")

    def loss(x):
        recipe = coffee.Recipe(*[x[i] for i in range(4)])
        return 9.0 - coffee.mean_score(coffee.taste(recipe, brew, bean, customers))

    return loss


def recipes(count):
    return LOW[:, None] + np.random.default_rng(11).uniform(size=(4, count)) * RANGE


def assert_agree(gradients, others):
    scale = 1.0 + np.max(np.abs(gradients) * RANGE, axis=0)
    assert np.max(np.abs(gradients - others) * RANGE / scale) <= 1e-12


@pytest.mark.parametrize("method", ["immersion", "pour-over", "espresso"])
def test_gradients_of_all_paths_agree(method):
    loss, x = loss_of(method), recipes(10_000)
    graph = trace(loss, 4)
    values, gradients = compile(graph, dialect="numpy")(x)
    values_by_python, gradients_by_python = compile(graph)(x)
    np.testing.assert_allclose(values, loss(x), rtol=1e-13)
    np.testing.assert_allclose(values, values_by_python, rtol=1e-13)
    assert_agree(gradients, gradients_by_python)
    assert_agree(gradients[:, :50], np.stack([walked(graph, x[:, j]) for j in range(50)], axis=1))
    assert_agree(gradients[:, :20], np.stack([grad(loss)(x[:, j]) for j in range(20)], axis=1))


def walked(graph, x):
    adjoints = {s.node.serial: s.adjoint for s in graph.walk(x) if isinstance(s, Backward)}
    return np.array([adjoints[node.serial] for node in graph.inputs])


def test_the_models_derivatives_cost_few_operations():
    cost = trace(loss_of("immersion"), 4).cost()
    assert cost.with_gradient <= 3 * cost.forward
    assert cost.with_hessian <= 12 * cost.forward
