"""The knobs: how much the score moves with each, through which quantities, and which change is best.

A suggestion changes one knob, no further than its slope can be trusted: the exact curvature bounds the
error of the straight-line prediction. Then the changed cup is really brewed.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from simulator.coffee import Tasting
from simulator.experiment.problem import Problem
from simulator.explain.blame import ASPECTS
from simulator.explain.ledger import Array, Ledger, unit_slopes

EXTRACTION = "extraction.extraction_yield_pct"
"""Customers answer to it directly, too: the extraction slopes of the just-about-right scales."""

AMOUNTS: Mapping[str, float] = {
    "grind_um": 100.0,
    "time_s": 10.0,
    "milk_g": 10.0,
    "sugar_g": 1.0,
    "dose_g": 1.0,
    "water_g": 10.0,
    "beverage_g": 10.0,
    "temperature_c": 1.0,
}
"""The amount that a knob's effect is told for: what one turns it by at the counter."""

QUANTITIES = (*(f"perception.{each}" for each in ASPECTS.values()), EXTRACTION)
"""Every way from the knobs to the customers leads through one of these nodes."""

TRUST = 0.5
"""Prediction and cup agree if they differ by no more than this part of the prediction."""

_FARTHEST = 0.1  # of the box, whatever the curvature says
_HALVINGS = 20


@dataclass(frozen=True)
class Lever:
    """What one knob does at this recipe.

    Attributes:
        knob: its name.
        value: where it stands, in its unit.
        low, high: its bounds.
        slope: ∂objective/∂knob, per unit.
        through: quantity -> the part of the slope that runs through it; ``extraction_yield_pct`` for what
            customers answer to extraction itself. They add up to the slope.
    """

    knob: str
    value: float
    low: float
    high: float
    slope: float
    through: Mapping[str, float]

    @property
    def amount(self) -> float:
        """The amount its effect is told for."""
        return AMOUNTS[self.knob]

    @property
    def blocked(self) -> bool:
        """Whether it already stands at the bound that its slope points beyond."""
        bound = self.high if self.slope > 0 else self.low
        return abs(self.value - bound) <= 1e-9 * (self.high - self.low)


@dataclass(frozen=True)
class Suggestion:
    """A change of one knob, what the gradient promises of it, and what brewing it gave.

    Attributes:
        knob: which.
        change: by how much, in its unit.
        value: its new value.
        predicted: slope times change, in points (or share of customers).
        real: the same from the brewed cup.
        quantity: the taste quantity through which the change helps most.
        quantity_predicted, quantity_real: its change, likewise.
        halvings: how often the change was halved until prediction and cup agreed within `TRUST`.
    """

    knob: str
    change: float
    value: float
    predicted: float
    real: float
    quantity: str
    quantity_predicted: float
    quantity_real: float
    halvings: int


def levers(problem: Problem, ledger: Ledger) -> tuple[Lever, ...]:
    """Every tuned knob at the ledger's recipe."""
    settings = problem.settings(ledger.x)
    own = ledger.own_credits(QUANTITIES)
    found = []
    for i, (knob, bounds) in enumerate(problem.experiment.tune.items()):
        total = -float(_loss_tangent(problem, ledger)[i])
        through = {
            node.rpartition(".")[2]: credit * ledger.slope(node, knob)
            for node, credit in own.items()
        }
        # Rounding can lead a bound's own coordinate past it.
        value = min(max(float(settings[knob]), bounds.low), bounds.high)
        found.append(Lever(knob, value, bounds.low, bounds.high, total, through))
    return tuple(found)


def _loss_tangent(problem: Problem, ledger: Ledger) -> Array:
    (output,) = problem.graph.outputs
    return ledger.tangents.get(output.serial, np.zeros(len(ledger.knobs)))


def trusted_change(lever: Lever, curvature: float) -> float:
    """How far to turn a knob uphill: to the bound, a tenth of its range, or the end of trust.

    Where the slope flattens (a concave objective) trust ends halfway to the top of the parabola, where
    three quarters of the promise are kept; where it steepens, when the slope would have doubled.

    Args:
        lever: the knob.
        curvature: ∂²objective/∂knob².
    """
    uphill = math.copysign(1.0, lever.slope)
    room = lever.high - lever.value if uphill > 0 else lever.value - lever.low
    part = 0.5 if curvature < 0 else 1.0
    trusted = part * abs(lever.slope / curvature) if curvature else math.inf
    size = min(room, trusted, _FARTHEST * (lever.high - lever.low))
    return uphill * (size if size == room else _rounded_down(size))


