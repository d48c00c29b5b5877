"""Every field of a config as a list that people read: what it may be, its default, what it means."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from simulator.experiment.faults import number_text, one_of
from simulator.experiment.schema import json_schema
from simulator.experiment.values import JsonSchema

#: Lists of methods name no options here: they are those of this section.
_METHODS = "optimizers"


@dataclass(frozen=True)
class FieldRow:
    """One field.

    Attributes:
        path: dotted; the option of a method is written ``optimizers[adam].beta``.
        accepts: kind and range, in words.
        default: as a config would write it; empty where the meaning tells it, or there is none.
        meaning: a sentence.
        required: whether every config needs it.
    """

    path: str
    accepts: str
    default: str
    meaning: str
    required: bool


def field_list() -> tuple[FieldRow, ...]:
    """All fields, in the order in which a config is best written.

    >>> seed = next(row for row in field_list() if row.path == "seed")
    >>> seed.accepts, seed.default
    ('a whole number, 0 or more', '0')
    """
    schema = json_schema()
    return tuple(_rows(schema, schema, ""))


def _rows(part: JsonSchema, whole: JsonSchema, path: str) -> Iterator[FieldRow]:
    required = part.get("required", ())
    for name, described in part.get("properties", {}).items():
        here = f"{path}.{name}" if path else name
        forms = list(_forms(described, whole))
        yield FieldRow(
            here,
            _either(dict.fromkeys(_accepts(form) for form in forms)),
            _default(described),
            described.get("description", ""),
            name in required and not path,
        )
        yield from _below(forms, whole, here)


def _below(forms: list[JsonSchema], whole: JsonSchema, path: str) -> Iterator[FieldRow]:
    """The fields of settings; of a list of methods the options of each method; of bounds none."""
    for form in forms:
        if path == _METHODS and "items" in form:
            for method in _forms(form["items"], whole):
                yield from _options(method, whole, path)
        elif path.count(".") == 0 or ("properties" in form and not path.startswith("tune.")):
            yield from _rows(form, whole, path)


def _options(method: JsonSchema, whole: JsonSchema, path: str) -> Iterator[FieldRow]:
    properties = method.get("properties", {})
    if "method" in properties:
        own = {name: each for name, each in properties.items() if name not in ("method", "label")}
        name = properties["method"]["const"]
        yield from _rows({"properties": own}, whole, f"{path}[{name}]")


def _forms(part: JsonSchema, whole: JsonSchema) -> Iterator[JsonSchema]:
    """What may be written, references followed; "nothing" is not a thing to write."""
    if "$ref" in part:
        yield from _forms(whole["$defs"][part["$ref"].rpartition("/")[2]], whole)
    elif "anyOf" in part:
        for form in part["anyOf"]:
            yield from _forms(form, whole)
    elif part.get("type") != "null":
        yield part


def _either(kinds: Iterable[str]) -> str:
    parts = list(kinds)
    return ("; or " if any(" or " in part for part in parts[:-1]) else " or ").join(parts)


def _accepts(form: JsonSchema) -> str:
    if "const" in form:
        return str(form["const"])
    if "enum" in form:
        return one_of(map(str, form["enum"]))
    kind = form.get("type")
    if kind in ("number", "integer"):
        return _number(form)
    if kind == "array":
        return _list(form)
    return {"string": "text", "boolean": "true or false", "object": "settings"}.get(kind or "", "")


def _number(form: JsonSchema) -> str:
    kind = "a whole number" if form["type"] == "integer" else "a number"
    above = "exclusiveMinimum" in form
    low, high = form.get("exclusiveMinimum", form.get("minimum")), form.get("maximum")
    if high is not None and high > 1e9:
        high = None
    if low is None:
        return kind
    least = number_text(low)
    if high is None:
        return f"{kind} above {least}" if above else f"{kind}, {least} or more"
    most = number_text(high)
    return f"{kind} above {least}, up to {most}" if above else f"{kind}, {least} to {most}"


def _list(form: JsonSchema) -> str:
    item = form.get("items", {})
    if form.get("maxItems") == 2:
        ends = (number_text(item[end]) for end in ("minimum", "maximum") if end in item)
        return f"[low, high] within {' to '.join(ends)}"
    words = item.get("enum")
    return f"a list of {', '.join(map(str, words))}" if words else "a list"


def _default(described: JsonSchema) -> str:
    if "default" not in described or isinstance(described["default"], dict | list):
        return ""
    given: Any = described["default"]
    if isinstance(given, bool):
        return str(given).lower()
    return number_text(given) if isinstance(given, int | float) else str(given) or '""'
