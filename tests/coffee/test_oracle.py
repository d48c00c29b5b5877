"""The whole chain once more, written straight from the equations in 30 digits, against the model."""

from __future__ import annotations

import json

import mpmath
import numpy as np
import pytest
from mpmath import mpf

from simulator.coffee import BEANS, PALATE_FILE, Brew, Method, Recipe, customers_in, taste

FITTED = json.loads(PALATE_FILE.read_text(encoding="utf-8"))["palates"]


def read(group):
    """Constant − 3, x, y, scatter, band, cost too low, cost too high for each scale; bitterness; level."""
    fit, rows = FITTED[group], []
    costs = {name: mpf(repr(value)) for name, value in fit["liking"]["parameters"].items()}
    for scale, block in fit["scales"].items():
        number = {name: mpf(repr(value)) for name, value in block["parameters"].items()}
        scatter = mpmath.sqrt(
            mpmath.exp(2 * number["log_within"]) + mpmath.exp(2 * number["log_between"])
        )
        rows.append(
            (number["constant"], number["stimulus_slope"], number["extraction_slope"], scatter,
             number["band"], costs[f"{scale}_low"], costs[f"{scale}_high"])
        )  # fmt: skip
    return rows, max(costs["too_bitter"], mpf(0)), mpf(repr(fit["perfect_liking"]))


STRONG, MILD = read("cluster_1"), read("cluster_2")
PEOPLE = [(STRONG, 0, 0, 0.236), (MILD, 0, 0, 0.310), (MILD, 0.3, 4, 0.284), (MILD, 2.6, 4, 0.165)]


def lgt(u):
    return 1 / (1 + mpmath.exp(-u))


def psi(z, s):
    return s * mpmath.npdf(z / s) + z * mpmath.ncdf(z / s)


def hermite_rule():
    """Nodes and weights of five-point Gauss–Hermite: roots of 32x⁵ − 160x³ + 120x."""
    roots = [s * mpmath.sqrt((5 + t * mpmath.sqrt(10)) / 2) for s in (-1, 1) for t in (-1, 1)]
    return [(x, 2**4 * 120 * mpmath.sqrt(mpmath.pi) / (25 * mpmath.hermite(4, x) ** 2))
            for x in [mpf(0), *roots]]  # fmt: skip


def yields(d, t, method, dose, water, beverage, celsius, shares, e_max):
    kelvin, ref = celsius + mpf("273.15"), mpf("358.15")
    eta = lambda k: mpf("2.414e-5") * mpf(10) ** (mpf("247.8") / (k - 140))
    g = kelvin / ref * eta(ref) / eta(kelvin)
    fines = 1 / (1 + (d / 234) ** mpf("1.445"))
    time = t * {"immersion": 1, "pour-over": mpf("0.28"), "espresso": 1}[method]
    wash = 1 - mpmath.exp(-time * g / mpf("10.3"))
    got = []
    for share, diffusivity in zip(shares, ("2.58e-10", "1.28e-10", "0.648e-10"), strict=True):
        x = fines * wash
        for node, weight in hermite_rule():
            radius = d * mpmath.exp(mpmath.sqrt(2) * mpf("0.57") * node) / 2 * mpf("1e-6")
            surface = 1 - mpmath.exp(-3 * mpf("38.8e-6") / radius)
            tau = radius**2 / (15 * mpf(diffusivity) * g)
            inside = surface * wash + (1 - surface) * (1 - mpmath.exp(-time / tau))
            x += (1 - fines) * weight / mpmath.sqrt(mpmath.pi) * inside
        got.append(e_max * share / sum(shares) * x)
    if method == "immersion":
        k = mpf("0.792") * mpmath.exp(-657 * (1 / kelvin - 1 / mpf("366.15")))
        got = [k * e for e in got]
        return got, sum(got) * dose / (water + sum(got) * dose)
    if method == "espresso":
        open_at = 509 * mpmath.sqrt(beverage / t / (mpf(40) / 34))
        got = [e * (1 - lgt((open_at - d) / 61) / 2) for e in got]
    return got, sum(got) * dose / beverage


def hill(s, k, n):
    p = (s**2 + mpf("0.25")) ** (mpf(n) / 2) - mpf("0.5") ** mpf(n)
    return p / (mpf(k) ** mpf(n) + p)


