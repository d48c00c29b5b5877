"""The kinds of single values a config holds: numbers in a range, words from a list, text.

Each is an annotation for a pydantic field (``dose_g: Annotated[float, Number(10, 30, "g")]``): it
checks strictly (``"10"`` is no number, ``true`` neither), complains in sentences and describes
itself in JSON Schema.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Protocol

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from simulator.experiment.complaints import Complaints, complaint
from simulator.experiment.faults import nearest, number_text, one_of
from simulator.experiment.yaml_scalars import number_advice

JsonSchema = dict[str, Any]

# Direction marks make a terminal show text in another order than the one it is stored in.
_DIRECTION_MARKS = frozenset(
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)

_DEVICES = [f"{port}{number}" for port in ("COM", "LPT") for number in range(10)]
_RESERVED = frozenset(["CON", "PRN", "AUX", "NUL", *_DEVICES])


class Kind(Protocol):
    """A kind of value: checks one, and describes itself."""

    def check(self, value: Any) -> Any:
        """Return the value as the config holds it, or raise a complaint."""

    def json_schema(self) -> JsonSchema:
        """Describe what :meth:`check` accepts."""


@dataclass(frozen=True)
class Of:
    """Makes a kind an annotation of pydantic fields: ``Annotated[float, Of(Number(0, 1))]``."""

    kind: Kind

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Check by the kind alone."""
        return core_schema.no_info_plain_validator_function(self.kind.check)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchema:
        """Describe by the kind alone."""
        return self.kind.json_schema()


