"""The next cup: worth drinking, and worth knowing.

A cup is worth its expected score plus, for each cup that is to follow, what its rating and its word would
teach: by how much the best expected score would rise once they are known, averaged over what they may be
(the knowledge gradient; Frazier, Powell & Dayanik 2009). It is computed under the draws of the posterior, so
tasting the same cup again is judged by the same rule.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.special

from simulator.dialin.kit import Kit
from simulator.dialin.likelihood import Counter
from simulator.dialin.pool import one_knob_away, pool_for
from simulator.dialin.posterior import Posterior
from simulator.dialin.traits import INDEX, Array

CLOSE = 0.25
"""Cups within so many points of the best count as found."""

_SHORTLIST = 28
_EDGES = 6  # bins of a rating that is not known yet


@dataclass(frozen=True, eq=False)
class Outlook:
    """The pool of recipes under the posterior, and the cups chosen from it.

    Attributes:
        recipes: of shape (7, C).
        scores: under each draw, shape (M, C).
        best: place of the recipe to recommend: highest mean.
        next: place of the cup to brew next.
        lesson: by how much the next cup's answer is expected to raise the best expected score, points.
        close: chance that the recommended cup is within 0.25 points of this customer's best, 0–1.
    """

    recipes: Array
    scores: Array
    best: int
    next: int
    lesson: float
    close: float


def outlook(
    kit: Kit,
    counter: Counter,
    found: Posterior,
    known: Array,
    *,
    remaining: int = 6,
    with_words: bool = True,
    seed: int = 0,
) -> Outlook:
    """Look over all recipes.

    Args:
        kit: what can be made.
        counter: the compiled model.
        found: the posterior.
        known: settings of the cups brewed so far, in order, shape (7, N).
        remaining: how many cups are to follow the next one; more of them make lessons dearer.
        with_words: whether this customer says something of a cup.
        seed: of the spread of recipes.
    """
    makeable = kit.snapped(known) if known.size else known
    recipes, scores = pool_for(kit, counter, found.traits, makeable, seed)
    mean = scores.mean(axis=0)
    best = int(mean.argmax())
    allowed = np.ones(mean.size, dtype=bool)
    if kit.one_knob and known.shape[1]:
        allowed = one_knob_away(recipes, known[:, -1])
    shortlist = _shortlist(scores, allowed)
    lessons = np.array(
        [_lesson(counter, found, recipes, scores, place, with_words) for place in shortlist]
    )
    chosen = int(np.argmax(mean[shortlist] + max(remaining, 0) * lessons))
    regret = scores.max(axis=1) - scores[:, best]
    return Outlook(
        recipes,
        scores,
        best,
        int(shortlist[chosen]),
        float(lessons[chosen]),
        float(np.mean(regret <= CLOSE)),
    )


def _shortlist(scores: Array, allowed: Array) -> Array:
    """The recipes whose lessons are worth computing: good on average, or good if one is lucky."""
    mean, spread = scores.mean(axis=0), scores.std(axis=0)
    places = np.flatnonzero(allowed)
    half = _SHORTLIST // 2
    good = places[np.argsort(-mean[places])[:half]]
    lucky = places[np.argsort(-(mean + 1.2 * spread)[places])[:half]]
    both: Array = np.unique(np.concatenate([good, lucky]))
    return both


def _lesson(
    counter: Counter,
    found: Posterior,
    recipes: Array,
    scores: Array,
    place: int,
    with_words: bool,
) -> float:
    """Expected rise of the best expected score once this cup has been answered, points."""
    noise = np.exp(found.traits[INDEX["log_noise"]])
    edges = _rating_edges(scores[:, place], noise)
    below = scipy.special.ndtr((edges[None, :] - scores[:, place, None]) / noise[:, None])
    chance = np.diff(
        np.concatenate([np.zeros((noise.size, 1)), below, np.ones((noise.size, 1))], axis=1), axis=1
    )
    if with_words:
        said = counter.opinions(found.traits, recipes[:, [place]])[0][:, :, 0].T
        chance = (chance[:, :, None] * said[:, None, :]).reshape(noise.size, -1)
    # What would be recommended then is chosen by one half of the draws and judged by the other: by the
    # same draws, every answer would seem to teach something.
    halves = [chance[part::2].T @ scores[part::2] for part in (0, 1)]
    rise = 0.0
    for chosen_by, judged_by in (halves, halves[::-1]):
        rise += np.take_along_axis(judged_by, chosen_by.argmax(axis=1)[:, None], axis=1).sum()
        rise -= judged_by.sum(axis=0)[chosen_by.sum(axis=0).argmax()]
    return float(rise / noise.size)


def _rating_edges(score: Array, noise: Array) -> Array:
    """Bin edges that part the ratings to come about evenly."""
    spread = float(np.sqrt(np.var(score) + np.mean(noise**2)))
    at = scipy.special.ndtri(np.arange(1, _EDGES) / _EDGES)
    edges: Array = float(score.mean()) + spread * at
    return edges
