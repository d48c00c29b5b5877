"""Whatever is spoilt in a valid config, the answer is a ConfigError with the line and the key."""

import math
import string

import pytest
import yaml
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from simulator.errors import ConfigError
from simulator.experiment.config import Experiment, experiment_from, loads
from simulator.experiment.knobs import KNOBS, RECIPE_KNOBS, knob_number
from simulator.experiment.schema import json_schema
from simulator.experiment.yaml_scalars import plain_scalar

FULL = """
name: everything
description: words
seed: 12
bean: {name: mine, e_max: 0.25, acid_share: 0.2, middle_share: 0.3, bitter_share: 0.4, quality_points: -1}
tune: {grind_um: {low: 300, high: 900, scale: linear}, beverage_g: [20, 40], sugar_g: [0, 10]}
brew: {method: espresso, dose_g: 18.5, temperature_c: 92}
fixed: {time_s: 30, milk_g: 12.5}
customers: {black-strong: 1, milk: 2, milk-and-sugar: 4}
objective: {kind: share-above, threshold: 6}
noise: {customers_per_cup: 9, tds_slope_sd: 0.2}
starts: {repeats: 3, draw: random, within: {sugar_g: [1, 2]}}
stop: {max_evaluations: 77, value_tolerance: 1e-3}
optimizers:
  - adam
  - {method: rmsprop, learning_rate: {schedule: step, start: 0.2, factor: 0.5, every: 30}}
  - {method: momentum, label: heavy, momentum: 0.5}
check: {methods: [nelder-mead, l-bfgs-b], tolerance: 0.2}
"""

RECIPES = """
name: given
starts: {recipes: [{grind_um: 240, time_s: 570, milk_g: 0.5, sugar_g: 0.1}], repeats: 2}
optimizers: [gradient-descent]
check: {methods: [slsqp]}
"""

BASES = [yaml.safe_load(FULL), loads(FULL).resolved(), loads(RECIPES).resolved()]


def paths(value, path=()):
    """All paths below a value: through keys of mappings and positions of lists."""
    items = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    for key, inner in items:
        yield (*path, key)
        yield from paths(inner, (*path, key))


def at(value, path):
    for part in path:
        value = value[part]
    return value


def changed(value, path, new):
    """A copy of ``value`` with what stands at ``path`` replaced."""
    if not path:
        return new
    first, *rest = path
    if isinstance(value, dict):
        return {
            key: changed(inner, rest, new) if key == first else inner
            for key, inner in value.items()
        }
    return [changed(inner, rest, new) if i == first else inner for i, inner in enumerate(value)]


def renamed(value, path, new):
    """A copy of ``value`` with the key at the end of ``path`` spelt ``new``."""
    *parent, old = path
    inner = {new if key == old else key: part for key, part in at(value, parent).items()}
    return changed(value, parent, inner)


def all_keys(schema):
    if isinstance(schema, dict):
        yield from schema.get("properties", {})
        for inner in schema.values():
            yield from all_keys(inner)
    elif isinstance(schema, list):
        for inner in schema:
            yield from all_keys(inner)


KNOWN_KEYS = frozenset(all_keys(json_schema()))

LEAVES = [
    (base, path)
    for base in range(len(BASES))
    for path in paths(BASES[base])
    if not isinstance(at(BASES[base], path), dict | list)
]
SECTIONS = [
    (base, path)
    for base in range(len(BASES))
    for path in paths(BASES[base])
    if isinstance(at(BASES[base], path), dict | list)
]
KEYS = [
    (base, path)
    for base in range(len(BASES))
    for path in paths(BASES[base])
    if isinstance(path[-1], str)
]
NUMBERS = [
    (base, path)
    for base, path in LEAVES
    if isinstance(at(BASES[base], path), int | float)
    and not isinstance(at(BASES[base], path), bool)
]


@st.composite
def typo(draw, word):
    """A word with one letter lost, doubled, exchanged or inserted."""
    spot = draw(st.integers(0, len(word) - 1))
    letter = draw(st.sampled_from(string.ascii_lowercase + "_-"))
    kind = draw(st.sampled_from(["lose", "double", "exchange", "insert"]))
    middle = {
        "lose": "",
        "double": word[spot] * 2,
        "exchange": letter,
        "insert": letter + word[spot],
    }[kind]
    return word[:spot] + middle + word[spot + 1 :]


def faults_in(config):
    text = yaml.safe_dump(config, sort_keys=False, allow_unicode=True)
    with pytest.raises(ConfigError) as caught:
        loads(text, "cup.yaml")
    for fault in caught.value.faults:
        assert fault.line is not None
        assert fault.column is not None
        assert fault.problem
        assert fault.expected or fault.remedy or fault.reason, fault
        assert f"cup.yaml:{fault.line}:{fault.column}" in str(caught.value)
    return {fault.key: fault for fault in caught.value.faults}, text.splitlines()


