"""Functions of one float that the ``math`` module lacks, for the Python dialect.

Like ``math`` they may raise where IEEE arithmetic has inf or NaN; the caller reruns on NumPy then.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from simulator.autodiff.tails import erfcx, gammaln, log_ndtr, ndtr_of_float


def logaddexp(a: float, b: float) -> float:
    """log(exp(a) + exp(b))."""
    if a == b:
        return a + math.log(2.0)
    high, low = (a, b) if a > b else (b, a)
    return high + math.log1p(math.exp(low - high))


def log_expit(x: float) -> float:
    """The logarithm of the logistic function."""
    return x - math.log1p(math.exp(x)) if x < 0.0 else -math.log1p(math.exp(-x))


def xlogy(a: float, b: float) -> float:
    """a·log(b), and 0 where a is 0."""
    return 0.0 if a == 0.0 and b == b else a * math.log(b)


def xlog1py(a: float, b: float) -> float:
    """a·log(1 + b), and 0 where a is 0."""
    return 0.0 if a == 0.0 and b == b else a * math.log1p(b)


#: What an emitted Python program can call beside ``math``.
SCALAR_FUNCTIONS: Final[Mapping[str, Callable[..., Any]]] = MappingProxyType(
    {
        "erfcx": erfcx,
        "gammaln": gammaln,
        "log_expit": log_expit,
        "log_ndtr": log_ndtr,
        "logaddexp": logaddexp,
        "ndtr": ndtr_of_float,
        "xlog1py": xlog1py,
        "xlogy": xlogy,
    }
)
