"""Functions that C and JavaScript lack, written out in arithmetic that they have.

Each is plain NumPy arithmetic without branches, so it is traced like any model and emitted in whatever
dialect needs it: one definition serves them all, and NumPy can run it for a test. They follow SciPy at
infinities, poles and NaN. Their errors against exact arithmetic stay within a few units in the last place:
`tests/autodiff/dialects/test_special_functions.py` says how many. Where SciPy itself is further off (the
far tail of ``ndtr``: 10⁴ units) these are the closer ones.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from types import MappingProxyType
from typing import Any, Final

import numpy as np

from simulator.autodiff.dialects.coefficients import DIGAMMA, DIGAMMA_ROOT, ERF, ERFCX, LOG_GAMMA

#: A float, an array or a traced scalar.
Scalar = Any

_SPLITTER: Final = 2.0**27 + 1.0
_HALF_LOG_2PI: Final = 0.5 * math.log(2.0 * math.pi)

#: B₂, B₄ … of the Euler–Maclaurin formula (Abramowitz & Stegun 23.2).
_BERNOULLI: Final = tuple(
    Fraction(*b)
    for b in (
        (1, 6), (-1, 30), (1, 42), (-1, 30), (5, 66), (-691, 2730), (7, 6), (-3617, 510),
        (43867, 798), (-174611, 330),
    )
)  # fmt: skip


def polynomial(x: Scalar, coefficients: Sequence[float]) -> Scalar:
    """Σ coefficient_k · x^k by Horner's rule; long ones in two halves, which run side by side.

    >>> polynomial(2.0, (1.0, 10.0, 100.0))
    421.0
    """
    if len(coefficients) > 8:
        half = len(coefficients) // 2
        low, high = polynomial_in_turn(x, coefficients[:half]), coefficients[half:]
        return polynomial_in_turn(x, high) * _integer_power(x, half) + low
    return polynomial_in_turn(x, coefficients)


def polynomial_in_turn(x: Scalar, coefficients: Sequence[float]) -> Scalar:
    """The same in one chain."""
    total: Scalar = coefficients[-1]
    for coefficient in coefficients[-2::-1]:
        total = total * x + coefficient
    return total


def _integer_power(x: Scalar, exponent: int) -> Scalar:
    result, square = 1.0, x
    while exponent:
        result = result * square if exponent & 1 else result
        exponent >>= 1
        square = square * square if exponent else square
    return result


# --- remainders, as Python and NumPy have them: the sign of the divisor ---


def remainder(a: Scalar, b: Scalar) -> Scalar:
    rest = np.fmod(a, b)
    wrapped = np.where((rest < 0.0) != (b < 0.0), rest + b, rest)
    return np.where(rest == 0.0, np.where(b < 0.0, -0.0, 0.0), wrapped)


def floor_divide(a: Scalar, b: Scalar) -> Scalar:
    rest = np.fmod(a, b)
    quotient = (a - rest) / b
    crossed = (rest != 0.0) & ((rest < 0.0) != (b < 0.0))
    quotient = np.where(crossed, quotient - 1.0, quotient)
    floor = np.floor(quotient)
    nearest = np.where(quotient - floor > 0.5, floor + 1.0, floor)
    exact = a / b
    return np.where(b == 0.0, exact, np.where(quotient == 0.0, 0.0 * exact, nearest))


# --- logistic functions ---


def expit(x: Scalar) -> Scalar:
    return 1.0 / (1.0 + np.exp(-x))


def logit(x: Scalar) -> Scalar:
    # Around 1/2 the quotient is near 1, and log would lose what 2x − 1 still has exactly.
    near = np.log1p((2.0 * x - 1.0) / (1.0 - x))
    return np.where(np.absolute(x - 0.5) < 0.25, near, np.log(x / (1.0 - x)))


def log_expit(x: Scalar) -> Scalar:
    return -(np.log1p(np.exp(-np.absolute(x))) - np.minimum(x, 0.0))


def logaddexp(a: Scalar, b: Scalar) -> Scalar:
    # At equal infinities a − b is NaN.
    apart = np.where(a == b, 0.0, np.absolute(a - b))
    return np.maximum(a, b) + np.log1p(np.exp(-apart))


# --- the error function and its relatives ---


def _rounding_of_square(x: Scalar, square: Scalar) -> Scalar:
    """x² − square, exactly (Dekker 1971): x falls into halves whose products do not round."""
    high = x * _SPLITTER
    high = high - (high - x)
    low = x - high
    return ((high * high - square) + 2.0 * high * low) + low * low


def _gauss(x: Scalar, factor: float) -> Scalar:
    """exp(factor · x²): without the rounding of x², which an exponent of 700 magnifies 700 times."""
    square = x * x
    bell = np.exp(factor * square)
    return bell + bell * (factor * _rounding_of_square(x, square))


def _erfcx_right(a: Scalar) -> Scalar:
    """erfcx for a ≥ 0, by one polynomial over the bent half-line (Shepherd & Laframboise 1981)."""
    bend = 1.0 / (a + 2.0)
    far = (a - 2.0) * bend
    return polynomial(np.where(a > 1e300, 1.0, far), ERFCX) * bend


def erfcx(x: Scalar) -> Scalar:
    a = np.absolute(x)
    right = _erfcx_right(a)
    left = np.where(a > 26.64, np.inf, 2.0 * _gauss(np.minimum(a, 26.64), 1.0) - right)
    return np.where(x < 0.0, left, right)


def erfc(x: Scalar) -> Scalar:
    a = np.minimum(np.absolute(x), 28.0)  # erfc(28) is 0
    tail = _gauss(a, -1.0) * _erfcx_right(a)
    return np.where(x < 0.0, 2.0 - tail, tail)


def erf(x: Scalar) -> Scalar:
    a = np.minimum(np.absolute(x), 28.0)
    outside = 1.0 - _gauss(a, -1.0) * _erfcx_right(a)
    inside = x * polynomial(a * a, ERF)
    return np.where(a < 0.75, inside, np.where(x < 0.0, -outside, outside))


def ndtr(x: Scalar) -> Scalar:
    a = np.minimum(np.absolute(x), 39.0)  # ndtr(−39) is 0
    tail = 0.5 * _gauss(a, -0.5) * _erfcx_right(a * math.sqrt(0.5))
    return np.where(x > 0.0, 1.0 - tail, tail)


def log_ndtr(x: Scalar) -> Scalar:
    a = np.absolute(x)
    scaled = 0.5 * _erfcx_right(a * math.sqrt(0.5))
    near = np.minimum(a, 39.0)
    right = np.log1p(-(_gauss(near, -0.5) * scaled))
    return np.where(x > 0.0, right, np.log(scaled) - 0.5 * (x * x))


# --- entropy terms ---


def xlogy(a: Scalar, b: Scalar) -> Scalar:
    return np.where((a == 0.0) & (b == b), 0.0, a * np.log(b))


def xlog1py(a: Scalar, b: Scalar) -> Scalar:
    return np.where((a == 0.0) & (b == b), 0.0, a * np.log1p(b))


# --- the gamma family ---


def _stirling_tail(z: Scalar, divisors: Sequence[int]) -> Scalar:
    """Σ B₂ₖ / divisor_k / z^(2k), for z ≥ 8."""
    inverse = 1.0 / z
    terms = [float(b / d) for b, d in zip(_BERNOULLI, divisors, strict=False)]
    return inverse * inverse * polynomial(inverse * inverse, terms)


def _log_gamma_right(a: Scalar) -> Scalar:
    """log Γ(a) for a > 0: Stirling's series from 8 on, else carried to [3/2, 5/2] by Γ(a + 1) = a·Γ(a)."""
    log = np.log(a)
    large = np.maximum(a, 8.0)
    stirling = (large - 0.5) * (log - 1.0) + (_HALF_LOG_2PI - 0.5)
    stirling = stirling + large * _stirling_tail(large, [2 * k * (2 * k - 1) for k in range(1, 9)])
    factor: Scalar = 1.0
    near = np.minimum(a, 8.0)
    for _ in range(6):
        high = near >= 2.5
        near = np.where(high, near - 1.0, near)
        factor = np.where(high, factor * near, factor)
    lifted = np.where(near < 0.5, near * (near + 1.0), np.where(near < 1.5, near, 1.0))
    t = np.where(near < 0.5, near, np.where(near < 1.5, near - 1.0, near - 2.0))
    # One logarithm for both: either the factors or what was lifted is 1.
    small = t * polynomial(t, LOG_GAMMA)
    small = np.where(lifted != 1.0, small - np.log(lifted), small + np.log(factor))
    result = np.where(a < 8.0, small, stirling)
    return np.where(np.absolute(a) < 1e-300, -log, np.where(a > 1e300, a * (log - 1.0), result))


