"""One customer tastes one cup: the taste model with this customer's traits in place of a segment's.

Plain arithmetic on scalars, so that the engine traces it; one row of numbers is one event at the counter: a
cup with its rating, or with one thing said of it. Liking and words share the felt gaps and nothing else:
words have their own bias, sharpness and idea of what is just right, because a cup tuned until nobody
complains is not the cup that is liked most.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import scipy.special

from simulator.coffee import (
    COMPLAINTS,
    DEFAULT,
    JUST_RIGHT,
    RANGES,
    Bean,
    Brew,
    Method,
    Parameters,
    Recipe,
    Segment,
    Tasting,
    taste,
)
from simulator.dialin.traits import ADDED, INDEX, SCALES, WAVES

SETTINGS = (
    "grind_um", "time_s", "milk_g", "sugar_g", "dose_g", "liquid_g", "temperature_c",
)  # fmt: skip
"""What a cup is made by, in the order of a row; the liquid is the water of immersion, else the beverage."""

WORDS: tuple[str, ...] = (
    *[word for pair in COMPLAINTS.values() for word in pair if word],
    JUST_RIGHT,
)
"""What can be said of a cup."""

ASPECT_WORDS = COMPLAINTS
"""Aspect -> what is said of too little and of too much."""

_FLOOR = 1.0  # the lowest score
_SOFT = 0.5  # points over which the scale bends towards it
# How far above the threshold complaints of bitterness set in, %, and how steep they are: as "bitter" is
# ticked of black coffee.
_BITTER_WORD, _BITTER_STEPS = 0.45, 1.5
_GRIT_STEPS = 1.5
_SIDE = 0.3  # steps over which too little turns into too much


@dataclass(frozen=True)
class Felt:
    """What one customer makes of one cup."""

    score: Any
    """Expected rating before rounding, at least 1."""
    urges: tuple[Any, ...]
    """How much each of `WORDS` presses to be said; a softmax of them is the chance of each."""
    tasting: Tasting


def feel(
    traits: Sequence[Any],
    settings: Sequence[Any],
    method: Method,
    bean: Bean,
) -> Felt:
    """Let a customer taste a cup.

    Args:
        traits: in the order of :data:`simulator.dialin.traits.TRAITS`.
        settings: in the order of :data:`SETTINGS`.
        method: the brewing method.
        bean: the bean as roasted; the traits shift it.
    """
    of = _Reader(traits)
    grind, time, milk, sugar, dose, liquid, temperature = settings
    # A grinder that is off, and a bean that gives up its solutes faster, are turned and timed away.
    recipe = Recipe(grind * np.exp(of.log_grind), time * np.exp(of.log_rate), milk, sugar)
    brew = Brew(method, dose, liquid, liquid, temperature)
    tasting = taste(recipe, brew, _bean(of, bean), [(_segment(of), 1.0)], _parameters(of))
    liking = tasting.segments[0].liking - _added(of, tasting) + _unmodelled(of, settings)
    score = _FLOOR + _SOFT * np.logaddexp(0.0, (liking - _FLOOR) / _SOFT)
    return Felt(score, _urges(of, tasting), tasting)


class _Reader:
    """Traits by name."""

    def __init__(self, traits: Sequence[Any]) -> None:
        self._traits = traits

    def __getattr__(self, name: str) -> Any:
        return self._traits[INDEX[name]]


def _bean(of: _Reader, bean: Bean) -> Bean:
    return replace(
        bean,
        e_max=bean.e_max * np.exp(of.log_yield),
        acid_share=bean.acid_share * np.exp(of.log_acids),
        bitter_share=bean.bitter_share * np.exp(of.log_bitters),
        quality_points=0.0,
    )


def _segment(of: _Reader) -> Segment:
    return Segment("customer", "everyone", of.ideal_sweetness, of.ideal_creaminess)


def _parameters(of: _Reader) -> Parameters:
    """The model's numbers with this customer's ideals, weights and level."""
    here = DEFAULT.customers
    ideals = (of.ideal_strength, of.ideal_sourness, of.ideal_body)
    palates, scales = here.everyone, {}
    # One person's liking bends more sharply than the mean of many whose ideals differ.
    softness, level = np.exp(of.log_softness), of.top
    for name, ideal in zip(SCALES, ideals, strict=True):
        scale = getattr(palates, name)
        weight = np.exp(getattr(of, f"log_weight_{name}"))
        tilt = getattr(of, f"tilt_{name}")
        scales[name] = replace(
            scale,
            scatter=softness * scale.scatter,
            constant=3.0 - scale.tds_slope * (ideal - here.reference_tds_pct),
            too_low=scale.too_low * weight * np.exp(-tilt),
            too_high=scale.too_high * weight * np.exp(tilt),
        )
        # A miss of nothing must cost nothing, or the level would move with every weight.
        level = level + _at_ideal(scales[name])
    customers = replace(
        here,
        everyone=replace(
            palates, **scales, too_bitter=np.exp(of.log_weight_bitterness), perfect_liking=level
        ),
        bitter_threshold=of.bitter_threshold,
    )
    return replace(DEFAULT, customers=customers)


def _at_ideal(scale: Any) -> Any:
    """What a scale costs at its ideal, because cups scatter around it."""
    z = scale.band / scale.scatter
    density = np.exp(-0.5 * z * z) / math.sqrt(2.0 * math.pi)
    excess = scale.scatter * density - scale.band * scipy.special.ndtr(-z)
    return (scale.too_low + scale.too_high) * excess


def _added(of: _Reader, tasting: Tasting) -> Any:
    """What this customer minds sweetness and cream more than the segments do, points."""
    more = 0.0
    for name in ADDED:
        aspect = getattr(tasting.segments[0], name)
        side = aspect.gap / np.sqrt(aspect.gap * aspect.gap + _SIDE * _SIDE)
        weight = np.exp(getattr(of, f"log_weight_{name}") + side * getattr(of, f"tilt_{name}"))
        more = more + (weight - 1.0) * aspect.penalty
    return more


def _urges(of: _Reader, tasting: Tasting) -> tuple[Any, ...]:
    verdict, sharp = tasting.segments[0], np.exp(of.log_sharpness)
    heard = np.exp(of.log_bias)
    gaps = {
        aspect: getattr(verdict, aspect).gap + heard * getattr(of, f"bias_{aspect}")
        for aspect in (*SCALES, *ADDED)
    }
    bitter = verdict.bitterness.gap - _BITTER_WORD
    gaps["bitterness"] = _BITTER_STEPS * bitter + heard * of.bias_bitterness
    gaps["grit"] = _GRIT_STEPS * tasting.perception.grittiness
    urges = []
    for aspect, (little, much) in COMPLAINTS.items():
        urges += [sharp * -gaps[aspect]] if little else []
        urges += [sharp * gaps[aspect]] if much else []
    return (*urges, sharp * of.content)


def _waves() -> tuple[np.ndarray, np.ndarray]:
    """Directions and phases of the waves: fixed, so that a wave means the same in every session."""
    rng = np.random.default_rng(20150613)
    return rng.normal(0.0, 2.0, (WAVES, 4)), rng.uniform(0.0, 2.0 * math.pi, WAVES)


def _unmodelled(of: _Reader, settings: Sequence[Any]) -> Any:
    """A small smooth surface over the knobs, for everything that the model does not know, points."""
    grind, time, milk, sugar = settings[:4]
    grinds, times = RANGES["grind_um"], RANGES["time_s"]
    place = (
        np.log(grind / grinds.low) / math.log(grinds.high / grinds.low),
        np.log(time / times.low) / math.log(times.high / times.low),
        milk / 75.0,
        sugar / 10.0,
    )
    directions, phases = _waves()
    total = 0.0
    for i in range(WAVES):
        angle = sum(float(w) * u for w, u in zip(directions[i], place, strict=True))
        total = total + getattr(of, f"wave_{i}") * np.cos(angle + float(phases[i]))
    return total
