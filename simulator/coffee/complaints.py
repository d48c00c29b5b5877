"""What customers say: the complaint each one would voice, and the words they would tick.

On every scale a customer answers too little, just right or too much; each names the one miss that costs
them most, or says "just right" if there is none. Answers on different scales scatter independently,
which is a simplification: real ones go together, so "just right" comes out a little rarer than it is.
**What is said about sweetness and creaminess rests on chosen numbers, not on data.**
"""

# ruff: noqa: RUF009 -- parameter() makes a dataclass field

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy.special import expit, logit, ndtr

from simulator.coffee.customers import CustomerParameters, JarScale, Segment
from simulator.coffee.judgement import SegmentVerdict
from simulator.coffee.provenance import parameter
from simulator.coffee.recipe import Scalar
from simulator.coffee.tasting import DEFAULT, Parameters, Tasting

JUST_RIGHT = "just right"

COMPLAINTS: Mapping[str, tuple[str, str]] = {
    "intensity": ("too weak", "too strong"),
    "acidity": ("too flat", "too sour"),
    "mouthfeel": ("too thin", "too heavy"),
    "bitterness": ("", "too bitter"),
    "sweetness": ("not sweet enough", "too sweet"),
    "creaminess": ("not creamy enough", "too creamy"),
    "grit": ("", "too gritty"),
}
"""Aspect -> what is said of too little and of too much; empty where nobody says such a thing."""

_TICKS = (
    "Cotter et al. 2021 (Dryad 10.25338/B8993H): logit regression of the ticks of 118 people on TDS "
    "and extraction"
)
# Answers are whole numbers, so "just right" reaches half a step beyond the band.
_HALF_STEP = 0.5
_CELLS = 80


@dataclass(frozen=True)
class Tick:
    """A word of a tick-all-that-apply list: logit p = logit(at_reference) + a·x + b·y.

    x is a taste quantity (TDS where none fits) less 1.25 %, y the extraction less 20 % in units of 4 %.
    """

    at_reference: Scalar = parameter(unit="1", origin="fitted", source=_TICKS)
    """Share of people who tick it at TDS 1.25 % and extraction 20 %."""
    slope: Scalar = parameter(unit="1/%", origin="fitted", source=_TICKS)
    extraction_slope: Scalar = parameter(unit="1/4 points", origin="fitted", source=_TICKS)
    quantity: str = "strength"
    """The field of ``Perception`` that stands for TDS."""


@dataclass(frozen=True)
class ComplaintParameters:
    """The numbers of what is said."""

    bitter: Tick = field(default=Tick(0.300, 1.86, 0.06, "bitterness"))
    # At equal TDS sourness falls by .048 % TDS-equivalents per 4 points of extraction, which takes
    # 2.05·.048 of the fitted slope of −.287.
    sour: Tick = field(default=Tick(0.329, 2.05, -0.189, "sourness"))
    sweet: Tick = field(default=Tick(0.191, -1.23, 0.0))
    astringent: Tick = field(default=Tick(0.111, 0.97, -0.11, "bitterness"))
    tea_like: Tick = field(default=Tick(0.196, -1.31, 0.0))
    thick: Tick = field(default=Tick(0.069, 1.93, 0.125, "mouthfeel"))
    burnt: Tick = field(default=Tick(0.167, 1.78, 0.106, "bitterness"))


COMPLAINT_DEFAULT = ComplaintParameters()

TICK_WORDS = ("bitter", "sour", "sweet", "astringent", "tea_like", "thick", "burnt")
"""The words people can tick. "Sweet" is said of black coffee and knows nothing of sugar."""


@dataclass(frozen=True)
class Opinion:
    """What one segment says of a cup."""

    segment: str
    says: Mapping[str, float]
    """Complaint or "just right" -> share of the segment that says it; together 1, most likely first."""
    answers: Mapping[str, tuple[float, float, float]]
    """Aspect -> shares of people who find too little, just right, too much of it."""

    @property
    def most_likely(self) -> str:
        """What most people say."""
        return next(iter(self.says))

    @property
    def likelihood(self) -> float:
        """Share of the segment that says it, 0–1."""
        return self.says[self.most_likely]


@dataclass(frozen=True)
class Miss:
    """One way to miss: ``beyond(cost)`` is the share of people whom it costs more than that."""

    complaint: str
    beyond: Callable[[Any], Any]
    dearest: Scalar
    """Nobody pays more, points."""


def tick_shares(
    tasting: Tasting, parameters: ComplaintParameters = COMPLAINT_DEFAULT
) -> dict[str, Any]:
    """Word -> share of people, 0–1, who would tick it for this cup; floats or arrays.

    >>> from simulator.coffee import BEANS, Brew, Recipe, customers_in, taste
    >>> cup = taste(Recipe(900, 240), Brew.standard("immersion"), BEANS["medium"], customers_in("survey"))
    >>> print(f"{tick_shares(cup)['bitter']:.2f}")
    0.29
    """
    y = (tasting.extraction_yield_pct - 20.0) / 4.0
    shares = {}
    for word in TICK_WORDS:
        tick: Tick = getattr(parameters, word)
        x = getattr(tasting.perception, tick.quantity) - 1.25
        shares[word] = expit(logit(tick.at_reference) + tick.slope * x + tick.extraction_slope * y)
    return shares


