"""The judgement: from what the tongue reports to a score on the 9-point hedonic scale.

Liking starts at that of a perfect cup and loses points for every aspect that misses just right. Each loss
is the average of a kinked penalty over people whose ideals scatter, which makes it smooth.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import scipy.special

from simulator.coffee.customers import CustomerParameters, JarScale, Segment
from simulator.coffee.known_slope import with_slope
from simulator.coffee.palate import Perception
from simulator.coffee.recipe import Scalar

_PEAK = 1.0 / math.sqrt(2.0 * math.pi)


@dataclass(frozen=True)
class Aspect:
    """One thing a customer minds."""

    gap: Scalar
    """Distance from just right; positive means too much. Steps of a just-about-right scale
    (for bitterness, %TDS-equivalents above the threshold)."""
    penalty: Scalar
    """Liking it costs, points."""


@dataclass(frozen=True)
class CoffeeVerdict:
    """What a palate makes of the coffee itself; segments with equal palates share it."""

    intensity: Aspect
    acidity: Aspect
    mouthfeel: Aspect
    bitterness: Aspect
    penalty: Scalar
    """Sum of the four, points."""


@dataclass(frozen=True)
class SegmentVerdict:
    """What one segment makes of the cup."""

    name: str
    share: Scalar
    """Its weight among the customers, as given."""
    intensity: Aspect
    acidity: Aspect
    mouthfeel: Aspect
    bitterness: Aspect
    sweetness: Aspect
    creaminess: Aspect
    grit_penalty: Scalar
    """Points."""
    liking: Scalar
    """A perfect cup's liking plus the bean's quality less all penalties; not bounded."""
    score: Scalar
    """1 dislike extremely … 9 like extremely."""


def mean_excess(gap: Scalar, scatter: Scalar) -> Scalar:
    """Mean of max(gap + e, 0) over normal e of standard deviation ``scatter``: Ψ(z; s).

    Ψ = s·φ(z/s) + z·N(z/s), with Ψ′ = N(z/s); Ψ(−z; s) = Ψ(z; s) − z. Far below zero rounding can
    make it negative by a few 1e-17: never take its logarithm.

    >>> round(float(mean_excess(0.0, 1.0)), 6)
    0.398942
    """
    steps = gap / scatter
    share = scipy.special.ndtr(steps)
    excess = (scatter * _PEAK) * np.exp(-0.5 * (steps * steps)) + gap * share
    return with_slope(excess, gap, lambda: share)


def mean_penalty(gap: Scalar, scatter: Scalar, too_low: Scalar, too_high: Scalar) -> Scalar:
    """Mean cost of a miss: too_low·Ψ(−z) + too_high·Ψ(z), with one Ψ by Ψ(−z) = Ψ(z) − z."""
    return (too_low + too_high) * mean_excess(gap, scatter) - too_low * gap


def banded_penalty(
    gap: Scalar, band: Scalar, scatter: Scalar, too_low: Scalar, too_high: Scalar
) -> Scalar:
    """Mean cost of a miss where a band is just right: too_low·Ψ(−z − δ) + too_high·Ψ(z − δ).

    Args:
        gap: z, the mean distance from just right, in steps.
        band: δ ≥ 0, the half-width of what is just right, in steps.
        scatter: standard deviation of single cups and people around the mean.
        too_low: points a step below the band.
        too_high: points a step above the band.

    >>> bool(np.isclose(banded_penalty(0.3, 0.0, 0.8, 1.0, 2.0), mean_penalty(0.3, 0.8, 1.0, 2.0)))
    True
    """
    below = mean_excess(-gap - band, scatter)
    return too_low * below + too_high * mean_excess(gap - band, scatter)


def _answer(
    scale: JarScale, quantity: Scalar, extraction_steps: Scalar, reference_tds: Scalar
) -> Aspect:
    """The mean distance from just right on one scale, and what it costs."""
    # The constants first, so that they fold into one.
    offset = (scale.constant - 3.0) - scale.tds_slope * reference_tds
    gap = offset + scale.tds_slope * quantity + scale.extraction_slope * extraction_steps
    lost = banded_penalty(gap, scale.band, scale.scatter, scale.too_low, scale.too_high)
    return Aspect(gap, lost)


def judge_coffee(
    perception: Perception,
    extraction_yield_pct: Scalar,
    palates: str,
    parameters: CustomerParameters,
) -> CoffeeVerdict:
    """Judge the coffee apart from sweetness, cream and grit.

    Flavour intensity is answered by strength, acidity by sourness; the extraction yield enters each
    scale on its own too. Bitterness costs p·Ψ(bitterness − threshold; 0.5).

    Args:
        perception: what the tongue reports.
        extraction_yield_pct: extraction yield, percent.
        palates: ``everyone``, ``cluster_1`` or ``cluster_2``.
        parameters: the customers' numbers.
    """
    mine = parameters.palates(palates)
    steps = (
        extraction_yield_pct - parameters.reference_extraction_pct
    ) / parameters.extraction_step_pct
    tds = parameters.reference_tds_pct
    intensity = _answer(mine.intensity, perception.strength, steps, tds)
    acidity = _answer(mine.acidity, perception.sourness, steps, tds)
    mouthfeel = _answer(mine.mouthfeel, perception.mouthfeel, steps, tds)
    excess = perception.bitterness - parameters.bitter_threshold
    bitterness = Aspect(excess, mine.too_bitter * mean_excess(excess, parameters.bitter_scatter))
    total = intensity.penalty + acidity.penalty + mouthfeel.penalty + bitterness.penalty
    return CoffeeVerdict(intensity, acidity, mouthfeel, bitterness, total)


def _addition(quantity: Scalar, ideal: Scalar, gain: Scalar, here: CustomerParameters) -> Aspect:
    """Sweetness or creaminess against the ideal; nothing is lost at the ideal itself."""
    gap = gain * (quantity - ideal)
    at_ideal = (here.pair_too_low + here.pair_too_high) * (here.pair_scatter * _PEAK)
    loss = mean_penalty(gap, here.pair_scatter, here.pair_too_low, here.pair_too_high)
    return Aspect(gap, loss - at_ideal)


def judge(
    coffee: CoffeeVerdict,
    perception: Perception,
    segment: Segment,
    share: Scalar,
    quality_points: Scalar,
    parameters: CustomerParameters,
) -> SegmentVerdict:
    """One segment's verdict: the coffee's, with sweetness, cream and grit, as liking and as a score.

    score = 1 + 8·lgt((L − 5)/2): the liking itself near the middle of the scale, and never outside it.

    Args:
        coffee: the verdict on the coffee by this segment's palates.
        perception: what the tongue reports.
        segment: who judges.
        share: the segment's weight among the customers.
        quality_points: the bean's quality.
        parameters: the customers' numbers.
    """
    here = parameters
    sweetness = _addition(perception.sweetness, segment.ideal_sweetness, here.sweet_gain, here)
    creaminess = _addition(perception.creaminess, segment.ideal_creaminess, here.cream_gain, here)
    grit = here.grit_points * perception.grittiness
    most = here.palates(segment.palates).perfect_liking + quality_points
    liking = most - coffee.penalty - grit - sweetness.penalty - creaminess.penalty
    return SegmentVerdict(
        name=segment.name,
        share=share,
        intensity=coffee.intensity,
        acidity=coffee.acidity,
        mouthfeel=coffee.mouthfeel,
        bitterness=coffee.bitterness,
        sweetness=sweetness,
        creaminess=creaminess,
        grit_penalty=grit,
        liking=liking,
        score=1.0 + 8.0 * scipy.special.expit((liking - here.scale_middle) / here.scale_width),
    )
