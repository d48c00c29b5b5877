"""Where the model is valid, and why it ends there."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from types import MappingProxyType
from typing import Any

import numpy as np

from simulator.coffee.recipe import Brew, Method, Recipe, method_named
from simulator.errors import RecipeError


@dataclass(frozen=True)
class Range:
    """A closed range of one quantity, its unit, and the reason the model ends at its edges."""

    low: float
    high: float
    unit: str
    why: str

    def __str__(self) -> str:
        """The range in print.

        >>> print(RANGES["time_s"])
        20–600 s
        """
        return f"{self.low:g}–{self.high:g} {self.unit}"


RANGES: Mapping[str, Range] = MappingProxyType(
    {
        "grind_um": Range(
            200.0,
            1400.0,
            "µm",
            "the laws of fines and extraction were fitted to grinds from espresso to coarse press",
        ),
        "time_s": Range(
            20.0,
            600.0,
            "s",
            "the model wets the grounds at once and keeps the water at one temperature, which fails "
            "for briefer and for longer brews",
        ),
        "milk_g": Range(
            0.0,
            150.0,
            "g",
            "the effects of milk are chosen for coffee with milk; with more it is milk with coffee",
        ),
        "sugar_g": Range(
            0.0,
            20.0,
            "g",
            "the sweetness curve is chosen for at most about 100 g of sugar per litre",
        ),
        "dose_g": Range(
            10.0,
            30.0,
            "g",
            "a thinner or deeper bed drains and heats in ways the model does not follow",
        ),
        "water_g": Range(
            150.0,
            400.0,
            "g",
            "the equilibrium of an immersion brew was measured at ordinary brew ratios",
        ),
        "beverage_g": Range(
            15.0,
            400.0,
            "g",
            "the losses of percolation were fitted to one cup of drip coffee or espresso",
        ),
        "temperature_c": Range(
            80.0,
            99.0,
            "°C",
            "diffusion and solubility were fitted to hot, not boiling, water",
        ),
    }
)
"""The range of each tunable quantity, by its name."""

_ESPRESSO_BEVERAGE = Range(
    15.0,
    200.0,
    "g",
    "espresso is judged diluted to 200 g, so no more than that can leave the machine",
)


def ranges_for(method: str) -> Mapping[str, Range]:
    """:data:`RANGES` as they hold for one method: an espresso's beverage ends at 200 g.

    Raises:
        RecipeError: unknown method.

    >>> str(ranges_for("espresso")["beverage_g"]), str(ranges_for("pour-over")["beverage_g"])
    ('15–200 g', '15–400 g')
    """
    if method_named(method) is Method.ESPRESSO:
        return MappingProxyType({**RANGES, "beverage_g": _ESPRESSO_BEVERAGE})
    return RANGES


def unused_liquid(method: str) -> str:
    """The setting that means nothing for a method: a beverage for immersion, water for the others."""
    return "beverage_g" if method == Method.IMMERSION else "water_g"


def _fault(name: str, value: Any, within: Range) -> str | None:
    try:
        numbers = np.asarray(value)
    except ValueError:  # a ragged list
        numbers = np.asarray(None)
    if numbers.dtype.kind not in "iuf":
        return f"{name} = {value!r} is not a number; expected {within}"
    outside = numbers[~((numbers >= within.low) & (numbers <= within.high))]
    if outside.size == 0:
        return None
    first = float(outside.flat[0])
    if math.isnan(first):
        return f"{name} is not a number (NaN); expected {within}"
    return f"{name} = {first:g} {within.unit} lies outside {within}: {within.why}"


def _quantities(recipe: Recipe | None, brew: Brew | None) -> Iterator[tuple[str, Any]]:
    if recipe is not None:
        yield from ((each.name, getattr(recipe, each.name)) for each in fields(recipe))
    if brew is not None:
        skipped = {"method", unused_liquid(brew.method)}
        yield from (
            (each.name, getattr(brew, each.name))
            for each in fields(brew)
            if each.name not in skipped
        )


def check_ranges(recipe: Recipe | None = None, brew: Brew | None = None) -> None:
    """Refuse a recipe or a brew outside the model's validity, naming every fault at once.

    What a method does not use (the water of an espresso) is not looked at. Arrays are checked
    element by element and the first offender is named.

    Raises:
        RecipeError: with one line for each fault: quantity, value, range with unit, reason.

    >>> check_ranges(Recipe(900, 240), Brew.standard("immersion"))
    >>> check_ranges(Recipe(900, 5))
    Traceback (most recent call last):
    simulator.errors.RecipeError: time_s = 5 s lies outside 20–600 s: the model wets the grounds
    at once and keeps the water at one temperature, which fails for briefer and for longer brews
    """
    ranges = RANGES
    if brew is not None:
        brew = replace(brew, method=method_named(brew.method))
        ranges = ranges_for(brew.method)
    found = (_fault(name, value, ranges[name]) for name, value in _quantities(recipe, brew))
    faults = [fault for fault in found if fault]
    if faults:
        raise RecipeError("\n".join(faults))
