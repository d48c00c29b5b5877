"""Noisy customers: the right mean, the right spread, and a stream of their own for every repeat."""

import numpy as np
import pytest
from numpy.random import SeedSequence

from simulator.experiment.config import loads
from simulator.experiment.objectives import ExactObjective, NoisyObjective
from simulator.experiment.problem import Problem

PROBLEM = Problem(loads("name: noisy\nnoise: {customers_per_cup: 25}\n"))
X = np.array([[0.6], [0.5], [0.1], [0.1]])


def noisy(*seeds):
    return NoisyObjective(PROBLEM, [SeedSequence(seed) for seed in seeds])


def test_mean_over_many_cups_is_the_exact_loss():
    objective, cups = noisy(1), 4000
    values = objective.value(np.repeat(X, cups, axis=1), np.zeros(cups, dtype=int))
    exact = float(ExactObjective(PROBLEM).value(X, np.array([0]))[0])
    assert values.mean() == pytest.approx(exact, abs=4 * values.std() / np.sqrt(cups))


def test_mean_gradient_is_the_exact_gradient():
    objective, cups = noisy(2), 4000
    _, gradients = objective.value_and_gradient(
        np.repeat(X, cups, axis=1), np.zeros(cups, dtype=int)
    )
    _, exact = ExactObjective(PROBLEM).value_and_gradient(X, np.array([0]))
    error = np.abs(gradients.mean(axis=1) - exact[:, 0])
    assert (error < 4 * gradients.std(axis=1) / np.sqrt(cups) + 1e-12).all()


def test_spread_of_a_cup_is_what_its_customers_make_it():
    # 25 people: (within² + between²)/25, plus which segments they came from, plus their own slopes.
    values = noisy(3).value(np.repeat(X, 4000, axis=1), np.zeros(4000, dtype=int))
    rating = PROBLEM.experiment.noise.rating()
    tasting = PROBLEM.tasting(X[:, 0])
    shares = np.array([s.share for s in tasting.segments]) / sum(s.share for s in tasting.segments)
    scores = np.array([s.score for s in tasting.segments])
    between_segments = shares @ scores**2 - (shares @ scores) ** 2
    slopes = (rating.tds_slope_sd * (tasting.tds_pct - 1.25) / 0.25) ** 2
    variance = rating.within_person_sd**2 + rating.between_person_sd**2 + between_segments + slopes
    assert values.std() == pytest.approx(np.sqrt(variance / 25), rel=0.05)


def test_a_repeats_customers_do_not_depend_on_its_neighbours():
    together = noisy(4, 5)
    both = [together.value(np.repeat(X, 2, axis=1), np.array([0, 1])) for _ in range(3)]
    alone = noisy(5)
    assert [v[1] for v in both] == [alone.value(X, np.array([0]))[0] for _ in range(3)]


def test_an_experiment_without_noise_has_no_noisy_objective():
    with pytest.raises(ValueError, match="no noise"):
        NoisyObjective(Problem(loads("name: quiet")), [SeedSequence(1)])
