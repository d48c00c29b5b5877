"""The whole calibration from the ratings: it reproduces the committed numbers, and says what it should."""

from __future__ import annotations

import json

import numpy as np
import pytest
from scipy import stats

from simulator.calibration import (
    Group,
    best_tds_pct,
    differences,
    likelihoods,
    liking,
    mixture,
    rating_scatter,
)
from simulator.calibration.__main__ import TOLERANCE, main
from simulator.calibration.groups import LIKING_BOX, descend
from simulator.calibration.likelihood import Factor, Fit
from simulator.calibration.newton import polish
from simulator.calibration.ratings import SHA256, read_ratings
from simulator.calibration.scipy_check import largest_distance
from simulator.coffee import DEFAULT, PALATE_FILE, RatingNoise
from simulator.coffee.facts import best_tds_pct as modelled_best_tds_pct
from simulator.errors import InputError
from simulator.optimizers import Box

STORED = json.loads(PALATE_FILE.read_text(encoding="utf-8"))


def test_the_ratings_are_the_published_ones(ratings):
    assert ratings.sha256 == SHA256 == STORED["data"]["sha256"]
    assert (ratings.count, ratings.people.size) == (3164, 118)
    assert ratings.liking[ratings.weight > 0].mean() == pytest.approx(5.85, abs=0.005)


GROUPS = list(STORED["palates"])


def stored(part, what="parameters"):
    """One column a fit, in the order of the groups: of a scale, or of liking."""
    blocks = [
        p["liking"] if part == "liking" else p["scales"][part] for p in STORED["palates"].values()
    ]
    return blocks, np.stack([np.array(list(b[what].values())) for b in blocks], axis=1)


@pytest.fixture(scope="module")
def these(ratings):
    return likelihoods(ratings)


@pytest.mark.parametrize("part", ["intensity", "acidity", "mouthfeel", "liking"])
def test_the_committed_numbers_are_the_optimum_and_their_errors_the_curvature(ratings, these, part):
    # The whole calibration takes longer than a test may: scripts/calibrate --check runs it.
    weights = np.stack([ratings.group(name) for name in GROUPS])
    if part == "liking":
        fit = these.liking_fit(list(weights))
    else:
        data = np.stack([these.answers_data[part]] * len(GROUPS))
        fit = Fit(these.answers, data, weights)
    blocks, x = stored(part)
    value, gradient = fit.value_and_gradient(x, np.arange(len(GROUPS)))
    if part == "liking":
        # Without a bound of its own: what the fit says, even where the model takes 0 for it.
        assert blocks[1]["parameters"]["too_bitter"] < 0 < blocks[2]["parameters"]["too_bitter"]
    assert np.abs(gradient).max() < 1e-7
    information = fit.total_hessian(x)
    for i, block in enumerate(blocks):
        covariance = np.array(block["covariance"])
        assert covariance @ information[..., i] == pytest.approx(np.eye(len(x)), abs=1e-5)
        if part == "liking":
            told = STORED["palates"][GROUPS[i]]["log_likelihood"]["liking_given_answers"]
            assert -value[i] * weights[i].sum() == pytest.approx(told, abs=1e-5)


def test_the_committed_mixture_is_an_optimum(ratings):
    told = STORED["mixture"]
    share, surfaces = told["share"], np.ravel(told["surfaces_1_x_y_xx_xy_yy"])
    x = np.r_[np.log(share / (1 - share)), surfaces, told["log_within"], told["log_between"]]
    data = mixture.people(ratings)
    fit = Fit(mixture.factor(data.shape[0]), data[None], np.ones((1, 118)))
    value, gradient = fit.value_and_gradient(x[:, None], np.array([0]))
    assert np.abs(gradient).max() < 1e-7
    assert -value[0] * 118 == pytest.approx(told["log_likelihood"], abs=1e-5)


def test_scipy_finds_the_optimum_of_liking_too(ratings, these):
    weights = [ratings.group(name) for name in GROUPS]
    _, x = stored("liking")
    assert largest_distance(these.liking_fit(weights), LIKING_BOX, liking.START, x) < 1e-6


def test_a_rough_start_leads_to_the_committed_numbers(ratings, these):
    _, x = stored("liking")
    found = descend(these.liking_fit([ratings.group("cluster_2")]), LIKING_BOX, liking.START)
    assert found[:, 0] == pytest.approx(x[:, 2], abs=TOLERANCE)