def gammaln(x: Scalar) -> Scalar:
    a = np.absolute(x)
    right = _log_gamma_right(a)
    # Γ(−a)·Γ(a) = −π / (a·sin πa); sin takes the distance to the nearest integer, which is exact.
    sine = np.absolute(np.sin(math.pi * (a - np.rint(a))))
    left = np.where(a < 1e-150, right, np.log(math.pi / (a * sine)) - right)
    pole = (x <= 0.0) & (a == np.rint(a))
    value = np.where(pole, np.inf, np.where(x < 0.0, left, right))
    return np.where(x == -np.inf, x, value)


def _digamma_right(a: Scalar) -> Scalar:
    """ψ(a) for a > 0: asymptotic from 10 on, else carried to [1, 2] by ψ(a + 1) = ψ(a) + 1/a."""
    large = np.maximum(a, 10.0)
    tail = _stirling_tail(large, [2 * k for k in range(1, 9)])
    asymptotic = np.log(large) - (0.5 / large + tail)
    below = np.minimum(a, 10.0)
    near = np.where(below < 1.0, below + 1.0, below - np.floor(below) + 1.0)
    numerator: Scalar = 0.0
    denominator: Scalar = 1.0
    for k in range(8):
        term, taken = near + float(k), below >= k + 2.0
        numerator = np.where(taken, numerator * term + denominator, numerator)
        denominator = np.where(taken, denominator * term, denominator)
    root = (near - DIGAMMA_ROOT[0]) - DIGAMMA_ROOT[1]
    small = root * polynomial(near - 1.5, DIGAMMA) + numerator / denominator
    small = np.where(below < 1.0, small - 1.0 / below, small)
    return np.where(a < 10.0, small, asymptotic)


