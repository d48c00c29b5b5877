"""What a config says of a problem of its own: which function, over which bounds."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from simulator.experiment.complaints import Complaints, complaint
from simulator.experiment.knobs import SCALES, Bounds
from simulator.experiment.values import JsonSchema, Number, Word, known_key

COFFEE_SECTIONS = ("bean", "brew", "fixed", "cup", "segments", "customers", "objective", "noise")
"""The sections that only a problem of coffee has."""

_NAME = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*:[^\W\d]\w*")
_MOST_PARAMETERS = 1000
_LONGEST = 40


@dataclass(frozen=True)
class FunctionName:
    """The kind of value ``package.module:function``."""

    def check(self, value: Any) -> str:
        """Return the name; nothing is imported."""
        if isinstance(value, str) and _NAME.fullmatch(value) and len(value) <= 200:
            return value
        expected = "package.module:function, such as my_problems:valley"
        raise complaint("not the name of a function", expected=expected)

    def json_schema(self) -> JsonSchema:
        """Describe the form."""
        return {"type": "string", "maxLength": 200}


@dataclass(frozen=True)
class FreeBounds:
    """The kind of value that bounds parameters of any name: ``{x: [-2, 2], rate: {low: ...}}``."""

    def check(self, value: Any) -> dict[str, Bounds]:
        """Return the bounds in the order of the config; complain about all at once."""
        if not isinstance(value, Mapping) or not value:
            expected = "bounds of the function's parameters, such as {x: [-2, 2], y: [0, 1]}"
            raise complaint("no parameters with bounds", expected=expected)
        if len(value) > _MOST_PARAMETERS:
            raise complaint(f"{len(value)} parameters", expected=f"at most {_MOST_PARAMETERS}")
        complaints, read = Complaints(), {}
        for name, given in value.items():
            with complaints.gathered(name):
                if not name.isidentifier() or len(name) > _LONGEST:
                    expected = f"letters, digits and '_', at most {_LONGEST}"
                    raise complaint("not a parameter's name", expected=expected, on_key=True)
                read[name] = _bounds(given)
        complaints.refuse()
        return read

    def json_schema(self) -> JsonSchema:
        """Describe both forms of bounds under any name."""
        number = {"type": "number"}
        pair = {"type": "array", "items": number, "minItems": 2, "maxItems": 2}
        low = number | {"description": "The lower bound, itself allowed."}
        high = number | {"description": "The upper bound, itself allowed."}
        scale = {"enum": list(SCALES), "description": "The scale on which steps are even."}
        named = {
            "type": "object",
            "properties": {"low": low, "high": high, "scale": scale},
            "required": ["low", "high"],
            "additionalProperties": False,
        }
        each = {"anyOf": [pair, named]}
        return {"type": "object", "additionalProperties": each, "minProperties": 1}


def _bounds(value: Any) -> Bounds:
    given: Any = value
    if isinstance(value, list | tuple) and len(value) == 2:
        given = {"low": value[0], "high": value[1]}
    if not isinstance(given, Mapping):
        raise complaint("not a pair of bounds", expected="[low, high]")
    complaints, ends, scale = Complaints(), {}, "linear"
    for part, number in given.items():
        with complaints.gathered(part):
            known_key(part, ("low", "high", "scale"), "bounds have no such part")
            if part == "scale":
                scale = Word("a scale", SCALES).check(number)
            else:
                ends[part] = float(Number().check(number))
    for part in ("low", "high"):
        if part not in given:
            complaints.add(complaint("is missing", expected="a number"), part)
    complaints.refuse()
    if not ends["low"] < ends["high"]:
        raise complaint("bounds without room", expected="low below high")
    if scale == "log" and ends["low"] <= 0:
        raise complaint(
            "a log scale cannot reach 0", remedy="choose scale: linear, or a low above 0"
        )
    return Bounds(ends["low"], ends["high"], scale)


def refuse_coffee(sections: Mapping[str, Any]) -> None:
    """Complain about sections of coffee beside a problem that has nothing to do with it."""
    complaints = Complaints()
    for section in COFFEE_SECTIONS:
        if section in sections:
            told = complaint(
                "is about coffee, but problem names a function",
                remedy="remove one of the two",
                on_key=True,
            )
            complaints.add(told, section)
    complaints.refuse()
