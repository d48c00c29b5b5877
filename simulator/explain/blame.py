"""The blame: which quantity cost how many points, and which knob stands behind it.

Attribution. A segment's score depends on the penalties of its aspects only through their sum. So the
integrated gradients of its score along the straight line from "no penalty" to this cup (Sundararajan,
Taly & Yan 2017) have a closed form: each penalty gets its share of the sum. They add up to the whole
loss; what rounding leaves is reported as the residual.

Of every penalty a part cannot be avoided by any cup, because people's ideals differ. That part is
booked apart, so that a quantity is blamed only for what a better cup would save.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from scipy.optimize import minimize_scalar
from scipy.special import expit

from simulator.coffee import DEFAULT, Segment, Tasting
from simulator.coffee.judgement import SegmentVerdict, mean_excess
from simulator.experiment.problem import Problem
from simulator.explain.ledger import Ledger

ASPECTS: Mapping[str, str] = {
    "intensity": "strength",
    "acidity": "sourness",
    "mouthfeel": "mouthfeel",
    "bitterness": "bitterness",
    "sweetness": "sweetness",
    "creaminess": "creaminess",
    "grit": "grittiness",
}
"""Aspect of a verdict -> the quantity of `Perception` that it judges."""

METHOD = "integrated-gradients"


@dataclass(frozen=True)
class Cost:
    """What one quantity cost, in points of the objective (or share of customers).

    Attributes:
        quantity: a field of `Perception`.
        node: its name in the graph.
        source: ``file:line``; None where no knob moves it.
        too_little: cost from the segments that find too little of it.
        too_much: cost from the segments that find too much of it.
        segment: the segment through which it costs most.
    """

    quantity: str
    node: str
    source: str | None
    too_little: float
    too_much: float
    segment: str

    @property
    def points(self) -> float:
        """What a better cup could save here."""
        return self.too_little + self.too_much


@dataclass(frozen=True)
class Blame:
    """Where the loss comes from; the parts and the residual add up to it.

    Attributes:
        loss: the best conceivable value of the objective less this cup's.
        out_of_reach: what is lost even if nothing is ever missed (people rarely give nines).
        tastes_differ: what no cup can save, because people's ideals differ.
        costs: what the quantities cost beyond that, dearest first.
        residual: loss less all of the above; rounding.
    """

    loss: float
    out_of_reach: float
    tastes_differ: float
    costs: tuple[Cost, ...]
    residual: float


@dataclass(frozen=True)
class _Item:
    """A part of one segment's loss: the aspect, how much of it is avoidable, on which side it errs."""

    aspect: str
    segment: str
    floor: float
    avoidable: float
    too_much: bool


def blame(problem: Problem, tasting: Tasting, ledger: Ledger) -> Blame:
    """Divide a cup's loss among the quantities. ``tasting`` is the cup of the ledger, in floats."""
    total = sum(share for _, share in problem.customers)
    reserve, items = 0.0, list[_Item]()
    for verdict, (segment, share) in zip(tasting.segments, problem.customers, strict=True):
        penalties = dict(_penalties(verdict, segment))
        missed = sum(penalty for penalty, _, _ in penalties.values())
        best, now = (
            _objective(problem, float(verdict.liking) + regained) for regained in (missed, 0.0)
        )
        weight = share / total
        reserve += weight * (problem.perfect - best)
        per_point = weight * (best - now) / missed if missed else 0.0
        items += [
            _Item(aspect, segment.name, per_point * floor, per_point * (penalty - floor), high)
            for aspect, (penalty, floor, high) in penalties.items()
        ]
    loss = problem.perfect - float(problem.objective_of(tasting))
    differ = sum(item.floor for item in items)
    costs = sorted(_costs(items, ledger), key=lambda cost: -cost.points)
    explained = reserve + differ + sum(cost.points for cost in costs)
    return Blame(loss, reserve, differ, tuple(costs), loss - explained)


def _costs(items: list[_Item], ledger: Ledger) -> Iterator[Cost]:
    for aspect, quantity in ASPECTS.items():
        mine = [item for item in items if item.aspect == aspect]
        node = f"perception.{quantity}"
        yield Cost(
            quantity,
            node,
            ledger.source(node),
            sum(item.avoidable for item in mine if not item.too_much),
            sum(item.avoidable for item in mine if item.too_much),
            max(mine, key=lambda item: item.avoidable).segment,
        )


def _objective(problem: Problem, liking: float) -> float:
    """One segment's contribution to the objective at a given liking, before its share."""
    here = DEFAULT.customers
    score = 1.0 + 8.0 * float(expit((liking - here.scale_middle) / here.scale_width))
    objective = problem.experiment.objective
    if objective.threshold is None or objective.width is None:
        return score
    return float(expit((score - objective.threshold) / objective.width))


def _penalties(
    verdict: SegmentVerdict, segment: Segment
) -> Iterator[tuple[str, tuple[float, float, bool]]]:
    """Per aspect: its penalty, the least that any cup would pay, and whether this one has too much."""
    here = DEFAULT.customers
    palates = here.palates(segment.palates)
    at_ideal = (here.pair_too_low + here.pair_too_high) * here.pair_scatter / math.sqrt(2 * math.pi)
    for aspect in ASPECTS:
        if aspect == "grit":
            yield aspect, (float(verdict.grit_penalty), 0.0, True)
            continue
        part = getattr(verdict, aspect)
        penalty, gap = float(part.penalty), float(part.gap)
        if aspect == "bitterness":
            yield aspect, (penalty, 0.0, True)
        elif aspect in ("sweetness", "creaminess"):
            # Of sweetness and cream there can be none, but not less.
            gain, wanted = (
                (here.sweet_gain, segment.ideal_sweetness)
                if aspect == "sweetness"
                else (here.cream_gain, segment.ideal_creaminess)
            )
            numbers = (here.pair_scatter, here.pair_too_low, here.pair_too_high)
            ideal, least = _least(0.0, *numbers, lowest=-gain * wanted)
            yield aspect, (penalty, least - at_ideal, gap > ideal)
        else:
            scale = getattr(palates, aspect)
            ideal, least = _least(scale.band, scale.scatter, scale.too_low, scale.too_high)
            yield aspect, (penalty, least, gap > ideal)


@cache
def _least(
    band: float, scatter: float, too_low: float, too_high: float, lowest: float = -math.inf
) -> tuple[float, float]:
    """The gap, not below ``lowest``, at which a scale costs least on average, and that cost.

    >>> gap, cost = _least(0.0, 1.0, 1.0, 1.0)  # at 0, and twice the standard normal density there
    >>> round(abs(gap), 6), round(cost, 6)
    (0.0, 0.797885)
    """

    def paid(gap: float) -> float:
        below, above = mean_excess(-gap - band, scatter), mean_excess(gap - band, scatter)
        return float(too_low * below + too_high * above)

    # The penalty is convex: below its bottom it falls, above it rises.
    found = minimize_scalar(paid, bracket=(-scatter, scatter), tol=1e-10)
    gap = max(float(found.x), lowest)
    return gap, paid(gap)
