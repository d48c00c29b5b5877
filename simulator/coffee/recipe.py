"""What a person decides: the recipe, and the brew it is made with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Any, TypeAlias

from simulator.coffee.presets import read_presets
from simulator.errors import RecipeError

Scalar: TypeAlias = Any
"""A float, a NumPy array (a batch, any shape), or any object that does arithmetic and answers ufuncs.

The stations only add, subtract, multiply, divide, raise to powers and call NumPy and SciPy ufuncs:
they never compare, branch on, or convert a value.
"""


class Method(StrEnum):
    """How water meets coffee."""

    IMMERSION = "immersion"
    POUR_OVER = "pour-over"
    ESPRESSO = "espresso"


def method_named(name: str) -> Method:
    """The method called ``name``.

    Raises:
        RecipeError: there is none of that name.

    >>> method_named("pour-over")
    <Method.POUR_OVER: 'pour-over'>
    """
    try:
        return Method(name)
    except ValueError:
        known = ", ".join(Method)
        raise RecipeError(
            f"method = {name!r} is not a brewing method; known are: {known}"
        ) from None


@dataclass(frozen=True)
class Recipe:
    """The four things that are tuned. Each a float or an array; arrays broadcast against each other."""

    grind_um: Scalar
    """Geometric mean size of the coarse grounds, µm (200–1400)."""
    time_s: Scalar
    """Brew time, s (20–600)."""
    milk_g: Scalar = 0.0
    """Milk for each 200 g of coffee served, g (0–150)."""
    sugar_g: Scalar = 0.0
    """Sugar for each 200 g of coffee served, g (0–20)."""


@dataclass(frozen=True)
class Brew:
    """The context of a brew: fixed as a rule, and any of its amounts can be tuned.

    >>> Brew.standard("espresso")
    Brew(method=<Method.ESPRESSO: 'espresso'>, dose_g=14.0, water_g=240.0, beverage_g=28.0,
         temperature_c=93.0)
    """

    method: Method
    dose_g: Scalar
    """Dry coffee, g (10–30)."""
    water_g: Scalar
    """Water poured on the grounds, g (150–400): immersion only, the others go by the beverage."""
    beverage_g: Scalar
    """Drink in the vessel, g (15–400): pour-over and espresso only."""
    temperature_c: Scalar
    """Water temperature, °C (80–99)."""

    @classmethod
    def standard(cls, method: str) -> Brew:
        """The brew a café would call normal: 15 g to 240 g, or 14 g in and 28 g out for espresso.

        Espresso keeps to 14 g because the drink is judged long (diluted to 200 g): a 20 g dose stays
        so strong there that the best extraction makes the worst cup.

        Raises:
            RecipeError: unknown method.
        """
        return BREWS[method_named(method)]


def _brews() -> Mapping[str, Brew]:
    found = read_presets("brews", Brew)
    return MappingProxyType(
        {name: replace(brew, method=method_named(brew.method)) for name, brew in found.items()}
    )


BREWS: Mapping[str, Brew] = _brews()
"""Name -> brew: one file each in ``presets/brews``; a method's usual brew bears its name."""
