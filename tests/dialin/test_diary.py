"""The diary: every cup is on the disk, nothing is deleted, what was learnt carries over."""

import json
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from simulator.coffee import BEANS
from simulator.dialin import Cup, Grinder, Kit
from simulator.dialin.carry import PERSON, carried
from simulator.dialin.diary import Diary, diary_path
from simulator.dialin.evidence import rows_of
from simulator.dialin.place import Place
from simulator.dialin.posterior import posterior
from simulator.dialin.sittings import sitting
from simulator.dialin.traits import TRAITS, population
from simulator.errors import InputError

ROOT = Path(__file__).parent.parent.parent
SETTINGS = (900.0, 240.0, 20.0, 4.0, 15.0, 240.0, 93.0)
KIT = np.array([trait.block == "kit" for trait in TRAITS])
CUP = Cup(
    SETTINGS,
    6.5,
    ("too bitter", "too weak"),
    {"acidity": "high"},
    "ann",
    at="2026-01-02T03:04:05+00:00",
)


@pytest.fixture
def diary(tmp_path):
    """An empty diary."""
    return Diary.create(tmp_path / "ann.sqlite", Place(Kit.standard("immersion")))


def test_a_cup_comes_back_as_it_was_written(diary):
    diary.add(CUP)
    assert Diary.open(diary.path).entries()[0].cup == CUP


def test_undo_leaves_a_tombstone(diary):
    diary.add(CUP)
    diary.add(replace(CUP, rating=3.0))
    undone = diary.undo()
    assert undone.cup.rating == 3.0
    assert [e.cup.rating for e in diary.entries()] == [6.5]
    assert [e.undone is None for e in diary.entries(undone=True)] == [True, False]


def test_undo_of_nothing_is_refused(diary):
    with pytest.raises(InputError, match="no cup"):
        diary.undo()


def test_export_and_restore_round_trip(diary, tmp_path):
    diary.add(CUP)
    diary.add(replace(CUP, rating=None, answers={}))
    diary.undo()
    grinder = Grinder(3, 31, 1, 90.0, 33.0)
    diary.move_to(
        Place(Kit.standard("pour-over", "dark", grinder).with_locked(sugar_g=0.0), ("milk",))
    )
    diary.add(replace(CUP, rater="bob"))
    data = json.loads(json.dumps(diary.export()))
    again = Diary.restore(tmp_path / "again.sqlite", data)
    assert again.export() == data
    assert dict(again.places()) == dict(diary.places())


@pytest.mark.parametrize("data", [[], {}, {"format": "perfect-cup dial diary", "version": 9}])
def test_other_files_are_not_restored(tmp_path, data):
    with pytest.raises(InputError):
        Diary.restore(tmp_path / "x.sqlite", data)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data.pop("cups"),
        lambda data: data.update(places={}, cups=[]),
        lambda data: data["cups"][0].update(place=7),
        lambda data: data["cups"][0]["settings"].pop("grind_um"),
        lambda data: data["cups"].append(data["cups"][0]),
    ],
    ids=["no cups", "no place", "another place", "no grind", "twice"],
)
def test_a_damaged_diary_is_restored_whole_or_not_at_all(diary, tmp_path, damage):
    diary.add(CUP)
    data = diary.export()
    damage(data)
    (tmp_path / "restored").mkdir()
    with pytest.raises(InputError, match="a damaged diary"):
        Diary.restore(tmp_path / "restored" / "ann.sqlite", data)
    assert not list((tmp_path / "restored").iterdir())


def test_a_diary_that_the_database_refuses_leaves_no_half_of_it(diary, tmp_path):
    diary.add(CUP)
    data = diary.export()
    data["cups"][0]["rater"] = None
    (tmp_path / "restored").mkdir()
    with pytest.raises(InputError, match=r"not a diary that can be used .*cups\.rater"):
        Diary.restore(tmp_path / "restored" / "ann.sqlite", data)
    assert not list((tmp_path / "restored").iterdir())


def test_a_diary_of_another_version_is_refused(diary):
    with closing(sqlite3.connect(diary.path)) as database, database:
        database.execute("UPDATE about SET value = '2'")
    with pytest.raises(InputError, match="version 2 of diaries; expected 1"):
        Diary.open(diary.path)