def dotted(path):
    """The key of a fault at ``path``: the two items of a pair are called low and high."""
    pair = len(path) > 2 and (path[0] == "tune" or path[-3] == "within")
    ends = {0: "low", 1: "high"} if pair else {}
    return ".".join(str(ends.get(part, part)) for part in path)


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_a_misspelt_key_is_named_in_its_line(data):
    base, path = data.draw(st.sampled_from(KEYS))
    new = data.draw(typo(path[-1]))
    assume(new and new not in KNOWN_KEYS)
    found, lines = faults_in(renamed(BASES[base], path, new))
    fault = found[dotted((*path[:-1], new))]
    assert fault.got == new
    assert lines[fault.line - 1][fault.column - 1 :].lstrip("'\"? ").startswith(new)
    assert fault.expected


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(LEAVES), st.sampled_from([[], {}, [1, 2, 3], {"a": 1}, True, None]))
def test_a_value_of_the_wrong_kind_is_named(leaf, wrong):
    base, path = leaf
    found, _ = faults_in(changed(BASES[base], path, wrong))
    assert any(dotted(path).startswith(key) or key.startswith(dotted(path)) for key in found), found


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(NUMBERS), st.sampled_from(["x", "12", "nan", "012", "1_000"]))
def test_text_where_a_number_belongs_is_named(leaf, wrong):
    base, path = leaf
    found, _ = faults_in(changed(BASES[base], path, wrong))
    assert "number" in found[dotted(path)].expected


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(NUMBERS), st.sampled_from([math.nan, math.inf, -math.inf, -1e30]))
def test_a_number_that_can_never_be_right_is_named(leaf, wrong):
    base, path = leaf
    found, _ = faults_in(changed(BASES[base], path, wrong))
    assert found[dotted(path)].expected


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(SECTIONS), st.sampled_from([True, "x y", 1.5]))
def test_a_word_where_settings_belong_is_named(section, wrong):
    base, path = section
    assume(path != ("optimizers", 1, "learning_rate") or wrong != 1.5)
    assume("learning_rate" not in path or wrong != 1.5)
    found, _ = faults_in(changed(BASES[base], path, wrong))
    assert any(dotted(path).startswith(key) or key.startswith(dotted(path)) for key in found), found


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(KNOBS), st.floats(allow_nan=False, allow_infinity=False))
def test_a_bound_outside_the_range_of_its_knob_is_refused_with_the_reason(knob, value):
    number = knob_number(knob)
    assume(not number.low <= value <= number.high and abs(value) < 1e300)
    brew = {"brew": "espresso"} if knob == "beverage_g" else {}
    tune = {"tune": {knob: [value, number.high]}}
    fixed = {name: knob_number(name).low for name in RECIPE_KNOBS if name != knob}
    found, _ = faults_in({"name": "cup", **tune, **brew, "fixed": fixed})
    assert found[f"tune.{knob}.low"].reason == number.why


json_like = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(sorted(KNOWN_KEYS)) | st.text(max_size=5), inner, max_size=4
        )
    ),
    max_leaves=12,
)


@settings(max_examples=120, deadline=None)
@given(st.dictionaries(st.sampled_from(sorted(Experiment.model_fields)), json_like, max_size=5))
@example({"seed": 10**400})
@example({"brew": {"dose_g": 10**400}})
def test_arbitrary_data_loads_or_is_refused(config):
    try:
        experiment = experiment_from({"name": "cup"} | config)
    except ConfigError:
        return
    assert experiment_from(experiment.resolved()) == experiment


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60) | st.text(alphabet="ab:-[]{}&*!|>'\"#%@?,~<= \n\t0.1e_\\", max_size=60))
def test_arbitrary_text_loads_or_is_refused(text):
    try:
        loads(text)
        message = ""
    except ConfigError as error:
        message = str(error)
    assert all(char.isprintable() or char == "\n" for char in message)


@settings(max_examples=100, deadline=None)
@given(st.floats(allow_nan=False))
def test_a_float_written_by_python_is_read_back_to_the_bit(number):
    assume(math.isfinite(number))
    assert plain_scalar(repr(number)) == number


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_valid_experiments_survive_being_resolved(data):
    number = lambda knob: st.floats(knob_number(knob).low, knob_number(knob).high)
    tuned = data.draw(
        st.sets(st.sampled_from(["dose_g", "water_g", "temperature_c", *RECIPE_KNOBS]), min_size=1)
    )
    tune = {}
    for knob in tuned:
        low, high = sorted(data.draw(st.tuples(number(knob), number(knob))))
        assume(high - low > 1e-3)
        tune[knob] = [low, high]
    config = {
        "name": data.draw(
            st.from_regex(r"[a-z][a-z0-9-]{0,10}", fullmatch=True).filter(lambda n: n != "nul")
        ),
        "seed": data.draw(st.integers(0, 2**63 - 1)),
        "tune": tune,
        "fixed": {knob: data.draw(number(knob)) for knob in RECIPE_KNOBS if knob not in tuned},
        "customers": {
            segment: data.draw(st.floats(1e-3, 1e3))
            for segment in ("milk", "black-mild", "black-strong")
        },
        "starts": data.draw(st.integers(1, 100)),
    }
    assume(config["name"] not in ("con", "aux", "prn"))
    text = yaml.safe_dump(config)
    experiment = loads(text)
    assert experiment_from(experiment.resolved()) == experiment
    assert loads(yaml.safe_dump(experiment.resolved())) == experiment
    assert sum(experiment.customers.values()) == pytest.approx(1, abs=1e-9)
