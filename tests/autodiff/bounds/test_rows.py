"""Every primitive's bounds hold its exact values: at points, where rounding shows, and over boxes."""

import os

import numpy as np
import pytest

from simulator.autodiff import TABLE, compile, trace
from simulator.autodiff.bounds import Bounds, bound
from simulator.autodiff.bounds.table import BOUNDS

LINE = [(-30.0, 30.0), (-2.0, 2.0), (-1e-3, 1e-3)]
RIGHT = [(1e-3, 30.0), (0.5, 2.0), (1e-12, 1e-3)]
WIDE = [*LINE, (-700.0, 700.0)]
UNIT = [(-1.0, 1.0), (0.9, 1.0), (-1e-3, 1e-3)]


def _cases():
    """Name -> (function of a vector, ranges that each operand is drawn from)."""
    one = {
        "negative": LINE, "exp": WIDE, "expm1": WIDE, "exp2": WIDE, "log": [*RIGHT, (1e-300, 1e300)],
        "log1p": [*RIGHT, (-0.999, 1.0)], "log2": RIGHT, "log10": RIGHT, "sqrt": [*RIGHT, (0.0, 1e300)],
        "cbrt": LINE, "sin": [*LINE, (-1e6, 1e6)], "cos": [*LINE, (-1e6, 1e6)], "tan": LINE,
        "arcsin": UNIT, "arccos": UNIT, "arctan": LINE, "sinh": WIDE, "cosh": WIDE, "tanh": LINE,
        "arcsinh": LINE, "arccosh": [(1.0, 2.0), (1.0, 1e6)], "arctanh": UNIT, "absolute": LINE,
        "sign": LINE, "floor": LINE, "ceil": LINE, "trunc": LINE, "rint": LINE, "erf": LINE,
        "erfc": [*LINE, (-5.0, 26.0)], "erfcx": [(-20.0, 100.0), (-2.0, 2.0)],
        "ndtr": [*LINE, (-37.0, 8.0)], "log_ndtr": LINE, "expit": [*LINE, (-700.0, 40.0)],
        "logit": [(0.0, 1.0), (0.49, 0.51), (1e-300, 1e-3)], "log_expit": WIDE,
        "gammaln": [*RIGHT, (1.0, 2.0)], "digamma": [*RIGHT, (1.46, 1.463)],
    }  # fmt: skip
    two = {
        "add": LINE, "subtract": LINE, "multiply": LINE, "divide": LINE, "hypot": LINE,
        "logaddexp": LINE, "maximum": LINE, "minimum": LINE, "arctan2": LINE,
        "remainder": [(-3.0, 3.0), (0.1, 2.0)], "fmod": [(-3.0, 3.0), (0.1, 2.0)],
        "floor_divide": [(-3.0, 3.0), (0.1, 2.0)], "xlogy": RIGHT,
        "xlog1py": [(-0.999, 3.0), (-1e-3, 1e-3)],
    }  # fmt: skip
    cases = {name: (lambda x, f=TABLE[name]: f(x[0]), [ranges]) for name, ranges in one.items()}
    for name, second in two.items():
        cases[name] = lambda x, f=TABLE[name]: f(x[0], x[1]), [LINE, second]
    cases["power"] = lambda x: x[0] ** x[1], [RIGHT, LINE]
    for n in (3.0, 4.0, -2.0, -3.0):
        cases[f"power {n:g}"] = lambda x, n=n: x[0] ** n, [LINE]
    for n in (0.65, 1.5, -0.35):
        cases[f"power {n:g}"] = lambda x, n=n: x[0] ** n, [RIGHT]
    for n in (1.0, 2.0, 3.0):
        cases[f"polygamma {n:g}"] = lambda x, n=n: TABLE["polygamma"](n, x[0]), [RIGHT]
    cases["square"] = lambda x: x[0] * x[0], [LINE]
    cases["where"] = lambda x: np.where(x[0] > 0.3, x[0], 2.0 - x[0]), [UNIT]
    return cases


CASES = _cases()
POINTS = 5_000 if os.environ.get("SOAK") else 60
BOXES = 20_000 if os.environ.get("SOAK") else 400


def drawn(operands, count, seed):
    """Points, shape (operands, count): each number from one of its operand's ranges, ends included."""
    rng = np.random.default_rng(seed)
    rows = []
    for ranges in operands:
        ends = np.array(ranges)[rng.integers(len(ranges), size=count)]
        place = np.clip(rng.uniform(-0.05, 1.05, count), 0.0, 1.0)
        rows.append(np.clip(ends[:, 0] + place * (ends[:, 1] - ends[:, 0]), ends[:, 0], ends[:, 1]))
    return np.array(rows)


def domain_of(operands):
    return [(min(a for a, _ in ranges), max(b for _, b in ranges)) for ranges in operands]


def test_every_primitive_of_numbers_is_tried():
    tried = {name.split()[0] for name in CASES} - {"square"}
    numbers = {name for name, p in TABLE.items() if not p.truth} - {"identity"}
    assert tried == numbers
    assert set(BOUNDS) == numbers - {"where"}


@pytest.mark.parametrize("domain", [False, True], ids=["anywhere", "domain"])
@pytest.mark.parametrize("name", CASES)
def test_bounds_at_a_point_hold_the_exact_value(name, domain, exact, outside):
    function, operands = CASES[name]
    graph = trace(function, len(operands))
    bounds = bound(graph, domain=domain_of(operands) if domain else None, centred=False)
    x = drawn(operands, POINTS, seed=sum(map(ord, name)))
    (value,) = bounds(x, x)
    wrong = [
        x[:, j]
        for j in range(POINTS)
        if outside(Bounds(value.lower[j], value.upper[j], True), exact(graph, x[:, j]))
    ]
    assert not wrong


@pytest.mark.parametrize("name", CASES)
def test_bounds_over_a_box_hold_the_values_inside(name):
    function, operands = CASES[name]
    graph = trace(function, len(operands))
    value = compile(graph, outputs=("value",), dialect="numpy")
    a = drawn(operands, BOXES, seed=1)
    b = np.where(
        np.random.default_rng(2).random(a.shape) < 0.5, drawn(operands, BOXES, seed=3), a * 1.01
    )
    low, high = np.minimum(a, b), np.maximum(a, b)
    for domain in (None, [(-1.1e300, 1.1e300)] * len(operands)):
        (bounds,) = bound(graph, domain=domain, centred=False)(low, high)
        for share in np.random.default_rng(4).random((20, *a.shape)):
            inside = np.clip(low + share * (high - low), low, high)
            (values,) = value(inside)
            assert not np.any((values < bounds.lower) | (values > bounds.upper))