def digamma(x: Scalar) -> Scalar:
    # ψ(x) = ψ(1 − x) − π·cot πx
    right = _digamma_right(np.where(x < 0.0, 1.0 - x, x))
    angle = math.pi * (x - np.rint(x))
    left = right - math.pi * (np.cos(angle) / np.sin(angle))
    pole = (x < 0.0) & (x == np.rint(x))
    at_zero = np.where(1.0 / np.where(x == 0.0, x, 1.0) < 0.0, np.inf, -np.inf)
    value = np.where(x < 0.0, np.where(pole, np.nan, left), right)
    return np.where(x == 0.0, at_zero, value)


def _polygamma_right(order: int, x: Scalar) -> Scalar:
    """(−1)^(n+1) n! Σ (x + k)^(−n−1) for x > 0, the sum's tail by Euler and Maclaurin."""
    count = 10 + order  # far enough for the tail's series to converge
    total: Scalar = 0.0
    for k in reversed(range(count)):
        total = total + _integer_power(1.0 / (x + float(k)), order + 1)
    far = 1.0 / (x + float(count))
    tail: Scalar = 0.0
    for k in reversed(range(len(_BERNOULLI))):
        rising = math.prod(range(order + 1, order + 2 * k + 2))
        tail = tail * (far * far) + float(_BERNOULLI[k] * rising / math.factorial(2 * k + 2))
    step = _integer_power(far, order)
    zeta = total + (step / float(order) + step * far * (0.5 + far * tail))
    return (-1.0) ** (order + 1) * float(math.factorial(order)) * zeta


