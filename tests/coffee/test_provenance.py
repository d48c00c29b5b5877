"""Every number of the model can be listed with its origin, and replaced."""

from __future__ import annotations

from dataclasses import fields, is_dataclass

import pytest

from simulator.coffee import (
    BEANS,
    DEFAULT,
    SEGMENTS,
    RatingNoise,
    list_parameters,
    replace_parameters,
)


def numbers(owner, path=""):
    """Paths of all numeric fields, found without looking at how they were declared."""
    for each in fields(owner):
        value, here = getattr(owner, each.name), f"{path}.{each.name}".lstrip(".")
        if is_dataclass(value):
            yield from numbers(value, here)
        elif isinstance(value, int | float):
            yield here


@pytest.mark.parametrize(
    "owner",
    [DEFAULT, BEANS["dark"], SEGMENTS["milk"], RatingNoise()],
    ids=lambda o: type(o).__name__,
)
def test_every_number_is_listed_with_unit_origin_and_source(owner):
    records = list_parameters(owner)
    assert [record.path for record in records] == list(numbers(owner))
    assert records
    for record in records:
        assert record.origin in {"read", "fitted", "chosen"}, record.path
        assert record.unit, record.path
        assert len(record.source) > 5, record.path


def test_what_milk_and_sugar_do_to_the_taste_is_said_to_be_chosen():
    telling = ("masks", "_body", "half", "pair_", "sweet_gain", "cream_gain", "ideal_")
    owners = (DEFAULT, *SEGMENTS.values())
    found = [record for owner in owners for record in list_parameters(owner)
             if any(word in record.path for word in telling)]  # fmt: skip
    assert len(found) > 20
    assert {record.origin for record in found} == {"chosen"}


def test_the_palates_of_black_coffee_drinkers_cite_their_data():
    palates = [
        r for r in list_parameters(DEFAULT.customers) if r.path.startswith(("every", "clust"))
    ]
    assert len(palates) == 3 * (3 * 7 + 2)
    assert all(r.origin == "fitted" and "10.25338/B8993H" in r.source for r in palates)


def test_replacing_numbers_changes_those_and_no_others():
    path = "customers.cluster_2.acidity.too_low"
    changed = replace_parameters(DEFAULT, {path: 1.5, "cup.served_g": 150.0})
    before = {record.path: record.value for record in list_parameters(DEFAULT)}
    after = {record.path: record.value for record in list_parameters(changed)}
    assert {p for p in before if before[p] != after[p]} == {path, "cup.served_g"}
    assert after[path] == 1.5


def test_an_unknown_path_is_refused_by_name():
    with pytest.raises(KeyError, match=r"cup\.volume"):
        replace_parameters(DEFAULT, {"cup.volume": 1.0, "cup.served_g": 1.0})
    with pytest.raises(KeyError, match="no such parameter: cup"):
        replace_parameters(DEFAULT, {"cup": 1.0})
