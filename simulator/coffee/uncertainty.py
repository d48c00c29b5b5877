"""How sure the model is: the fitted palates drawn from the covariance of their fit, all draws at once.

Only what the calibration fitted is drawn: the palates of black-coffee drinkers. What is chosen (all that
milk and sugar do) has no error to draw from, and the errors of the yields (RMS 0.7 points) are not in it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

import numpy as np

from simulator.coffee.beans import Bean
from simulator.coffee.customers import CustomerParameters, Palates, Segment, palates_from
from simulator.coffee.fitted import GROUPS, fitted_palate
from simulator.coffee.judgement import mean_excess
from simulator.coffee.recipe import Brew, Recipe, Scalar
from simulator.coffee.tasting import DEFAULT, Parameters, Tasting, taste


@dataclass(frozen=True)
class Band:
    """Where a quantity lies: the model's own value, and the 5th and 95th percentile of the draws."""

    value: float
    low: float
    high: float
    unit: str


def draw_parameters(
    rng: np.random.Generator, count: int, parameters: Parameters = DEFAULT
) -> Parameters:
    """The model with its fitted palates drawn ``count`` times: those fields are arrays of shape (count,).

    The groups are drawn independently, each with the covariance of its own fit. A band or a cost that is
    drawn below 0 counts as 0.

    Args:
        rng: where the draws come from.
        count: how many.
        parameters: what the other numbers are.

    >>> drawn = draw_parameters(np.random.default_rng(1), 500)
    >>> drawn.customers.cluster_1.intensity.tds_slope.shape
    (500,)
    """
    here = parameters.customers
    palates = {group: _drawn(group, rng, count, here) for group in GROUPS}
    return replace(parameters, customers=replace(here, **palates))


def _drawn(
    group: str, rng: np.random.Generator, count: int, customers: CustomerParameters
) -> Palates:
    fit = fitted_palate(group)
    scales = {name: dict(block.draw(rng, count)) for name, block in fit.scales.items()}
    for answers in scales.values():
        answers["band"] = np.maximum(answers["band"], 0.0)
    liking = dict(fit.liking.draw(rng, count))
    # The level goes with the costs it was fitted with: a cost that is raised to 0 raises it, so that an
    # ordinary cup is liked as before.
    excess = customers.reference_tds_pct - customers.bitter_threshold
    raised = np.maximum(liking["too_bitter"], 0.0) - liking["too_bitter"]
    shift = fit.perfect_liking - fit.liking.estimates()["level"]
    shift = shift + raised * mean_excess(excess, customers.bitter_scatter)
    return palates_from(scales, liking, liking["level"] + shift)


def tasting_bands(
    recipe: Recipe,
    brew: Brew,
    bean: Bean,
    customers: Sequence[tuple[Segment, Scalar]],
    parameters: Parameters = DEFAULT,
    *,
    draws: int = 2000,
    seed: int = 0,
) -> Mapping[str, Band]:
    """5–95 % bands for one recipe: the score, each segment's score, and how far off it finds the cup.

    Args:
        recipe: plain numbers.
        brew: method and amounts.
        bean: what was roasted.
        customers: segments with their shares.
        parameters: the model's numbers; the fitted ones are drawn.
        draws: how many parameter sets.
        seed: of the draws; equal seeds compare two recipes under the same draws.

    >>> from simulator.coffee import BEANS, customers_in
    >>> press = Recipe(900.0, 240.0), Brew.standard("immersion"), BEANS["medium"]
    >>> band = tasting_bands(*press, customers_in("survey"), draws=200)["score"]
    >>> band.low < band.value < band.high
    True
    """
    own = taste(recipe, brew, bean, customers, parameters)
    drawn = draw_parameters(np.random.default_rng(seed), draws, parameters)
    many = taste(recipe, brew, bean, customers, drawn)
    values, spread = _quantities(own), _quantities(many)
    return MappingProxyType(
        {name: _band(values[name], spread[name], unit) for name, unit in _units(own).items()}
    )


def _quantities(tasting: Tasting) -> dict[str, Any]:
    found: dict[str, Any] = {"score": tasting.score}
    for segment in tasting.segments:
        found[f"{segment.name} score"] = segment.score
        for aspect in ("intensity", "acidity", "mouthfeel"):
            found[f"{segment.name} {aspect} gap"] = getattr(segment, aspect).gap
    return found


def _units(tasting: Tasting) -> dict[str, str]:
    return {name: "step" if name.endswith("gap") else "points" for name in _quantities(tasting)}


def _band(value: Any, draws: Any, unit: str) -> Band:
    low, high = np.percentile(draws, (5.0, 95.0))
    return Band(float(value), float(low), float(high), unit)
