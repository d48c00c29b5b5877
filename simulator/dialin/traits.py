"""What one customer is described by: the traits, and how they are spread over the people who come.

A trait belongs to a block. What the palate and the use of words and numbers are goes with the person, the
grinder with the kit, the rate and the solutes with the bean: so each can be carried over, or forgotten.
Ideals and weights start at the fitted segments; **their spread between people is chosen**, wider than what
118 people showed between their levels, because a customer of one café may be nobody of them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.coffee import DEFAULT, MIXES, SEGMENTS, Segment
from simulator.errors import InputError

Array = NDArray[Any]

SCALES = ("intensity", "acidity", "mouthfeel")
"""The just-about-right scales of the coffee itself."""

ADDED = ("sweetness", "creaminess")
"""What sugar and milk are for."""


@dataclass(frozen=True)
class Trait:
    """One number that describes a customer, a grinder or a bean."""

    name: str
    block: str
    """``palate``, ``rating``, ``words``, ``kit``, ``bean`` or ``rest``."""
    mean: float
    """Over people, unless the segments say otherwise."""
    spread: float
    """Standard deviation over people."""
    unit: str


def _traits() -> tuple[Trait, ...]:
    ideals = [
        Trait("ideal_strength", "palate", 1.4, 0.25, "%"),
        Trait("ideal_sourness", "palate", 1.1, 0.25, "%"),
        Trait("ideal_body", "palate", 1.5, 0.30, "%"),
        Trait("ideal_sweetness", "palate", 0.0, 0.6, "1"),
        Trait("ideal_creaminess", "palate", 0.0, 1.2, "1"),
        Trait("bitter_threshold", "palate", 0.9, 0.35, "%"),
    ]
    paired = (*SCALES, *ADDED)
    weights = [Trait(f"log_weight_{aspect}", "palate", 0.0, 0.35, "1") for aspect in paired]
    weights += [
        Trait("log_softness", "palate", -0.35, 0.35, "1"),
        Trait("log_weight_bitterness", "palate", math.log(0.4), 0.50, "1"),
    ]
    weights += [Trait(f"tilt_{aspect}", "palate", 0.0, 0.30, "1") for aspect in paired]
    numbers = [
        Trait("top", "rating", 8.6, 0.45, "points"),
        Trait("log_noise", "rating", math.log(0.8), 0.30, "1"),
    ]
    words = [
        Trait("log_sharpness", "words", math.log(2.5), 0.50, "1"),
        Trait("content", "words", 0.6, 0.25, "step"),
        Trait("log_bias", "words", 0.0, 0.50, "1"),
    ]
    said = ("intensity", "acidity", "mouthfeel", "bitterness", "sweetness", "creaminess")
    words += [Trait(f"bias_{aspect}", "words", 0.0, 0.28, "step") for aspect in said]
    place = [
        Trait("log_grind", "kit", 0.0, 0.12, "1"),
        Trait("log_rate", "bean", 0.0, 0.20, "1"),
        Trait("log_acids", "bean", 0.0, 0.12, "1"),
        Trait("log_bitters", "bean", 0.0, 0.12, "1"),
        Trait("log_yield", "bean", 0.0, 0.05, "1"),
    ]
    rest = [Trait(f"wave_{i}", "rest", 0.0, 0.15, "points") for i in range(WAVES)]
    return (*ideals, *weights, *numbers, *words, *place, *rest)


WAVES = 6
"""How many random waves over the recipes make up what the model lacks."""

TRAITS = _traits()
"""All traits, in the order of a customer's vector."""

_TOGETHER = (
    0.30  # who minds one fault much minds the others, too: common part of the weights' logarithms
)

INDEX = {trait.name: i for i, trait in enumerate(TRAITS)}
"""Trait -> its place."""

SIZE = len(TRAITS)
"""How many traits a customer has."""


