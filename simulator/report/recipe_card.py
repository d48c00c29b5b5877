"""The recipe card: the tuned recipe in a barista's units, for the wall behind the counter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from simulator.coffee import RANGES
from simulator.experiment.problem import Problem
from simulator.experiment.verdict import Verdict
from simulator.explain import Catalogue

#: Up to which size, µm, a grind goes by which word. The words are customary and no standard fixes them:
#: grinder makers' charts differ by a step. "medium" is what paper filters are ground for.
GRIND_WORDS = (
    (300.0, "extra_fine"),
    (450.0, "fine"),
    (600.0, "medium_fine"),
    (800.0, "medium"),
    (1000.0, "medium_coarse"),
    (1250.0, "coarse"),
)
_COARSEST = "extra_coarse"

#: g/ml, textbook values at the temperature at which each is measured out: water and a drink at room
#: temperature to three digits, whole milk from the fridge.
_DENSITY = {"water_g": 0.998, "beverage_g": 0.998, "milk_g": 1.033}
_TEASPOON_G = 4.0
_DECIMALS = {"grind_um": 0, "time_s": 0}


@dataclass(frozen=True)
class CardLine:
    """One thing to measure out.

    Attributes:
        knob: its name with its unit.
        label: what it is.
        amount: how much, with its unit.
        also: the same in another measure; may be empty.
        span: which amounts taste nearly as good, where the knob was tuned; may be empty.
    """

    knob: str
    label: str
    amount: str
    also: str
    span: str


def grind_word(grind_um: float) -> str:
    """The customary word for a grind size, as the last part of a message ``grind...``.

    >>> grind_word(260.0), grind_word(720.0), grind_word(1400.0)
    ('extra_fine', 'medium', 'extra_coarse')
    """
    return next((word for limit, word in GRIND_WORDS if grind_um < limit), _COARSEST)


def clock(seconds: float) -> str:
    """Minutes and seconds as a timer shows them.

    >>> clock(459.6), clock(30.0)
    ('7:40', '0:30')
    """
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d}"


def card_lines(
    problem: Problem, recipe: Mapping[str, float], verdict: Verdict | None, messages: Catalogue
) -> list[CardLine]:
    """What to measure out, in the order of the work: coffee, grind, water, time, milk, sugar.

    ``recipe`` holds what was tuned or fixed; the rest of the brew comes from the experiment.
    """
    ranges = {each.knob: (each.low, each.high) for each in verdict.ranges} if verdict else {}
    brew = problem.experiment.brew
    amounts = {
        knob: recipe.get(knob, getattr(brew, knob, None))
        for knob in (
            "dose_g", "grind_um", "water_g", "beverage_g", "temperature_c", "time_s", "milk_g", "sugar_g",
        )
    }  # fmt: skip
    return [
        CardLine(
            knob,
            messages.say(f"card.{knob}", served=f"{problem.experiment.cup.served_g:g}"),
            _amount(knob, value, messages),
            _also(knob, value, messages),
            _span(knob, ranges, messages),
        )
        for knob, value in amounts.items()
        if value is not None
    ]


def _amount(knob: str, value: float, messages: Catalogue) -> str:
    unit = messages.word("symbol", RANGES[knob].unit)
    text = f"{value:.{_DECIMALS.get(knob, 1)}f}"
    return f"{text.removesuffix('.0')} {unit}"


def _also(knob: str, value: float, messages: Catalogue) -> str:
    if knob == "grind_um":
        return messages.say(f"grind.{grind_word(value)}")
    if knob == "time_s":
        return messages.say("card.clock", clock=clock(value))
    if knob == "sugar_g":
        return messages.say("card.teaspoons", count=f"{value / _TEASPOON_G:.1f}".removesuffix(".0"))
    if knob in _DENSITY:
        return messages.say("card.millilitres", count=f"{value / _DENSITY[knob]:.0f}")
    return ""


def _span(knob: str, ranges: Mapping[str, tuple[float, float]], messages: Catalogue) -> str:
    if knob not in ranges:
        return ""
    decimals = _DECIMALS.get(knob, 1)
    low, high = (f"{value:.{decimals}f}".removesuffix(".0") for value in ranges[knob])
    return f"{low} – {high} {messages.word('symbol', RANGES[knob].unit)}"
