"""A formula that says its own slope: used where it is the whole truth, and nowhere else."""

import pickle

import numpy as np
import pytest
from scipy import special

from simulator.autodiff import check_gradient, compile, grad, hessian, trace
from simulator.autodiff.backprop import pull_back
from simulator.autodiff.node import constant


def told(value, operand, slope):
    """How a formula speaks to what traces it; plain numbers do not listen."""
    return value.__with_slope__(operand, slope) if hasattr(value, "__with_slope__") else value


def excess(z, scatter=0.7):
    share = special.ndtr(z / scatter)
    bell = scatter / np.sqrt(2.0 * np.pi) * np.exp(-0.5 * (z / scatter) ** 2)
    return told(bell + z * share, z, share)


def lie(z):
    """Seven times as steep as it is, so that one sees who believes it."""
    return told(np.sin(z) * 2.0, z, np.cos(z) * 14.0)


def test_derivatives_of_every_order_agree_with_differences():
    check_gradient(lambda x: excess(x[0] * x[1]) * x[1], np.array([0.3, 0.8]), order=2)


def test_the_gradient_is_the_slope_and_nothing_else():
    graph = trace(lambda x: excess(x[0]), 1)
    assert graph.cost().with_gradient == graph.cost().forward


def test_it_is_believed_in_reverse_and_forward_mode():
    assert grad(lie)(0.0) == 14.0
    assert hessian(lambda x: lie(x[0]))(np.array([np.pi / 2]))[0, 0] == pytest.approx(-14.0)


def test_the_value_keeps_its_bits():
    (value,) = compile(lambda x: lie(x[0]), 1, outputs=("value",))(np.array([0.3]))
    assert value == np.sin(0.3) * 2.0


def test_it_is_not_believed_where_another_input_varies_too():
    both = trace(lambda x: told(x[0] * x[1], x[0], x[1] * 7.0), 2)
    assert compile(both)(np.array([3.0, 5.0]))[1].tolist() == [5.0, 3.0]
    earlier = trace(lambda x: told(x[0] * np.exp(x[1]), np.exp(x[1]), x[0] * 7.0), 2)
    assert compile(earlier)(np.array([3.0, 0.0]))[1].tolist() == [1.0, 3.0]


def test_it_is_not_believed_where_one_asks_for_what_lies_inside():
    graph = trace(lambda x: lie(x[0]), 1)
    (sine,) = [node for node in graph.operations if node.primitive.name == "sin"]
    (by_sine,) = pull_back(graph.outputs, [constant(1.0)], [sine])
    assert by_sine.value == 2.0


def test_constants_and_numbers_are_told_in_vain():
    assert lie(0.0) == 0.0
    assert grad(lambda x: x + told(2.0 * x, 3.0, 5.0))(1.0) == 3.0


def test_pickled_graphs_still_know_it():
    graph = trace(lambda x: lie(x[0] + 1.0) * excess(x[0]), 1)
    again = pickle.loads(pickle.dumps(graph))
    x = np.array([0.2])
    assert compile(again)(x)[1].tolist() == compile(graph)(x)[1].tolist()
    assert pickle.loads(pickle.dumps(again)).cost() == graph.cost()
