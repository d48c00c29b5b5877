"""What the model says of black coffee against the published ratings (skipped without them)."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import ndtr

from simulator.coffee import DEFAULT, RatingNoise, titratable_acidity_ml

GROUPS = ("everyone", "cluster_1", "cluster_2")
COLUMNS = {"intensity": "Flavor.intensity", "acidity": "Acidity", "mouthfeel": "Mouthfeel"}
CUSTOMERS = DEFAULT.customers


def psi(z, s):
    return s * np.exp(-((z / s) ** 2) / 2) / np.sqrt(2 * np.pi) + z * ndtr(z / s)


def gap(ratings, scale, name):
    """Mean distance from just right at each rated brew, in steps."""
    tds = ratings.sourness if name == "acidity" else ratings.tds
    z = scale.constant - 3 + scale.tds_slope * (tds - 1.25)
    return z + scale.extraction_slope * ratings.y


def modelled_liking(ratings, palates):
    """Mean liking that the model gives each rated brew."""
    mine = getattr(CUSTOMERS, palates)
    excess = psi(ratings.tds - CUSTOMERS.bitter_threshold, CUSTOMERS.bitter_scatter)
    total = mine.perfect_liking - mine.too_bitter * excess
    for name in COLUMNS:
        scale = getattr(mine, name)
        z = gap(ratings, scale, name)
        total = total - scale.too_low * psi(-z - scale.band, scale.scatter)
        total = total - scale.too_high * psi(z - scale.band, scale.scatter)
    return total


def test_the_usable_ratings_are_the_published_ones(ratings):
    assert len(ratings.rows) == 3164
    assert np.unique(ratings.person).size == 118
    assert ratings.liking.mean() == pytest.approx(5.85, abs=0.005)


@pytest.mark.parametrize("palates", GROUPS)
@pytest.mark.parametrize("name", COLUMNS)
def test_the_scales_give_each_answer_as_often_as_people_did(ratings, palates, name):
    scale, mask = getattr(getattr(CUSTOMERS, palates), name), ratings.group(palates)
    edges = np.array([-np.inf, -1.5, -0.5, 0.5, 1.5, np.inf])
    edges += scale.band * np.sign(edges)
    z = gap(ratings, scale, name)[mask]
    modelled = np.diff(ndtr((edges[:, None] - z) / scale.scatter), axis=0).mean(axis=1)
    answered = [np.mean(ratings[COLUMNS[name]][mask] == answer) for answer in range(1, 6)]
    assert modelled == pytest.approx(answered, abs=0.025)


@pytest.mark.parametrize("palates", GROUPS)
@pytest.mark.parametrize("name", COLUMNS)
def test_answers_rise_with_strength_as_people_s_did(ratings, palates, name):
    scale, mask = getattr(getattr(CUSTOMERS, palates), name), ratings.group(palates)
    answers = ratings[COLUMNS[name]]
    z = gap(ratings, scale, name)
    for low, high in ((0.0, 1.1), (1.1, 1.35), (1.35, 2.0)):
        here = mask & (ratings.tds >= low) & (ratings.tds < high)
        too_much = ndtr((z[here] - scale.band - 0.5) / scale.scatter).mean()
        assert too_much == pytest.approx(np.mean(answers[here] > 3), abs=0.05)


@pytest.mark.parametrize("palates", GROUPS)
def test_mean_liking_is_what_the_group_said(ratings, palates):
    mask = ratings.group(palates)
    assert modelled_liking(ratings, palates)[mask].mean() == pytest.approx(
        ratings.liking[mask].mean(), abs=1e-6
    )


def test_one_level_of_a_perfect_cup_would_do_for_all_groups():
    levels = [getattr(CUSTOMERS, palates).perfect_liking for palates in GROUPS]
    assert np.ptp(levels) < 0.03


@pytest.mark.parametrize("palates", GROUPS)
def test_the_surface_of_liking_explains_more_than_half_of_what_a_quadratic_does(ratings, palates):
    mask, x, y = ratings.group(palates), ratings.x, ratings.y
    target = ratings.within(ratings.liking, mask)
    left = np.sum(ratings.within(ratings.liking - modelled_liking(ratings, palates), mask) ** 2)
    _, _, residual = ratings.fit(ratings.liking, [x, y, x * x, y * y, x * y], mask)
    gain, best = np.sum(target**2) - left, np.sum(target**2) - np.sum(residual**2)
    assert 0.5 * best < gain < best


def test_the_clusters_prefer_opposite_strengths(ratings):
    slopes = {}
    for palates in ("cluster_1", "cluster_2"):
        x, y = ratings.x, ratings.y
        _, (a, _, b, *_), _ = ratings.fit(
            ratings.liking, [x, y, x * x, y * y, x * y], ratings.group(palates)
        )
        slopes[palates] = (a, b)
    a, b = slopes["cluster_1"]
    assert 1.25 - a / (2 * b) == pytest.approx(1.36, abs=0.05)
    a, b = slopes["cluster_2"]
    assert np.all(a + 2 * b * (np.array([0.97, 1.6]) - 1.25) < 0)  # falling over all brews


def test_the_noise_of_ratings_is_that_of_the_data(ratings):
    # Moments of every person's own line in TDS, beside the likelihood that the numbers come from.
    noise = RatingNoise()
    people = [ratings.person == number for number in np.unique(ratings.person)]
    left, slopes, errors = [], [], []
    for mask in people:
        design = np.column_stack([np.ones(mask.sum()), ratings.x[mask] / 0.25])
        found, rss, *_ = np.linalg.lstsq(design, ratings.liking[mask], rcond=None)
        left.append(rss[0])
        slopes.append(found[1])
        errors.append(rss[0] / (mask.sum() - 2) * np.linalg.inv(design.T @ design)[1, 1])
    within = np.sqrt(sum(left) / (len(ratings.rows) - 2 * len(people)))
    assert within == pytest.approx(noise.within_person_sd, abs=0.02)
    means = np.array([ratings.liking[mask].mean() for mask in people])
    sampling = within**2 * np.mean([1 / mask.sum() for mask in people])
    assert np.sqrt(means.var(ddof=1) - sampling) == pytest.approx(noise.between_person_sd, abs=0.02)
    cluster = np.array([ratings.cluster[mask][0] for mask in people])
    inside = np.concatenate([np.array(slopes)[cluster == k] - np.mean(np.array(slopes)[cluster == k])
                             for k in np.unique(cluster)])  # fmt: skip
    spread = np.sqrt(np.sum(inside**2) / (len(people) - 2) - np.mean(errors))
    assert spread == pytest.approx(noise.tds_slope_sd, abs=0.03)


def test_titratable_acidity_is_least_squares_over_the_carafes(ratings):
    columns = ("TDS__1", "Percent Extraction", "Volume", "Brew", "Titration pH")
    carafes = np.array(
        [[float(c[0]), float(c[1]), float(c[2])]
         for c in dict.fromkeys(tuple(row[k] for k in columns) for row in ratings.rows)]
    )  # fmt: skip
    tds, extraction, millilitres = carafes.T
    logs = np.column_stack([np.ones_like(tds), np.log(tds / 1.25), np.log(extraction / 20)])
    level, on_tds, on_extraction = np.linalg.lstsq(logs, np.log(millilitres), rcond=None)[0]
    assert np.exp(level) == pytest.approx(titratable_acidity_ml(1.25, 20.0), rel=0.002)
    assert (on_tds, on_extraction) == pytest.approx((1.04, -0.192), abs=0.01)
