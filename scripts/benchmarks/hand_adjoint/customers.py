"""The customers by hand: what the tongue reports, and the yield → the loss, and back."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from benchmarks.counting import Functions
from benchmarks.hand_adjoint.sums import Back, Scalar, dot, grouped, summed
from simulator.coffee import DEFAULT
from simulator.coffee.customers import JarScale, Palates
from simulator.experiment.problem import Problem

_HERE = DEFAULT.customers
_PEAK = 1.0 / math.sqrt(2.0 * math.pi)

Excess = Callable[[Scalar, float], tuple[Scalar, Scalar]]


def mean_excess(functions: Functions) -> Excess:
    """Ψ(z; s) = s·φ(z/s) + z·N(z/s), and its derivative N(z/s)."""

    def excess(gap: Scalar, scatter: float) -> tuple[Scalar, Scalar]:
        steps = gap / scatter
        below = functions.ndtr(steps)
        bell = (scatter * _PEAK) * functions.exp(-0.5 * (steps * steps))
        return bell + gap * below, below

    return excess


def _answer(
    scale: JarScale, quantity: Scalar, extraction: Scalar, excess: Excess
) -> tuple[Scalar, Back]:
    """One just-about-right scale: what is lost, and back to the quantity and the yield."""
    per_point = scale.extraction_slope / _HERE.extraction_step_pct
    offset = scale.constant - 3.0 - scale.tds_slope * _HERE.reference_tds_pct
    offset -= per_point * _HERE.reference_extraction_pct
    gap = offset + scale.tds_slope * quantity + per_point * extraction
    below, weak = excess(-scale.band - gap, scale.scatter)
    above, strong = excess(gap - scale.band, scale.scatter)

    def back(price: Scalar) -> tuple[Scalar, Scalar]:
        of_gap = price * (scale.too_high * strong - scale.too_low * weak)
        return scale.tds_slope * of_gap, per_point * of_gap

    return scale.too_low * below + scale.too_high * above, back


def _verdict(
    mine: Palates,
    felt: Sequence[Scalar],
    extraction: Scalar,
    too_bitter: Scalar,
    excess: Excess,
) -> tuple[Scalar, Back]:
    """What a palate loses by the coffee, and back to (strength, sourness, mouthfeel) and the yield."""
    scales = (mine.intensity, mine.acidity, mine.mouthfeel)
    answers = [
        _answer(scale, quantity, extraction, excess)
        for scale, quantity in zip(scales, felt, strict=True)
    ]
    lost = summed(each for each, _ in answers)
    if mine.too_bitter:
        lost = lost + mine.too_bitter * too_bitter

    def back(price: Scalar) -> tuple[tuple[Scalar, ...], Scalar]:
        of_felt, of_extraction = zip(*[each(price) for _, each in answers], strict=True)
        return of_felt, summed(of_extraction)

    return lost, back


def _addition(quantity: Scalar, ideal: float, gain: float, excess: Excess) -> tuple[Scalar, Scalar]:
    """Sweetness or creaminess: what is lost (but for a constant), and its slope in the quantity."""
    gap = gain * quantity - gain * ideal if ideal else gain * quantity
    both = _HERE.pair_too_low + _HERE.pair_too_high
    mean, share = excess(gap, _HERE.pair_scatter)
    slope = (gain * both) * share - gain * _HERE.pair_too_low
    return both * mean - _HERE.pair_too_low * gap, slope


def customers_station(problem: Problem, functions: Functions) -> Callable[..., Any]:
    """(what the tongue reports, yield) → loss, and back."""
    excess = mean_excess(functions)
    segments = [segment for segment, _ in problem.customers]
    total = sum(share for _, share in problem.customers)
    shares = [share / total for _, share in problem.customers]
    palates = {each.palates: _HERE.palates(each.palates) for each in segments}
    at_ideal = (_HERE.pair_too_low + _HERE.pair_too_high) * _HERE.pair_scatter * _PEAK
    best = problem.experiment.bean.quality_points + 2.0 * at_ideal

    def judge(perceived: Sequence[Scalar], extraction: Scalar) -> tuple[Scalar, Back]:
        sweetness, creaminess, bitterness, *felt, grit = perceived
        too_bitter, is_bitter = excess(bitterness - _HERE.bitter_threshold, _HERE.bitter_scatter)
        coffees = {
            name: _verdict(mine, felt, extraction, too_bitter, excess)
            for name, mine in palates.items()
        }
        sweets = {
            ideal: _addition(sweetness, ideal, _HERE.sweet_gain, excess)
            for ideal in dict.fromkeys(each.ideal_sweetness for each in segments)
        }
        creams = {
            ideal: _addition(creaminess, ideal, _HERE.cream_gain, excess)
            for ideal in dict.fromkeys(each.ideal_creaminess for each in segments)
        }
        gritty = _HERE.grit_points * grit
        likings = [
            (palates[each.palates].perfect_liking + best)
            - coffees[each.palates][0]
            - gritty
            - sweets[each.ideal_sweetness][0]
            - creams[each.ideal_creaminess][0]
            for each in segments
        ]
        chances = [
            functions.expit((liking - _HERE.scale_middle) / _HERE.scale_width) for liking in likings
        ]
        loss = problem.perfect - dot(shares, [1.0 + 8.0 * chance for chance in chances])

        def back() -> tuple[tuple[Scalar, ...], Scalar]:
            # What a point of liking costs, by segment, then by who shares a verdict.
            prices = [
                (8.0 * share / _HERE.scale_width * chance) * (1.0 - chance)
                for share, chance in zip(shares, chances, strict=True)
            ]
            of_coffee = grouped(prices, [each.palates for each in segments])
            of_sweet = grouped(prices, [each.ideal_sweetness for each in segments])
            of_cream = grouped(prices, [each.ideal_creaminess for each in segments])
            of_felt, of_extraction = zip(
                *[coffees[name][1](price) for name, price in of_coffee.items()], strict=True
            )
            of_bitter = summed(
                mine.too_bitter * of_coffee[name]
                for name, mine in palates.items()
                if mine.too_bitter
            )
            of_perceived = (
                summed(of_sweet[ideal] * slope for ideal, (_, slope) in sweets.items()),
                summed(of_cream[ideal] * slope for ideal, (_, slope) in creams.items()),
                of_bitter * is_bitter,
                *[summed(each) for each in zip(*of_felt, strict=True)],
                _HERE.grit_points * summed(of_coffee.values()),
            )
            return of_perceived, summed(of_extraction)

        return loss, back

    return judge
