"""Logs of other apps: what becomes a cup, and why the rest does not."""

import json
import zipfile

import pytest

from simulator.coffee import BEANS, DEFAULT, Brew
from simulator.coffee.brewer import extract
from simulator.coffee.grinder import grind
from simulator.dialin import Kit
from simulator.dialin.beanconqueror import read_beanconqueror
from simulator.dialin.csv_log import csv_text, read_csv
from simulator.dialin.log_rows import LogRow, cups_of, grinder_of
from simulator.errors import InputError


def brew(number, **more):
    """A brew as the app stores it."""
    return {
        "grind_size": "20 clicks", "grind_weight": "15", "brew_temperature": 93, "brew_time": 180.4,
        "brew_quantity": 250, "brew_beverage_quantity": 220, "brew_beverage_quantity_type": "GR",
        "rating": 4, "tds": 0, "method_of_preparation": "p1", "bean": "b1", "mill": "m1",
        "config": {"uuid": f"u{number}", "unix_timestamp": 1_700_000_000 + number},
    } | more  # fmt: skip


def backup(brews):
    return {
        "BREWS": brews,
        "BEANS": [{"name": "Sidamo", "config": {"uuid": "b1"}}],
        "MILL": [{"name": "Hand", "config": {"uuid": "m1"}}],
        "PREPARATION": [
            {"name": "V60", "style_type": "POUR_OVER", "config": {"uuid": "p1"}},
            {"name": "Press", "style_type": "FULL_IMMERSION", "config": {"uuid": "p2"}},
        ],
    }


@pytest.fixture
def written(tmp_path):
    """Write brews as a JSON backup."""

    def write(*brews):
        path = tmp_path / "Beanconqueror.json"
        path.write_text(json.dumps(backup(list(brews))))
        return path

    return write


def ground(*rows):
    """The kit of a log."""
    kit = Kit.standard("pour-over")
    return Kit.standard("pour-over", grinder=grinder_of(rows, kit))


def test_a_brew_becomes_a_cup(written):
    (row,) = read_beanconqueror(written(brew(1)))
    assert (row.bean, row.mill, row.method) == ("Sidamo", "Hand", "pour-over")
    (cup,), skipped = cups_of([row], ground(row))
    assert skipped == []
    assert cup.rating == pytest.approx(1 + 8 * 4 / 5)
    assert cup.setting("time_s") == 180.4
    assert cup.setting("dose_g") == 15.0
    assert cup.setting("liquid_g") == 220.0


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"rating": 0}, "not rated"),
        ({"rating": "0"}, "not rated"),
        ({"rating": 8}, "above the scale's top, 5"),
        ({"grind_size": ""}, "no grind"),
        ({"grind_size": "medium fine"}, "no number"),
        ({"grind_size": "20-22"}, "several"),
        ({"brew_time": 0}, "no brew time"),
        ({"brew_time": 5}, "time_s = 5 s lies outside"),
        ({"method_of_preparation": "p2"}, "brewed by immersion"),
        ({"method_of_preparation": "gone"}, "brewed by no method"),
        ({"grind_weight": "70"}, "dose_g = 70"),
    ],
)
def test_every_skipped_row_has_its_reason(written, change, why):
    rows = read_beanconqueror(written(brew(1), brew(2, **change)))
    cups, skipped = cups_of(rows, ground(*rows))
    assert len(cups) == 1
    assert [each.where[:6] for each in skipped] == ["brew 2"]
    assert why in skipped[0].why


def test_chunks_of_a_zip_are_read_in_order_and_doubles_once(tmp_path):
    path = tmp_path / "backup.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("Beanconqueror.json", json.dumps(backup([brew(1)])))
        for chunk in (10, 2, 1):
            archive.writestr(f"Beanconqueror_Brews_{chunk}.json", json.dumps([brew(chunk + 1)]))
        archive.writestr("Beanconqueror_Brews_11.json", json.dumps([brew(1)]))
    rows = read_beanconqueror(path)
    assert [row.at[-11:-6] for row in rows[:4]] == ["13:21", "13:22", "13:23", "13:31"]
    assert rows[4].fault == "it is in the backup twice"


@pytest.mark.parametrize("text", ["{", "[]", '{"x": 1}', '"text"'])
def test_other_json_is_refused(tmp_path, text):
    path = tmp_path / "x.json"
    path.write_text(text)
    with pytest.raises(InputError):
        read_beanconqueror(path)


def test_bad_brews_do_not_hide_good_ones(written):
    rows = read_beanconqueror(written(brew(1), None, "text", {}, brew(2)))
    cups, skipped = cups_of(
        rows, Kit.standard("pour-over", grinder=grinder_of(rows, Kit.standard("pour-over")))
    )
    assert len(cups) == 2
    assert len(skipped) == 3