@dataclass(frozen=True)
class Shorthand:
    """Makes a field accept a short form: ``expand`` turns it into the long one.

    ``schema`` describes the short form in JSON Schema.
    """

    expand: Callable[[Any], Any]
    schema: Callable[[], JsonSchema]

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Expand first, then check the long form."""
        return core_schema.no_info_before_validator_function(self.expand, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchema:
        """Allow both forms."""
        return {"anyOf": [self.schema(), handler(schema)]}


@dataclass(frozen=True)
class Number:
    """A finite number from ``low`` to ``high``, both included unless ``above`` excludes ``low``.

    ``whole`` asks for an integer (``1e4`` is one); ``why`` is the reason for the range.
    """

    low: float = -math.inf
    high: float = math.inf
    unit: str = ""
    why: str = ""
    whole: bool = False
    above: bool = False

    def check(self, value: Any) -> float | int:
        """Return the number, a float unless it is to be whole; complain about anything else.

        >>> Number(10, 30, "g").check(15), Number(whole=True).check(1e4)
        (15.0, 10000)
        """
        if not isinstance(value, int | float) or isinstance(value, bool):
            raise self._no_number(value)
        if not -1e308 <= value <= 1e308:
            raise complaint("not a finite number", expected=self.expected)
        if self.whole and value != int(value):
            raise complaint("not a whole number", expected=self.expected)
        if not self.low <= value <= self.high or (self.above and value == self.low):
            raise complaint("out of range", expected=self.expected, reason=self.why)
        return int(value) if self.whole else float(value)

    @property
    def expected(self) -> str:
        """The range in words.

        >>> Number(20, 600, "s").expected
        'a number from 20 to 600 s'
        >>> Number(0, above=True).expected, Number(1, whole=True).expected
        ('a number above 0', 'a whole number, 1 or more')
        >>> Number().expected, Number(unit="g").expected
        ('a number', 'a number (g)')
        """
        kind = "a whole number" if self.whole else "a number"
        unit = f" {self.unit}" if self.unit else ""
        low, high = number_text(self.low), number_text(self.high)
        if math.isfinite(self.high):
            range_ = f"above {low} and up to {high}" if self.above else f"from {low} to {high}"
            return f"{kind} {range_}{unit}"
        if math.isfinite(self.low):
            return f"{kind} above {low}{unit}" if self.above else f"{kind}, {low}{unit} or more"
        return kind + (f" ({self.unit})" if self.unit else "")

    def json_schema(self) -> JsonSchema:
        """Describe the range."""
        schema: JsonSchema = {"type": "integer" if self.whole else "number"}
        if math.isfinite(self.low):
            schema["exclusiveMinimum" if self.above else "minimum"] = self.low
        if math.isfinite(self.high):
            schema["maximum"] = self.high
        return schema

    def _no_number(self, value: Any) -> PydanticCustomError:
        problem = "no value" if value is None else "not a number"
        advice = number_advice(value) if isinstance(value, str) else ""
        return complaint(problem, expected=self.expected, remedy=advice)


@dataclass(frozen=True)
class Word:
    """One of a list of words; ``what`` names the kind of thing (``a brewing method``)."""

    what: str
    words: tuple[str, ...]

    def check(self, value: Any) -> str:
        """Return the word; complain about anything else and name the nearest.

        >>> Word("a method", ("immersion", "espresso")).check("espresso")
        'espresso'
        """
        if isinstance(value, str) and value in self.words:
            return value
        raise unknown_word(self.what, value, self.words)

    def json_schema(self) -> JsonSchema:
        """List the words."""
        return {"enum": list(self.words)}


@dataclass(frozen=True)
class ListOf:
    """A list of at least one and at most ``most`` values of a kind."""

    item: Kind
    most: int

    def check(self, value: Any) -> tuple[Any, ...]:
        """Return the values as a tuple; complain about all of them at once."""
        if not isinstance(value, list | tuple):
            problem = "no value" if value is None else "not a list"
            raise complaint(problem, expected="a list: [..., ...], or lines that begin with '-'")
        if not 1 <= len(value) <= self.most:
            expected = f"from 1 to {self.most} entries"
            raise complaint(f"a list of {len(value)}", expected=expected)
        complaints, read = Complaints(), []
        for position, item in enumerate(value):
            with complaints.gathered(position):
                read.append(self.item.check(item))
        complaints.refuse()
        return tuple(read)

    def json_schema(self) -> JsonSchema:
        """Describe the list."""
        items = self.item.json_schema()
        return {"type": "array", "items": items, "minItems": 1, "maxItems": self.most}


@dataclass(frozen=True)
class Switch:
    """``true`` or ``false``."""

    def check(self, value: Any) -> bool:
        """Return the boolean; complain about anything else (``yes`` and ``on`` are text)."""
        if isinstance(value, bool):
            return value
        raise complaint("neither true nor false", expected="true or false")

    def json_schema(self) -> JsonSchema:
        """Describe a boolean."""
        return {"type": "boolean"}


@dataclass(frozen=True)
class Text:
    """Readable text of at most ``longest`` characters; ``lines`` allows line breaks."""

    longest: int
    lines: bool = False

    def check(self, value: Any) -> str:
        """Return the text; complain about other values and about characters nobody can see.

        >>> Text(20).check("拼配")
        '拼配'
        """
        if not isinstance(value, str):
            remedy = "" if value is None else "put the value in quotes"
            raise complaint("not text", expected=self.expected, remedy=remedy)
        if len(value) > self.longest:
            raise complaint(f"too long ({len(value)} characters)", expected=self.expected)
        for char in value:
            if _invisible(char) and not (self.lines and char in "\n\t"):
                remedy = f"remove the character U+{ord(char):04X}"
                raise complaint("text with an invisible character", remedy=remedy)
        return value

    @property
    def expected(self) -> str:
        """The limit in words."""
        return f"text of at most {self.longest} characters"

    def json_schema(self) -> JsonSchema:
        """Describe the length."""
        return {"type": "string", "maxLength": self.longest}


@dataclass(frozen=True)
class Name:
    """A name that also serves as a folder's: letters and digits of any script, ``-``, ``_``, ``.``."""

    longest: int = 60

    def check(self, value: Any) -> str:
        """Return the name; complain about one that some system could not use.

        >>> Name().check("house-blend"), Name().check("拼配")
        ('house-blend', '拼配')
        """
        if not isinstance(value, str):
            problem = "no value" if value is None else "not text"
            remedy = "" if value is None else "put the name in quotes"
            raise complaint(problem, expected=self.expected, remedy=remedy)
        if value.split(".")[0].upper() in _RESERVED:
            raise complaint("a name that Windows keeps for devices", remedy="choose another name")
        if not self._usable(value):
            raise complaint("not usable as a name", expected=self.expected)
        return unicodedata.normalize("NFC", value)

    @property
    def expected(self) -> str:
        """The rule in words."""
        return f"1 to {self.longest} letters, digits, '-', '_' or '.', first a letter or a digit"

    def json_schema(self) -> JsonSchema:
        """Describe the length."""
        return {"type": "string", "minLength": 1, "maxLength": self.longest}

    def _usable(self, value: str) -> bool:
        inner = all(unicodedata.category(char)[0] in "LMN" or char in "-_." for char in value)
        ends = value[:1].isalnum() and not value.endswith(".")
        return inner and ends and len(value) <= self.longest


def unknown_word(what: str, value: Any, words: Iterable[str]) -> PydanticCustomError:
    """The complaint that ``value`` is not ``what``, with all the words that are and the nearest."""
    known = list(words)
    close = nearest(value, known) if isinstance(value, str) else ""
    problem = "no value" if value is None else f"not {what}"
    return complaint(problem, expected=one_of(known), nearest=close)


def known_key(key: str, known: Iterable[str], problem: str) -> None:
    """Complain unless ``key`` is known, and name all keys that are and the nearest."""
    names = list(known)
    if key not in names:
        raise unknown_key(key, names, problem)


def unknown_key(key: str, names: Iterable[str], problem: str) -> PydanticCustomError:
    """The complaint that ``key`` is none of ``names``."""
    known = list(names)
    close = nearest(key, known)
    return complaint(
        problem,
        expected=one_of(known) if known else "nothing here",
        nearest=close,
        remedy="" if close else "remove it",
        on_key=True,
    )


def _invisible(char: str) -> bool:
    return unicodedata.category(char) in ("Cc", "Cs", "Cn") or char in _DIRECTION_MARKS
