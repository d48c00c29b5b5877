"""Emitted programs: both dialects against each other and against plain NumPy."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special

from simulator.autodiff import NonfiniteError, compile, grad, hessian, primitive, trace
from simulator.autodiff.dialects import python_dialect
from simulator.autodiff.dialects.program import linearize

POINTS = st.lists(st.floats(-3.0, 3.0), min_size=3, max_size=3).map(np.array)


def model(x):
    warm = np.exp(0.3 * x[0]) + special.expit(x[1] * x[2])
    return np.where(x[0] > x[1], warm * np.tanh(x[2]), np.log1p(warm)) + special.ndtr(x[2]) ** 1.3


@settings(max_examples=50, deadline=None)
@given(POINTS)
def test_dialects_agree_with_each_other_and_with_numpy(x):
    outputs = ("value", "gradient", "hessian")
    by_python = compile(model, 3, outputs, "python")(x)
    by_numpy = compile(model, 3, outputs, "numpy")(x)
    assert by_python[0] == pytest.approx(float(model(x)), rel=1e-14)
    for a, b in zip(by_python, by_numpy, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(by_python[2], hessian(model)(x), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("dialect", ["python", "numpy"])
def test_shapes_of_one_recipe_and_of_a_batch(dialect):
    f = compile(model, 3, ("value", "gradient", "hessian"), dialect)
    assert [a.shape for a in f(np.ones(3))] == [(), (3,), (3, 3)]
    assert [a.shape for a in f(np.ones((3, 7)))] == [(7,), (3, 7), (3, 3, 7)]
    assert [a.shape for a in f(np.ones((3, 0)))] == [(0,), (3, 0), (3, 3, 0)]


@pytest.mark.parametrize("dialect", ["python", "numpy"])
def test_a_columns_bits_do_not_depend_on_its_batch(dialect):
    f = compile(model, 3, dialect=dialect)
    x = np.random.default_rng(7).uniform(-2, 2, (3, 37))
    _, together = f(x)
    alone = np.stack([f(x[:, j])[1] for j in range(37)], axis=1)
    assert together.tobytes() == alone.tobytes()


def test_batches_longer_than_a_block_are_cut_and_joined():
    f = compile(model, 3, ("value",), "numpy")
    x = np.random.default_rng(8).uniform(-2, 2, (3, 20_000))
    np.testing.assert_allclose(f(x)[0], model(x), rtol=1e-14, atol=1e-15)


@pytest.mark.parametrize(
    ("function", "x"),
    [
        (lambda x: np.log(x[0]), 0.0),
        (lambda x: np.log(x[0]), -1.0),
        (lambda x: np.exp(x[0]), 1000.0),
        (lambda x: 1.0 / x[0], 0.0),
        (lambda x: x[0] ** (1.0 / 3.0), -8.0),
        (lambda x: special.expit(x[0]), -1000.0),
        (lambda x: np.sin(x[0]), np.inf),
    ],
)
def test_python_dialect_returns_ieee_values_where_python_raises(function, x):
    point = np.array([x])
    by_python = compile(function, 1)(point)
    with np.errstate(all="ignore"):
        np.testing.assert_equal(float(by_python[0]), float(function(point)))
    np.testing.assert_array_equal(by_python[1], compile(function, 1, dialect="numpy")(point)[1])


def test_vector_functions_have_jacobians():
    f = compile(lambda x: np.stack([x[0] * x[1], x[0] + 3.0]), 2, ("value", "jacobian"))
    value, jacobian = f(np.array([2.0, 5.0]))
    assert value.tolist() == [10.0, 5.0]
    assert jacobian.tolist() == [[5.0, 2.0], [1.0, 0.0]]


def test_gradient_of_a_vector_function_is_refused():
    with pytest.raises(TypeError, match="ask for 'jacobian'"):
        compile(lambda x: x * 2.0, 2)


def test_wrong_shape_is_refused():
    with pytest.raises(ValueError, match=r"expected an array of shape \(3,\)"):
        compile(model, 3)(np.ones(4))


def test_unknown_dialect_is_refused():
    with pytest.raises(ValueError, match="no dialect 'fortran'"):
        compile(model, 3, dialect="fortran")


def test_long_programs_are_cut_into_chunks_that_agree():
    def f(x):
        y = x[0]
        for i in range(7000):
            y = np.sin(y) + x[1] * (i % 3)
        return y

    graph = trace(f, 2)
    x = np.array([0.4, 0.01])
    for a, b in zip(compile(graph)(x), compile(graph, dialect="numpy")(x), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-9)
    assert float(compile(graph, outputs=("value",))(x)[0]) == pytest.approx(float(f(x)), rel=1e-12)


def test_data_inputs_are_not_differentiated_by():
    f = compile(lambda x: x[0] ** 2 * x[1], 2, ("value", "gradient", "hessian"), parameters=1)
    value, gradient, hessian = f(np.array([3.0, 5.0]))
    assert value == 45.0
    assert gradient.tolist() == [30.0]
    assert hessian.tolist() == [[10.0]]


@pytest.mark.parametrize("dialect", ["python", "numpy"])
def test_functions_without_operations_compile(dialect):
    value, slope = compile(lambda x: 3.0, 2, dialect=dialect)(np.ones((2, 3)))
    assert value.tolist() == [3.0] * 3
    assert slope.tolist() == [[0.0] * 3] * 2
    (value,) = compile(lambda x: x[1], 2, "value", dialect)(np.array([1.0, 2.0]))
    assert value == 2.0


def test_results_can_be_written_to_and_do_not_share_memory_between_calls():
    f = compile(model, 3)
    first, second = f(np.ones(3)), f(np.zeros(3))
    first[1][:] = 7.0
    assert not np.shares_memory(first[1], second[1])
    assert f(np.ones(3))[1].tolist() != [7.0] * 3


def test_lists_and_integers_are_accepted():
    assert compile(lambda x: x[0] * x[1], 2)([2, 3])[1].tolist() == [3.0, 2.0]


def test_outputs_share_what_they_have_in_common():
    program = linearize(trace(model, 3))
    assert len(program.instructions) == len(set(map(str, program.instructions)))


@pytest.mark.parametrize("names", [["a", "a"], ["grind", "milk", "grind"]])
def test_two_inputs_of_the_same_name_are_refused(names):
    with pytest.raises(ValueError, match="cannot both be called"):
        compile(model, 3, names=names)


def test_names_are_those_of_error_messages():
    f = compile(lambda x: np.log(x[0]), 1, "value", nonfinite="raise", names=["milk"])
    with pytest.raises(NonfiniteError, match="reached from milk = 0"):
        f(np.array([0.0]))


def test_a_function_without_a_size_and_a_graph_with_other_names_are_refused():
    with pytest.raises(TypeError, match="say how many numbers go in"):
        compile(model)
    with pytest.raises(TypeError, match="a graph has its own names"):
        compile(trace(model, 3), names=["a", "b", "c"])


def test_an_output_or_a_way_out_of_nan_that_is_none_is_refused():
    with pytest.raises(ValueError, match="no output 'jacobi'; there are 'value', 'gradient'"):
        compile(model, 3, ("value", "jacobi"))
    with pytest.raises(ValueError, match="nonfinite is 'return' or 'raise', not 'ignore'"):
        compile(model, 3, nonfinite="ignore")


def test_numbers_for_another_count_of_inputs_are_refused_step_by_step_too():
    with pytest.raises(ValueError, match="the graph has 3 inputs, got 2 numbers"):
        list(trace(model, 3).walk([1.0, 2.0]))


def test_a_cost_is_told_with_what_there_is_of_derivatives():
    one = trace(lambda x: x[0] * np.exp(x[1]), 2)
    two = trace(lambda x: np.stack([x[0] * x[1], np.exp(x[0])]), 2)
    assert str(one.cost()).startswith("2 operations forward, ")
    assert ("with the Hessian (" in str(one.cost()), "Hessian" in str(two.cost())) == (True, False)
    assert two.cost().with_hessian is None


def test_a_graph_of_another_size_is_refused():
    with pytest.raises(ValueError, match="size is 2, but the graph has 3"):
        compile(trace(model, 3), 2)


@pytest.mark.parametrize("dialect", ["python", "numpy"])
def test_a_derivative_inside_a_model_compiles(dialect):
    # The inner variables stand for the outer ones: they are aliases, and no operations.
    steepness = trace(lambda x: grad(lambda y: y[0] ** 3 * x[1])(x)[0] * x[1], 2)
    value, gradient = compile(steepness, dialect=dialect)(np.array([2.0, 0.5]))
    assert value == pytest.approx(3.0 * 4.0 * 0.25)
    assert gradient == pytest.approx([6.0 * 2.0 * 0.25, 3.0 * 4.0 * 2.0 * 0.5])


@pytest.mark.parametrize("dialect", ["python", "numpy"])
def test_what_numpy_would_warn_of_is_an_ieee_value_without_a_warning(dialect):
    logarithm = primitive("own_log", np.log, [lambda g, y, x: g / x])
    f = compile(lambda x: logarithm(x[0] - 2.0) * 3.0, 1, ("value",), dialect)
    assert np.isnan(f(np.array([1.0]))[0])
    assert f(np.array([2.0]))[0] == -np.inf
    assert f(np.array([3.0]))[0] == 0.0


@pytest.mark.parametrize("length", [1, 2, 3, 7])
def test_functions_of_a_few_lines_each_give_the_bits_of_one(monkeypatch, length):
    def f(x):
        v = [np.sin(x[0]), np.exp(x[1])]
        for k in range(12):
            v.append(v[-1] * v[-2] + v[k // 2] - v[-1] / (1.5 + v[-2] ** 2))
        return v[-1] * x[0] + v[3]

    outputs = ("value", "gradient")
    whole = compile(f, 2, outputs, "python")
    monkeypatch.setattr(python_dialect, "CHUNK_LINES", length)
    cut = compile(f, 2, outputs, "python")
    for x in (np.array([0.3, -1.2]), np.array([-2.0, 0.5])):
        for a, b in zip(whole(x), cut(x), strict=True):
            assert np.asarray(a).tobytes() == np.asarray(b).tobytes()


def test_a_negative_number_is_one_operand_in_any_spelling():
    power = primitive(
        "own_power",
        lambda a, b: a**b,
        [None, lambda g, y, a, b: g * y],
        spelling={"python": "{0} ** {1}"},
    )
    f = compile(lambda x: power(-2.0, x[0]), 1, ("value",), "python")
    assert f(np.array([2.0]))[0] == 4.0
    assert f(np.array([3.0]))[0] == -8.0
