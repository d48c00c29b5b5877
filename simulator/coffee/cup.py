"""The cup: coffee, milk and sugar as they stand on the table, in grams per kilogram of drink."""

# ruff: noqa: RUF009 -- parameter() makes a dataclass field

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from simulator.coffee.brewer import Extraction
from simulator.coffee.presets import read_presets
from simulator.coffee.provenance import parameter
from simulator.coffee.recipe import Method, Recipe, Scalar

_MILK = "composition of whole cow's milk, textbook value"


@dataclass(frozen=True)
class CupParameters:
    """The numbers of the cup."""

    served_g: Scalar = parameter(
        200.0, unit="g", origin="chosen", source="an ordinary cup; espresso is diluted to it"
    )
    milk_protein_g_kg: Scalar = parameter(33.0, unit="g/kg", origin="read", source=_MILK)
    milk_fat_g_kg: Scalar = parameter(35.0, unit="g/kg", origin="read", source=_MILK)
    milk_lactose_g_kg: Scalar = parameter(47.0, unit="g/kg", origin="read", source=_MILK)
    lactose_sweetness: Scalar = parameter(
        0.2, unit="1", origin="chosen", source="lactose against sucrose; published values .15–.3"
    )


CUPS: Mapping[str, CupParameters] = read_presets("cups", CupParameters)
"""What is served with which milk: one file each in ``presets/cups``. ``standard`` is the default."""


@dataclass(frozen=True)
class Cup:
    """The drink. Concentrations in g per kg of drink."""

    drink_g: Scalar
    """200 g of coffee with its milk and sugar."""
    solids_g_kg: Scalar
    """Coffee solids: acids, middle and bitter together."""
    acids_g_kg: Scalar
    bitter_g_kg: Scalar
    protein_g_kg: Scalar
    fat_g_kg: Scalar
    sugar_g_kg: Scalar
    """Sucrose equivalents: the sugar and a fifth of the milk's lactose."""


def fill(recipe: Recipe, extraction: Extraction, method: Method, parameters: CupParameters) -> Cup:
    """Serve 200 g of coffee with milk and sugar.

    Espresso, for which no one has asked a public about the undiluted shot, is first made long with
    water: its TDS falls by beverage/200 g. The recipe's milk and sugar are per 200 g of coffee.
    """
    served_g = parameters.served_g
    drink_g = served_g + recipe.milk_g + recipe.sugar_g
    coffee_g = extraction.beverage_g if method == Method.ESPRESSO else served_g
    # g of solids per kg of drink, and per kg and yield point: 1 % TDS is 10 g/kg.
    solids = 10.0 * coffee_g * extraction.tds_pct / drink_g
    per_point = solids / extraction.extraction_yield_pct
    milk = recipe.milk_g / drink_g
    lactose = parameters.lactose_sweetness * parameters.milk_lactose_g_kg
    return Cup(
        drink_g=drink_g,
        solids_g_kg=solids,
        acids_g_kg=per_point * extraction.acid_yield_pct,
        bitter_g_kg=per_point * extraction.bitter_yield_pct,
        protein_g_kg=parameters.milk_protein_g_kg * milk,
        fat_g_kg=parameters.milk_fat_g_kg * milk,
        sugar_g_kg=1000.0 * recipe.sugar_g / drink_g + lactose * milk,
    )


def titratable_acidity_ml(tds_pct: Scalar, extraction_yield_pct: Scalar) -> Scalar:
    """Titratable acidity of black drip coffee: 5.606·(TDS/1.25)^1.04·(EY/20)^−.192 mL.

    Millilitres of sodium hydroxide as titrated on the brews of Cotter et al. 2021 (161 carafes,
    scatter 4 %). At equal TDS a higher extraction is less sour; the model's own pour-over acids
    must agree, and the calibration of the customers takes the sourness of the data's brews from it.

    >>> float(titratable_acidity_ml(1.25, 20.0))
    5.606
    """
    return 5.606 * (tds_pct / 1.25) ** 1.04 * (extraction_yield_pct / 20.0) ** -0.192