def tongue(e, tds, m, s, method, beverage):
    total = 200 + m + s
    c = [10 * 100 * tds * k / sum(e) * 200 / total for k in e]
    if method == "espresso":
        c = [k * beverage / 200 for k in c]
    protein, fat = 33 * m / total, 35 * m / total
    sugar = 1000 * (s + mpf("0.2") * mpf("0.047") * m) / total
    sweet, cream = 10 * hill(sugar, 100, "1.3"), 10 * hill(fat, 8, "1.2")
    strength = sum(c) / 10 / ((1 + mpf("0.012") * fat) * (1 + mpf("0.035") * sweet))
    return {
        "sweetness": sweet,
        "creaminess": cream,
        "bitterness": c[2] / (1 + mpf("0.03") * protein) / mpf("3.43") / (1 + mpf("0.16") * sweet),
        "sourness": c[0] / mpf("2.45") / ((1 + mpf("0.10") * sweet) * (1 + mpf("0.02") * protein)),
        "strength": strength,
        "mouthfeel": sum(c) / 10 + mpf("0.012") * fat + mpf("0.004") * sugar,
    }


def liking(felt, yield_pct, d, method, palates, sweet_ideal, cream_ideal):
    scales, bitter, level = palates
    y = (yield_pct - 20) / 4
    result = level - bitter * psi(felt["bitterness"] - mpf("0.6"), mpf("0.5"))
    for row, name in zip(scales, ("strength", "sourness", "mouthfeel"), strict=True):
        constant, x, slope_y, s, band, low, high = row
        z = constant + x * (felt[name] - mpf("1.25")) + slope_y * y
        result -= low * psi(-z - band, s) + high * psi(z - band, s)
    for gain, name, ideal in (
        ("0.55", "sweetness", sweet_ideal),
        ("0.45", "creaminess", cream_ideal),
    ):
        z, half = mpf(gain) * (felt[name] - mpf(str(ideal))), mpf("0.5")
        at_ideal = mpf("2.45") * half * mpmath.npdf(0)
        result -= mpf("1.05") * psi(-z, half) + mpf("1.4") * psi(z, half) - at_ideal
    return result - (mpf("0.9") * lgt((330 - d) / 45) if method == "immersion" else 0)


@pytest.mark.parametrize("method", list(Method))
def test_every_quantity_agrees_with_the_equations_in_high_precision(method):
    rng = np.random.default_rng([2021, list(Method).index(method)])
    for _ in range(12):
        d, t = np.exp(rng.uniform(np.log([200, 20]), np.log([1400, 600])))
        m, s = rng.uniform([0, 0], [150, 20])
        brew = Brew(method, rng.uniform(10, 30), rng.uniform(150, 400), rng.uniform(25, 200),
                    rng.uniform(80, 99))  # fmt: skip
        bean = BEANS[rng.choice(list(BEANS))]
        tasted = taste(Recipe(d, t, m, s), brew, bean, customers_in("survey"))
        with mpmath.workdps(30):
            d, t, m, s = map(mpf, (d, t, m, s))
            amounts = map(mpf, (brew.dose_g, brew.water_g, brew.beverage_g, brew.temperature_c))
            shares = [mpf(w) for w in (bean.acid_share, bean.middle_share, bean.bitter_share)]
            e, tds = yields(d, t, str(method), *amounts, shares, mpf(bean.e_max))
            felt = tongue(e, tds, m, s, str(method), mpf(brew.beverage_g))
            likings = [liking(felt, 100 * sum(e), d, str(method), *row[:3]) for row in PEOPLE]
            scores = [1 + 8 * lgt((one - 5) / 2) for one in likings]
            weights = [mpf(str(row[3])) for row in PEOPLE]
            mean = sum(w * x for w, x in zip(weights, scores, strict=True)) / sum(weights)
        near = lambda value: pytest.approx(float(value), rel=1e-12)
        assert tasted.extraction_yield_pct == near(100 * sum(e))
        assert tasted.tds_pct == near(100 * tds)
        for name, value in felt.items():
            assert getattr(tasted, name) == near(value), name
        # A liking near 0 is a difference of numbers near 7: hold it to their scale.
        for verdict, one, score in zip(tasted.segments, likings, scores, strict=True):
            assert verdict.liking == pytest.approx(float(one), rel=1e-12, abs=1e-11)
            assert verdict.score == near(score)
        assert tasted.score == near(mean)
