"""The key of a run changes with everything that decides its numbers, and with nothing else."""

from __future__ import annotations

import hashlib
import json
from collections import OrderedDict
from enum import StrEnum
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.experiment.content_key import (
    canonical_hash,
    canonical_json,
    content_key,
    seed_sequence,
    shared_key,
)

PROBLEM: dict[str, Any] = {"method": "immersion", "bounds": {"time_s": [20, 600]}, "seed": 7}
OPTIMIZER: dict[str, Any] = {"method": "adam", "learning_rate": 0.1, "nesterov": False}
IDENTITY = (PROBLEM, OPTIMIZER, 3, "numpy", "2.4.6")

plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=12,
)


def test_a_key_is_the_sha256_of_the_documented_text():
    text = (
        '{"dialect":"numpy","format":1,"numpy":"2.4.6",'
        '"optimizer":{"learning_rate":0.1,"method":"adam","nesterov":false},'
        '"problem":{"bounds":{"time_s":[20,600]},"method":"immersion","seed":7},"repeat":3}'
    )
    assert content_key(*IDENTITY) == hashlib.sha256(text.encode()).hexdigest()


def test_the_order_of_keys_does_not_matter():
    turned = OrderedDict(reversed(PROBLEM.items()))
    assert content_key(turned, *IDENTITY[1:]) == content_key(*IDENTITY)


@pytest.mark.parametrize("spelling", [600, 600.0, np.float64(600), np.int64(600), np.float32(600)])
def test_a_number_counts_by_its_value_and_not_by_its_spelling(spelling: object):
    assert canonical_json([spelling]) == "[600]"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (True, 1),
        (False, 0),
        (None, "null"),
        ("1", 1),
        (0.1, np.nextafter(0.1, 1)),
        (float("inf"), "Infinity"),
        (float("inf"), float("-inf")),
        ([1, 2], [2, 1]),
        ([[1], 2], [1, [2]]),
        ({"a": None}, {}),
        ({}, []),
        (2**53, 2**53 + 1),
        ("é", "e\u0301"),
    ],
)
def test_different_meanings_have_different_hashes(one: object, other: object):
    assert canonical_hash(one) != canonical_hash(other)


@pytest.mark.parametrize(
    "changed",
    [
        ({**PROBLEM, "seed": 8}, *IDENTITY[1:]),
        (PROBLEM, {**OPTIMIZER, "learning_rate": 0.2}, *IDENTITY[2:]),
        (PROBLEM, {**OPTIMIZER, "nesterov": 0}, *IDENTITY[2:]),
        (*IDENTITY[:2], 4, *IDENTITY[3:]),
        (*IDENTITY[:3], "python", "2.4.6"),
        (*IDENTITY[:4], "2.4.7"),
        (OPTIMIZER, PROBLEM, *IDENTITY[2:]),
    ],
)
def test_the_key_changes_with_each_part(changed: Any):
    assert content_key(*changed) != content_key(*IDENTITY)


@given(plain)
def test_the_canonical_text_reads_back_as_the_same_value(value: object):
    assert json.loads(canonical_json(value)) == value


@given(plain, plain)
def test_values_share_a_hash_only_if_python_calls_them_equal(one: object, other: object):
    if canonical_hash(one) == canonical_hash(other):
        assert one == other


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_float_is_written_exactly(number: float):
    assert Fraction(json.loads(canonical_json(number))) == Fraction(number)


def test_text_beyond_ascii_is_escaped():
    assert canonical_json({"名": "咖啡"}) == '{"\\u540d":"\\u5496\\u5561"}'


def test_an_enumeration_of_text_counts_as_its_text():
    class Method(StrEnum):
        IMMERSION = "immersion"

    assert canonical_json({Method.IMMERSION: Method.IMMERSION}) == '{"immersion":"immersion"}'


def test_nan_is_refused_with_its_place():
    with pytest.raises(ValueError, match=r"value\.bounds\[1\] is not a number"):
        canonical_json({"bounds": [0, float("nan")]})


@pytest.mark.parametrize("stranger", [{1, 2}, b"raw", 1j, object()])
def test_what_json_does_not_know_is_refused_with_its_place(stranger: object):
    with pytest.raises(TypeError, match=r"value\.options is a "):
        canonical_json({"options": stranger})


def test_keys_that_are_no_text_are_refused():
    with pytest.raises(TypeError, match="keys of a canonical mapping are strings"):
        canonical_json({1: "one"})


def test_the_shared_key_knows_problem_seed_and_repeat():
    keys = {
        shared_key(*part)
        for part in ((PROBLEM, 7, 0), (PROBLEM, 7, 1), (PROBLEM, 8, 0), ({}, 7, 0))
    }
    assert len(keys) == 4


def test_a_shared_key_is_the_sha256_of_its_text():
    text = '{"format":1,"problem":{"bounds":{"time_s":[20,600]}},"repeat":3,"seed":7}'
    key = shared_key({"bounds": {"time_s": [20, 600]}}, 7, 3)
    assert key == hashlib.sha256(text.encode()).hexdigest()


def test_infinities_have_a_spelling():
    assert canonical_json([float("inf"), float("-inf")]) == "[Infinity,-Infinity]"


def test_streams_of_one_key_and_purpose_are_the_same():
    draws = [np.random.default_rng(seed_sequence("a" * 64, "noise")).random(5) for _ in range(2)]
    assert np.array_equal(*draws)


@pytest.mark.parametrize(("key", "purpose"), [("a" * 64, "start"), ("b" * 64, "noise")])
def test_another_key_or_purpose_gives_another_stream(key: str, purpose: str):
    one = np.random.default_rng(seed_sequence("a" * 64, "noise")).random(5)
    other = np.random.default_rng(seed_sequence(key, purpose)).random(5)
    assert not np.isin(one, other).any()


def test_a_stream_is_seeded_by_all_256_bits_of_its_hash():
    text = '{"key":"k","purpose":"start"}'
    expected = int(hashlib.sha256(text.encode()).hexdigest(), 16)
    assert seed_sequence("k", "start").entropy == expected
