"""A cup in words: what ``simulator taste`` prints, in the language of a catalogue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from simulator.coffee import (
    Band,
    Brew,
    Opinion,
    RatingNoise,
    Segment,
    Tasting,
    opinions,
    tick_shares,
)
from simulator.explain import Catalogue

_UNITS: Mapping[str, str] = {
    "extraction_yield_pct": "of_dose",
    "tds_pct": "of_coffee",
    "strength": "tds_equivalents",
    "bitterness": "tds_equivalents",
    "sourness": "tds_equivalents",
    "mouthfeel": "tds_equivalents",
    "sweetness": "of_ten",
    "creaminess": "of_ten",
}


class Served(Protocol):
    """Where a cup was brewed, and who drinks it."""

    @property
    def brew(self) -> Brew:
        """Method and amounts."""

    @property
    def customers(self) -> tuple[tuple[Segment, float], ...]:
        """The segments with their shares."""


def show_cup(terminal: Console, place: Served, tasting: Tasting, messages: Catalogue) -> None:
    """Print the brew, the quantities, each segment's score and words, and what people would tick."""
    _say(terminal, messages, "taste.brew", **_brew(place.brew, tasting, messages))
    table = Table(show_header=False, show_edge=False)
    for name, unit in _UNITS.items():
        value = f"{getattr(tasting, name):.3f}"
        table.add_row(messages.word("quantity", name), value, messages.say(f"unit.{unit}"))
    terminal.print(table)
    terminal.print(_segments(place, tasting, messages))
    ticks = messages.say("separator.words").join(
        f"{messages.say(f'tick.{word}')} {share:.0%}"
        for word, share in tick_shares(tasting).items()
    )
    _say(terminal, messages, "taste.ticks", words=ticks)
    if any(each.ideal_creaminess or each.ideal_sweetness for each, _ in place.customers):
        _say(terminal, messages, "taste.says_chosen")
    if tasting.recipe.milk_g or tasting.recipe.sugar_g:
        _say(terminal, messages, "taste.chosen")


def show_bands(terminal: Console, bands: Mapping[str, Band], messages: Catalogue) -> None:
    """Print the 5-95 % bands, and what they leave out."""
    table = Table(show_edge=False)
    for column in ("quantity", "value", "low", "high", "unit"):
        side: Any = "left" if column in ("quantity", "unit") else "right"
        table.add_column(messages.say(f"taste.column_{column}"), justify=side)
    for name, band in bands.items():
        unit = messages.say(f"unit.{band.unit}")
        numbers = (f"{number:.3f}" for number in (band.value, band.low, band.high))
        table.add_row(escape(_band_name(name, messages)), *numbers, unit)
    terminal.print(table)
    within = f"{RatingNoise().within_person_sd:.1f}"
    _say(terminal, messages, "taste.bands_note", within=within)


def _brew(brew: Brew, tasting: Tasting, messages: Catalogue) -> dict[str, str]:
    liquid = "water" if brew.method == "immersion" else "beverage"
    recipe = tasting.recipe
    numbers = {
        "dose": brew.dose_g,
        "liquid": getattr(brew, f"{liquid}_g"),
        "temperature": brew.temperature_c,
        "grind": recipe.grind_um,
        "time": recipe.time_s,
        "milk": recipe.milk_g,
        "sugar": recipe.sugar_g,
    }
    words = {
        "method": messages.word("method", str(brew.method)),
        "liquid_name": messages.word("liquid", liquid),
    }
    return words | {name: f"{number:g}" for name, number in numbers.items()}


def _segments(place: Served, tasting: Tasting, messages: Catalogue) -> Table:
    table = Table(show_edge=False)
    for column in ("customers", "share", "liking", "score", "says"):
        side: Any = "left" if column in ("customers", "says") else "right"
        table.add_column(messages.say(f"taste.column_{column}"), justify=side)
    total = sum(each.share for each in tasting.segments)
    said: Sequence[Opinion] = opinions(tasting, place.customers)
    for each, opinion in zip(tasting.segments, said, strict=True):
        table.add_row(
            escape(messages.word("segment", each.name)),
            f"{each.share / total:.1%}",
            f"{each.liking:.2f}",
            f"{each.score:.2f}",
            _said(opinion, messages),
        )
    everyone = messages.say("taste.everyone")
    table.add_row(everyone, "100.0%", "", f"{tasting.score:.2f}", style="bold")
    return table


def _said(opinion: Opinion, messages: Catalogue) -> str:
    """The two likeliest things that a segment says, with the share of its people who say them."""
    return messages.say("taste.or_else").join(
        messages.say("taste.said", words=messages.word("says", words), share=f"{share:.0%}")
        for words, share in list(opinion.says.items())[:2]
    )


def _band_name(name: str, messages: Catalogue) -> str:
    """Bands are named after a segment and what it finds: ``milk score``, ``milk acidity gap``."""
    segment, _, found = name.removesuffix(" gap").rpartition(" ")
    if not segment:
        return messages.word("quantity", found)
    own = messages.word("segment", segment)
    if not name.endswith(" gap"):
        return messages.say("taste.band_score", segment=own)
    return messages.say(f"taste.band_{found}", segment=own)


def _say(terminal: Console, messages: Catalogue, key: str, **values: str) -> None:
    # Chinese breaks between any two characters: left to the terminal, which knows where it ends.
    wrap = messages.language == "zh"
    terminal.print(escape(messages.say(key, **values)), soft_wrap=wrap)