def test_the_model_tastes_with_the_committed_numbers():
    for name, palate in STORED["palates"].items():
        mine = getattr(DEFAULT.customers, name)
        assert mine.perfect_liking == palate["perfect_liking"]
        assert modelled_best_tds_pct(name) == pytest.approx(palate["best_tds_pct"], abs=2e-4)
        answers = palate["scales"]["acidity"]["parameters"]
        assert mine.acidity.tds_slope == answers["stimulus_slope"]
        assert mine.acidity.scatter**2 == pytest.approx(
            np.exp(2 * answers["log_within"]) + np.exp(2 * answers["log_between"])
        )


def test_people_held_out_are_foretold_better_than_by_the_baselines():
    scores = STORED["held_out"]["log_density_per_rating"]
    model = scores["model, everyone's palate"]
    assert len(scores) == 7
    for name in scores:
        if not name.startswith("model"):
            assert model > scores[name], name


def test_the_clusters_differ_in_the_strength_they_like():
    palates = STORED["palates"]
    assert palates["cluster_1"]["best_tds_pct"] == pytest.approx(1.36, abs=0.05)
    assert palates["cluster_2"]["best_tds_pct"] < 1.0


def test_two_classes_without_labels_differ_in_the_same_direction():
    mixture = STORED["mixture"]
    strong, mild = mixture["best_tds_pct_of_surfaces"]
    assert strong > 1.31
    assert mild < 1.0
    table = np.array(mixture["people_by_class_and_published_cluster"])
    assert table.sum() == 118
    # Of the people found to like it strong most are in the published strong cluster.
    assert table[0, 0] > 2 * table[0, 1]
    assert mixture["starts_agreeing"] == 8


def test_a_missing_file_says_where_to_get_the_data_and_ends_with_2(tmp_path, capsys):
    assert main([str(tmp_path / "nowhere.csv")]) == 2
    message = capsys.readouterr().err
    assert "https://doi.org/10.25338/B8993H" in message
    assert "nowhere.csv" in message


@pytest.mark.parametrize("content", ["", "Judge,Liking\n1,5\n", "Judge\n"])
def test_another_file_is_refused(tmp_path, content):
    path = tmp_path / "other.csv"
    path.write_text(content)
    with pytest.raises(InputError, match="no column"):
        read_ratings(path)


def test_a_rating_that_is_not_a_number_is_refused(tmp_path, cotter):
    lines = cotter.read_text(encoding="latin-1").splitlines()[:3]
    path = tmp_path / "odd.csv"
    path.write_text("\n".join([*lines[:2], lines[2].replace("0.97", "weak")]), encoding="latin-1")
    with pytest.raises(InputError, match="weak"):
        read_ratings(path)


def test_bad_carafes_are_left_out(ratings):
    drunk = ratings.weight > 0
    assert ratings.tds_pct[drunk].max() < 1.9
    assert ratings.extraction_pct[drunk].max() < 30
    assert np.count_nonzero(~drunk) == 22


def test_differences_name_what_differs_and_what_is_missing():
    one = {"a": {"b": 1.0, "c": [1.0, 2.0]}, "d": "x"}
    two = {"a": {"b": 1.5, "c": [1.0, 2.0]}, "e": 1.0}
    assert dict(differences(one, two)) == {"a.b": 0.5, "d": np.inf, "e": np.inf}
    assert differences(one, one) == []


class Quartic:
    """Two bowls side by side: a convex one, and one that pushes against its bound."""

    size = 2

    def value_and_gradient(self, x, repeats):
        value = (x[0] - 1.0) ** 4 + (x[0] - 1.0) ** 2 + (x[1] - 3.0) ** 2 * (1 + repeats)
        slope = [4 * (x[0] - 1.0) ** 3 + 2 * (x[0] - 1.0), 2 * (x[1] - 3.0) * (1 + repeats)]
        return value, np.stack(slope)

    def value(self, x, repeats):
        return self.value_and_gradient(x, repeats)[0]

    def hessian(self, x, repeats):
        found = np.zeros((2, 2, x.shape[1]))
        found[0, 0], found[1, 1] = 12 * (x[0] - 1.0) ** 2 + 2, 2.0 * (1 + repeats)
        return found


def test_newton_finds_inner_optima_and_stops_at_bounds():
    box = Box(np.array([-9.0, -9.0]), np.array([9.0, 2.0]))
    found = polish(Quartic(), box, np.array([[-5.0, 4.0], [-3.0, 1.0]]))
    assert found == pytest.approx(np.array([[1.0, 1.0], [2.0, 2.0]]), abs=1e-9)


