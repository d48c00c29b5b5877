"""The table of bounds: one row per primitive, beside the engine's table of values and derivatives.

Units in the last place are what an operation may lose in any dialect: ½ where IEEE 754 prescribes the
rounding; 4 for functions of C libraries, scalar or vectorised, whose makers promise that much (glibc's manual,
"Errors in Math Functions"; the ABI of its vector library libmvec) and mostly keep to 1; 8 for special
functions and for compositions, twice the largest loss measured against mpmath.
"""

# ruff: noqa: E501 -- one aligned row per primitive: a table is read across

from __future__ import annotations

import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from simulator.autodiff.bounds import arithmetic, powers, steps, valleys, waves
from simulator.autodiff.bounds.row import (
    Row,
    decreasing,
    increasing,
    inside,
    of_the_same_sign,
    positive,
)
from simulator.autodiff.primitives import TABLE

_PI = math.nextafter(math.pi, 4.0)  # not below π


def _build() -> dict[str, Row]:
    rows: dict[str, Row] = {}

    def rises(name: str, ulps: float, **options: Any) -> None:
        rows[name] = increasing(TABLE[name], ulps, **options)

    def falls(name: str, ulps: float, **options: Any) -> None:
        rows[name] = decreasing(TABLE[name], ulps, **options)

    odd = of_the_same_sign
    # fmt: off
    # arithmetic
    rows["negative"]     = Row(arithmetic.negative, 0.0, range=arithmetic.negative_range)
    rows["add"]          = Row(arithmetic.add, range=arithmetic.sum_range, underflows=False)
    rows["subtract"]     = Row(arithmetic.subtract, range=arithmetic.difference_range, underflows=False)
    rows["multiply"]     = Row(arithmetic.multiply, range=arithmetic.product_range)
    rows["divide"]       = Row(arithmetic.divide, range=arithmetic.product_range, smooth=lambda a, b: arithmetic.nonzero(b))
    rows["power"]        = Row(powers.power, 4.0, range=powers.power_range, smooth=powers.power_smooth)
    rows["remainder"]    = Row(steps.remainder, smooth=steps.one_quotient(TABLE["floor"]), jumps=True)
    rows["fmod"]         = Row(steps.fmod, smooth=steps.one_quotient(TABLE["trunc"]), jumps=True)
    rows["floor_divide"] = Row(steps.floor_divide, 2.0, smooth=steps.one_quotient(TABLE["floor"]), jumps=True)
    # exponentials and logarithms
    rises("exp",      4, range=(0.0, math.inf))
    rises("expm1",    4, range=odd)
    rises("exp2",     4, range=(0.0, math.inf))
    rises("log",      4, above=0.0)
    rises("log1p",    4, above=-1.0, range=odd)
    rises("log2",     4, above=0.0)
    rises("log10",    4, above=0.0)
    rows["logaddexp"]    = Row(powers.rising_in_both(TABLE["logaddexp"]), 8, absolute=2.0**-50)
    # roots
    rises("sqrt",     0.5, above=0.0, closed=True, range=(0.0, math.inf))
    rises("cbrt",     4, range=odd)
    rows["hypot"]        = Row(arithmetic.hypot, 4, range=positive)
    # circular
    rows["sin"]          = Row(waves.wave(TABLE["sin"], 0.5 * math.pi), 4, range=lambda x: (-1.0, 1.0))
    rows["cos"]          = Row(waves.wave(TABLE["cos"], 0.0), 4, range=lambda x: (-1.0, 1.0))
    rows["tan"]          = Row(waves.tangent, 4, smooth=waves.between_poles, jumps=True)
    rises("arcsin",   4, above=-1.0, below=1.0, closed=True, range=odd)
    falls("arccos",   4, above=-1.0, below=1.0, closed=True, range=(0.0, _PI))
    rises("arctan",   4, range=odd)
    rows["arctan2"]      = Row(waves.angle, 4, range=lambda y, x: (-_PI, _PI), smooth=waves.off_the_cut, jumps=True)
    # hyperbolic
    rises("sinh",     4, range=odd)
    rows["cosh"]         = Row(valleys.cosh, 4, range=lambda x: (1.0, math.inf))
    rises("tanh",     4, range=odd)
    rises("arcsinh",  4, range=odd)
    rises("arccosh",  4, above=1.0, closed=True, range=(0.0, math.inf))
    rises("arctanh",  4, above=-1.0, below=1.0, range=odd)
    # kinks and steps
    rows["absolute"]     = Row(arithmetic.absolute, 0.0, range=positive)
    for name in ("sign", "floor", "ceil", "trunc", "rint"):
        rows[name]       = steps.staircase(TABLE[name])
    rows["maximum"]      = Row(arithmetic.maximum, 0.0)
    rows["minimum"]      = Row(arithmetic.minimum, 0.0)
    # the error function and its relatives, logistic functions
    rises("erf",      8, range=odd)
    falls("erfc",     8, range=(0.0, 2.0))
    falls("erfcx",    8, range=(0.0, math.inf))
    rises("ndtr",     8, range=(0.0, 1.0))
    rises("log_ndtr", 8, range=(-math.inf, 0.0))
    rises("expit",    8, range=(0.0, 1.0))
    rises("logit",    8, above=0.0, below=1.0)
    rises("log_expit", 8, range=(-math.inf, 0.0))
    # gamma family, entropy terms
    rows["gammaln"]      = Row(valleys.gammaln, 8, smooth=lambda x: inside(x, 0.0), jumps=True)
    rows["digamma"]      = Row(valleys.digamma, 8, absolute=2.0**-52, smooth=lambda x: inside(x, 0.0), jumps=True)
    rows["polygamma"]    = Row(valleys.polygamma, 8, range=valleys.polygamma_range, smooth=lambda n, x: inside(x, 0.0), jumps=True)
    rows["xlogy"]        = Row(powers.at_corners(TABLE["xlogy"]), 8, smooth=lambda a, b: inside(b, 0.0))
    rows["xlog1py"]      = Row(powers.at_corners(TABLE["xlog1py"]), 8, smooth=lambda a, b: inside(b, -1.0))
    # fmt: on
    return rows


#: Name of a primitive -> how it is bounded. Truth values and ``where`` have rules of their own.
BOUNDS: Final[Mapping[str, Row]] = MappingProxyType(_build())
