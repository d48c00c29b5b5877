"""An independent opinion on graphs: mpmath, 50 digits."""

import math

import mpmath
import numpy as np
import pytest
from mpmath import mp, mpf

DIGITS = 50


def _floor_of_quotient(a, b):
    return mpmath.floor(a / b)


def _trunc(x):
    return mpmath.floor(x) if x >= 0 else mpmath.ceil(x)


def _rint(x):
    low = mpmath.floor(x)
    if x - low != mpf(0.5):
        return mpmath.floor(x + mpf(0.5))
    return low if low % 2 == 0 else low + 1


def _log_ndtr(x):
    if x > 3:
        return mpmath.log1p(-mpmath.ncdf(-x))
    return mpmath.log(mpmath.ncdf(x))


def _log_expit(x):
    return -mpmath.log1p(mpmath.exp(-x)) if x > 0 else x - mpmath.log1p(mpmath.exp(x))


MATHEMATICS = {
    "identity": lambda x: x,
    "negative": lambda x: -x,
    "add": lambda a, b: a + b,
    "subtract": lambda a, b: a - b,
    "multiply": lambda a, b: a * b,
    "divide": lambda a, b: a / b,
    "power": lambda a, b: a**b,
    "remainder": lambda a, b: a - b * _floor_of_quotient(a, b),
    "fmod": lambda a, b: a - b * _trunc(a / b),
    "floor_divide": _floor_of_quotient,
    "exp": mpmath.exp,
    "expm1": mpmath.expm1,
    "exp2": lambda x: mpf(2) ** x,
    "log": mpmath.log,
    "log1p": mpmath.log1p,
    "log2": lambda x: mpmath.log(x, 2),
    "log10": mpmath.log10,
    "logaddexp": lambda a, b: max(a, b) + mpmath.log1p(mpmath.exp(-abs(a - b))),
    "sqrt": mpmath.sqrt,
    "cbrt": lambda x: mpmath.sign(x) * mpmath.cbrt(abs(x)),
    "hypot": mpmath.hypot,
    "sin": mpmath.sin,
    "cos": mpmath.cos,
    "tan": mpmath.tan,
    "arcsin": mpmath.asin,
    "arccos": mpmath.acos,
    "arctan": mpmath.atan,
    "arctan2": mpmath.atan2,
    "sinh": mpmath.sinh,
    "cosh": mpmath.cosh,
    "tanh": mpmath.tanh,
    "arcsinh": mpmath.asinh,
    "arccosh": mpmath.acosh,
    "arctanh": mpmath.atanh,
    "absolute": abs,
    "sign": mpmath.sign,
    "floor": mpmath.floor,
    "ceil": mpmath.ceil,
    "trunc": _trunc,
    "rint": _rint,
    "maximum": max,
    "minimum": min,
    "where": lambda c, a, b: a if c else b,
    "erf": mpmath.erf,
    "erfc": mpmath.erfc,
    "erfcx": lambda x: mpmath.exp(x * x) * mpmath.erfc(x),
    "ndtr": mpmath.ncdf,
    "log_ndtr": _log_ndtr,
    "expit": lambda x: 1 / (1 + mpmath.exp(-x)),
    "logit": lambda x: mpmath.log(x / (1 - x)),
    "log_expit": _log_expit,
    "gammaln": mpmath.loggamma,
    "digamma": mpmath.digamma,
    "polygamma": lambda n, x: mpmath.psi(int(n), x),
    "xlogy": lambda a, b: a * mpmath.log(b) if a else mpf(0),
    "xlog1py": lambda a, b: a * mpmath.log1p(b) if a else mpf(0),
    "less": lambda a, b: a < b,
    "less_equal": lambda a, b: a <= b,
    "greater": lambda a, b: a > b,
    "greater_equal": lambda a, b: a >= b,
    "equal": lambda a, b: a == b,
    "not_equal": lambda a, b: a != b,
    "logical_and": lambda a, b: a and b,
    "logical_or": lambda a, b: a or b,
    "logical_not": lambda a: not a,
    "isnan": lambda x: False,
    "isfinite": lambda x: True,
}


def _evaluate(graph, point):
    """The outputs of a graph at a point of floats, to 50 digits; None where undefined."""
    with mp.workdps(DIGITS):
        values = {n.serial: mpf(float(x)) for n, x in zip(graph.inputs, point, strict=True)}
        for node in graph.nodes:
            if node.serial in values:
                continue
            if node.is_constant:
                value = node.value
                values[node.serial] = value if isinstance(value, bool) else mpf(value)
            else:
                values[node.serial] = _applied(node, [values[p.serial] for p in node.parents])
        return [values[node.serial] for node in graph.outputs]


def _applied(node, operands):
    name = node.primitive.name
    if name == "where":
        return operands[1] if operands[0] else operands[2]
    if any(x is None for x in operands):
        return None
    try:
        value = MATHEMATICS[name](*operands)
    except (ZeroDivisionError, ValueError, OverflowError):
        return None
    if isinstance(value, bool):
        return value
    if isinstance(value, mpmath.mpc) or mpmath.isnan(value) or mpmath.isinf(value):
        return None
    return mpf(value)


@pytest.fixture(scope="session")
def exact():
    """exact(graph, point) -> the mathematical values of the graph's outputs."""
    return _evaluate


@pytest.fixture(scope="session")
def mathematics():
    """Name of a primitive -> the function it means, on mpmath's numbers."""
    return MATHEMATICS


@pytest.fixture(scope="session")
def outside():
    """outside(bounds, values) -> how many exact values lie outside of their bounds."""

    def count(bounds, values):
        lower, upper = np.ravel(bounds.lower), np.ravel(bounds.upper)
        assert not np.isnan(lower).any()
        return sum(
            not (_real(low) <= value <= _real(high))
            for low, value, high in zip(lower, values, upper, strict=True)
            if value is not None
        )

    return count


def _real(x):
    return mpf(x) if math.isfinite(x) else x
