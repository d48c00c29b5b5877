"""The JSON Schema of a config, for editors that complete and check while one types."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from simulator.experiment.config import Experiment
from simulator.experiment.function_settings import FreeBounds
from simulator.experiment.values import JsonSchema

_UNITS = {"um": "µm", "s": "s", "g": "g", "c": "°C"}

DIALECT = "https://json-schema.org/draft/2020-12/schema"

# Read before the experiment is: they say which experiments there are, not what one is.
_EXTENDS: JsonSchema = {
    "type": "string",
    "description": "Another config, beside this one, whose settings hold where this one says nothing.",
}
_AXIS: JsonSchema = {
    "type": "object",
    "additionalProperties": {
        "anyOf": [
            {"type": "array", "minItems": 1},
            {"type": "string"},
        ]
    },
    "minProperties": 1,
}
_SWEEP: JsonSchema = {
    "anyOf": [_AXIS, {"type": "array", "items": _AXIS, "minItems": 1}],
    "description": "Settings that vary, by their dotted keys: lists of values, log(low, high, how "
    "many) or linear(...). Keys of a mapping are crossed; with a list of mappings, what stands in "
    "one mapping varies together.",
}

_PRESETS: JsonSchema = {
    "type": "object",
    "additionalProperties": {"type": "object"},
    "description": "What preset files say, by their names: results folders of a sweep over files hold "
    "it, so that they need the files no more.",
}


def json_schema() -> JsonSchema:
    """Describe every key of a config: what it means, its unit, its range, its default.

    The schema accepts every config that loads. It cannot say everything that loading checks, such
    as that low lies below high, or that a knob is not tuned and fixed at once.

    >>> json_schema()["properties"]["seed"]["type"]
    'integer'
    """
    schema = {"$schema": DIALECT} | Experiment.model_json_schema()
    _tell_functions_from_coffee(schema)
    schema["properties"] |= {"extends": _EXTENDS, "sweep": _SWEEP, "presets": _PRESETS}
    for key, described in _properties(schema):
        described["title"] = title(key)
        if described.get("default", "") is None:  # None only marks what is not written
            del described["default"]
    return schema


def _tell_functions_from_coffee(schema: JsonSchema) -> None:
    """What may be tuned depends on whether the config names a function of its own."""
    tune = schema["properties"]["tune"]
    about = {"description": tune.pop("description")}
    schema["properties"]["tune"] = about | {"anyOf": [tune, FreeBounds().json_schema()]}
    schema["if"] = {"required": ["problem"]}
    schema["then"] = {"properties": {"tune": about | FreeBounds().json_schema()}}
    schema["else"] = {"properties": {"tune": about | tune}}


def title(key: str) -> str:
    """A key as people read it, its unit in brackets.

    >>> title("grind_um"), title("learning_rate")
    ('Grind (µm)', 'Learning rate')
    """
    words = key.replace("-", "_").split("_")
    unit = _UNITS.get(words[-1], "") if len(words) > 1 else ""
    text = " ".join(words[:-1] if unit else words)
    return text[:1].upper() + text[1:] + (f" ({unit})" if unit else "")


def _properties(schema: Any) -> Iterator[tuple[str, JsonSchema]]:
    """Every key that the schema describes, with its description."""
    if isinstance(schema, list):
        for item in schema:
            yield from _properties(item)
    elif isinstance(schema, dict):
        yield from schema.get("properties", {}).items()
        for name, part in schema.items():
            inner = part.values() if name in ("properties", "$defs") else [part]
            for item in inner:
                yield from _properties(item)
