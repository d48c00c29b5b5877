"""Every primitive against mpmath (ordinary arguments) and against NumPy and SciPy (special ones)."""

import itertools
import math

import mpmath
import numpy as np
import pytest
from mpmath import mpf

from simulator.autodiff import compile, grad, trace
from simulator.autodiff.primitives import BY_UFUNC, TABLE

POSITIVE = [0.001, 0.1, 0.3, 0.9, 1.1, 1.46, 2.0, 4.7, 12.3, 30.0]
REAL = [-x for x in POSITIVE] + POSITIVE
UNIT = [0.001, 0.1, 0.4, 0.6, 0.9, 0.999]
SYMMETRIC = [-x for x in UNIT] + UNIT
ABOVE_MINUS_ONE = [-x for x in UNIT] + POSITIVE
TAILS = [-30.0, -12.3, -4.7, -2.0, -1.1, -0.9, -0.3, 0.1, 0.7, 0.83, 1.1, 2.0, 4.7, 8.0]


def pairs(first, second):
    return list(itertools.product(first, second))


def normal(x):
    return mpmath.erfc(-x / mpmath.sqrt(2)) / 2


#: name → (exact function, arguments)
EXACT = {
    "add": (lambda a, b: a + b, pairs(REAL, REAL)),
    "subtract": (lambda a, b: a - b, pairs(REAL, REAL)),
    "multiply": (lambda a, b: a * b, pairs(REAL, REAL)),
    "divide": (lambda a, b: a / b, pairs(REAL, REAL)),
    "negative": (lambda x: -x, REAL),
    "absolute": (abs, REAL),
    "power": (lambda a, b: a**b, pairs(POSITIVE, REAL)),
    "remainder": (lambda a, b: a - b * mpmath.floor(a / b), pairs(REAL, POSITIVE)),
    "fmod": (lambda a, b: mpmath.sign(a) * mpmath.fmod(abs(a), b), pairs(REAL, POSITIVE)),
    "floor_divide": (lambda a, b: mpmath.floor(a / b), pairs(REAL, POSITIVE)),
    "floor": (mpmath.floor, REAL),
    "ceil": (mpmath.ceil, REAL),
    "rint": (mpmath.nint, REAL),
    "sign": (mpmath.sign, REAL),
    "maximum": (max, pairs(REAL, REAL)),
    "minimum": (min, pairs(REAL, REAL)),
    "exp": (mpmath.exp, REAL),
    "expm1": (mpmath.expm1, REAL),
    "exp2": (lambda x: mpf(2) ** x, REAL),
    "log": (mpmath.log, POSITIVE),
    "log1p": (mpmath.log1p, ABOVE_MINUS_ONE),
    "log2": (lambda x: mpmath.log(x, 2), POSITIVE),
    "log10": (mpmath.log10, POSITIVE),
    "sqrt": (mpmath.sqrt, POSITIVE),
    "cbrt": (lambda x: mpmath.sign(x) * mpmath.cbrt(abs(x)), REAL),
    "hypot": (mpmath.hypot, pairs(REAL, REAL)),
    "sin": (mpmath.sin, REAL),
    "cos": (mpmath.cos, REAL),
    "tan": (mpmath.tan, REAL),
    "arcsin": (mpmath.asin, SYMMETRIC),
    "arccos": (mpmath.acos, SYMMETRIC),
    "arctan": (mpmath.atan, REAL),
    "arctan2": (mpmath.atan2, pairs(REAL, REAL)),
    "sinh": (mpmath.sinh, REAL),
    "cosh": (mpmath.cosh, REAL),
    "tanh": (mpmath.tanh, REAL),
    "arcsinh": (mpmath.asinh, REAL),
    "arccosh": (mpmath.acosh, [1.0 + x for x in POSITIVE]),
    "arctanh": (mpmath.atanh, SYMMETRIC),
    "erf": (mpmath.erf, REAL),
    "erfc": (mpmath.erfc, [-x for x in TAILS]),
    "erfcx": (lambda x: mpmath.exp(x * x) * mpmath.erfc(x), [-4.7, -1.1, -0.1, *POSITIVE]),
    "ndtr": (normal, TAILS),
    "log_ndtr": (lambda x: mpmath.log(normal(x)), TAILS),
    "expit": (lambda x: 1 / (1 + mpmath.exp(-x)), REAL),
    "logit": (lambda x: mpmath.log(x / (1 - x)), UNIT),
    "log_expit": (lambda x: -mpmath.log1p(mpmath.exp(-x)), REAL),
    "gammaln": (lambda x: mpmath.log(mpmath.gamma(x)), [0.72, 1.44, 1.5, 1.999, *POSITIVE]),
    "digamma": (mpmath.digamma, POSITIVE),
    "xlogy": (lambda a, b: a * mpmath.log(b), pairs(REAL, POSITIVE)),
    "xlog1py": (lambda a, b: a * mpmath.log1p(b), pairs(REAL, ABOVE_MINUS_ONE)),
    # Where log(eᵃ + eᵇ) cancels no formula in doubles is better, so not beside its zeros.
    "logaddexp": (
        lambda a, b: mpmath.log(mpmath.exp(a) + mpmath.exp(b)),
        [(a, b) for a, b in pairs(REAL, REAL) if abs(np.logaddexp(a, b)) > 0.5 * abs(max(a, b))],
    ),
}
STEPS = {"floor", "ceil", "rint", "sign", "floor_divide", "maximum", "minimum", "remainder", "fmod"}