@pytest.mark.parametrize("top", ["0", "-5", "nan", "inf"])
def test_a_scale_without_a_top_is_refused(written, top):
    with pytest.raises(InputError, match="top of a rating scale"):
        read_beanconqueror(written(brew(1)), float(top))


def test_a_zip_of_something_else_is_refused(tmp_path):
    path = tmp_path / "backup.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("photos.json", "{}")
    with pytest.raises(InputError, match="a zip without Beanconqueror"):
        read_beanconqueror(path)


def test_a_file_in_a_zip_that_would_fill_the_memory_is_not_unpacked(tmp_path):
    path = tmp_path / "backup.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("Beanconqueror.json", json.dumps(backup([brew(1)])))
        with archive.open("Beanconqueror_Brews_1.json", "w") as file:
            for _ in range(201):
                file.write(b" " * 1_000_000)
    with pytest.raises(InputError, match="is larger than a log"):
        read_beanconqueror(path)


@pytest.mark.parametrize(
    "names", [{"BEANS": 5}, {"BEANS": [{"name": "Nobody's"}]}, {"BEANS": None}]
)
def test_identifiers_that_are_none_refer_to_nothing(tmp_path, names):
    path = tmp_path / "Beanconqueror.json"
    odd = brew(2, bean=["b1"], config={"uuid": ["u2"], "unix_timestamp": 1_700_000_002})
    path.write_text(json.dumps(backup([brew(1, bean=None), odd]) | names))
    rows = read_beanconqueror(path)
    assert [(row.bean, row.fault) for row in rows] == [("", ""), ("", "")]


def test_only_rows_of_the_wanted_bean_become_cups(written):
    rows = read_beanconqueror(written(brew(1), brew(2, bean="gone")))
    cups, skipped = cups_of(rows, ground(*rows), bean="Sidamo", mill=None)
    assert len(cups) == 1
    assert [each.why for each in skipped] == ["another bean: none"]


def test_a_log_ground_in_micrometres_keeps_the_grinder_it_has(written):
    kit = Kit.standard("pour-over")
    assert grinder_of(read_beanconqueror(written(brew(1, grind_size="800 µm"))), kit) is kit.grinder


def test_csv_round_trip_keeps_every_number(tmp_path):
    kit = Kit.standard("immersion")
    path = tmp_path / "log.csv"
    path.write_text(
        "at,grind,time_s,rating,words,milk_g\n"
        "2026-01-02T08:00:00+00:00,800 µm,240.5,6.5,too bitter;too weak,33.3\n"
        "2026-01-03T08:00:00+00:00,900,200,,just right,\n"
    )
    cups, skipped = cups_of(read_csv(path, "immersion"), kit)
    assert skipped == []
    again = tmp_path / "again.csv"
    again.write_text(csv_text(cups, kit))
    assert cups_of(read_csv(again, "immersion"), kit) == (cups, [])


def test_csv_rows_say_their_line(tmp_path):
    path = tmp_path / "log.csv"
    path.write_text("grind,time_s,rating\n20,240,6\n20,240,11\n20,soon,6\n20,240,7,8\n")
    faults = [(row.where, row.fault) for row in read_csv(path, "immersion") if row.fault]
    assert [where for where, _ in faults] == ["line 3", "line 4", "line 5"]
    assert "outside the scale" in faults[0][1]
    assert "'soon' is no number" in faults[1][1]


def test_csv_with_an_unknown_column_is_refused(tmp_path):
    path = tmp_path / "log.csv"
    path.write_text("grind,time_s,ratting\n20,240,6\n")
    with pytest.raises(InputError, match="'ratting' is unknown"):
        read_csv(path, "immersion")


def test_measured_yields_find_the_grinder():
    """Rows brewed by the model itself on a known grinder: the map comes back within its spread."""
    kit, rows = Kit.standard("pour-over"), []
    for click in (16, 19, 22, 25, 28):
        brewed = Brew.standard("pour-over")
        um = 100.0 + 30.0 * click
        cup = extract(grind(um, DEFAULT.grinder), 180.0, brewed, BEANS["medium"], DEFAULT.brewer)
        rows.append(
            LogRow("x", f"{click} clicks", 15.0, 93.0, 180.0, None, 240.0, tds_pct=float(cup.tds_pct),
                   method="pour-over", rating=6.0)
        )  # fmt: skip
    unknown = grinder_of([LogRow(**{**vars(r), "tds_pct": None}) for r in rows], kit)
    found = grinder_of(rows, kit)
    assert found.spread < 0.5 * unknown.spread
    assert found.um(22) == pytest.approx(760.0, rel=2 * found.spread)
    assert found.um_per_click == pytest.approx(30.0, rel=0.4)
    assert found.low <= 16
    assert found.high >= 28
