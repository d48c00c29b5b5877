"""One person's likelihoods against brute force: quadrature over the person's level, full covariances."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import integrate, stats

from simulator.calibration import answers, held_out, liking, mixture
from simulator.calibration.likelihood import Factor, Fit
from simulator.calibration.newton import polish
from simulator.optimizers import Box

ANSWERS = np.array([-0.2, 1.6, -0.05, 0.2, math.log(0.8), math.log(0.4)])
LIKING = np.array([7.2, 0.8, 1.2, 0.9, 0.9, 0.4, 0.5, 0.3, 0.1, 0.5, 0.2, -0.4, -0.3])


def rated(ratings, person):
    return ratings.weight[:, person] > 0


def probability_of_answers(ratings, scale, person):
    """By adaptive quadrature over the person's own level."""
    c, a, b, band, within, between = (*ANSWERS[:4], *np.exp(ANSWERS[4:]))
    cups = rated(ratings, person)
    given = ratings.answers[scale][cups, person].astype(int)
    stimulus = ratings.stimulus(scale)[cups, person] - 1.25
    felt = c + a * stimulus + b * (ratings.extraction_pct[cups, person] - 20) / 4
    edges = np.array([-np.inf, -band - 1.5, -band - 0.5, band + 0.5, band + 1.5, np.inf])

    def at(level):
        z = felt + level
        each = stats.norm.cdf((edges[given] - z) / within) - stats.norm.cdf(
            (edges[given - 1] - z) / within
        )
        return np.prod(each) * stats.norm.pdf(level, scale=between)

    return integrate.quad(at, -4, 4, epsabs=0, epsrel=1e-10, limit=200)[0]


@pytest.mark.parametrize("scale", ["intensity", "acidity", "mouthfeel"])
@pytest.mark.parametrize("person", [0, 3, 5])
def test_answers_integrate_over_the_person_s_level(invented, scale, person):
    data = answers.people(invented, scale)[:, person]
    found = answers.negative_log_likelihood(ANSWERS, data)
    expected = -math.log(probability_of_answers(invented, scale, person))
    # Five wild answers are the worst case: a level that is known from 27 is integrated far better.
    assert found == pytest.approx(expected, abs=0.01)


def test_seven_nodes_integrate_real_people_s_levels(ratings):
    for scale in ("intensity", "acidity", "mouthfeel"):
        data = answers.people(ratings, scale)
        for person in range(0, 118, 12):
            found = answers.negative_log_likelihood(ANSWERS, data[:, person])
            expected = -math.log(probability_of_answers(ratings, scale, person))
            assert found == pytest.approx(expected, abs=0.01), (scale, person)


@pytest.mark.parametrize("person", [0, 4, 5])
def test_liking_is_normal_with_the_covariance_of_level_and_slope(invented, person):
    cups = rated(invented, person)
    x = invented.tds_pct[cups, person] - 1.25
    everyone = invented.weight > 0
    lost = np.zeros(cups.sum())
    for k, scale in enumerate((*invented.answers.values(), invented.served)):
        for j, sign in enumerate((-1.0, 1.0)):
            miss = np.maximum(sign * (scale - 3.0), 0.0)
            center = miss[everyone].mean() if k == 3 else 0.0
            lost += LIKING[1 + 2 * k + j] * (miss[cups, person] - center)
    z = (invented.tds_pct[cups, person] - 0.6) / 0.5
    lost += LIKING[9] * 0.5 * (stats.norm.pdf(z) + z * stats.norm.cdf(z))
    within, between, slope = np.exp(LIKING[10:])
    covariance = within**2 * np.eye(x.size) + between**2 + slope**2 * np.outer(x, x)
    expected = stats.multivariate_normal(LIKING[0] - lost, covariance).logpdf(
        invented.liking[cups, person]
    )
    found = liking.negative_log_likelihood(LIKING, liking.people(invented, 0.6, 0.5)[:, person])
    assert -found == pytest.approx(expected, abs=1e-10)


@pytest.mark.parametrize("person", [1, 5])
def test_the_mixture_is_the_log_of_a_mean_of_densities(invented, person):
    rng = np.random.default_rng(8)
    parameters = rng.normal(0, 0.4, mixture.SIZE)
    parameters[[1, 7]] += 6.0
    cups = rated(invented, person)
    x, y = invented.tds_pct - 1.25, (invented.extraction_pct - 20) / 4
    terms = np.stack([np.ones_like(x), x, y, x * x, x * y, y * y])[:, cups, person]
    within, between = np.exp(parameters[-2:])
    covariance = within**2 * np.eye(cups.sum()) + between**2
    densities = [
        stats.multivariate_normal(surface @ terms, covariance).pdf(invented.liking[cups, person])
        for surface in parameters[1:13].reshape(2, 6)
    ]
    share = 1 / (1 + math.exp(-parameters[0]))
    expected = math.log(share * densities[0] + (1 - share) * densities[1])
    found = mixture.negative_log_likelihood(parameters, mixture.people(invented)[:, person])
    assert -found == pytest.approx(expected, abs=1e-10)