@dataclass(frozen=True, eq=False)
class Prior:
    """What is known before the first cup: one normal distribution for each kind of customer."""

    segments: tuple[str, ...]
    share: Array
    """Of shape (S,): how likely each kind is; together 1."""
    mean: Array
    """Of shape (SIZE, S)."""
    covariance: Array
    """Of shape (SIZE, SIZE, S)."""

    def draw(self, rng: np.random.Generator, count: int) -> tuple[Array, Array]:
        """Kinds, shape (count,), and traits, shape (SIZE, count), of customers who come by chance."""
        kind = rng.choice(len(self.segments), count, p=self.share)
        roots = np.linalg.cholesky(np.moveaxis(self.covariance, -1, 0))
        noise = rng.standard_normal((SIZE, count))
        steps = np.einsum("cij,jc->ic", roots[kind], noise)
        return kind, self.mean[:, kind] + steps


def population(customers: Sequence[str] | str = "survey", grind_spread: float = 0.12) -> Prior:
    """The prior of a stranger.

    Args:
        grind_spread: how well the grinder is known: standard deviation of the logarithm of its grinds.
        customers: the name of a mix, or names of the segments the customer may belong to, equally likely.

    Raises:
        InputError: there is no such mix or segment.

    >>> population().segments
    ('black-strong', 'black-mild', 'milk', 'milk-and-sugar')
    """
    shares = _shares(customers)
    names = tuple(shares)
    share = np.array([shares[name] for name in names], dtype=float)
    mean = np.array([[trait.mean] * len(names) for trait in TRAITS])
    spread = np.array([[trait.spread] * len(names) for trait in TRAITS])
    spread[INDEX["log_grind"]] = grind_spread
    for column, name in enumerate(names):
        _place(SEGMENTS[name], mean[:, column], spread[:, column])
    covariance = np.stack([np.diag(column**2) for column in spread.T], axis=-1)
    weighty = np.array([trait.name.startswith("log_weight") for trait in TRAITS], dtype=float)
    covariance += (_TOGETHER**2 * np.outer(weighty, weighty))[:, :, None]
    return Prior(names, share / share.sum(), mean, covariance)


def _shares(customers: Sequence[str] | str) -> dict[str, float]:
    if isinstance(customers, str) and customers in MIXES:
        return {name: float(share) for name, share in MIXES[customers].items()}
    names = [customers] if isinstance(customers, str) else list(customers)
    unknown = [name for name in names if name not in SEGMENTS]
    if unknown or not names:
        raise InputError(
            f"customers = {', '.join(unknown) or 'none'}: unknown; there are the mixes "
            f"{', '.join(MIXES)} and the segments {', '.join(SEGMENTS)}"
        )
    return dict.fromkeys(names, 1.0)


def some_of(traits: Array, count: int) -> Array:
    """At most ``count`` of the draws (SIZE, M), from all over: neighbours are of one kind of customer.

    >>> some_of(np.arange(12.0)[None, :], 4).tolist()
    [[0.0, 3.0, 6.0, 9.0]]
    """
    draws = traits.shape[1]
    few = min(count, draws)
    chosen: Array = traits[:, np.arange(few) * draws // few]
    return chosen


def _place(segment: Segment, mean: Any, spread: Any) -> None:
    """Put one kind's fitted ideals and weights into its columns."""
    here = DEFAULT.customers
    palates = here.palates(segment.palates)
    for name, scale in zip(
        ("strength", "sourness", "body"),
        (palates.intensity, palates.acidity, palates.mouthfeel),
        strict=True,
    ):
        ideal = here.reference_tds_pct + (3.0 - scale.constant) / scale.tds_slope
        mean[INDEX[f"ideal_{name}"]] = ideal
    for name in SCALES:
        mine, usual = getattr(palates, name), getattr(here.everyone, name)
        dear = (mine.too_low + mine.too_high) / (usual.too_low + usual.too_high)
        mean[INDEX[f"log_weight_{name}"]] = math.log(dear)
    # Who does not mind bitterness on average may still mind it a little.
    mean[INDEX["log_weight_bitterness"]] = math.log(max(float(palates.too_bitter), 0.15))
    for name in ("sweetness", "creaminess"):
        ideal = float(getattr(segment, f"ideal_{name}"))
        mean[INDEX[f"ideal_{name}"]] = ideal
        # Who takes none takes none; others differ in how much.
        spread[INDEX[f"ideal_{name}"]] = 0.25 + 0.40 * ideal
