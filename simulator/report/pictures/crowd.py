"""Which ratings single customers would give the recommended cup."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray
from scipy.special import ndtr

from simulator.coffee import RatingNoise
from simulator.experiment.objectives import MIDDLE_TDS_PCT, SLOPE_STEP_PCT
from simulator.figures import RatingGroup, draw_ratings
from simulator.report.pictures.material import Material

_BETWEEN_RATINGS = np.arange(1.5, 9.0)


def ratings(material: Material) -> Figure:
    """One panel per kind of customers, and one for all."""
    groups, everyone = rating_groups(material)
    return draw_ratings(groups, everyone, title=material.name, words=material.words)


def rating_groups(material: Material) -> tuple[list[RatingGroup], RatingGroup]:
    """Each kind of customers, and all together, with the shares of the nine ratings they give.

    One person's rating of one cup scatters around the score of their kind as it does in the data:
    within a person, between people, and by how much each minds a TDS off 1.25 %. Ratings are whole, and
    what falls beyond the scale is given its end.
    """
    problem = material.problem
    tasting = problem.tasting(problem.coordinates(material.recommended().recipe))
    noise = problem.experiment.noise
    scatter = noise.rating() if noise else RatingNoise()
    off = (float(tasting.tds_pct) - MIDDLE_TDS_PCT) / SLOPE_STEP_PCT
    spread = float(
        np.sqrt(
            scatter.within_person_sd**2
            + scatter.between_person_sd**2
            + (scatter.tds_slope_sd * off) ** 2
        )
    )
    groups = [
        RatingGroup(
            material.messages.word("segment", segment.name),
            float(share),
            float(verdict.score),
            rating_shares(float(verdict.score), spread),
        )
        for (segment, share), verdict in zip(problem.customers, tasting.segments, strict=True)
    ]
    together = np.sum([group.share * group.ratings for group in groups], axis=0)
    name = material.words.everyone
    return groups, RatingGroup(name, 1.0, float(tasting.score), together / together.sum())


def rating_shares(score: float, spread: float) -> NDArray[np.float64]:
    """Shares of people who rate 1, 2 … 9, shape (9,), if ratings scatter normally around a score.

    ``spread`` is the standard deviation, points, > 0.

    >>> rating_shares(5.0, 1.0).round(3).tolist()
    [0.0, 0.006, 0.061, 0.242, 0.383, 0.242, 0.061, 0.006, 0.0]
    """
    below = ndtr((_BETWEEN_RATINGS - score) / spread)
    return np.diff(np.concatenate([[0.0], below, [1.0]]))


def ratings_in_words(material: Material) -> dict[str, str]:
    """The mean of each kind, and how many rate 6 or more."""
    groups, everyone = rating_groups(material)
    means = (
        material.messages.say(
            "alt.mean", name=group.label, mean=f"{group.mean:.2f}", liked=_liked(group)
        )
        for group in groups
    )
    return {
        "means": material.messages.say("separator.words").join(means),
        "liked": _liked(everyone),
    }


def _liked(group: RatingGroup) -> str:
    return f"{100 * float(group.ratings[5:].sum()):.0f}"
