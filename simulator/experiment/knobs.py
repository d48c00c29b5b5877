"""The knobs of a recipe and a brew, and how a config gives them bounds and values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import sqrt
from typing import Any

from simulator.coffee import RANGES
from simulator.experiment.complaints import Complaints, complaint
from simulator.experiment.faults import number_text, one_of
from simulator.experiment.values import JsonSchema, Kind, Number, Word, known_key

RECIPE_KNOBS = ("grind_um", "time_s", "milk_g", "sugar_g")
"""The recipe: tuned unless a config says otherwise."""

BREW_KNOBS = ("dose_g", "water_g", "beverage_g", "temperature_c")
"""Brew settings: fixed unless a config tunes them."""

KNOBS = RECIPE_KNOBS + BREW_KNOBS
"""Every knob, in the order of the coordinates that optimizers see."""

SCALES = ("log", "linear")

# Of a knob's whole range: in less room, rounding is all that an optimizer would see.
_LEAST_ROOM = 1e-6


@dataclass(frozen=True)
class Bounds:
    """The range a knob is tuned in, in the knob's unit, and the scale on which its steps are even."""

    low: float
    high: float
    scale: str

    @property
    def centre(self) -> float:
        """The middle of the range on its scale.

        >>> Bounds(100.0, 400.0, "log").centre
        200.0
        """
        product, total = self.low * self.high, self.low + self.high
        return sqrt(product) if self.scale == "log" else total / 2


def knob_number(knob: str) -> Number:
    """The kind of value that sets a knob: a number for which the taste model is valid."""
    valid = RANGES[knob]
    return Number(valid.low, valid.high, valid.unit, valid.why)


def usual_scale(knob: str) -> str:
    """Grind and time act by ratios (half as coarse, twice as long), the other knobs by amounts."""
    return "log" if knob in ("grind_um", "time_s") else "linear"


def full_bounds(knob: str) -> dict[str, Any]:
    """The whole valid range of a knob on its usual scale, as a config would write it."""
    valid = RANGES[knob]
    return {"low": float(valid.low), "high": float(valid.high), "scale": usual_scale(knob)}


@dataclass(frozen=True)
class LimitsOf:
    """The kind of value ``[low, high]`` or ``{low: ..., high: ...}`` inside a knob's valid range."""

    knob: str

    def check(self, value: Any) -> tuple[float, float]:
        """Return low and high; complain about both at once."""
        given, number = self._by_name(value), knob_number(self.knob)
        complaints, ends = Complaints(), {}
        for name, part in given.items():
            with complaints.gathered(name):
                known_key(name, ("low", "high", "scale"), "bounds have no such part")
                ends[name] = number.check(part)
        for name in ("low", "high"):
            if name not in given:
                complaints.add(complaint("is missing", expected=number.expected), name)
        complaints.refuse()
        return self._ordered(ends["low"], ends["high"])

    def json_schema(self) -> JsonSchema:
        """Describe both forms."""
        number = knob_number(self.knob).json_schema()
        pair = {"type": "array", "items": number, "minItems": 2, "maxItems": 2}
        named = {
            "type": "object",
            "properties": {
                "low": number | {"description": "The lower bound, itself allowed."},
                "high": number | {"description": "The upper bound, itself allowed."},
            },
            "required": ["low", "high"],
            "additionalProperties": False,
        }
        return {"anyOf": [pair, named]}

    def _by_name(self, value: Any) -> Mapping[str, Any]:
        if isinstance(value, Mapping):
            return value
        if isinstance(value, list | tuple) and len(value) == 2:
            return {"low": value[0], "high": value[1]}
        full = full_bounds(self.knob)
        low, high = number_text(full["low"]), number_text(full["high"])
        remedy = f"write {self.knob}: [{low}, {high}], or a part of that range"
        raise complaint("not a pair of bounds", expected="[low, high]", remedy=remedy)

    def _ordered(self, low: float, high: float) -> tuple[float, float]:
        full = full_bounds(self.knob)
        if high - low > _LEAST_ROOM * (full["high"] - full["low"]):
            return low, high
        swap = f"write [{number_text(high)}, {number_text(low)}]"
        keep = f"to keep it there, write fixed: {{{self.knob}: {number_text(low)}}}"
        remedy = swap if low > high else keep
        raise complaint("bounds without room", expected="low below high", remedy=remedy)


