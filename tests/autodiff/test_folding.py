"""What is simplified while recording never changes a bit."""

import itertools

import numpy as np
import pytest
from scipy import special

from simulator.autodiff import Graph, compile, derivative_graph, trace

SPECIAL = [0.0, -0.0, 5e-324, -1e-310, 1.0, -1.0, 0.1, -3.7, 1e308, -1e308, np.inf, -np.inf, np.nan]

ONE = {
    "double negation": lambda x: np.negative(-x[0]),
    "plus minus zero": lambda x: x[0] + -0.0,
    "minus zero": lambda x: x[0] - 0.0,
    "plus zero": lambda x: x[0] + 0.0,
    "zero plus": lambda x: 0 + x[0],
    "times one": lambda x: x[0] * 1.0,
    "times zero": lambda x: x[0] * 0.0,
    "times minus one": lambda x: x[0] * -1.0,
    "over one": lambda x: x[0] / 1.0,
    "over minus one": lambda x: x[0] / -1.0,
    "over four": lambda x: x[0] / 4.0,
    "over an eighth": lambda x: x[0] / 0.125,
    "over three": lambda x: x[0] / 3.0,
    "over zero": lambda x: x[0] / 0.0,
    "over infinity": lambda x: x[0] / np.inf,
    "negated product with a number": lambda x: -(x[0] * 3.7),
    "negative times a number": lambda x: (-x[0]) * 3.7,
    "negated quotient": lambda x: -(x[0] / 3.7) + -(3.7 / x[0]),
    "negative over a number": lambda x: (-x[0]) / 3.7,
    "to the first": lambda x: x[0] ** 1,
    "squared": lambda x: x[0] ** 2,
    "to the zeroth": lambda x: x[0] ** 0,
    "inverse power": lambda x: x[0] ** -1.0,
    "minus itself": lambda x: x[0] - x[0],
    "over itself": lambda x: x[0] / x[0],
}
TWO = {
    "plus negative": lambda x: x[0] + -x[1],
    "negative plus": lambda x: -x[0] + x[1],
    "minus negative": lambda x: x[0] - -x[1],
    "negative times": lambda x: (-x[0]) * x[1],
    "negative times negative": lambda x: (-x[0]) * (-x[1]),
    "negative over": lambda x: (-x[0]) / x[1] + x[0] / (-x[1]),
    "where of not": lambda x: np.where(np.logical_not(x[0] < x[1]), x[0], x[1]),
    "equal arms": lambda x: np.where(x[0] < x[1], x[0], x[0]),
    "and with itself": lambda x: np.where((x[0] < x[1]) & (x[0] < x[1]), x[0], x[1]),
}


def bits(a):
    a = np.asarray(a, dtype=float)
    return np.where(np.isnan(a), np.nan, a).tobytes()


@pytest.mark.parametrize("name", [*ONE, *TWO])
def test_a_folded_graph_gives_the_bits_of_the_unfolded_function(name):
    f = ONE.get(name) or TWO[name]
    size = 1 if name in ONE else 2
    points = np.array(list(itertools.product(SPECIAL, repeat=size))).T
    with np.errstate(all="ignore"):
        want = np.broadcast_to(f(points), points.shape[1:])
    for dialect in ("numpy", "python"):
        (got,) = compile(f, size, ("value",), dialect)(points)
        assert bits(got) == bits(want)


def written(f):
    """The one-output graph of two inputs a and b, as arithmetic, one operation a line."""
    lines = str(trace(f, 2, names=["a", "b"])).splitlines()[2:]
    return "; ".join(line.strip() for line in lines)


