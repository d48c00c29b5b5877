"""What ``simulator taste`` does: where a cup is brewed, the cup itself, and the answer."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, is_dataclass, replace
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from simulator.coffee import (
    BEANS,
    SEGMENTS,
    Band,
    Bean,
    Brew,
    Recipe,
    Segment,
    Tasting,
    check_ranges,
    customers_in,
    method_named,
    taste,
    tasting_bands,
    unused_liquid,
)
from simulator.coffee.complaints import Opinion, opinions, tick_shares
from simulator.errors import InputError, RecipeError
from simulator.experiment.config import load
from simulator.experiment.knobs import BREW_KNOBS, RECIPE_KNOBS

#: What a recipe may leave out.
_BLACK = {"milk_g": 0.0, "sugar_g": 0.0}

#: The quantities that the answer leads with; the rest follow by station.
HEADLINE = (
    "extraction_yield_pct",
    "tds_pct",
    "strength",
    "bitterness",
    "sourness",
    "sweetness",
    "creaminess",
    "mouthfeel",
    "score",
)


@dataclass(frozen=True)
class Place:
    """Where the cup is brewed: brew settings, bean, and who drinks it."""

    brew: Brew
    bean: Bean
    customers: tuple[tuple[Segment, float], ...]
    fixed: Mapping[str, float] = field(default_factory=dict)
    """Parts of the recipe that a config fixes; options and lines may say otherwise."""

    @classmethod
    def of(cls, config: Path | None, method: str | None, given: Mapping[str, Any]) -> Place:
        """The place a config describes, or the usual one, with the given settings changed.

        Raises:
            InputError: a setting that means nothing for the method, or two methods.
        """
        if config is None:
            brew = Brew.standard(method or "immersion")
            place = cls(brew, BEANS["medium"], customers_in("survey"))
        else:
            experiment = load(config)
            if method is not None and method_named(method) != experiment.brew.method:
                raise InputError(f"--method {method}: {config} brews by {experiment.brew.method}")
            tuned = {
                knob: given.get(knob, getattr(Brew.standard(experiment.brew.method), knob))
                for knob in BREW_KNOBS
                if knob in experiment.tune
            }
            customers = tuple((SEGMENTS[n], share) for n, share in experiment.customers.items())
            place = cls(experiment.brew.brew(**tuned), experiment.bean, customers, experiment.fixed)
        for knob in given:
            if knob == unused_liquid(place.brew.method):
                used = "water_g" if knob == "beverage_g" else "beverage_g"
                raise InputError(
                    f"--{knob.replace('_', '-')} means nothing for {place.brew.method}: "
                    f"use --{used.replace('_', '-')}"
                )
        return replace(place, brew=replace(place.brew, **given))


def answer_one(
    place: Place, given: Mapping[str, float], *, as_json: bool, uncertainty: bool = False
) -> int:
    """Brew one cup and print it, with bands of the fitted parameters if asked for."""
    tasting = brew_cup(place, given)
    bands: Mapping[str, Band] = {}
    if uncertainty:
        bands = tasting_bands(tasting.recipe, place.brew, place.bean, place.customers)
    if as_json:
        answer = quantities(place, tasting)
        if uncertainty:
            answer["uncertainty"] = {name: asdict(band) for name, band in bands.items()}
        print(json.dumps(answer, indent=2, allow_nan=False))
        return 0
    console = Console(highlight=False)
    _show(console, place, tasting)
    if uncertainty:
        _show_bands(console, bands)
    return 0


def _show_bands(console: Console, bands: Mapping[str, Band]) -> None:
    table = Table(show_edge=False)
    for column in ("quantity", "value", "5 %", "95 %", "unit"):
        table.add_column(column, justify="left" if column in ("quantity", "unit") else "right")
    for name, band in bands.items():
        table.add_row(name, f"{band.value:.3f}", f"{band.low:.3f}", f"{band.high:.3f}", band.unit)
    console.print(table)
    console.print(
        "The bands show how sure the fit to the ratings of black coffee is. They do not show how much one "
        "person's ratings scatter (about 1.6 points), nor what is chosen, such as milk and sugar."
    )


def answer_lines(place: Place, defaults: Mapping[str, float]) -> int:
    """Answer every line of standard input with one line; a bad line is answered with its error.

    Returns 2 if any line was bad, else 0.
    """
    status = 0
    for number, line in enumerate(sys.stdin, start=1):
        if not line.strip():
            continue
        try:
            answer = quantities(place, brew_cup(place, {**defaults, **_recipe_of(line)}))
        except InputError as error:
            status = error.exit_code
            answer = {"error": str(error), "line": number}
        print(json.dumps(answer, allow_nan=False), flush=True)
    return status


def brew_cup(place: Place, given: Mapping[str, float]) -> Tasting:
    """Brew and taste one recipe.

    Raises:
        RecipeError: grind or time is missing, or something is outside its range.
    """
    given = {**_BLACK, **place.fixed, **given}
    missing = [knob for knob in RECIPE_KNOBS if knob not in given]
    if missing:
        options = " and ".join(f"--{knob.replace('_', '-')}" for knob in missing)
        raise RecipeError(f"the recipe lacks {' and '.join(missing)}: add {options}")
    recipe = Recipe(**given)
    check_ranges(recipe, place.brew)
    return taste(recipe, place.brew, place.bean, place.customers)


def quantities(place: Place, tasting: Tasting) -> dict[str, Any]:
    """Every named quantity of a cup as plain data: the headline first, then station by station.

    Each segment has what it says (complaint or "just right" -> share of its people, together 1), and
    ``ticks`` holds the share of people who would tick each word of a list.
    """
    headline = {name: float(getattr(tasting, name)) for name in HEADLINE}
    stations = {
        f.name: _plain(getattr(tasting, f.name))
        for f in fields(tasting)
        if f.name not in (*HEADLINE, "segments")
    }
    total = sum(each.share for each in tasting.segments)
    segments = {
        each.name: _plain(each) | {"share": float(each.share / total), "says": dict(opinion.says)}
        for each, opinion in zip(tasting.segments, opinions(tasting, place.customers), strict=True)
    }
    ticks = {word: float(share) for word, share in tick_shares(tasting).items()}
    return {**headline, "segments": segments, "ticks": ticks, **stations}


def _plain(thing: Any) -> Any:
    if is_dataclass(thing):
        return {f.name: _plain(getattr(thing, f.name)) for f in fields(thing)}
    if isinstance(thing, list | tuple):
        return [_plain(item) for item in thing]
    return thing if isinstance(thing, str) else float(thing)


def _recipe_of(line: str) -> dict[str, float]:
    try:
        given = json.loads(line, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise InputError(f"not JSON: {error}") from None
    if not isinstance(given, dict):
        raise InputError('expected an object such as {"grind_um": 900, "time_s": 240}')
    for knob, value in given.items():
        if knob not in RECIPE_KNOBS:
            raise InputError(
                f"no such part of a recipe: {knob}; there are {', '.join(RECIPE_KNOBS)}"
            )
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise InputError(f"{knob} must be a number, got {value!r}")
    return given


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is not a number of a recipe")


def _show(console: Console, place: Place, tasting: Tasting) -> None:
    recipe, brew = tasting.recipe, place.brew
    water = brew.water_g if brew.method == "immersion" else brew.beverage_g
    console.print(
        f"{brew.method}: {brew.dose_g:g} g coffee, {water:g} g "
        f"{'water' if brew.method == 'immersion' else 'in the vessel'}, "
        f"{brew.temperature_c:g} °C, grind {recipe.grind_um:g} µm, {recipe.time_s:g} s, "
        f"milk {recipe.milk_g:g} g, sugar {recipe.sugar_g:g} g"
    )
    table = Table(show_header=False, show_edge=False)
    for name, unit in _SHOWN.items():
        table.add_row(
            name.removesuffix("_pct").replace("_", " "), f"{getattr(tasting, name):.3f}", unit
        )
    console.print(table)
    segments = Table(show_edge=False)
    for column in ("customers", "share", "liking", "score", "most likely to say"):
        words = column in ("customers", "most likely to say")
        segments.add_column(column, justify="left" if words else "right")
    total = sum(each.share for each in tasting.segments)
    for each, opinion in zip(tasting.segments, opinions(tasting, place.customers), strict=True):
        segments.add_row(
            each.name,
            f"{each.share / total:.1%}",
            f"{each.liking:.2f}",
            f"{each.score:.2f}",
            _said(opinion),
        )
    segments.add_row("all", "100.0%", "", f"{tasting.score:.2f}", style="bold")
    console.print(segments)
    ticks = ", ".join(
        f"{word.replace('_', '-')} {share:.0%}" for word, share in tick_shares(tasting).items()
    )
    console.print(f"People would tick: {ticks}.")
    if any(each.ideal_creaminess or each.ideal_sweetness for each, _ in place.customers):
        console.print("What is said of sweetness and cream rests on chosen numbers, not on data.")
    if recipe.milk_g or recipe.sugar_g:
        console.print("The effects of milk and sugar are chosen magnitudes, not measurements.")


def _said(opinion: Opinion) -> str:
    """The two likeliest things that a segment says, with the share of its people who say them."""
    first_two = list(opinion.says.items())[:2]
    return ", or ".join(f"{said} ({share:.0%})" for said, share in first_two)


_SHOWN = {
    "extraction_yield_pct": "% of the dose",
    "tds_pct": "% of the coffee",
    "strength": "% TDS-equivalents",
    "bitterness": "% TDS-equivalents",
    "sourness": "% TDS-equivalents",
    "mouthfeel": "% TDS-equivalents",
    "sweetness": "of 10",
    "creaminess": "of 10",
}
