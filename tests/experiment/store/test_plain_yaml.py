"""A resolved config is written so that any YAML reader gets the same data back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulator.errors import ResultsError
from simulator.experiment.content_key import canonical_hash
from simulator.experiment.plain_yaml import plain_yaml, read_plain_yaml

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
CONFIGS = st.dictionaries(
    TEXTS,
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXTS,
        lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner),
        max_leaves=10,
    ),
)


@given(CONFIGS)
@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_config_reads_back_as_it_was(tmp_path: Path, config: Any):
    path = tmp_path / "config.yaml"
    path.write_text(plain_yaml(config), "utf-8")
    back = read_plain_yaml(path)
    assert back == config
    assert canonical_hash(back) == canonical_hash(config)


LOOKALIKES = [
    "1e-3",
    "012",
    "0x1F",
    "1_000",
    "1:30",
    ".5",
    "inf",
    "2026-03-01",
    "no",
    "On",
    "NULL",
    "~",
]
SYNTAX = ["", " a", "a: b", "a #b", "-", "=", "<<", "a\nb", "é"]


@pytest.mark.parametrize("text", LOOKALIKES + SYNTAX)
def test_text_that_some_reader_takes_for_something_else_is_quoted(text: str):
    assert plain_yaml({"a": text}).startswith('a: "')


@pytest.mark.parametrize("text", ["house-blend", "gradient-descent", "a b", "simulator/beans.yaml"])
def test_ordinary_words_are_not_quoted(text: str):
    assert plain_yaml({"a": text}) == f"a: {text}\n"


@pytest.mark.parametrize("number", [1e-6, 1e16, 1e22, 5e-324, 1.7976931348623157e308, -2.5e-7])
def test_every_float_is_a_float_to_readers_of_yaml_1_1_too(number: float):
    assert yaml.safe_load(plain_yaml({"a": number})) == {"a": number}


def test_keys_keep_their_order():
    assert list(yaml.safe_load(plain_yaml({"seed": 1, "name": "x", "bean": "medium"}))) == [
        "seed",
        "name",
        "bean",
    ]


def test_what_occurs_twice_is_written_twice():
    box = {"low": 0, "high": 1}
    assert "&" not in plain_yaml({"a": box, "b": box})


def test_what_is_no_plain_data_is_refused():
    with pytest.raises(TypeError, match="plain data"):
        plain_yaml({"a": object()})


@pytest.mark.parametrize(
    "content",
    [
        b"a: &x [1]\nb: *x\n",
        b"a: !!python/object/apply:os.system ['true']\n",
        b"a: [1\n",
        b"- 1\n",
        b"",
        b"\xff\xfe\x00",
        b"a: \x00\n",
        b"[" * 2000,
    ],
)
def test_anything_else_in_its_place_is_refused(tmp_path: Path, content: bytes):
    path = tmp_path / "config.yaml"
    path.write_bytes(content)
    with pytest.raises(ResultsError, match=r"config\.yaml: it was edited or is damaged"):
        read_plain_yaml(path)


def test_what_is_wrong_is_told_in_one_line(tmp_path: Path):
    path = tmp_path / "config.yaml"
    path.write_text("a: &x [1]\nb: *x\n")
    with pytest.raises(ResultsError, match="aliases are not used here"):
        read_plain_yaml(path)
    path.write_text("a: [1\nb: 2\n")
    with pytest.raises(ResultsError, match="while parsing a flow sequence") as told:
        read_plain_yaml(path)
    assert "\n" not in str(told.value)
    assert "  " not in str(told.value)
