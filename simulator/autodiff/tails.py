"""Special functions to within four units in the last place, where SciPy's lose more.

SciPy squares a rounded argument inside exp(−x²), which costs up to x² units in the last place in the
tails of ``erfc``, ``ndtr`` and ``log_ndtr``; its ``erfcx`` and its ``gammaln`` near the zeros lose some
too. Here all four error functions come from one polynomial for erfcx, and the square is split: x = h + r
with h so short that h² is exact and exp(−x²) = exp(−h²)·exp(−r·(x + h)) (Dekker 1971).

Every function takes a float or an array. On arrays all is plain vectorised arithmetic without masks,
at about twice the time of SciPy's; floats go through the ``math`` module, which is as good as its argument.
"""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np
from scipy import special

Array = np.ndarray[Any, Any]

_SPLIT: Final = 2.0**27 + 1.0
_ROOT_HALF: Final = math.sqrt(0.5)
_ROOT_HALF_HEAD: Final = float(np.float32(_ROOT_HALF))
_ROOT_HALF_REST: Final = 1.210161710447897e-08  # √½ − head, to 53 bits of its own
_INV_ROOT_PI: Final = 1.0 / math.sqrt(math.pi)

#: (1 + 2x)·erfcx(x) for x ≥ 0 in powers of t = (x − 4)/(x + 4), after Shepherd & Laframboise (1981);
#: made from Chebyshev interpolation in 60 digits, truncation below 2⁻⁵⁶.
_ERFCX: Final = (
    1.2329951186255526,
    -0.1396211168405625,
    0.015379652102610162,
    0.0680970542546862,
    -0.10103906603585294,
    0.09373283499865172,
    -0.06633036582050367,
    0.0371675155318432,
    -0.01619773397992426,
    0.005031970032548695,
    -0.0007577737141838885,
    -0.00019925700412184815,
    0.0001506231178516207,
    -2.439811794207995e-05,
    -1.1225140354449658e-05,
    5.707239573693257e-06,
    2.980596055322769e-07,
    -8.218020654813044e-07,
    7.111912428010423e-08,
    1.0683442926744586e-07,
    -1.6357383982124768e-08,
    -1.2544825403855518e-08,
    1.5712153638319064e-09,
    9.655408225482863e-10,
)


def _exp_of_square(x: Any, factor: float) -> Any:
    """exp(factor · x²) for x ≥ −26; the factor is ±1 or ±½. Beyond 64 all exponentials have ended."""
    x = np.minimum(x, 64.0)
    head = np.asarray(x, np.float32).astype(float)  # so few bits that its square is exact
    rest = x - head
    rest *= x + head
    rest *= factor
    head *= head
    head *= factor
    return np.exp(head) * np.exp(rest)


def _right_erfcx(x: Array) -> Array:
    """erfcx for x ≥ 0, within 1.5 units in the last place."""
    t = np.minimum(x, 1e30)  # ∞ − ∞ is no number
    above = t + 4.0
    t -= 4.0
    t /= above
    total = _ERFCX[-1] * t
    for coefficient in _ERFCX[-2:0:-1]:
        total += coefficient
        total *= t
    total += _ERFCX[0]
    total /= 1.0 + 2.0 * x
    return total


def erfcx(x: Any) -> Any:
    """exp(x²)·erfc(x), the scaled complementary error function."""
    if not isinstance(x, np.ndarray):
        near = -26.0 < x < 1.0
        return math.erfc(x) * float(_exp_of_square(x, 1.0)) if near else special.erfcx(x)
    right = _right_erfcx(np.abs(x))
    return np.where(x < 0.0, 2.0 * _exp_of_square(np.abs(x), 1.0) - right, right)


def erfc(x: Any) -> Any:
    """∫ₓ^∞ 2/√π · exp(−t²) dt, the complementary error function."""
    if not isinstance(x, np.ndarray):
        return math.erfc(x)
    right = _right_erfcx(np.abs(x)) * _exp_of_square(np.abs(x), -1.0)
    return np.where(x < 0.0, 2.0 - right, right)


def ndtr(x: Any) -> Any:
    """∫₋∞ˣ φ(t) dt, the normal distribution function."""
    if not isinstance(x, np.ndarray):
        return ndtr_of_float(float(x))
    tail = _tail(np.abs(x))
    return np.where(x > 0.0, 1.0 - tail, tail)


def _tail(x: Array) -> Any:
    return 0.5 * _right_erfcx(x * _ROOT_HALF) * _exp_of_square(x, -0.5)


def ndtr_of_float(x: float) -> float:
    """`ndtr` of one float.

    −x/√2 is not a double: the part of it that is lost comes back as Taylor terms.
    """
    if not -38.5 < x < -1.0:
        return 0.5 * math.erfc(-x * _ROOT_HALF)
    scaled = _SPLIT * x
    head = scaled - (scaled - x)
    rest = x - head
    z: float = -head * _ROOT_HALF_HEAD
    lost = -(rest * _ROOT_HALF + head * _ROOT_HALF_REST)
    change: float = z * lost
    slope: float = _INV_ROOT_PI * math.exp(-z * z) * lost
    return 0.5 * math.erfc(z) - slope * (1.0 - change * (1.0 - change / 1.5))


def log_ndtr(x: Any) -> Any:
    """The logarithm of the normal distribution function."""
    if not isinstance(x, np.ndarray):
        return _log_ndtr_of_float(float(x))
    size = np.abs(x)
    left = np.log(0.5 * _right_erfcx(size * _ROOT_HALF)) - 0.5 * (x * x)
    return np.where(x > 0.0, np.log1p(-_tail(size)), left)


def _log_ndtr_of_float(x: float) -> float:
    if x > -1.0:
        return math.log1p(-ndtr_of_float(-x)) if x > 0.0 else math.log(ndtr_of_float(x))
    scaled = float(special.erfcx(-x * _ROOT_HALF))
    return math.log(0.5 * scaled) - 0.5 * (x * x) if scaled > 0.0 else x + -math.inf


def _log_gamma_series(zeta: Any, terms: int) -> tuple[float, ...]:
    return tuple((-1) ** k * float(zeta(k)) / k for k in range(2, terms))


_EULER: Final = 0.5772156649015329
_AT_ONE: Final = _log_gamma_series(lambda k: special.zeta(k, 1), 48)
_AT_TWO: Final = _log_gamma_series(special.zetac, 34)


def gammaln(x: Any) -> Any:
    """log |Γ(x)|; near its zeros at 1 and 2 by its series there (Abramowitz & Stegun 6.1.33)."""
    if not isinstance(x, np.ndarray):
        near = 0.7 < x < 2.5
        return _gammaln_near_its_zeros(x) if near else float(special.gammaln(x))
    y = special.gammaln(x)
    near = (x > 0.7) & (x < 2.5)
    if near.any():
        y[near] = _gammaln_near_its_zeros(x[near])
    return y


def _gammaln_near_its_zeros(x: Any) -> Any:
    at_one = _times_series(x - 1.0, -_EULER, _AT_ONE)
    at_two = _times_series(x - 2.0, 1.0 - _EULER, _AT_TWO)
    if not isinstance(x, np.ndarray):
        return at_one if x < 1.45 else at_two
    return np.where(x < 1.45, at_one, at_two)


def _times_series(e: Any, first: float, coefficients: tuple[float, ...]) -> Any:
    tail = 0.0 * e
    for coefficient in reversed(coefficients):
        tail = (tail + coefficient) * e
    return e * (first + tail) + 0.0  # not −0 at the zero