@dataclass(frozen=True)
class BoundsOf:
    """As :class:`LimitsOf`, with an optional ``scale: log | linear``."""

    knob: str

    def check(self, value: Any) -> Bounds:
        """Return the bounds; complain about everything at once."""
        limits, scale = value, usual_scale(self.knob)
        complaints = Complaints()
        if isinstance(value, Mapping) and "scale" in value:
            limits = {name: part for name, part in value.items() if name != "scale"}
            with complaints.gathered("scale"):
                scale = Word("a scale", SCALES).check(value["scale"])
        with complaints.gathered():
            low, high = LimitsOf(self.knob).check(limits)
            if scale == "log" and low <= 0:
                remedy = "choose scale: linear, or a low above 0"
                raise complaint("a log scale cannot reach 0", remedy=remedy)
        complaints.refuse()
        return Bounds(low, high, scale)

    def json_schema(self) -> JsonSchema:
        """Describe both forms."""
        schema = LimitsOf(self.knob).json_schema()
        schema["anyOf"][1]["properties"]["scale"] = {
            "enum": list(SCALES),
            "default": usual_scale(self.knob),
            "description": "The scale on which steps are even: ratios (log) or amounts (linear).",
        }
        return schema


@dataclass(frozen=True)
class KnobMap:
    """The kind of value that gives some of ``knobs`` something: bounds, or a number."""

    knobs: tuple[str, ...]
    kind: Callable[[str], Kind]
    elsewhere: str = ""
    """Where the knobs that do not belong here are written."""

    def check(self, value: Any) -> dict[str, Any]:
        """Return the mapping in the order of ``KNOBS``; complain about all entries at once."""
        if not isinstance(value, Mapping):
            expected = f"settings such as {{{self.knobs[0]}: ...}}"
            raise complaint("not a mapping of knobs", expected=expected)
        complaints, read = Complaints(), {}
        for knob, given in value.items():
            with complaints.gathered(knob):
                self._refuse_stranger(knob)
                read[knob] = self.kind(knob).check(given)
        complaints.refuse()
        return {knob: read[knob] for knob in KNOBS if knob in read}

    def json_schema(self) -> JsonSchema:
        """Describe every knob with its unit and the reason for its range."""
        properties = {
            knob: self.kind(knob).json_schema() | {"description": knob_description(knob)}
            for knob in self.knobs
        }
        return {"type": "object", "properties": properties, "additionalProperties": False}

    def _refuse_stranger(self, knob: str) -> None:
        if knob in KNOBS and knob not in self.knobs:
            expected = one_of(self.knobs)
            raise complaint(
                "does not belong here", expected=expected, remedy=self.elsewhere, on_key=True
            )
        known_key(knob, self.knobs, "no such knob")


def knob_description(knob: str) -> str:
    """A sentence about a knob's unit and its valid range, for editors."""
    valid = RANGES[knob]
    low, high = number_text(valid.low), number_text(valid.high)
    return f"In {valid.unit}, {low} to {high}: {valid.why}"


def tune_from_list(value: Any) -> Any:
    """Expand a list of knobs into their full ranges; leave anything else as it is.

    >>> tune_from_list(["sugar_g"])
    {'sugar_g': {'low': 0.0, 'high': 20.0, 'scale': 'linear'}}
    """
    if not isinstance(value, list | tuple):
        return value
    complaints, tuned = Complaints(), {}
    for position, knob in enumerate(value):
        with complaints.gathered(position):
            Word("a knob", KNOBS).check(knob)
            if knob in tuned:
                raise complaint("the same knob twice", remedy="remove one")
            tuned[knob] = full_bounds(knob)
    complaints.refuse()
    return tuned


def knob_list_schema() -> JsonSchema:
    """Describe a list of knobs in JSON Schema."""
    return {"type": "array", "items": {"enum": list(KNOBS)}, "uniqueItems": True, "minItems": 1}
