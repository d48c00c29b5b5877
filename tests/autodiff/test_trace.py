"""Tracing: what becomes a graph, what is refused, and how a graph is kept."""

import pickle
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from simulator import autodiff
from simulator.autodiff import compile, derivative_graph, grad, trace


def test_equal_operations_are_recorded_once():
    graph = trace(lambda x: np.exp(x[0]) + np.exp(x[0]) * (x[1] * x[0]) - x[0] * x[1], 2)
    assert [node.primitive.name for node in graph.operations].count("exp") == 1
    assert [node.primitive.name for node in graph.operations].count("multiply") == 2


def test_constants_are_folded():
    graph = trace(lambda x: x[0] * (np.exp(2.0) * np.sqrt(9.0)), 1)
    assert len(graph) == 1


@pytest.mark.parametrize("value", [np.nan, np.inf, -0.0])
def test_folding_keeps_special_values(value):
    (result,) = compile(lambda x: x[0] * 0.0 + (x[0] + 0.0) * 1.0, 1, ("value",))(np.array([value]))
    expected = value * 0.0 + (value + 0.0) * 1.0
    assert np.array([result]).tobytes() == np.array([expected]).tobytes() or np.isnan(expected)


def test_adding_zero_is_not_folded_because_minus_zero_would_change():
    (result,) = compile(lambda x: x[0] + 0.0, 1, ("value",))(np.array([-0.0]))
    assert np.signbit(result) == np.signbit(-0.0 + 0.0)


def test_nodes_know_the_line_that_made_them():
    graph = trace(lambda x: np.log(x[0]), 1)
    origin = graph.operations[0].origin
    assert origin.file == __file__
    assert "np.log(x[0])" in Path(__file__).read_text().splitlines()[origin.line - 1]


def test_names_come_from_field_paths():
    @dataclass
    class Cup:
        strength: Any

    graph = trace(lambda x: (x[0] * 2.0, {"cup": Cup(x[0] * 2.0)}), 1, names=["dose"], has_aux=True)
    assert graph.name(graph.outputs[0]) == "cup.strength"
    assert graph.name(graph.inputs[0]) == "dose"


def test_branching_while_tracing_is_refused_with_the_line():
    def f(x):
        return x[0] if x[0] > 0 else -x[0]

    with pytest.raises(
        TypeError, match=r"test_trace\.py:\d+: Python has to branch here.*np\.where"
    ):
        trace(f, 1)


def test_conversion_to_float_is_refused_with_the_line():
    with pytest.raises(TypeError, match=r"test_trace\.py:\d+.*gradient would be lost"):
        trace(lambda x: float(x[0]), 1)


def test_unsupported_function_names_itself_the_line_and_the_way_out():
    with pytest.raises(TypeError, match=r"test_trace\.py:\d+: np\.interp.*np\.where"):
        trace(lambda x: np.interp(x[0], [0.0, 1.0], [2.0, 3.0]), 1)


def test_nan_to_num_does_not_pass_silently():
    with pytest.raises(TypeError, match="nan_to_num"):
        trace(lambda x: np.nan_to_num(x), 2)


def test_graph_survives_pickling():
    graph = trace(lambda x: np.exp(x[0]) * x[1] + 3.0, 2, names=["a", "b"])
    again = pickle.loads(pickle.dumps(graph))
    x = np.array([0.3, 0.7])
    assert compile(again)(x)[1].tolist() == compile(graph)(x)[1].tolist()
    assert again.name(again.inputs[1]) == "b"


def test_deep_graphs_need_no_recursion():
    def f(x):
        y = x[0]
        for _ in range(20_000):
            y = np.sin(y)
        return y

    graph = trace(f, 1)
    value, gradient = compile(graph)(np.array([1.0]))
    expected, slope = 1.0, 1.0
    for _ in range(20_000):
        slope *= np.cos(expected)
        expected = np.sin(expected)
    assert value == pytest.approx(expected, rel=1e-12)
    assert gradient[0] == pytest.approx(slope, rel=1e-9)
    assert len(pickle.loads(pickle.dumps(graph))) == 20_000


def test_a_quantity_may_have_several_names():
    graph = trace(lambda x: (x[0] * 2.0, {"cup": x[0] * 2.0, "mug": x[0] * 2.0}), 1, has_aux=True)
    assert graph.names[graph.outputs[0].serial] == ("cup", "mug")


def test_the_line_is_the_users_even_when_numpy_does_the_work():
    graph = trace(lambda x: np.average(np.linalg.norm(x.reshape(2, 2), axis=0) ** 2), 4)
    assert {node.origin.file for node in graph.operations} == {__file__}


def test_a_derivative_has_the_line_of_what_it_is_the_derivative_of():
    graph = trace(lambda x: np.sin(x[0]) * 2.0, 1)
    lines = {node.origin for node in derivative_graph(graph, "gradient").operations}
    assert lines == {graph.operations[0].origin}


def test_more_names_than_inputs_are_refused():
    with pytest.raises(ValueError, match="2 names for 1 inputs: a, b"):
        trace(lambda x: x[0], 1, names=["a", "b"])


def test_the_room_shows_what_it_promises():
    assert set(autodiff.__all__) == {
        "GradientMismatch", "Graph", "Node", "Nonfinite", "NonfiniteError", "Steps", "TracedArray",
        "Walk", "check_gradient", "compile", "compile_steps", "derivative_graph", "diagnose",
        "elementwise_grad", "grad", "hessian", "hvp", "jacobian", "jvp", "primitive", "source",
        "trace", "value_and_grad", "vjp", "where",
    }  # fmt: skip
    assert all(hasattr(autodiff, name) for name in autodiff.__all__)


def test_a_constant_has_no_name_of_its_own():
    def f(x):
        return x[0] * 2.0, {"cup": x[0] * 2.0, "price": x[0] ** 0.0}

    graph = trace(f, 1, has_aux=True)
    assert [name for names in graph.names.values() for name in names] == ["cup"]


def test_an_inner_variable_is_written_as_the_outer_one_it_stands_for():
    graph = trace(lambda x: grad(lambda y: y * y * x[1])(x[0]), 2, names=["dose", "milk"])
    assert "dose" in str(graph)
    assert "identity" not in str(graph)