def opinions(
    tasting: Tasting,
    customers: Sequence[tuple[Segment, Scalar]],
    parameters: Parameters = DEFAULT,
    words: ComplaintParameters = COMPLAINT_DEFAULT,
) -> tuple[Opinion, ...]:
    """What each segment says of one cup (floats, not a batch), in the order of the customers.

    Args:
        tasting: the cup, tasted by the same customers.
        customers: the segments with their shares.
        parameters: the model's numbers.
        words: the numbers of what is said.
    """
    bitter = tick_shares(tasting, words)["bitter"]
    told = []
    for verdict, (segment, _) in zip(tasting.segments, customers, strict=True):
        gritty = tasting.perception.grittiness
        aspects = misses(verdict, segment, bitter, gritty, parameters.customers)
        answers = {aspect: _answers(aspect, mine) for aspect, mine in aspects.items()}
        told.append(Opinion(segment.name, _said(aspects), answers))
    return tuple(told)


def misses(
    verdict: SegmentVerdict,
    segment: Segment,
    bitter: Scalar,
    gritty: Scalar,
    here: CustomerParameters = DEFAULT.customers,
) -> dict[str, list[Miss]]:
    """Aspect -> the ways in which one segment can find it wrong; plain arithmetic on the verdict's gaps.

    Args:
        verdict: of this segment; only its gaps are read.
        segment: who judges.
        bitter: share of people who tick "bitter" for this cup.
        gritty: the cup's grittiness, 0–1.
        here: the customers' numbers.
    """
    palates = here.palates(segment.palates)
    aspects: dict[str, list[Miss]] = {}
    for aspect in ("intensity", "acidity", "mouthfeel"):
        gap = getattr(verdict, aspect).gap
        aspects[aspect] = list(_scale(aspect, gap, getattr(palates, aspect)))
    pair = JarScale(3.0, 0.0, 0.0, here.pair_scatter, here.pair_too_low, here.pair_too_high)
    for aspect, ideal, gain in (
        ("sweetness", segment.ideal_sweetness, here.sweet_gain),
        ("creaminess", segment.ideal_creaminess, here.cream_gain),
    ):
        gap = getattr(verdict, aspect).gap
        little, much = _scale(aspect, gap, pair)
        # Who wants none cannot have too little, and nobody finds too much where there is none.
        none = float(ndtr((-gain * ideal - _HALF_STEP) / pair.scatter))
        much = _thinned(much, none)
        aspects[aspect] = [little, much] if ideal > 0 else [much]
    aspects["bitterness"] = list(_bitter(verdict.bitterness.gap, palates, here, bitter))
    aspects["grit"] = [
        Miss("too gritty", lambda c: gritty * (c < here.grit_points), here.grit_points)
    ]
    return aspects


def _scale(aspect: str, gap: Scalar, scale: JarScale) -> Iterator[Miss]:
    """Too little and too much on a scale whose answers scatter around ``gap``."""
    silent = scale.band + _HALF_STEP
    for complaint, sign, price in zip(
        COMPLAINTS[aspect], (-1.0, 1.0), (scale.too_low, scale.too_high), strict=True
    ):
        towards = sign * gap
        dearest = price * (np.maximum(towards, silent) + 6.0 * scale.scatter)

        def beyond(cost: Any, towards: Any = towards, price: float = price) -> Any:
            miss = np.maximum(silent, scale.band + cost / price) if price > 0 else np.inf
            return ndtr((towards - miss) / scale.scatter)

        yield Miss(complaint, beyond, dearest)


def _thinned(miss: Miss, idle: float) -> Miss:
    """The miss without the share of people who would complain of nothing at all."""
    all_of_them = miss.beyond(0.0)
    nobody = all_of_them <= 0.0
    real = np.maximum(
        0.0, 1.0 - np.where(nobody, np.inf, idle / np.where(nobody, 1.0, all_of_them))
    )
    return Miss(miss.complaint, lambda cost: real * miss.beyond(cost), miss.dearest)


def _bitter(gap: Scalar, palates: Any, here: CustomerParameters, ticked: Scalar) -> Iterator[Miss]:
    """Too bitter: who tastes it (ticks it), and has a threshold below it, and minds."""
    price, scatter = float(palates.too_bitter), float(here.bitter_scatter)
    if price > 0:
        yield Miss(
            "too bitter",
            lambda cost: ticked * ndtr((gap - np.asarray(cost) / price) / scatter),
            price * (np.maximum(gap, 0.0) + 6.0 * scatter),
        )


def _answers(aspect: str, misses: Sequence[Miss]) -> tuple[float, float, float]:
    shares = {miss.complaint: float(miss.beyond(0.0)) for miss in misses}
    low, high = (shares.get(complaint, 0.0) for complaint in COMPLAINTS[aspect])
    return low, 1.0 - low - high, high


def _said(aspects: Mapping[str, Sequence[Miss]]) -> dict[str, float]:
    """Share of people for whom each miss is the dearest: ∫ dP(cost of it) · Π P(others cost less)."""

    def content(aspect: str, cost: Any) -> Any:
        return np.ones_like(cost) - sum(miss.beyond(cost) for miss in aspects[aspect])

    said: dict[str, float] = {}
    for aspect, misses in aspects.items():
        for miss in misses:
            edges = np.linspace(0.0, miss.dearest, _CELLS + 1)
            people = -np.diff(np.append(miss.beyond(edges[:-1]), 0.0))
            middle = 0.5 * (edges[1:] + edges[:-1])
            others = [content(other, middle) for other in aspects if other != aspect]
            said[miss.complaint] = float(np.sum(people * np.prod(others, axis=0)))
    said[JUST_RIGHT] = float(np.prod([content(aspect, 0.0) for aspect in aspects]))
    total = sum(said.values())
    return {
        words: share / total
        for words, share in sorted(said.items(), key=lambda item: item[1], reverse=True)
    }
