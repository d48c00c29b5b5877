"""Nothing is shared that should not be: threads, exceptions, memory, pickles."""

import gc
import pickle
import threading
import weakref

import numpy as np
import pytest

from simulator.autodiff import compile, grad, hessian, primitive, trace
from simulator.autodiff.node import Node

DOUBLED_SINE = primitive(
    "doubled_sine", lambda x: 2.0 * np.sin(x), [lambda g, y, x: g * (2.0 * np.cos(x))]
)


def nodes_alive():
    return sum(isinstance(thing, Node) for thing in gc.get_objects())


def test_interleaved_nested_gradients_in_threads_do_not_mix():
    # The threads take turns step by step, each inside its own outer derivative at every turn.
    turns = [threading.Event() for _ in range(5)]
    results = {}

    def work(name, slope, mine, theirs):
        def f(x):
            mine[0].wait(20)
            inner = grad(lambda y: slope * y * y * x)(x)
            theirs[0].set()
            mine[1].wait(20)
            total = inner + grad(lambda y: y**3 * x)(x)
            theirs[1].set()
            return total

        results[name] = grad(f)(1.0)

    a = threading.Thread(target=work, args=("a", 1.0, (turns[0], turns[2]), (turns[1], turns[3])))
    b = threading.Thread(target=work, args=("b", 5.0, (turns[1], turns[3]), (turns[2], turns[4])))
    turns[0].set()
    a.start()
    b.start()
    a.join()
    b.join()
    # d/dx of 2·slope·x² + 3x³ at 1
    assert results == {"a": 13.0, "b": 29.0}


@pytest.mark.parametrize("where_it_fails", ["inner", "outer", "pull"])
def test_an_exception_anywhere_leaves_no_broken_state(where_it_fails):
    def spill(*_):
        raise RuntimeError("spilt")

    broken = primitive("broken", np.sin, [spill])

    def f(x):
        if where_it_fails == "outer":
            spill()
        if where_it_fails == "pull":
            return broken(x)
        return grad(lambda y: y * spill())(x)

    with pytest.raises(RuntimeError, match="spilt"):
        grad(f)(1.0)
    slope = grad(lambda x: grad(lambda y: x * y * y)(3.0))(2.0)
    assert (slope, type(slope)) == (6.0, float)


def test_graphs_are_freed_without_the_garbage_collector():
    gc.collect()
    gc.disable()
    try:
        before = nodes_alive()
        grad(lambda x: np.sin(x) * x)(1.0)
        hessian(lambda x: x[0] ** 2 * x[1])(np.array([1.0, 2.0]))
        graph = trace(lambda x: np.exp(x[0]), 1)
        gone = weakref.ref(graph)
        compile(graph)(np.array([1.0]))
        del graph
        assert gone() is None
        assert nodes_alive() == before
    finally:
        gc.enable()


def test_a_failed_derivative_keeps_nothing_alive():
    gc.collect()
    before = nodes_alive()
    with pytest.raises(FloatingPointError):
        grad(lambda x: np.log(x) * np.sin(x))(-1.0)
    gc.collect()
    assert nodes_alive() == before


def test_gradients_taken_twice_are_the_same():
    f = grad(lambda x: np.sum(np.sin(x) ** 2))
    x = np.array([0.3, 0.4])
    assert f(x).tolist() == f(x).tolist()


def test_a_graph_with_a_users_primitive_survives_pickling():
    graph = trace(lambda x: DOUBLED_SINE(x[0]) * x[1], 2, names=["a"])
    again = pickle.loads(pickle.dumps(graph))
    assert compile(again)(np.array([1.0, 2.0]))[1].tolist() == (
        compile(graph)(np.array([1.0, 2.0]))[1].tolist()
    )


def test_a_primitive_that_no_module_holds_cannot_be_pickled_and_says_what_to_do():
    nameless = primitive("nameless", np.sin, [lambda g, y, x: g * np.cos(x)])
    with pytest.raises(pickle.PicklingError, match=r"'nameless' .*assign it at the top level of"):
        pickle.dumps(trace(lambda x: nameless(x[0]), 1))


def test_pickled_derivatives_keep_lines_and_names():
    graph = trace(lambda x: (np.log(x[0]), {"sourness": np.log(x[0])}), 1, has_aux=True)
    again = pickle.loads(pickle.dumps(graph))
    assert again.operations[0].origin == graph.operations[0].origin
    assert again.name(again.outputs[0]) == "sourness"
    assert str(again) == str(graph)


def test_not_a_number_and_infinity_survive_pickling():
    graph = trace(lambda x: np.stack([x[0] * np.nan, x[0] * np.inf, x[0] * -0.0]), 1)
    (values,) = compile(pickle.loads(pickle.dumps(graph)), outputs=("value",))(np.array([1.0]))
    assert np.array_equal(values, [np.nan, np.inf, -0.0], equal_nan=True)
    assert np.signbit(values[2])


def test_a_traced_value_that_escapes_is_refused_when_compiled():
    leaked = []
    trace(lambda x: leaked.append(x[0]) or x[0], 1)
    with pytest.raises(ValueError, match="from outside its inputs"):
        compile(lambda x: x[0] * leaked[0], 1)