@pytest.mark.parametrize(
    ("f", "want"),
    [
        # identities leave nothing behind
        (lambda a, b: np.negative(-a), "return a"),
        (lambda a, b: a + -0.0, "return a"),
        (lambda a, b: -0.0 + a, "return a"),
        (lambda a, b: a - 0.0, "return a"),
        (lambda a, b: a * 1.0, "return a"),
        (lambda a, b: 1.0 * a, "return a"),
        (lambda a, b: a / 1.0, "return a"),
        (lambda a, b: a**1, "return a"),
        (lambda a, b: a**0, "return 1"),
        # what only looks like one stays
        (lambda a, b: a + 0.0, "v1 = a + 0; return v1"),
        (lambda a, b: a - -0.0, "v1 = a - -0; return v1"),
        (lambda a, b: a * 0.0, "v1 = a * 0; return v1"),
        (lambda a, b: a - a, "v1 = a - a; return v1"),
        (lambda a, b: a / 3.0, "v1 = a / 3; return v1"),
        (lambda a, b: a / 0.0, "v1 = a / 0; return v1"),
        (lambda a, b: a / np.inf, "v1 = a / inf; return v1"),
        (lambda a, b: a / 2.0**1000, f"v1 = a / {2.0**1000:.6g}; return v1"),
        (lambda a, b: a / 2.0**-1000, f"v1 = a / {2.0**-1000:.6g}; return v1"),
        (lambda a, b: a**-2, "v1 = a ** -2; return v1"),
        (lambda a, b: 2.0**a, "v1 = 2 ** a; return v1"),
        # powers that another operation rounds better
        (lambda a, b: a**2, "v1 = a * a; return v1"),
        (lambda a, b: a**-1.0, "v1 = 1 / a; return v1"),
        (lambda a, b: a**0.5, "v1 = sqrt(a); return v1"),
        # a quotient by a power of two is a product
        (lambda a, b: a / 4.0, "v1 = a * 0.25; return v1"),
        (lambda a, b: a / -0.125, "v1 = a * -8; return v1"),
        # a sign goes into a constant
        (lambda a, b: -(a * 3.7), "v1 = a * -3.7; return v1"),
        (lambda a, b: -(3.7 * a), "v1 = -3.7 * a; return v1"),
        (lambda a, b: -(a / 3.7), "v1 = a / -3.7; return v1"),
        (lambda a, b: -(3.7 / a), "v1 = -3.7 / a; return v1"),
        (lambda a, b: (-a) / 3.7, "v1 = a / -3.7; return v1"),
        (lambda a, b: (-a) * -1.0, "return a"),
        # or outwards through products and quotients
        (lambda a, b: a * -1.0, "v1 = -a; return v1"),
        (lambda a, b: (-a) * b, "v1 = a * b; v2 = -v1; return v2"),
        (lambda a, b: a * (-b), "v1 = b * a; v2 = -v1; return v2"),
        (lambda a, b: (-a) * (-b), "v1 = b * a; return v1"),
        (lambda a, b: (-a) / b, "v1 = a / b; v2 = -v1; return v2"),
        (lambda a, b: a / (-b), "v1 = a / b; v2 = -v1; return v2"),
        (lambda a, b: (-a) / (-b), "v1 = a / b; return v1"),
        # until a sum takes it up
        (lambda a, b: a + -b, "v1 = a - b; return v1"),
        (lambda a, b: -a + b, "v1 = b - a; return v1"),
        (lambda a, b: a - -b, "v1 = a + b; return v1"),
        # choices that are none
        (lambda a, b: np.where(a < b, a, a), "return a"),
        (lambda a, b: np.where(a < b, 2.0, 2.0), "return 2"),
        (lambda a, b: np.where(np.logical_not(a < b), a, b),
         "v1 = a < b; v2 = where(v1, b, a); return v2"),
        (lambda a, b: np.logical_not(np.logical_not(a < b)), "v1 = a < b; return v1"),
        (lambda a, b: (a < b) & (a < b), "v1 = a < b; return v1"),
        (lambda a, b: (a < b) & True, "v1 = a < b; return v1"),
        (lambda a, b: True & (a < b), "v1 = a < b; return v1"),
        (lambda a, b: (a < b) & False, "return False"),
    ],
)  # fmt: skip
def test_what_is_recorded_of_an_expression(f, want):
    assert written(lambda x: f(x[0], x[1])) == want


@pytest.mark.parametrize("name", ["plus zero", "times zero", "over three", "minus itself"])
def test_what_would_change_a_bit_is_not_folded(name):
    assert len(trace(ONE[name], 1)) == 1


def test_zeros_of_either_sign_and_truth_are_different_constants():
    graph = trace(lambda x: np.stack([x[0] * 0.0, x[0] * -0.0, np.where(x[0] > 0, True, 1.0)]), 1)
    value = compile(graph, outputs=("value",))(np.array([2.0]))[0]
    assert np.signbit(value).tolist() == [False, True, False]


def test_gradients_share_what_the_value_computed():
    graph = trace(lambda x: special.ndtr(x[0]) + np.exp(-0.5 * (x[0] * x[0])), 1)
    slope = derivative_graph(graph, "gradient")
    both = Graph(graph.inputs, (*graph.outputs, *slope.outputs))
    assert [node.primitive.name for node in both.operations].count("exp") == 1


ORDERLESS = {
    "add": lambda a, b: a + b,
    "multiply": lambda a, b: a * b,
    "hypot": lambda a, b: np.hypot(a, b),
    "logaddexp": lambda a, b: np.logaddexp(a, b),
    "logical_and": lambda a, b: np.where((a > 1.0) & (b > 2.0), a, b),
    "logical_or": lambda a, b: np.where((a > 1.0) | (b > 2.0), a, b),
}
TURNED = {
    "logical_and": lambda a, b: np.where((b > 2.0) & (a > 1.0), a, b),
    "logical_or": lambda a, b: np.where((b > 2.0) | (a > 1.0), a, b),
}


@pytest.mark.parametrize("name", ORDERLESS)
def test_operands_in_another_order_are_the_same_operation(name):
    one, other = ORDERLESS[name], TURNED.get(name, lambda a, b: ORDERLESS[name](b, a))
    graph = trace(lambda x: np.stack([one(x[0], x[1]), other(x[0], x[1])]), 2)
    assert graph.outputs[0].serial == graph.outputs[1].serial


@pytest.mark.parametrize("f", [np.subtract, np.divide, np.power, np.maximum, np.minimum])
def test_operands_whose_order_counts_are_kept_apart(f):
    # maximum and minimum hand the slope of a tie to their first operand.
    graph = trace(lambda x: np.stack([f(x[0], x[1]), f(x[1], x[0])]), 2)
    assert graph.outputs[0].serial != graph.outputs[1].serial