def _cotangent_derivative(order: int) -> list[int]:
    """P of dⁿ/dxⁿ cot x = P(cot x), whose derivative is −(1 + cot²): coefficients, lowest first."""
    found = [0, 1]
    for _ in range(order):
        slope = [-k * c for k, c in enumerate(found)][1:]
        found = [low + high for low, high in zip([*slope, 0, 0], [0, 0, *slope], strict=True)]
    return found


def polygamma(order: int, x: Scalar) -> Scalar:
    """The derivative of ψ of a known order; left of 0 by (−1)ⁿψₙ(1 − x) − ψₙ(x) = dⁿ/dxⁿ π·cot πx."""
    if order == 0:
        return digamma(x)
    sign = (-1.0) ** order
    right = _polygamma_right(order, np.where(x < 0.0, 1.0 - x, x))
    angle = math.pi * (x - np.rint(x))
    cotangent = np.cos(angle) / np.sin(angle)
    slope = math.pi ** (order + 1) * polynomial_in_turn(
        cotangent, [float(c) for c in _cotangent_derivative(order)]
    )
    value = np.where(x < 0.0, sign * right - slope, right)
    pole = (x <= 0.0) & (x == np.rint(x)) & (x > -np.inf)
    return np.where(pole, -sign * np.inf, value)


# --- hyperbolic functions, from exp(x) − 1 ---


def sinh(x: Scalar) -> Scalar:
    a = np.absolute(x)
    grown = np.expm1(np.minimum(a, 700.0))
    near = 0.5 * (grown + grown / (grown + 1.0))
    half = np.exp(0.5 * a)  # exp(x) would overflow before sinh(x) does
    size = np.where(a < 22.0, near, (0.5 * half) * half)
    return np.where(x < 0.0, -size, np.where(x == 0.0, x, size))


def cosh(x: Scalar) -> Scalar:
    a = np.absolute(x)
    grown = np.exp(np.minimum(a, 700.0))
    half = np.exp(0.5 * a)
    return np.where(a < 22.0, 0.5 * (grown + 1.0 / grown), (0.5 * half) * half)


def tanh(x: Scalar) -> Scalar:
    a = np.absolute(x)
    grown = np.expm1(2.0 * np.minimum(a, 22.0))
    size = grown / (grown + 2.0)
    return np.where(x < 0.0, -size, np.where(x == 0.0, x, size))


def arcsinh(x: Scalar) -> Scalar:
    a = np.absolute(x)
    near = np.minimum(a, 1e10)
    square = near * near
    size = np.log1p(near + square / (1.0 + np.sqrt(square + 1.0)))
    size = np.where(a < 1e10, size, np.log(a) + math.log(2.0))
    return np.where(x < 0.0, -size, np.where(x == 0.0, x, size))


def arccosh(x: Scalar) -> Scalar:
    near = np.minimum(x, 1e10) - 1.0
    size = np.log1p(near + np.sqrt(near) * np.sqrt(near + 2.0))
    return np.where(x < 1e10, size, np.log(x) + math.log(2.0))


def arctanh(x: Scalar) -> Scalar:
    a = np.absolute(x)
    size = 0.5 * np.log1p(2.0 * a / (1.0 - a))
    return np.where(x < 0.0, -size, np.where(x == 0.0, x, size))


def log1p(x: Scalar) -> Scalar:
    # The quotient cancels the rounding of 1 + x (Kahan; Goldberg 1991, theorem 4).
    sum_ = 1.0 + x
    scaled = np.log(sum_) * (x / (sum_ - 1.0))
    return np.where((sum_ == 1.0) | (x > 1e300), np.where(x > 1e300, np.log(x), x), scaled)


#: Name of a primitive → its definition; ``polygamma`` wants its order as a number.
DEFINITIONS: Final[Mapping[str, Callable[..., Scalar]]] = MappingProxyType(
    {
        function.__name__: function
        for function in (
            remainder, floor_divide, expit, logit, log_expit, logaddexp, erfcx, erfc, erf, ndtr,
            log_ndtr, xlogy, xlog1py, gammaln, digamma, polygamma, sinh, cosh, tanh, arcsinh, arccosh,
            arctanh, log1p,
        )
    }
)  # fmt: skip