#: Rows with an exact derivative only through another test, or without one.
ELSEWHERE = {
    "identity", "trunc", "where", "polygamma", "isnan", "isfinite", "logical_and", "logical_or",
    "logical_not", "less", "less_equal", "greater", "greater_equal", "equal", "not_equal",
}  # fmt: skip


def columns(name):
    arguments = EXACT[name][1]
    return [tuple(np.atleast_1d(a).tolist()) for a in arguments]


def ulps_off(got, exact):
    unit = math.ulp(float(exact))
    return float(abs(mpf(float(got)) - exact) / unit)


def on_inputs(name):
    primitive = TABLE[name]
    return lambda x: primitive(*[x[i] for i in range(len(primitive.pulls))])


def walked_value(graph, point):
    return next(step.value for step in graph.walk(point) if step.node is graph.outputs[0])


def test_every_primitive_has_an_exact_counterpart_here():
    assert set(EXACT) | ELSEWHERE == set(TABLE)


@pytest.mark.parametrize("name", EXACT)
def test_values_on_every_path_are_within_four_ulp_of_mpmath(name):
    exact, points = EXACT[name][0], columns(name)
    size = len(points[0])
    graph = trace(on_inputs(name), size)
    by_numpy = compile(graph, outputs=("value",), dialect="numpy")(np.array(points).T)[0]
    by_python = compile(graph, outputs=("value",))
    with mpmath.workdps(60):
        for point, from_numpy in zip(points, by_numpy, strict=True):
            true = exact(*[mpf(x) for x in point])
            walked = walked_value(graph, point)
            for got in (from_numpy, by_python(np.array(point))[0], walked):
                assert ulps_off(got, true) <= 4.0, point


@pytest.mark.parametrize("name", sorted(set(EXACT) - STEPS))
def test_first_derivatives_match_mpmath(name):
    exact, points = EXACT[name][0], columns(name)
    points = points[:: max(1, len(points) // 40)]
    slope = compile(on_inputs(name), len(points[0]), ("gradient",), "numpy")
    got = slope(np.array(points).T)[0].T
    with mpmath.workdps(120):
        for (i, x), row in zip(enumerate_entries(points), got.ravel(), strict=True):
            point = list(map(mpf, x))
            order = tuple(int(k == i) for k in range(len(x)))
            true = mpmath.diff(exact, tuple(point), order)
            # exp(−x²) loses x² units in the last place: its argument is rounded.
            allowed = 1e-14 * max(1.0, x[0] ** 2 / 20)
            assert abs(mpf(float(row)) - true) <= allowed * abs(true) + mpf(10) ** -290, x


def enumerate_entries(points):
    return [(i, point) for point in points for i in range(len(point))]


@pytest.mark.parametrize("name", ["remainder", "fmod"])
def test_remainders_have_slope_one_by_the_dividend_and_minus_the_quotient_by_the_divisor(name):
    slopes = grad(TABLE[name], argnum=(0, 1))
    assert slopes(7.5, 2.0) == (1.0, -3.0)
    assert slopes(-7.5, 2.0) == (1.0, 4.0 if name == "remainder" else 3.0)


SMOOTH = [
    "exp", "log", "sin", "tanh", "ndtr", "erfc", "expit", "gammaln", "sqrt", "arctan", "log_ndtr",
    "cbrt", "logit", "digamma",
]  # fmt: skip


@pytest.mark.parametrize("name", SMOOTH)
def test_second_and_third_derivatives_match_mpmath(name):
    exact, x = EXACT[name][0], 0.6
    second, third = grad(grad(TABLE[name])), grad(grad(grad(TABLE[name])))
    with mpmath.workdps(50):
        assert second(x) == pytest.approx(float(mpmath.diff(exact, mpf(x), 2)), rel=1e-13)
        assert third(x) == pytest.approx(float(mpmath.diff(exact, mpf(x), 3)), rel=1e-12)


SPECIAL = [
    0.0, -0.0, 5e-324, -5e-324, 1e-300, -1e-300, 1e300, -1e300, np.inf, -np.inf, np.nan, 1.0, -1.0, 0.5,
]  # fmt: skip


def reference(name):
    """The NumPy or SciPy function that the row stands for."""
    if name == "where":
        return np.where
    return next(u for u, row in BY_UFUNC.items() if row.name == name and isinstance(u, np.ufunc))


def agrees(got, want):
    if np.isnan(want):
        return np.isnan(got)
    if not np.isfinite(want) or want == 0.0:
        return got == want and np.signbit(got) == np.signbit(want)
    return abs(got - want) <= 1e-14 * abs(want) + 1e-322


@pytest.mark.parametrize("name", sorted(set(TABLE) - {"polygamma", "identity"}))
def test_special_values_are_those_of_numpy_and_scipy_on_every_path(name):
    size = len(TABLE[name].pulls)
    points = list(itertools.product(SPECIAL, repeat=size if name != "where" else 2))
    if name == "where":
        points = [(float(a < 0), a, b) for a, b in points]
    graph = trace(on_inputs(name), size)
    by_numpy = compile(graph, outputs=("value",), dialect="numpy")(np.array(points).T)[0]
    by_python = compile(graph, outputs=("value",))
    for point, from_numpy in zip(points, by_numpy, strict=True):
        with np.errstate(all="ignore"):
            want = float(reference(name)(*[np.array([x]) for x in point])[0])
        walked = walked_value(graph, point)
        for got in (from_numpy, by_python(np.array(point))[0], walked):
            # Which of 0 and -0 is larger IEEE 754 leaves open, and NumPy answers both ways.
            is_open = name in ("maximum", "minimum") and want == 0.0 == got
            assert is_open or agrees(float(got), want), (point, float(got), want)
