"""The fitted numbers carry errors, and bands follow from them."""

from __future__ import annotations

import json

import numpy as np
import pytest

from simulator.coffee import (
    BEANS,
    DEFAULT,
    PALATE_FILE,
    Brew,
    Recipe,
    customers_in,
    draw_parameters,
    list_parameters,
    replace_parameters,
    standard_errors,
    taste,
    tasting_bands,
)  # fmt: skip
from simulator.coffee.fitted import fitted_palate, fitted_scatter
from simulator.errors import InputError

PRESS = (Recipe(900.0, 240.0), Brew.standard("immersion"), BEANS["medium"], customers_in("survey"))


def test_every_fitted_number_of_the_palates_has_an_error_and_no_other():
    fitted = {
        record.path
        for record in list_parameters(DEFAULT)
        if record.path.startswith("customers.") and record.origin == "fitted"
    }
    errors = standard_errors()
    assert set(errors) == fitted
    assert all(0.0 < error < 1.0 for error in errors.values())


def test_draws_scatter_as_the_errors_say():
    drawn = draw_parameters(np.random.default_rng(5), 4000)
    here = {record.path: record.value for record in list_parameters(drawn)}
    for path, error in standard_errors().items():
        if path.endswith("too_bitter") or path == "customers.cluster_1.perfect_liking":
            continue  # cut off at 0, and what goes with it
        center = next(r.value for r in list_parameters(DEFAULT) if r.path == path)
        assert here[path].shape == (4000,)
        assert here[path].mean() == pytest.approx(center, abs=0.1 * error + 0.002), path
        assert here[path].std() == pytest.approx(error, rel=0.06), path


def test_no_draw_rewards_bitterness_or_has_a_negative_band():
    drawn = draw_parameters(np.random.default_rng(6), 2000).customers
    for palates in (drawn.everyone, drawn.cluster_1, drawn.cluster_2):
        assert palates.too_bitter.min() >= 0.0
        assert min(s.band.min() for s in (palates.intensity, palates.acidity)) >= 0.0


def test_all_draws_taste_at_once_as_they_would_one_by_one():
    drawn = draw_parameters(np.random.default_rng(7), 3)
    scores = taste(*PRESS, drawn).score
    for i in range(3):
        values = {r.path: float(r.value[i]) for r in list_parameters(drawn) if np.ndim(r.value)}
        assert taste(*PRESS, replace_parameters(DEFAULT, values)).score == pytest.approx(scores[i])


def test_bands_hold_the_score_and_are_narrower_than_a_rating_s_scatter():
    bands = tasting_bands(*PRESS)
    assert bands["score"].value == pytest.approx(taste(*PRESS).score)
    for name, band in bands.items():
        assert band.low < band.value < band.high, name
    assert 0.05 < bands["score"].high - bands["score"].low < 1.0
    assert bands["black-strong intensity gap"].unit == "step"


def test_equal_seeds_give_equal_bands():
    assert tasting_bands(*PRESS, draws=50, seed=3) == tasting_bands(*PRESS, draws=50, seed=3)
    assert tasting_bands(*PRESS, draws=50, seed=3) != tasting_bands(*PRESS, draws=50, seed=4)


@pytest.mark.parametrize("damage", ["not json", "{}", '{"palates": {"everyone": {}}}'])
def test_a_damaged_file_of_fitted_numbers_is_refused(tmp_path, damage):
    path = tmp_path / "palate.json"
    path.write_text(damage, encoding="utf-8")
    with pytest.raises(InputError, match="calibrate"):
        fitted_palate("everyone", path)


def test_covariances_are_symmetric_and_positive():
    for palate in json.loads(PALATE_FILE.read_text(encoding="utf-8"))["palates"].values():
        for block in (*palate["scales"].values(), palate["liking"]):
            covariance = np.array(block["covariance"])
            assert np.array_equal(covariance, covariance.T)
            assert np.linalg.eigvalsh(covariance).min() > 0
            errors = list(block["standard_errors"].values())
            assert np.sqrt(np.diag(covariance)) == pytest.approx(errors)


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: content.pop("scatter"),
        lambda content: content["scatter"]["covariance"].pop(),
        lambda content: content["scatter"]["parameters"].update(log_within=float("nan")),
    ],
    ids=["missing", "covariance of others", "no number"],
)
def test_a_damaged_calibration_is_refused_by_its_file(tmp_path, damage):
    content = json.loads(PALATE_FILE.read_text(encoding="utf-8"))
    assert fitted_scatter()["within"] == pytest.approx(
        np.exp(content["scatter"]["parameters"]["log_within"])
    )
    damage(content)
    path = tmp_path / "palate.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(InputError, match=r"palate\.json: not the numbers of a calibration"):
        fitted_scatter(path)
