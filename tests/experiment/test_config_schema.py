"""The JSON Schema accepts what loads, and tells an editor what every key means."""

import json
import re
from pathlib import Path

import pytest

from simulator.experiment.config import Experiment, load, loads
from simulator.experiment.schema import json_schema
from simulator.experiment.yaml_source import parse_yaml, read_yaml

CONFIGS = sorted((Path(__file__).parents[2] / "configs").glob("*.yaml"))

SCHEMA = json_schema()


def accepts(schema, value):
    """Validate by the keywords that the schema uses; an unknown keyword is an error."""
    return all(keyword_holds(schema, keyword, value) for keyword in schema)


def is_number(value):
    return isinstance(value, int | float) and not isinstance(value, bool)


TYPES = {
    "object": lambda v: isinstance(v, dict),
    "array": lambda v: isinstance(v, list),
    "string": lambda v: isinstance(v, str),
    "number": is_number,
    "integer": lambda v: is_number(v) and v == int(v),
    "boolean": lambda v: isinstance(v, bool),
    "null": lambda v: v is None,
}


def properties_hold(schema, value):
    known = schema.get("properties", {})
    return all(accepts(known[key], part) for key, part in value.items() if key in known)


def others_hold(schema, value):
    others = schema["additionalProperties"]
    known = schema.get("properties", {})
    return all(
        key in known or (others is not False and accepts(others, part))
        for key, part in value.items()
    )


KEYWORDS = {
    "$ref": lambda s, v: accepts(SCHEMA["$defs"][s["$ref"].removeprefix("#/$defs/")], v),
    "anyOf": lambda s, v: any(accepts(part, v) for part in s["anyOf"]),
    "type": lambda s, v: TYPES[s["type"]](v),
    "const": lambda s, v: v == s["const"],
    "enum": lambda s, v: v in s["enum"],
    "minimum": lambda s, v: v >= s["minimum"],
    "exclusiveMinimum": lambda s, v: v > s["exclusiveMinimum"],
    "maximum": lambda s, v: v <= s["maximum"],
    "minLength": lambda s, v: len(v) >= s["minLength"],
    "maxLength": lambda s, v: len(v) <= s["maxLength"],
    "minItems": lambda s, v: len(v) >= s["minItems"],
    "maxItems": lambda s, v: len(v) <= s["maxItems"],
    "uniqueItems": lambda s, v: len({json.dumps(item) for item in v}) == len(v),
    "items": lambda s, v: all(accepts(s["items"], item) for item in v),
    "required": lambda s, v: all(key in v for key in s["required"]),
    "minProperties": lambda s, v: len(v) >= s["minProperties"],
    "properties": properties_hold,
    "additionalProperties": others_hold,
    "if": lambda s, v: accepts(s["then"] if accepts(s["if"], v) else s["else"], v),
    "pattern": lambda s, v: re.search(s["pattern"], v) is not None,
}
CONCERNS = {
    "number": {"minimum", "exclusiveMinimum", "maximum"},
    "string": {"minLength", "maxLength", "pattern"},
    "array": {"minItems", "maxItems", "uniqueItems", "items"},
    "object": {"required", "minProperties", "properties", "additionalProperties"},
}
REMARKS = {"then", "else", "$schema", "$defs", "title", "description", "default"}


def keyword_holds(schema, keyword, value):
    if keyword in REMARKS:
        return True
    for kind, keywords in CONCERNS.items():
        if keyword in keywords and not TYPES[kind](value):
            return True
    return KEYWORDS[keyword](schema, value)


def described(schema):
    """Every key below a schema, with what is said about it."""
    if isinstance(schema, list):
        for item in schema:
            yield from described(item)
    elif isinstance(schema, dict):
        yield from schema.get("properties", {}).items()
        for name, inner in schema.items():
            yield from described(list(inner.values()) if name in ("properties", "$defs") else inner)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "brew: espresso\nstarts: 5\nbean: dark\ncustomers: milk\nobjective: share-above",
        "tune: [grind_um, time_s, milk_g, sugar_g, dose_g]",
        "tune: {grind_um: [200, 900]}\nfixed: {time_s: 100, milk_g: 0, sugar_g: 0}",
        "optimizers: [adam, {method: adam, label: b, learning_rate: {schedule: constant, rate: 0.1}}]",
        "problem: my.problems:valley\ntune: {x: [-2, 2], rate: {low: 0.1, high: 10, scale: log}}",
        "noise: {customers_per_cup: 3}\ncheck: {tolerance: 0.1}",
        "starts: {recipes: [{grind_um: 240, time_s: 570, milk_g: 0.5, sugar_g: 0.1}]}",
        "customers: {milk: 1, black-mild: 2}\nstop: {max_evaluations: 1e3}",
    ],
)
def test_what_loads_is_accepted_as_written_and_resolved(text):
    text = f"name: cup\n{text}"
    assert accepts(SCHEMA, parse_yaml(text).data())
    assert accepts(SCHEMA, loads(text).resolved())


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_every_shipped_config_is_accepted_as_written_and_resolved(path):
    assert accepts(SCHEMA, read_yaml(path).data())
    assert accepts(SCHEMA, load(path).resolved())


@pytest.mark.parametrize(
    "config",
    [
        {},
        {"name": 3},
        {"name": "cup", "sed": 1},
        {"name": "cup", "seed": -1},
        {"name": "cup", "seed": "1"},
        {"name": "cup", "brew": "tea"},
        {"name": "cup", "brew": {"dose_g": 5}},
        {"name": "cup", "tune": {"grind_um": [200]}},
        {"name": "cup", "tune": {"grind_um": [200, 9000]}},
        {"name": "cup", "tune": ["grind"]},
        {"name": "cup", "fixed": {"dose_g": 15}},
        {"name": "cup", "optimizers": ["adm"]},
        {"name": "cup", "optimizers": [{"method": "adam", "lr": 1}]},
        {"name": "cup", "optimizers": [{"learning_rate": 1}]},
        {"name": "cup", "check": {"methods": ["adam"]}},
        {"name": "cup", "noise": {}},
        {"name": "cup", "customers": {}},
    ],
)
def test_what_does_not_load_is_refused(config):
    assert not accepts(SCHEMA, config)


def test_every_key_of_an_experiment_is_described():
    assert list(SCHEMA["properties"]) == [*Experiment.model_fields, "extends", "sweep", "presets"]


@pytest.mark.parametrize(("key", "about"), list(described(SCHEMA)))
def test_every_key_has_a_title_and_a_description(key, about):
    assert about["title"]
    if key != "schedule":
        assert len(about["description"]) > 5


@pytest.mark.parametrize(
    ("key", "about"), [pair for pair in described(SCHEMA) if re.search("_(g|s|c|um)$", pair[0])]
)
def test_every_quantity_names_its_unit(key, about):
    assert re.search(r"\((g|s|°C|µm)\)$", about["title"])


def test_titles_are_readable():
    assert SCHEMA["properties"]["seed"]["title"] == "Seed"
    assert (
        SCHEMA["$defs"]["BrewSettings"]["properties"]["temperature_c"]["title"]
        == "Temperature (°C)"
    )


def test_is_json():
    assert json.loads(json.dumps(SCHEMA)) == SCHEMA
