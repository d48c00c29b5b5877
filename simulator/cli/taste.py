"""``simulator taste``: brew one cup and say what it tastes like."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def command(
    grind_um: Annotated[float | None, typer.Option(help="Grind size, µm.")] = None,
    time_s: Annotated[float | None, typer.Option(help="Brew time, s.")] = None,
    milk_g: Annotated[
        float | None, typer.Option(help="Milk per 200 g of coffee, g. [default: 0]")
    ] = None,
    sugar_g: Annotated[
        float | None, typer.Option(help="Sugar per 200 g of coffee, g. [default: 0]")
    ] = None,
    method: Annotated[
        str | None, typer.Option(help="immersion, pour-over or espresso. [default: immersion]")
    ] = None,
    dose_g: Annotated[float | None, typer.Option(help="Dry coffee, g.")] = None,
    water_g: Annotated[float | None, typer.Option(help="Water poured on, g (immersion).")] = None,
    beverage_g: Annotated[
        float | None, typer.Option(help="Drink in the vessel, g (pour-over, espresso).")
    ] = None,
    temperature_c: Annotated[float | None, typer.Option(help="Water temperature, °C.")] = None,
    config: Annotated[
        Path | None, typer.Option(help="Take method, bean, brew and customers from this config.")
    ] = None,
    stdin: Annotated[
        bool,
        typer.Option(
            "--stdin",
            help="Read recipes from standard input, one JSON object a line, and answer each.",
        ),
    ] = False,
    uncertainty: Annotated[
        bool,
        typer.Option("--uncertainty", help="Show how sure the model is: 5-95 % bands of the fit."),
    ] = False,
    lang: Annotated[str, typer.Option(help="Language of the text: en or zh.")] = "en",
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> int:
    """Brew one cup: every named quantity from the grinder to the score, and each segment's opinion."""
    from simulator.cli.tasting import Place, answer_lines, answer_one

    brew = {
        "dose_g": dose_g,
        "water_g": water_g,
        "beverage_g": beverage_g,
        "temperature_c": temperature_c,
    }
    place = Place.of(config, method, {knob: v for knob, v in brew.items() if v is not None})
    recipe = {"grind_um": grind_um, "time_s": time_s, "milk_g": milk_g, "sugar_g": sugar_g}
    given = {knob: v for knob, v in recipe.items() if v is not None}
    if stdin:
        return answer_lines(place, given)
    return answer_one(place, given, as_json=json, uncertainty=uncertainty, lang=lang)
