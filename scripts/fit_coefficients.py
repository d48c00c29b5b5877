"""Prints the polynomials of `simulator/autodiff/dialects/coefficients.py`: Chebyshev, in 60 digits.

    .venv/bin/python scripts/fit_coefficients.py > simulator/autodiff/dialects/coefficients.py

Interpolating at the Chebyshev nodes is within a small factor of the best polynomial there is (Trefethen
2013, "Approximation Theory and Approximation Practice", chapter 16); the error printed with each row is
the largest relative one over 400 points, before the coefficients are rounded to doubles.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import mpmath as mp

mp.mp.dps = 60
TINY = mp.mpf(10) ** -12


class Fit(NamedTuple):
    """One polynomial to find."""

    name: str
    what: str
    function: Callable[[Any], Any]
    low: Any
    high: Any
    degree: int


def exp_remainder(r: Any) -> Any:
    return (mp.expm1(r) - r) / r**2 if abs(r) > TINY else mp.mpf(1) / 2 + r / 6


def log_series(z: Any, start: int) -> Any:
    """Σ 2·z^k / (2k + 2·start + 1): log(m) = 2s + s³·(…) with s = (m − 1)/(m + 1), z = s²."""
    return mp.nsum(lambda k: 2 * z**k / (2 * k + 2 * start + 1), [0, 80], method="d")


def erf_over_x(z: Any) -> Any:
    return mp.erf(mp.sqrt(z)) / mp.sqrt(z) if z > TINY**2 else 2 / mp.sqrt(mp.pi)


def erfcx(a: Any) -> Any:
    if a < 500:
        return mp.exp(a * a) * mp.erfc(a)
    return sum((-1) ** k * mp.fac2(2 * k - 1) / (2 * a * a) ** k for k in range(6)) / (
        a * mp.sqrt(mp.pi)
    )


def erfcx_bent(q: Any) -> Any:
    return 1 / mp.sqrt(mp.pi) if q >= 1 else erfcx(2 * (1 + q) / (1 - q)) * 4 / (1 - q)


def log_gamma_over_t(t: Any) -> Any:
    return mp.loggamma(2 + t) / t if abs(t) > TINY else mp.digamma(2) + t * mp.polygamma(1, 2) / 2


ROOT = mp.findroot(mp.digamma, 1.46)


def digamma_over_root(t: Any) -> Any:
    x = t + mp.mpf(3) / 2
    if abs(x - ROOT) < TINY:
        return mp.polygamma(1, ROOT) + (x - ROOT) * mp.polygamma(2, ROOT) / 2
    return mp.digamma(x) / (x - ROOT)


HALF_LN2 = mp.log(2) / 2 * mp.mpf("1.0001")
LARGEST_Z = ((mp.sqrt(2) - 1) / (mp.sqrt(2) + 1)) ** 2 * mp.mpf("1.001")
HALF = mp.mpf(1) / 2

# fmt: off
FITS = (
    Fit("EXP", "(exp(r) − 1 − r) / r² in r, |r| ≤ ln 2 / 2",
        exp_remainder, -HALF_LN2, HALF_LN2, 9),
    Fit("LOG_3", "(2 artanh(s) − 2s) / s³ in s², |s| ≤ (√2 − 1)/(√2 + 1)",
        lambda z: log_series(z, 1), mp.mpf(0), LARGEST_Z, 6),
    Fit("LOG_5", "(2 artanh(s) − 2s − 2s³/3) / s⁵ in s², |s| ≤ (√2 − 1)/(√2 + 1)",
        lambda z: log_series(z, 2), mp.mpf(0), LARGEST_Z, 7),
    Fit("ERF", "erf(x) / x in x², |x| ≤ 3/4",
        erf_over_x, mp.mpf(0), mp.mpf(9) / 16, 10),
    Fit("ERFCX", "erfcx(x)·(x + 2) in (x − 2)/(x + 2), x ≥ 0",
        erfcx_bent, mp.mpf(-1), mp.mpf(1), 26),
    Fit("LOG_GAMMA", "log Γ(2 + t) / t in t, |t| ≤ 1/2",
        log_gamma_over_t, -HALF, HALF, 19),
    Fit("DIGAMMA", "ψ(3/2 + t) / (3/2 + t − ψ's root) in t, |t| ≤ 1/2",
        digamma_over_root, -HALF, HALF, 22),
)
# fmt: on


def coefficients(fit: Fit) -> list[Any]:
    """Of the polynomial that agrees with the function at the Chebyshev nodes, lowest degree first."""
    count = fit.degree + 1
    middle, half = (fit.low + fit.high) / 2, (fit.high - fit.low) / 2
    nodes = [middle + half * mp.cos(mp.pi * (2 * k + 1) / (2 * count)) for k in range(count)]
    powers = mp.matrix([[node**j for j in range(count)] for node in nodes])
    return list(mp.lu_solve(powers, mp.matrix([fit.function(node) for node in nodes])))


def largest_error(fit: Fit, found: list[Any]) -> Any:
    points = [fit.low + (fit.high - fit.low) * mp.mpf(k) / 400 for k in range(401)]
    return max(abs(mp.polyval(found[::-1], x) / fit.function(x) - 1) for x in points)


def main() -> None:
    """Print the module."""
    print('"""Polynomials of the special functions; written by `scripts/fit_coefficients.py`."""\n')
    print("from typing import Final\n")
    root = mp.mpf(float(ROOT))
    print("#: The root of ψ, as a double and what is left of it.")
    print(f"DIGAMMA_ROOT: Final = ({float(root)!r}, {float(ROOT - root)!r})")
    for fit in FITS:
        found = coefficients(fit)
        print(f"\n#: {fit.what}; relative error {mp.nstr(largest_error(fit, found), 2)}")
        print(f"{fit.name}: Final = (")
        print("\n".join(f"    {float(c)!r}," for c in found))
        print(")")


if __name__ == "__main__":
    main()