def test_a_surface_s_likelihood_is_normal(invented):
    parameters = np.array([6.0, 0.5, -0.1, -1.0, 0.2, 0.1, 0.3, -0.4, 0.1])
    surface = held_out.Surface(0.1 * invented.tds_pct, held_out.TERMS)
    x, y = invented.tds_pct[:, 0] - 1.25, (invented.extraction_pct[:, 0] - 20) / 4
    terms = np.stack([np.ones_like(x), x, y, x * x, x * y, y * y])
    mean = parameters[:6] @ terms + 0.1 * invented.tds_pct[:, 0]
    within, between, slope = np.exp(parameters[6:])
    covariance = within**2 * np.eye(5) + between**2 + slope**2 * np.outer(x, x)
    expected = stats.multivariate_normal(mean, covariance).logpdf(invented.liking[:, 0])
    found = held_out.negative_log_likelihood(parameters, held_out.people(invented, surface)[:, 0])
    assert -found == pytest.approx(expected, abs=1e-10)


def test_a_missing_cup_weighs_nothing(invented):
    data = liking.people(invented, 0.6, 0.5)
    invented.liking[-1, -1] = 1.0  # the cup that was not drunk
    other = liking.people(invented, 0.6, 0.5)
    one, two = (liking.negative_log_likelihood(LIKING, each[:, -1]) for each in (data, other))
    assert one == two


@pytest.mark.parametrize("what", ["liking", "answers"])
def test_gradients_and_hessians_agree_with_differences(invented, what):
    if what == "liking":
        data, x, person = liking.people(invented, 0.6, 0.5), LIKING, liking.negative_log_likelihood
    else:
        data, x, person = (
            answers.people(invented, "acidity"),
            ANSWERS,
            answers.negative_log_likelihood,
        )
    factor = Factor(person, x.size, data.shape[0])
    fit = Fit(factor, data[None], np.array([[1.0, 1.0, 0.5, 0.0, 1.0, 1.0]]))
    one = np.array([0])
    value, gradient = fit.value_and_gradient(x[:, None], one)
    weights = fit.weight[0]
    assert value[0] == pytest.approx(
        np.average([person(x, column) for column in data.T], weights=weights)
    )
    step = 1e-5
    moves = step * np.eye(x.size)
    slopes = [(fit.value((x + m)[:, None], one) - fit.value((x - m)[:, None], one))[0] / (2 * step)
              for m in moves]  # fmt: skip
    assert gradient[:, 0] == pytest.approx(np.array(slopes), abs=1e-7)
    bends = [(fit.value_and_gradient((x + m)[:, None], one)[1]
              - fit.value_and_gradient((x - m)[:, None], one)[1])[:, 0] / (2 * step)
             for m in moves]  # fmt: skip
    assert fit.hessian(x[:, None], one)[..., 0] == pytest.approx(np.array(bends), abs=1e-6)


def test_a_fit_s_bits_do_not_depend_on_its_neighbours(invented):
    data = liking.people(invented, 0.6, 0.5)
    factor = Factor(liking.negative_log_likelihood, LIKING.size, data.shape[0])
    fit = Fit(factor, np.stack([data] * 2), np.array([[1.0] * 6, [1.0, 0, 0, 1, 1, 1]]))
    x = np.stack([LIKING, LIKING + 0.1], axis=1)
    together = fit.value_and_gradient(x, np.array([0, 1]))
    alone = fit.value_and_gradient(x[:, 1:], np.array([1]))
    for one, other in zip(together, alone, strict=True):
        assert np.array_equal(one[..., 1], other[..., 0])


class Bowl:
    """x², or what is said of it."""

    def __init__(self, value=np.square):
        self._value = value

    def value_and_gradient(self, x, repeats):
        return self._value(x[0]), 2.0 * x

    def hessian(self, x, repeats):
        return np.full((1, 1, x.shape[1]), 2.0)


WIDE = Box(np.array([-10.0]), np.array([10.0]))


def test_newton_refuses_a_start_without_a_gradient():
    with pytest.raises(ArithmeticError, match="not finite"):
        polish(Bowl(), WIDE, np.array([[np.nan]]))


def test_newton_gives_up_where_no_step_improves():
    with pytest.raises(ArithmeticError, match="no optimum after 3 Newton steps"):
        polish(Bowl(lambda x: -np.square(x)), WIDE, np.array([[3.0]]), steps=3)
    assert polish(Bowl(), WIDE, np.array([[3.0]]), steps=3) == pytest.approx(np.zeros((1, 1)))
