"""The whole walk: grinder, brewer, cup, palate, customers, in one call."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import scipy.special

from simulator.coffee.beans import Bean
from simulator.coffee.brewer import BrewerParameters, Extraction, extract
from simulator.coffee.cup import Cup, CupParameters, fill
from simulator.coffee.customers import CustomerParameters, Segment
from simulator.coffee.grinder import GrinderParameters, Grounds, grind
from simulator.coffee.judgement import SegmentVerdict, judge, judge_coffee
from simulator.coffee.palate import PalateParameters, Perception, perceive
from simulator.coffee.recipe import Brew, Recipe, Scalar


@dataclass(frozen=True)
class Parameters:
    """Every number of the model, station by station."""

    grinder: GrinderParameters = field(default_factory=GrinderParameters)
    brewer: BrewerParameters = field(default_factory=BrewerParameters)
    cup: CupParameters = field(default_factory=CupParameters)
    palate: PalateParameters = field(default_factory=PalateParameters)
    customers: CustomerParameters = field(default_factory=CustomerParameters)


DEFAULT = Parameters()


@dataclass(frozen=True)
class Tasting:
    """One cup, from the grinder to the verdicts.

    For a batch each quantity has the broadcast shape of the inputs it depends on.
    """

    recipe: Recipe
    grounds: Grounds
    extraction: Extraction
    cup: Cup
    perception: Perception
    segments: tuple[SegmentVerdict, ...]
    """In the order of the customers given."""
    score: Scalar
    """Mean score over the customers, 1–9."""

    @property
    def extraction_yield_pct(self) -> Scalar:
        """Extraction yield (EY), percent of the dry dose."""
        return self.extraction.extraction_yield_pct

    @property
    def tds_pct(self) -> Scalar:
        """Total dissolved solids (TDS), percent of the beverage before milk, sugar and dilution."""
        return self.extraction.tds_pct

    @property
    def strength(self) -> Scalar:
        """Flavour intensity, %TDS-equivalents."""
        return self.perception.strength

    @property
    def bitterness(self) -> Scalar:
        """Bitterness, %TDS-equivalents."""
        return self.perception.bitterness

    @property
    def sourness(self) -> Scalar:
        """Sourness, %TDS-equivalents."""
        return self.perception.sourness

    @property
    def sweetness(self) -> Scalar:
        """Sweetness, 0–10; chosen scale."""
        return self.perception.sweetness

    @property
    def creaminess(self) -> Scalar:
        """Creaminess, 0–10; chosen scale."""
        return self.perception.creaminess

    @property
    def mouthfeel(self) -> Scalar:
        """Body, %TDS-equivalents."""
        return self.perception.mouthfeel


def taste(
    recipe: Recipe,
    brew: Brew,
    bean: Bean,
    customers: Sequence[tuple[Segment, Scalar]],
    parameters: Parameters = DEFAULT,
) -> Tasting:
    """Brew a recipe and let the customers score it.

    Nothing is checked against the model's ranges here: see :func:`simulator.coffee.check_ranges`.

    Args:
        recipe: grind, time, milk and sugar; floats, arrays or traced values.
        brew: method and amounts.
        bean: what was roasted.
        customers: segments with their shares, which are divided by their sum.
        parameters: the model's numbers.

    Raises:
        ValueError: no customers.
        RecipeError: unknown method.
        InputError: a segment names unknown palates.

    >>> from simulator.coffee import BEANS, Brew, Recipe, customers_in
    >>> brew = Brew.standard("immersion")
    >>> press = taste(Recipe(900.0, 240.0), brew, BEANS["medium"], customers_in("survey"))
    >>> print(f"EY {press.extraction_yield_pct:.2f} %, TDS {press.tds_pct:.3f} %")
    EY 19.95 %, TDS 1.232 %
    >>> import numpy as np
    >>> finer = Recipe(np.array([700.0, 800.0, 900.0]), 240.0)
    >>> taste(finer, brew, BEANS["medium"], customers_in("survey")).score.shape
    (3,)
    """
    if not customers:
        raise ValueError("a cup needs at least one customer")
    grounds = grind(recipe.grind_um, parameters.grinder)
    extraction = extract(grounds, recipe.time_s, brew, bean, parameters.brewer)
    cup = fill(recipe, extraction, brew.method, parameters.cup)
    perception = perceive(cup, recipe.grind_um, brew.method, parameters.palate)
    segments = _verdicts(perception, extraction, bean, customers, parameters.customers)
    return Tasting(recipe, grounds, extraction, cup, perception, segments, _mean_score(segments))


def _verdicts(
    perception: Perception,
    extraction: Extraction,
    bean: Bean,
    customers: Sequence[tuple[Segment, Scalar]],
    parameters: CustomerParameters,
) -> tuple[SegmentVerdict, ...]:
    # Segments with equal palates share one verdict on the coffee: most of the work is there.
    coffees = {
        palates: judge_coffee(perception, extraction.extraction_yield_pct, palates, parameters)
        for palates in dict.fromkeys(segment.palates for segment, _ in customers)
    }
    return tuple(
        judge(coffees[segment.palates], perception, segment, share, bean.quality_points, parameters)
        for segment, share in customers
    )


def _weighted(parts: Sequence[tuple[Scalar, Scalar]]) -> Scalar:
    """Mean of values by weights, given as (weight, value)."""
    total = sum(weight for weight, _ in parts)
    first, *rest = ((weight / total) * value for weight, value in parts)
    return sum(rest, first)


def _mean_score(segments: Sequence[SegmentVerdict]) -> Scalar:
    return _weighted([(each.share, each.score) for each in segments])


def mean_score(tasting: Tasting) -> Scalar:
    """Mean score over the customers, 1–9."""
    return tasting.score


def share_above(tasting: Tasting, threshold: float, width: float) -> Scalar:
    """Share of customers who score above a threshold, 0–1, smoothed: mean of lgt((score − threshold)/width).

    Args:
        tasting: the cup.
        threshold: a score, 1–9.
        width: smoothing, points; > 0. The smaller, the nearer to a count, and the more local optima.

    Raises:
        ValueError: width is not positive.
    """
    if not width > 0:
        raise ValueError(f"width = {width!r} must be positive")
    return _weighted(
        [
            (each.share, scipy.special.expit((each.score - threshold) / width))
            for each in tasting.segments
        ]
    )
