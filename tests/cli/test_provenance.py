"""``simulator facts`` and ``simulator parameters``: what the model must reproduce, and what it rests on."""

import json

import pytest

from simulator.cli import provenance
from simulator.coffee.facts import FACTS, Fact


def test_all_facts_hold(simulator):
    said = simulator("facts", "--json")
    told = json.loads(said.out)
    assert said.status == 0
    assert told["failed"] == []
    assert [row["fact"] for row in told["facts"]] == [fact.name for fact in FACTS]
    assert all(row["source"] and row["target"] for row in told["facts"])


@pytest.mark.parametrize("value", [2.0, float("nan"), float("inf")])
def test_a_fact_that_fails_is_shown_and_ends_with_1(simulator, monkeypatch, value):
    wrong = Fact("too much", "0–1", 0.0, 1.0, "somebody", lambda: value)
    monkeypatch.setattr(provenance, "FACTS", (wrong,))
    said = simulator("facts")
    assert said.status == 1
    assert "FAIL" in said.out
    assert "0 of 1 facts hold" in said.out
    assert json.loads(simulator("facts", "--json").out)["failed"] == ["too much"]


def test_every_parameter_has_value_unit_origin_and_source(simulator):
    said = simulator("parameters", "--json")
    told = json.loads(said.out)["parameters"]
    paths = [row["path"] for row in told]
    assert len(paths) == len(set(paths)) > 100
    assert {row["origin"] for row in told} == {"read", "fitted", "chosen"}
    assert all(row["unit"] and row["source"] for row in told)
    assert {"palate.sweet_masks_bitter", "beans.dark.e_max", "complaints.bitter.slope"} <= set(
        paths
    )


def test_milk_and_sugar_are_called_chosen(simulator):
    said = simulator("parameters", "--origin", "chosen")
    assert "palate.protein" in said.out
    assert "chosen magnitudes, not on measurements" in " ".join(said.out.split())
    assert " fitted " not in said.out


def test_an_unknown_origin_is_refused(simulator):
    said = simulator("parameters", "--origin", "guessed")
    assert said.status == 2
    assert "read, fitted, chosen" in said.err
