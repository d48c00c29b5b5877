"""What the calibration leaves behind: fitted numbers with their covariance, as a file of the taste model."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from simulator.calibration import answers, liking, rating_scatter
from simulator.calibration.groups import (
    ANSWERS_BOX,
    BITTER_SCATTER_PCT,
    BITTER_THRESHOLD_PCT,
    GROUPS,
    LIKING_BOX,
    Group,
    Likelihoods,
    best_tds_pct,
    fit_groups,
    likelihoods,
)
from simulator.calibration.held_out import FOLDS, held_out_scores
from simulator.calibration.likelihood import Fit
from simulator.calibration.mixture import TERMS, Mixture, fit_mixture
from simulator.calibration.rating_scatter import fit_scatter, scatter_fit
from simulator.calibration.ratings import CITATION, DOI, SCALES, Array, Ratings
from simulator.calibration.scipy_check import largest_distance

_DIGITS = 10
_SCIPY_TOLERANCE = 1e-6
Content = dict[str, Any]


def calibrate(ratings: Ratings) -> Content:
    """Fit everything; the content of the file, in plain lists and numbers.

    Raises:
        ArithmeticError: an optimum was not reached, or scipy finds another one.
    """
    these = likelihoods(ratings)
    weights = [ratings.group(name) for name in GROUPS]
    groups = fit_groups(these, weights)
    _hold_against_scipy(these, groups, weights)
    content = {
        "data": {
            "citation": CITATION,
            "doi": DOI,
            "licence": "CC0 1.0",
            "sha256": ratings.sha256,
            "ratings": ratings.count,
            "people": int(ratings.people.size),
        },
        "chosen": {
            "bitter_threshold_pct": BITTER_THRESHOLD_PCT,
            "bitter_scatter_pct": BITTER_SCATTER_PCT,
        },
        "palates": _palates(these, ratings, groups, weights),
        "scatter": _scatter(scatter_fit(ratings, groups[1:])),
        "mixture": _mixture(fit_mixture(ratings)),
        "held_out": {
            "folds": FOLDS,
            "log_density_per_rating": held_out_scores(these, ratings, groups),
        },
    }
    return {key: _rounded(value) for key, value in content.items()}


def _palates(
    these: Likelihoods, ratings: Ratings, groups: Sequence[Group], weights: Sequence[Array]
) -> Content:
    scales = these.answers_fit(weights)
    by_scale = np.stack([g.scales[scale] for g in groups for scale in SCALES], axis=1)
    by_liking = np.stack([g.liking for g in groups], axis=1)
    of_scales = scales.total_hessian(by_scale)
    of_liking = these.liking_fit(weights).total_hessian(by_liking)
    found: Content = {}
    for i, (name, group, weight) in enumerate(zip(GROUPS, groups, weights, strict=True)):
        members = np.arange(len(SCALES)) + len(SCALES) * i
        found[name] = {
            "people": int(weight.sum()),
            "log_likelihood": _log_likelihood(these, by_scale, by_liking, weights, i),
            "perfect_liking": group.perfect_liking(ratings, weight),
            "best_tds_pct": best_tds_pct(group),
            "scales": {
                scale: _block(answers.PARAMETERS, group.scales[scale], of_scales[..., k])
                for scale, k in zip(SCALES, members, strict=True)
            },
            "liking": _block(liking.PARAMETERS, group.liking, of_liking[..., i]),
        }
    return found


def _block(names: Sequence[str], values: Array, information: Array) -> Content:
    """Parameters with the inverse of their exact Hessian."""
    covariance = np.linalg.inv(information)
    return {
        "parameters": dict(zip(names, values.tolist(), strict=True)),
        "standard_errors": dict(zip(names, np.sqrt(np.diag(covariance)).tolist(), strict=True)),
        "covariance": ((covariance + covariance.T) / 2).tolist(),
    }


def _log_likelihood(
    these: Likelihoods, by_scale: Array, by_liking: Array, weights: Sequence[Array], group: int
) -> Content:
    count, people = len(SCALES), float(weights[group].sum())
    of_answers = these.answers_fit(weights).value(by_scale, np.arange(by_scale.shape[1]))
    of_liking = these.liking_fit(weights).value(by_liking, np.arange(by_liking.shape[1]))
    return {
        "answers": -float(of_answers[count * group : count * (group + 1)].sum()) * people,
        "liking_given_answers": -float(of_liking[group]) * people,
    }


def _hold_against_scipy(
    these: Likelihoods, groups: Sequence[Group], weights: Sequence[Array]
) -> None:
    by_scale = np.stack([g.scales[scale] for g in groups for scale in SCALES], axis=1)
    by_liking = np.stack([g.liking for g in groups], axis=1)
    far = max(
        largest_distance(these.answers_fit(weights), ANSWERS_BOX, answers.START, by_scale),
        largest_distance(these.liking_fit(weights), LIKING_BOX, liking.START, by_liking),
    )
    if far > _SCIPY_TOLERANCE:
        raise ArithmeticError(f"scipy's optimum differs by {far:.1e} in log-likelihood")


def _scatter(fit: Fit) -> Content:
    fitted = fit_scatter(fit)
    far = largest_distance(fit, rating_scatter.BOX, rating_scatter.START, fitted)
    if far > _SCIPY_TOLERANCE:
        raise ArithmeticError(f"scipy's scatter differs by {far:.1e} in log-likelihood")
    block = _block(rating_scatter.PARAMETERS, fitted[:, 0], fit.total_hessian(fitted)[..., 0])
    everyone = float(fit.weight.sum())
    return block | {"log_likelihood": -float(fit.value(fitted, np.array([0]))[0]) * everyone}


def _mixture(mixture: Mixture) -> Content:
    surfaces = mixture.parameters[1 : 1 + 2 * TERMS].reshape(2, TERMS)
    return {
        "share": mixture.share,
        "log_likelihood": mixture.log_likelihood,
        "log_likelihood_given_published_clusters": mixture.labelled_log_likelihood,
        "people_by_class_and_published_cluster": mixture.agreement.tolist(),
        "best_tds_pct_of_surfaces": [1.25 - each[1] / (2.0 * each[3]) for each in surfaces],
        "surfaces_1_x_y_xx_xy_yy": surfaces.tolist(),
        "log_within": mixture.parameters[-2],
        "log_between": mixture.parameters[-1],
        "starts_agreeing": mixture.starts_agreeing,
    }


def _rounded(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _rounded(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_rounded(part) for part in value]
    return float(f"{value:.{_DIGITS}g}") if isinstance(value, float) else value


def write(content: Content, path: Path) -> None:
    """Write the file, ready to be compared by people."""
    text = json.dumps(content, indent=1, ensure_ascii=False)
    # Rows of numbers on one line each.
    text = re.sub(r"\[[^\[\]{}]*\]", lambda row: " ".join(row.group().split()), text)
    path.write_text(text + "\n", encoding="utf-8")


def differences(content: Content, other: Content, where: str = "") -> list[tuple[str, float]]:
    """Numbers that differ, as (path, difference); what is missing or not a number differs by infinity."""
    found: list[tuple[str, float]] = []
    for name in {**content, **other}:
        here = f"{where}.{name}" if where else name
        one, two = content.get(name), other.get(name)
        if isinstance(one, dict) and isinstance(two, dict):
            found += differences(one, two, here)
        elif one != two:
            found.append((here, _distance(one, two)))
    return found


def _distance(one: Any, two: Any) -> float:
    try:
        gaps = np.abs(np.asarray(one, dtype=float) - np.asarray(two, dtype=float))
    except (TypeError, ValueError):
        return float("inf")
    return float(np.nan_to_num(gaps, nan=np.inf).max(initial=0.0))
