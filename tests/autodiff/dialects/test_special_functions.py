"""The written-out special functions against mpmath in 50 digits, run by NumPy."""

import mpmath as mp
import numpy as np
import pytest
from scipy import special

from simulator.autodiff.dialects import special_functions as written

RANDOM = np.random.default_rng(20)
NEAR = RANDOM.uniform(-5.0, 5.0, 150)
FAR = RANDOM.uniform(-36.0, 36.0, 60)
TINY = RANDOM.choice([-1.0, 1.0], 40) * np.exp(RANDOM.uniform(-300.0, 0.0, 40))
LINE = np.concatenate([NEAR, FAR, TINY])
RIGHT = np.concatenate([np.abs(LINE), np.exp(RANDOM.uniform(0.0, 300.0, 40))])
UNIT = RANDOM.uniform(0.0, 1.0, 200)


def erfcx(x):
    if x < 500:
        return mp.exp(x * x) * mp.erfc(x)
    return (1 - 1 / (2 * x * x) + 3 / (4 * x**4)) / (x * mp.sqrt(mp.pi))


def log_ndtr(x):
    return mp.log1p(-mp.ncdf(-x)) if x > 0 else mp.log(mp.ncdf(x))


# function, exact function, where, allowed error in units in the last place
CASES = [
    ("expit", lambda x: 1 / (1 + mp.exp(-x)), LINE, 3),
    ("logit", lambda x: mp.log(x / (1 - x)), UNIT, 3),
    ("log_expit", lambda x: -mp.log1p(mp.exp(-x)), LINE, 3),
    ("erf", mp.erf, LINE, 3),
    ("erfc", mp.erfc, LINE[np.abs(LINE) < 26], 5),
    ("erfcx", erfcx, np.concatenate([RIGHT, LINE[LINE > -26]]), 5),
    ("ndtr", mp.ncdf, LINE, 5),
    ("log_ndtr", log_ndtr, np.concatenate([NEAR, FAR[:20]]), 6),
    ("gammaln", mp.loggamma, RIGHT, 5),
    ("digamma", mp.digamma, RIGHT, 5),
    ("log1p", mp.log1p, np.concatenate([RIGHT, -UNIT]), 3),
    ("sinh", mp.sinh, LINE, 3),
    ("cosh", mp.cosh, LINE, 3),
    ("tanh", mp.tanh, LINE, 3),
    ("arcsinh", mp.asinh, np.concatenate([LINE, RIGHT]), 3),
    ("arccosh", mp.acosh, 1.0 + RIGHT, 3),
    ("arctanh", mp.atanh, 2.0 * UNIT - 1.0, 3),
]


def last_places(found, exact):
    """Distance in units in the last place of the exact value."""
    unit = mp.mpf(float(np.spacing(abs(float(exact)))))
    return float(abs(mp.mpf(float(found)) - exact) / unit)


@pytest.mark.parametrize(("name", "exact", "points", "allowed"), CASES, ids=[c[0] for c in CASES])
def test_error_in_units_in_the_last_place(name, exact, points, allowed):
    with np.errstate(all="ignore"):  # the arms not taken
        found = getattr(written, name)(points)
    with mp.workdps(700 if name == "log_ndtr" else 60):
        errors = [
            last_places(y, exact(mp.mpf(float(x)))) for x, y in zip(points, found, strict=True)
        ]
    assert max(errors) <= allowed


@pytest.mark.parametrize("order", [1, 2, 3, 5])
def test_polygamma_of_both_signs(order):
    points = np.concatenate([RANDOM.uniform(0.01, 30.0, 60), RANDOM.uniform(-9.0, 0.0, 20)])
    for x, y in zip(points, written.polygamma(order, points), strict=True):
        exact = mp.polygamma(order, mp.mpf(float(x)))
        assert abs(y - float(exact)) <= 1e-12 * max(abs(float(exact)), 1.0)


@pytest.mark.parametrize("name", ["gammaln", "digamma"])
def test_gamma_functions_left_of_zero(name):
    points = RANDOM.uniform(-8.0, 0.0, 60)
    exact = {"gammaln": lambda x: mp.log(abs(mp.gamma(x))), "digamma": mp.digamma}[name]
    for x, y in zip(points, getattr(written, name)(points), strict=True):
        true = float(exact(mp.mpf(float(x))))
        assert abs(y - true) <= 1e-13 * max(abs(true), 1.0) ** 2


SPECIAL = np.array(
    [0.0, -0.0, 1.0, -1.0, 2.0, -2.0, np.inf, -np.inf, np.nan, 1e308, -1e308, 40.0, -40.0, 5e-324]
)


@pytest.mark.parametrize(
    ("name", "reference"),
    [
        ("expit", special.expit),
        ("logit", special.logit),
        ("log_expit", special.log_expit),
        ("erf", special.erf),
        ("erfc", special.erfc),
        ("log_ndtr", special.log_ndtr),
        ("ndtr", special.ndtr),
        ("digamma", special.digamma),
        ("log1p", np.log1p),
        ("sinh", np.sinh),
        ("cosh", np.cosh),
        ("tanh", np.tanh),
        ("arcsinh", np.arcsinh),
        ("arccosh", np.arccosh),
        ("arctanh", np.arctanh),
    ],
)
def test_infinities_zeros_and_nan_are_scipys(name, reference):
    with np.errstate(all="ignore"):
        found, expected = getattr(written, name)(SPECIAL), reference(SPECIAL)
    np.testing.assert_allclose(found, expected, rtol=1e-13)
    zeros = expected == 0.0
    assert np.array_equal(np.signbit(found[zeros]), np.signbit(expected[zeros]))


@pytest.mark.parametrize(
    ("name", "reference"),
    [
        ("remainder", np.remainder),
        ("floor_divide", np.floor_divide),
        ("logaddexp", np.logaddexp),
        ("xlogy", special.xlogy),
        ("xlog1py", special.xlog1py),
    ],
)
def test_two_operands_on_every_pair_of_special_values(name, reference):
    points = np.concatenate([SPECIAL, [0.3, -7.25, 1e16]])
    a, b = np.meshgrid(points, points)
    with np.errstate(all="ignore"):
        found, expected = getattr(written, name)(a, b), reference(a, b)
    np.testing.assert_allclose(found, expected, rtol=1e-14)
    zeros = expected == 0.0
    assert np.array_equal(np.signbit(found[zeros]), np.signbit(expected[zeros]))


def test_gammaln_at_poles_and_infinities():
    points = np.array([0.0, -1.0, -2.0, np.inf, -np.inf, np.nan, 1.0, 2.0])
    with np.errstate(all="ignore"):
        found = written.gammaln(points)
    expected = [np.inf, np.inf, np.inf, np.inf, -np.inf, np.nan, 0.0, 0.0]
    np.testing.assert_array_equal(found, expected)
