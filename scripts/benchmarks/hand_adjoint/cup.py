"""The cup by hand: yields, milk and sugar → concentrations of the drink, and back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from benchmarks.hand_adjoint.sums import Back, Scalar
from simulator.coffee import DEFAULT
from simulator.experiment.problem import Problem


def cup_station(problem: Problem) -> Callable[..., Any]:
    """Yields, milk and sugar → concentrations of the drink, and back."""
    here, settings = DEFAULT.cup, problem.experiment.brew.brew()
    water, dose = settings.water_g, 0.01 * settings.dose_g
    lactose = here.lactose_sweetness * here.milk_lactose_g_kg

    def fill(yields: Sequence[Scalar], m: Scalar, s: Scalar) -> tuple[tuple[Scalar, ...], Back]:
        acid, _, bitter, extraction = yields
        dissolved = dose * extraction
        liquid = water + dissolved
        tds = 100.0 * dissolved / liquid
        drink = here.served_g + m + s
        solids = (10.0 * here.served_g) * tds / drink
        per_point = solids / extraction
        milk, sucrose = m / drink, 1000.0 * s / drink
        served = (
            solids,
            per_point * acid,
            per_point * bitter,
            here.milk_protein_g_kg * milk,
            here.milk_fat_g_kg * milk,
            sucrose + lactose * milk,
        )

        def back(of_served: Sequence[Scalar], of_extraction: Scalar) -> tuple[Any, Scalar, Scalar]:
            of_solids, of_acids, of_bitter, of_protein, of_fat, of_sugar = of_served
            per_extraction = (of_acids * acid + of_bitter * bitter) / extraction
            of_solids = of_solids + per_extraction
            of_tds = (10.0 * here.served_g) * of_solids / drink
            of_extraction = (
                of_extraction
                - per_extraction * per_point
                + of_tds * (dose * (100.0 - tds) / liquid)
            )
            of_milk = (
                here.milk_protein_g_kg * of_protein
                + here.milk_fat_g_kg * of_fat
                + lactose * of_sugar
            )
            diluted = (of_solids * solids + of_milk * milk + of_sugar * sucrose) / drink
            of_yields = (
                of_extraction + per_point * of_acids,
                of_extraction,
                of_extraction + per_point * of_bitter,
            )
            return of_yields, of_milk / drink - diluted, 1000.0 * of_sugar / drink - diluted

        return served, back

    return fill
