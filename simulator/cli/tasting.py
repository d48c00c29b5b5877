"""What ``simulator taste`` does: where a cup is brewed, the cup itself, and the answer."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, is_dataclass, replace
from pathlib import Path
from typing import Any

from simulator.cli.cup_text import show_bands, show_cup
from simulator.cli.terminal import console
from simulator.coffee import (
    BEANS,
    DEFAULT,
    Band,
    Bean,
    Brew,
    Parameters,
    Recipe,
    Segment,
    Tasting,
    check_ranges,
    customers_in,
    method_named,
    opinions,
    taste,
    tasting_bands,
    tick_shares,
    unused_liquid,
)
from simulator.errors import InputError, RecipeError
from simulator.experiment.config import load_cup
from simulator.experiment.knobs import BREW_KNOBS, RECIPE_KNOBS
from simulator.explain import catalogue

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
    parameters: Parameters = DEFAULT
    """The model's numbers, with the cup it is served in."""

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
            experiment = load_cup(config)
            if method is not None and method_named(method) != experiment.brew.method:
                raise InputError(f"--method {method}: {config} brews by {experiment.brew.method}")
            tuned = {
                knob: given.get(knob, getattr(Brew.standard(experiment.brew.method), knob))
                for knob in BREW_KNOBS
                if knob in experiment.tune
            }
            place = cls(
                experiment.brew.brew(**tuned),
                experiment.bean,
                experiment.crowd,
                experiment.fixed,
                experiment.parameters,
            )
        for knob in given:
            if knob == unused_liquid(place.brew.method):
                used = "water_g" if knob == "beverage_g" else "beverage_g"
                raise InputError(
                    f"--{knob.replace('_', '-')} means nothing for {place.brew.method}: "
                    f"use --{used.replace('_', '-')}"
                )
        return replace(place, brew=replace(place.brew, **given))


def answer_one(
    place: Place,
    given: Mapping[str, float],
    *,
    as_json: bool,
    uncertainty: bool = False,
    lang: str = "en",
) -> int:
    """Brew one cup and print it, with bands of the fitted parameters if asked for.

    Raises:
        InputError: an unknown language, an unusable recipe.
    """
    messages = catalogue(lang)
    tasting = brew_cup(place, given)
    bands: Mapping[str, Band] = {}
    if uncertainty:
        bands = tasting_bands(
            tasting.recipe, place.brew, place.bean, place.customers, place.parameters
        )
    if as_json:
        answer = quantities(place, tasting)
        if uncertainty:
            answer["uncertainty"] = {name: asdict(band) for name, band in bands.items()}
        print(json.dumps(answer, indent=2, allow_nan=False))
        return 0
    terminal = console()
    show_cup(terminal, place, tasting, messages)
    if uncertainty:
        show_bands(terminal, bands, messages)
    return 0


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
    return taste(recipe, place.brew, place.bean, place.customers, place.parameters)


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