def test_diaries_lie_in_the_folder_asked_for_or_with_the_users_data(tmp_path, monkeypatch):
    monkeypatch.setenv("SIMULATOR_DIAL_HOME", str(tmp_path / "here"))
    assert diary_path("ann") == tmp_path / "here" / "ann.sqlite"
    monkeypatch.delenv("SIMULATOR_DIAL_HOME")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert diary_path("ann") == tmp_path / "perfect-cup" / "dial" / "ann.sqlite"
    monkeypatch.delenv("XDG_DATA_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert diary_path("ann").is_relative_to(tmp_path / ".local" / "share")


def test_a_diary_is_not_overwritten(diary):
    diary.add(CUP)
    with pytest.raises(InputError, match="nothing was changed"):
        Diary.create(diary.path, Place(Kit.standard("immersion")))
    assert len(diary.entries()) == 1


def test_a_missing_diary_names_those_that_are_there(diary):
    with pytest.raises(InputError, match="there are ann"):
        Diary.open(diary.path.with_name("bob.sqlite"))


def test_a_foreign_file_is_refused_and_left_alone(tmp_path):
    path = tmp_path / "x.sqlite"
    path.write_text("not a database, but long enough to look at" * 30)
    before = path.read_bytes()
    with pytest.raises(InputError, match="not a diary"):
        Diary.open(path)
    assert path.read_bytes() == before


@pytest.mark.parametrize("name", ["../ann", "", "a/b", ".", "ann."])
def test_names_that_are_no_files_are_refused(name):
    with pytest.raises(InputError, match="cannot name"):
        diary_path(name)


def test_the_last_suggestion_waits_until_a_cup_follows(diary):
    assert diary.offered() is None
    diary.offer({"grind_um": 900.0})
    assert diary.offered() == {"grind_um": 900.0}
    diary.add(replace(CUP, at=""))
    assert diary.offered() is None


def test_cups_survive_being_killed_at_any_moment(tmp_path):
    """A writer is killed while it adds cups: all it reported are there, whole, and at most one more."""
    path = tmp_path / "ann.sqlite"
    code = f"""
import sys
from pathlib import Path
from simulator.dialin import Cup, Kit
from simulator.dialin.diary import Diary
from simulator.dialin.place import Place
diary = Diary.create(Path({str(path)!r}), Place(Kit.standard("immersion")))
for number in range(100000):
    diary.add(Cup({SETTINGS!r}, 1 + number % 9, ("too weak",)))
    print(number, flush=True)
"""
    for wait in (0.02, 0.11):
        path.unlink(missing_ok=True)
        writer = subprocess.Popen(
            [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, cwd=ROOT
        )
        first = writer.stdout.readline()
        time.sleep(wait)
        writer.send_signal(signal.SIGKILL)
        rest, _ = writer.communicate()
        reported = [first, *rest.splitlines()]
        cups = Diary.open(path).entries()
        assert len(reported) <= len(cups) <= len(reported) + 1
        assert [cup.cup.rating for cup in cups] == [1 + n % 9 for n in range(len(cups))]
        database = sqlite3.connect(path)
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        database.close()


def test_a_palate_carries_over_to_another_bean(diary):
    sweet, black = (
        (900.0, 240.0, 40.0, 6.0, 15.0, 240.0, 93.0),
        (*SETTINGS[:2], 0.0, 0.0, *SETTINGS[4:]),
    )
    for settings, rating in ((sweet, 8.5), (black, 4.0), (sweet, 8.0), (black, 4.5)):
        diary.add(Cup(settings, rating))
    diary.move_to(Place(replace(Kit.standard("immersion"), bean=BEANS["dark"])))
    session = sitting(diary)
    assert session.cups == []
    shares = dict(zip(session.prior.segments, session.prior.share, strict=True))
    assert shares["milk-and-sugar"] > 0.4
    strangers = sitting(diary, "bob").prior.share
    assert strangers[list(shares).index("milk-and-sugar")] < 0.3


def test_locking_a_knob_keeps_the_cups(diary):
    diary.add(replace(CUP, rater=""))
    diary.move_to(Place(Kit.standard("immersion").with_locked(milk_g=0.0)))
    assert len(sitting(diary).cups) == 1


def test_others_teach_the_bean_to_whom_the_same_customers_are_thought_possible(diary):
    for rating in (3.0, 3.0, 2.0):
        diary.add(replace(CUP, rating=rating, rater="bob", at=""))
    taught, stranger = sitting(diary).prior, population()
    bean = np.array([trait.block == "bean" for trait in TRAITS])
    assert np.abs(taught.mean - stranger.mean)[bean].max() > 0.01
    assert np.array_equal(taught.mean[~bean & ~KIT], stranger.mean[~bean & ~KIT])
    diary.move_to(Place(Kit.standard("immersion"), ("milk",)))
    diary.add(replace(CUP, rater="bob", at=""))
    assert np.array_equal(sitting(diary).prior.mean, population(("milk",)).mean)


def test_without_a_cup_there_is_nothing_to_carry_over(counter):
    stranger = population("milk")
    assert carried(posterior(counter, population(), rows_of([])), stranger, PERSON) is stranger