def suggestions(problem: Problem, tasting: Tasting, ledger: Ledger) -> tuple[Suggestion, ...]:
    """The best trusted change of each knob, the most helpful first; none for a knob that is blocked."""
    knobs = levers(problem, ledger)
    curvatures = _curvatures(problem, ledger, knobs)
    found = [
        _brewed(problem, tasting, ledger, lever, trusted_change(lever, curvature))
        for lever, curvature in zip(knobs, curvatures, strict=True)
        if lever.slope and not lever.blocked
    ]
    # Changes that vanish in rounding are none.
    worth = [each for each in found if abs(each.predicted) > 1e-9]
    return tuple(sorted(worth, key=lambda each: -each.predicted))


def _curvatures(problem: Problem, ledger: Ledger, knobs: Sequence[Lever]) -> Array:
    """∂²objective/∂knob² for each knob in its own unit."""
    second = -np.diagonal(problem.hessian_program(ledger.x)[0])
    units = unit_slopes(problem, ledger.x)
    slopes = np.array([lever.slope for lever in knobs])
    bounds = problem.experiment.tune.values()
    bent = np.array([np.log(b.high / b.low) if b.scale == "log" else 0.0 for b in bounds])
    # On a log scale k = low·exp(ρu): ∂²f/∂u² = (∂k/∂u)²·∂²f/∂k² + ρ·(∂k/∂u)·∂f/∂k.
    return np.asarray((second - bent * units * slopes) / units**2)


def _brewed(
    problem: Problem, tasting: Tasting, ledger: Ledger, lever: Lever, change: float
) -> Suggestion:
    """Brew the changed cup; halve the change until what was predicted comes true within `TRUST`."""
    best = max(lever.through, key=lambda quantity: lever.through[quantity] * change)
    here = float(problem.objective_of(tasting))
    for halvings in range(_HALVINGS + 1):
        value = min(max(lever.value + change, lever.low), lever.high)
        cup = problem.tasting(moved(problem, ledger.x, lever.knob, value))
        real, predicted = float(problem.objective_of(cup)) - here, lever.slope * change
        if abs(real - predicted) <= TRUST * abs(predicted) or halvings == _HALVINGS:
            break
        change = _rounded_down(change / 2.0)
    node = next(node for node in QUANTITIES if node.endswith(f".{best}"))
    slope = ledger.slope(node, lever.knob)
    return Suggestion(
        knob=lever.knob,
        change=change,
        value=value,
        predicted=predicted,
        real=real,
        quantity=best,
        quantity_predicted=slope * change,
        quantity_real=quantity_of(cup, best) - quantity_of(tasting, best),
        halvings=halvings,
    )


def quantity_of(tasting: Tasting, quantity: str) -> float:
    """A taste quantity, or the extraction yield, of a cup."""
    if quantity == "extraction_yield_pct":
        return float(tasting.extraction_yield_pct)
    return float(getattr(tasting.perception, quantity))


def moved(problem: Problem, x: Array, knob: str, value: float) -> Array:
    """The recipe's coordinates with one knob set to another value inside its bounds."""
    there = x.copy()
    settings = {name: float(v) for name, v in problem.settings(x).items()}
    at = problem.knobs.index(knob)
    there[at] = problem.coordinates({**settings, knob: value})[at]
    return there


def _rounded_down(size: float) -> float:
    """Two significant digits, towards zero: what one can read off a scale.

    >>> _rounded_down(-25.83), _rounded_down(0.0179)
    (-25.0, 0.017)
    """
    if size == 0.0 or not math.isfinite(size):
        return size
    digits = 1 - math.floor(math.log10(abs(size)))
    scale = 10.0**digits
    return round(math.trunc(size * scale * (1.0 + 1e-12)) / scale, max(digits, 0))
