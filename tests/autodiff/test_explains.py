"""The engine explains itself: printing, walking, drawing, counting."""

import json
import math
from functools import reduce

import numpy as np
import pytest

from simulator.autodiff import grad, trace
from simulator.autodiff.walk import Backward, Forward


def cup(x):
    strength = x[0] * x[1]
    score = np.exp(-strength) + np.maximum(x[1], 0.5)
    return score, {"strength": strength, "score": score}


GRAPH = trace(cup, 2, names=["dose", "time"], has_aux=True)


def test_a_graph_prints_like_arithmetic_with_names():
    assert str(GRAPH).splitlines() == [
        "graph of 2 inputs, 5 operations, 1 output",
        "  dose, time = inputs",
        "  strength = dose * time",
        "  v2 = -strength",
        "  v3 = exp(v2)",
        "  v4 = max(time, 0.5)",
        "  score = v3 + v4",
        "  return score",
    ]


@pytest.mark.parametrize("operations", [199, 200, 201, 999])
def test_of_a_long_graph_the_two_ends_are_printed(operations):
    graph = trace(lambda x: reduce(lambda v, _: np.sin(v), range(operations), x[0]), 1)
    head, inputs, *body, returned = str(graph).splitlines()
    assert head == f"graph of 1 input, {operations} operations, 1 output"
    assert inputs == "  x0 = inputs"
    assert returned == f"  return v{operations}"
    if operations > 200:
        assert body.pop(100) == f"  … {operations - 200} more operations …"
        assert body[100].startswith(f"  v{operations - 99} = ")
    assert len(body) == min(operations, 200)
    assert body[-1] == f"  v{operations} = sin(v{operations - 1})"


def test_the_walk_goes_forward_then_backward_and_shows_what_is_handed_on():
    steps = list(GRAPH.walk([2.0, 3.0]))
    forward = [step for step in steps if isinstance(step, Forward)]
    backward = steps[len(forward) :]
    assert all(isinstance(step, Backward) for step in backward)
    assert [step.name for step in forward if step.name] == ["dose", "time", "strength", "score"]
    assert forward[2].operands == (2.0, 3.0)
    assert forward[2].value == 6.0
    by_name = {step.name: step for step in backward if step.name}
    assert by_name["score"].adjoint == 1.0
    assert by_name["strength"].adjoint == pytest.approx(-math.exp(-6.0))
    assert by_name["strength"].partials == (3.0, 2.0)
    shares = by_name["strength"].shares
    assert shares == pytest.approx((-3.0 * math.exp(-6.0), -2.0 * math.exp(-6.0)))


def test_the_walk_ends_with_the_gradient():
    steps = [s for s in GRAPH.walk([2.0, 3.0]) if isinstance(s, Backward)]
    adjoints = {s.name: s.adjoint for s in steps}
    slopes = grad(lambda x: cup(x)[0])(np.array([2.0, 3.0]))
    assert [adjoints["dose"], adjoints["time"]] == pytest.approx(slopes.tolist(), rel=1e-15)


def test_the_walk_hands_nothing_to_a_branch_not_taken():
    graph = trace(lambda x: np.where(x[0] > 0.0, x[0], np.sqrt(x[0])), 1)
    last = [s for s in graph.walk([4.0]) if isinstance(s, Backward)][-1]
    assert last.adjoint == 1.0


def test_the_dictionary_is_json_and_rebuilds_the_arithmetic():
    data = json.loads(json.dumps(GRAPH.to_dict()))
    values = {}
    for node, x in zip(data["inputs"], (2.0, 3.0), strict=True):
        values[node] = x
    for node in data["nodes"]:
        if node["operation"] == "constant":
            values[node["id"]] = node["value"]
        elif node["operation"] != "input":
            function = getattr(np, node["operation"])
            values[node["id"]] = function(*[values[p] for p in node["parents"]])
    assert values[data["outputs"][0]] == cup([2.0, 3.0])[0]
    named = {name for node in data["nodes"] for name in node["names"]}
    assert named == {"dose", "time", "strength", "score"}
    assert all("test_explains.py" in n["line"] for n in data["nodes"] if n["names"])


def test_infinite_constants_stay_readable_in_json():
    graph = trace(lambda x: np.minimum(x[0], np.inf), 1)
    assert "inf" in json.dumps(graph.to_dict(), allow_nan=False)


def test_dot_has_a_box_per_node_and_an_arrow_per_operand():
    text = GRAPH.to_dot()
    assert text.startswith("digraph {")
    assert text.count("[label=") == len(GRAPH.nodes)
    assert text.count("->") == sum(len(n.parents) for n in GRAPH.operations)


def test_a_notebook_shows_escaped_html():
    graph = trace(lambda x: np.where(x[0] < x[1], x[0], x[1]), 2)
    assert "x0 &lt; x1" in graph._repr_html_()


def test_the_cost_report_counts_shared_operations_once():
    cost = trace(lambda x: np.exp(x[0]) * x[1], 2).cost()
    assert (cost.forward, cost.with_gradient, cost.with_hessian) == (2, 2, 2)
    assert cost.kinds == {"exp": 1, "multiply": 1}
    assert str(cost) == (
        "2 operations forward, 2 with the gradient (1.0×), 2 with the Hessian (1.0×)"
    )


def test_the_cost_of_several_outputs_has_no_hessian():
    cost = trace(lambda x: np.stack([x[0] * x[1], np.sin(x[0])]), 2).cost()
    assert cost.with_hessian is None
    assert cost.with_gradient == 3


def test_data_inputs_cost_no_derivatives():
    graph = trace(lambda x: np.sin(x[0]) * np.exp(x[1] * x[1]), 2)
    assert graph.cost(parameters=1).with_gradient < graph.cost().with_gradient