def test_newton_says_when_there_is_no_optimum():
    class Slope(Quartic):
        def value_and_gradient(self, x, repeats):
            return x[0] + 0 * x[1], np.stack([np.ones(x.shape[1]), np.zeros(x.shape[1])])

        def hessian(self, x, repeats):
            return np.repeat(np.eye(2)[:, :, None], x.shape[1], axis=2)

    box = Box(np.full(2, -1e9), np.full(2, 1e9))
    with pytest.raises(ArithmeticError, match="no optimum"):
        polish(Slope(), box, np.zeros((2, 1)), steps=5)


def test_a_group_s_best_strength_is_that_of_the_model(ratings):
    palate = STORED["palates"]["cluster_1"]
    group = Group(
        {name: np.array(list(b["parameters"].values())) for name, b in palate["scales"].items()},
        np.array(list(palate["liking"]["parameters"].values())),
    )
    assert best_tds_pct(group) == pytest.approx(modelled_best_tds_pct("cluster_1"), abs=1e-6)
    level = group.perfect_liking(ratings, ratings.group("cluster_1"))
    assert level == pytest.approx(DEFAULT.customers.cluster_1.perfect_liking, abs=1e-6)


def test_the_model_has_the_bitterness_threshold_that_the_costs_were_fitted_with():
    here, chosen = DEFAULT.customers, STORED["chosen"]
    assert here.bitter_threshold == chosen["bitter_threshold_pct"]
    assert here.bitter_scatter == chosen["bitter_scatter_pct"]


@pytest.fixture(scope="module")
def scatter(ratings):
    """The fit of the ratings' scatter around the committed palates of the two clusters."""

    def group(name):
        palate = STORED["palates"][name]
        scales = {
            scale: np.array(list(block["parameters"].values()))
            for scale, block in palate["scales"].items()
        }
        return Group(scales, np.array(list(palate["liking"]["parameters"].values())))

    return rating_scatter.scatter_fit(ratings, [group("cluster_1"), group("cluster_2")])


def test_the_committed_scatter_is_the_optimum_and_its_errors_the_curvature(scatter):
    told = STORED["scatter"]
    x = np.array(list(told["parameters"].values()))[:, None]
    value, gradient = scatter.value_and_gradient(x, np.array([0]))
    assert np.abs(gradient).max() < 1e-7
    assert -value[0] * 118 == pytest.approx(told["log_likelihood"], abs=1e-5)
    information = scatter.total_hessian(x)[..., 0]
    assert np.array(told["covariance"]) @ information == pytest.approx(np.eye(4), abs=1e-5)


def test_the_scatter_is_found_again_in_ratings_made_with_it():
    rng = np.random.default_rng(3)
    cups, persons = 27, 4000
    x = rng.normal(0.0, 0.3, (cups, persons))
    left = 0.2 + rng.normal(0.0, 0.7, persons) + rng.normal(0.0, 1.1, persons) * x
    left = left + rng.normal(0.0, 1.5, (cups, persons))
    parts = (np.ones_like(x), x, x * x, left, left * x, left * left)
    data = np.stack([part.sum(axis=0) for part in parts])
    factor = Factor(rating_scatter.negative_log_likelihood, 4, 6)
    found = rating_scatter.fit_scatter(Fit(factor, data[None], np.ones((1, persons))))[:, 0]
    assert found[0] == pytest.approx(0.2, abs=0.03)
    assert np.exp(found[1:]) == pytest.approx([1.5, 0.7, 1.1], rel=0.04)


def test_a_persons_likelihood_is_that_of_the_normal_distribution_of_the_ratings():
    rng = np.random.default_rng(4)
    x, left = rng.normal(0.0, 0.3, 9), rng.normal(0.0, 1.5, 9)
    within, between, slope = 1.4, 0.8, 1.2
    covariance = within**2 * np.eye(9) + between**2 + slope**2 * np.outer(x, x)
    expected = -stats.multivariate_normal(np.full(9, 0.3), covariance).logpdf(left)
    sums = [part.sum() for part in (np.ones(9), x, x * x, left, left * x, left * left)]
    parameters = np.r_[0.3, np.log([within, between, slope])]
    told = rating_scatter.negative_log_likelihood(parameters, np.array(sums))
    assert told == pytest.approx(expected, rel=1e-12)


def test_the_taste_model_scatters_as_fitted():
    told = STORED["scatter"]["parameters"]
    noise = RatingNoise()
    assert noise.within_person_sd == pytest.approx(np.exp(told["log_within"]))
    assert noise.between_person_sd == pytest.approx(np.exp(told["log_between"]))
    assert noise.tds_slope_sd == pytest.approx(0.25 * np.exp(told["log_slope"]))
    assert 1.5 < noise.within_person_sd < 1.6
