"""Damage is noticed, named, and never hides what is sound; nothing wrong is ever read as right."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from simulator.errors import ResultsError
from simulator.experiment.checked_rows import Damage, checked_run
from simulator.experiment.row_format import checksum
from simulator.experiment.store import Store, open_results

Opener = Callable[..., Store]


@pytest.fixture
def database(open_here: Opener, make_run: Any, tmp_path: Path) -> Path:
    """Three sound runs in a closed folder."""
    with open_here() as store:
        store.add([make_run(repeat, steps=60) for repeat in range(3)])
        store.finish()
    return tmp_path / "out" / "results.sqlite"


def _change(path: Path, statement: str, *values: object) -> None:
    connection = sqlite3.connect(path)
    with connection:
        connection.execute(statement, values)
    connection.close()


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE runs SET score = score + 1e-12 WHERE repeat = 1",
        "UPDATE runs SET repeat = 7 WHERE repeat = 1",
        "UPDATE runs SET optimizer = 'Adam' WHERE repeat = 1",
        "UPDATE runs SET loss = NULL WHERE repeat = 1",
        "UPDATE runs SET recipe = '{}' WHERE repeat = 1",
        "UPDATE runs SET key = 'other' WHERE repeat = 1",
        "UPDATE runs SET trace_checksum = x'00' WHERE repeat = 1",
        "UPDATE runs SET checksum = x'00' WHERE repeat = 1",
        "UPDATE runs SET message = CAST(x'ff80' AS TEXT) WHERE repeat = 1",
    ],
)
def test_a_changed_cell_is_noticed_and_the_other_runs_are_read(
    database: Path, make_run: Any, change: str
):
    _change(database, change)
    with open_results(database.parent) as results:
        with pytest.raises(ResultsError, match=r"results\.sqlite: 1 damaged") as told:
            results.runs()
        assert "its checksum does not fit its content" in str(told.value)
        assert f"run the experiment again with --out {database.parent}" in str(told.value)
        assert results.runs(skip_damaged=True) == [
            make_run(repeat, steps=60)[0] for repeat in (0, 2)
        ]
        assert str(results.progress()) == "2 of 3 runs done"
        assert len(results.trace(make_run(0)[0].key)) == 60


def test_the_message_names_the_damaged_run(database: Path, make_run: Any):
    _change(database, "UPDATE runs SET score = 9.0 WHERE repeat = 1")
    key = make_run(1)[0].key
    with open_results(database.parent) as results, pytest.raises(ResultsError) as told:
        results.trace(key)
    assert f"optimizer 'adam', repeat 1, key '{key[:10]}" in str(told.value)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (
            "UPDATE traces SET columns = zeroblob(9) WHERE key = ?",
            "the checksum of its trace does not fit",
        ),
        (
            "UPDATE traces SET steps = steps - 1 WHERE key = ?",
            "the checksum of its trace does not fit",
        ),
        ("DELETE FROM traces WHERE key = ?", "its trace is missing"),
        (
            "UPDATE traces SET columns = (SELECT columns FROM traces WHERE key <> ?1) WHERE key = ?1",
            "the checksum of its trace does not fit",
        ),
    ],
)
def test_a_damaged_trace_is_noticed_and_other_traces_are_read(
    database: Path, make_run: Any, change: str, reason: str
):
    _change(database, change, make_run(1)[0].key)
    with open_results(database.parent) as results:
        with pytest.raises(ResultsError, match=reason):
            results.trace(make_run(1)[0].key)
        assert [item.reason for item in results.damage()] == [reason]
        assert len(results.trace(make_run(2)[0].key)) == 60


@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM runs WHERE repeat = 1",
        "UPDATE tally SET runs = 2",
        "UPDATE tally SET digest = zeroblob(16)",
        "DELETE FROM tally",
    ],
)
def test_a_run_that_vanished_is_noticed(database: Path, change: str):
    _change(database, change)
    with (
        open_results(database.parent) as results,
        pytest.raises(ResultsError, match="its tally counts others"),
    ):
        results.runs()


def test_damaged_runs_can_be_discarded_and_computed_afresh(
    database: Path, open_here: Opener, make_run: Any
):
    _change(database, "UPDATE runs SET score = 9.0 WHERE repeat = 0")
    _change(database, "UPDATE traces SET steps = 1 WHERE key = ?", make_run(1)[0].key)
    with open_here() as store:
        assert len(store.discard_damaged()) == 2
        assert store.results.done_keys() == {make_run(2)[0].key}
        assert store.add([make_run(repeat, steps=60) for repeat in range(3)]) == 2
        assert store.results.damage() == []
        assert store.results.runs() == [make_run(repeat, steps=60)[0] for repeat in range(3)]


def test_a_wrong_tally_is_counted_again(database: Path, open_here: Opener):
    _change(database, "DELETE FROM runs WHERE repeat = 1")
    with open_here() as store:
        assert len(store.discard_damaged()) == 1
        assert len(store.results.runs()) == 2


def test_a_key_changed_anywhere_is_noticed_and_mended(
    database: Path, open_here: Opener, make_run: Any
):
    key = make_run(1)[0].key.encode()
    content = database.read_bytes()
    places = [at for at in range(len(content)) if content.startswith(key, at)]
    assert len(places) == 4  # in both tables and in the index of each
    for at in places:
        database.write_bytes(content[:at] + b"g" + content[at + 1 :])
        with open_here() as store:
            assert store.results.damage()
            assert store.discard_damaged()
            store.add([make_run(repeat, steps=60) for repeat in range(3)])
            assert store.results.damage() == []
            assert store.results.runs() == [make_run(repeat, steps=60)[0] for repeat in range(3)]


def test_a_run_that_a_damaged_index_does_not_find_is_read(database: Path, make_run: Any):
    key = make_run(1)[0].key
    content = database.read_bytes()
    at = [at for at in range(len(content)) if content.startswith(key.encode(), at)][1]
    database.write_bytes(content[:at] + b"g" + content[at + 1 :])
    with open_results(database.parent) as results:
        assert [item.what for item in results.damage()] == ["the file"]
        assert len(results.trace(key)) == 60


@pytest.mark.parametrize(("damaged", "shown", "more"), [(5, 5, ""), (7, 5, "... and 2 more")])
def test_a_message_shows_five_damaged_runs(
    database: Path, open_here: Opener, make_run: Any, damaged: int, shown: int, more: str
):
    with open_here() as store:
        store.add([make_run(repeat) for repeat in range(3, 9)])
    _change(database, f"UPDATE runs SET score = 9.0 WHERE repeat < {damaged}")
    with open_results(database.parent) as results, pytest.raises(ResultsError) as told:
        results.runs()
    first, *rest = str(told.value).splitlines()
    assert f"{damaged} damaged, all other runs are readable" in first
    assert len([line for line in rest if "optimizer 'adam'" in line]) == shown
    assert [line.strip() for line in rest if line.startswith("  ...")] == [more] * bool(more)
    assert rest[-1].startswith("Restore the file from a copy")


def test_a_row_that_cannot_be_read_is_named_by_its_place():
    class Broken:
        def execute(self, *statement: object) -> object:
            raise sqlite3.DatabaseError("database disk image is malformed")

    found = checked_run(Broken(), 7)  # type: ignore[arg-type]
    assert found == Damage("the run in row 7", "database disk image is malformed", 7)
    assert str(found) == "the run in row 7: database disk image is malformed"


def test_what_a_damaged_run_calls_itself_is_shown_quoted_and_short(database: Path):
    _change(database, "UPDATE runs SET optimizer = ? WHERE repeat = 1", "\x1b[31m" + "x" * 100)
    with open_results(database.parent) as results:
        (damage,) = results.damage()
    shown = damage.what.removeprefix("optimizer ").partition(", repeat 1, ")[0]
    assert shown == "'\\x1b[31m" + "x" * (40 - len("'\\x1b[31m"))


def test_sound_runs_are_read_one_by_one_and_by_their_keys(database: Path, make_run: Any):
    _change(database, "UPDATE runs SET score = 9.0 WHERE repeat = 1")
    runs = [make_run(repeat, steps=60)[0] for repeat in range(3)]
    keys = [run.key for run in runs]
    with open_results(database.parent) as results:
        assert list(results.each()) == [runs[0], runs[2]]
        assert list(results.of([keys[2], "unknown", keys[1], keys[0]])) == [runs[2], runs[0]]
        assert results.done_keys() == {keys[0], keys[2]}
        # By the index alone, which does not look at what is stored.
        assert results.stored([keys[1], keys[2], "unknown"]) == {keys[1], keys[2]}


def test_nothing_is_discarded_where_nothing_is_damaged(database: Path, open_here: Opener):
    with open_here() as store:
        assert store.discard_damaged() == []
        assert len(store.results.runs()) == 3


def _read(folder: Path, keys: list[str]) -> tuple[list[Any], list[str]]:
    """What can be read, and what is told about the rest."""
    found: list[Any] = []
    told: list[str] = []
    try:
        with open_results(folder) as results:
            found += results.runs(skip_damaged=True)
            told += [str(item) for item in results.damage()]
            for key in keys:
                try:
                    found.append(results.trace(key).recipe.tobytes())
                except ResultsError as error:
                    told.append(str(error))
    except ResultsError as error:
        told.append(str(error))
    return found, told


def test_no_flipped_bit_is_ever_read_as_a_result(database: Path, make_run: Any):
    sound = [make_run(repeat, steps=60) for repeat in range(3)]
    keys = [run.key for run, _ in sound]
    right = [run for run, _ in sound] + [trace.recipe.tobytes() for _, trace in sound]
    assert _read(database.parent, keys) == (right, [])
    content = database.read_bytes()
    for place in np.random.default_rng(1).integers(0, 8 * len(content), 250).tolist():
        flipped = bytearray(content)
        flipped[place // 8] ^= 1 << place % 8
        database.write_bytes(flipped)
        found, told = _read(database.parent, keys)
        assert all(item in right for item in found), f"bit {place}"
        assert told or found == right, f"bit {place}"


def test_nothing_in_a_foreign_file_is_trusted_to_run(database: Path):
    with open_results(database.parent) as results:
        assert results._connection.execute("PRAGMA trusted_schema").fetchone() == (0,)
        with pytest.raises(sqlite3.OperationalError, match="not authorized"):
            results._connection.execute("SELECT load_extension('anything')")


def test_a_message_of_sqlite_that_is_no_text_is_told(database: Path):
    content = database.read_bytes()
    assert content.count(b"CREATE TABLE runs") == 1
    database.write_bytes(content.replace(b"CREATE TABLE runs", b"CRE\xccTE TABLE runs"))
    with pytest.raises(ResultsError, match=r"results\.sqlite: it is damaged"):
        open_results(database.parent)


def test_no_cut_file_is_ever_read_as_complete(database: Path, make_run: Any):
    sound = [make_run(repeat, steps=60) for repeat in range(3)]
    keys = [run.key for run, _ in sound]
    content = database.read_bytes()
    for length in range(0, len(content), 499):
        database.write_bytes(content[:length])
        found, told = _read(database.parent, keys)
        assert told
        assert len(found) < 6


@pytest.mark.parametrize(
    "content", [b"", b"no database at all" * 300, b"SQLite format 3\x00" + bytes(5000)]
)
def test_a_file_that_is_no_database_is_told(database: Path, open_here: Opener, content: bytes):
    database.write_bytes(content)
    with pytest.raises(ResultsError, match=r"results\.sqlite: it is (empty|damaged)"):
        open_results(database.parent)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (
            "PRAGMA user_version = 2",
            "it has format 2, this simulator reads 1; use a newer simulator",
        ),
        ("PRAGMA user_version = 0", "it has format 0, this simulator reads 1"),
        ("PRAGMA application_id = 1", "it is a database, but not one of this simulator's"),
        ("DROP TABLE runs", "no such table: runs"),
    ],
)
def test_a_database_of_something_else_is_refused_by_readers_and_writers(
    database: Path, open_here: Opener, change: str, told: str
):
    _change(database, change)
    with pytest.raises(ResultsError, match=told), open_results(database.parent) as results:
        results.runs()
    with pytest.raises(ResultsError, match=told), open_here() as store:
        store.results.runs()


def test_a_run_that_is_there_twice_is_read_once_and_named(
    database: Path, make_run: Any, open_here: Opener
):
    # As SQLite would never write it: without the rule that keys differ.
    _change(database, "CREATE TABLE others AS SELECT * FROM runs")
    _change(database, "INSERT INTO others SELECT * FROM runs WHERE repeat = 1")
    _change(database, "DROP TABLE runs")
    _change(database, "ALTER TABLE others RENAME TO runs")
    with open_results(database.parent) as results:
        assert [str(item) for item in results.damage()] == [
            f"optimizer 'adam', repeat 1, key '{make_run(1)[0].key[:39]}: it is stored twice"
        ]
        assert [run.repeat for run in results.runs(skip_damaged=True)] == [0, 1, 2]


def test_a_row_with_a_true_checksum_that_makes_no_record_is_named(database: Path):
    connection = sqlite3.connect(database)
    row = connection.execute("SELECT rowid, * FROM runs WHERE repeat = 1").fetchone()
    names = [column[0] for column in connection.execute("SELECT * FROM runs").description]
    cells = dict(zip(names, row[1:], strict=True)) | {"role": "spectator"}
    sealed = checksum(tuple(cells[name] for name in names if name != "checksum"))
    with connection:
        connection.execute(
            "UPDATE runs SET role = 'spectator', checksum = ? WHERE rowid = ?", (sealed, row[0])
        )
    connection.close()
    with open_results(database.parent) as results:
        (damage,) = results.damage()
        assert "role is 'tuned' or 'reference', got 'spectator'" in str(damage)
        assert [run.repeat for run in results.runs(skip_damaged=True)] == [0, 2]


def test_progress_can_be_told_without_a_check(database: Path):
    _change(database, "UPDATE runs SET score = 1 WHERE repeat = 1")
    with open_results(database.parent) as results:
        assert str(results.progress()) == "2 of 3 runs done"
        assert str(results.progress_unchecked()) == "3 of 3 runs done"
