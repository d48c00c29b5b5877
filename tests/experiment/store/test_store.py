"""What is added to a store is there, whole, once, whatever happens afterwards."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from simulator.errors import ResultsError
from simulator.experiment import store as store_module
from simulator.experiment.records import COUNT_COLUMNS, FLOAT_COLUMNS, TraceRecord
from simulator.experiment.store import Progress, Store, open_results, open_store

Opener = Callable[..., Store]


def _same(one: TraceRecord, other: TraceRecord) -> bool:
    names = (*COUNT_COLUMNS, *FLOAT_COLUMNS, "recipe")
    return one.knobs == other.knobs and all(
        getattr(one, name).tobytes() == getattr(other, name).tobytes() for name in names
    )


def test_runs_and_traces_come_back_as_they_were(open_here: Opener, make_run: Any, tmp_path: Path):
    runs = [make_run(repeat, steps=repeat * 7) for repeat in range(3)]
    with open_here() as store:
        assert store.add(runs) == 3
    with open_results(tmp_path / "out") as results:
        assert results.runs() == [run for run, _ in runs]
        assert all(_same(results.trace(run.key), trace) for run, trace in runs)
        assert results.done_keys() == {run.key for run, _ in runs}


def test_the_folder_knows_its_config_and_manifest(open_here: Opener, tmp_path: Path):
    with open_here() as store:
        manifest, config = store.results.manifest, store.results.config
    with open_results(str(tmp_path / "out")) as results:
        assert (results.manifest, results.config) == (manifest, config)
        assert results.figures == tmp_path / "out" / "figures"
        assert results.figures.is_dir()


def test_runs_are_ordered_by_role_optimizer_and_repeat_whatever_came_first(
    open_here: Opener, make_run: Any
):
    names = [
        ("zeta", "tuned", 0),
        ("adam", "tuned", 1),
        ("adam", "tuned", 0),
        ("l-bfgs-b", "reference", 0),
    ]
    runs = [make_run(repeat, optimizer=name, role=role) for name, role, repeat in names]
    with open_here() as store:
        for run in reversed(runs):
            store.add([run])
        found = [(run.optimizer, run.role, run.repeat) for run in store.results.runs()]
    assert found == sorted(names, key=lambda run: (run[1] != "tuned", run[0], run[2]))


def test_a_finished_folder_holds_one_plain_database_file(
    open_here: Opener, make_run: Any, tmp_path: Path
):
    with open_here() as store:
        store.add([make_run(0)])
    names = sorted(entry.name for entry in (tmp_path / "out").iterdir())
    assert names == ["config.yaml", "figures", "manifest.json", "results.sqlite"]
    header = (tmp_path / "out" / "results.sqlite").read_bytes()[18:20]
    assert header == b"\x01\x01"  # the rollback format: readable where nothing can be written


def test_what_is_added_is_seen_at_once_by_others(open_here: Opener, make_run: Any, tmp_path: Path):
    with open_here() as store, open_results(tmp_path / "out") as results:
        for repeat in range(3):
            store.add([make_run(repeat)])
            assert str(results.progress()) == f"{repeat + 1} of 3 runs done"


def test_a_run_that_is_stored_already_is_left_as_it_is(open_here: Opener, make_run: Any):
    run, trace = make_run(0)
    with open_here() as store:
        assert store.add([(run, trace)]) == 1
        assert store.add([(replace(run, loss=99.0), make_run(5)[1])]) == 0
        assert store.results.runs() == [run]
        assert _same(store.results.trace(run.key), trace)
        assert store.results.damage() == []


def test_a_group_with_a_bad_run_is_not_stored_at_all(open_here: Opener, make_run: Any):
    bad = make_run(1, options={"schedule": object()})
    with open_here() as store:
        with pytest.raises(TypeError):
            store.add([make_run(0), bad])
        assert store.results.runs() == []


def test_a_run_with_a_missing_field_is_an_error_and_not_ignored(open_here: Opener, make_run: Any):
    with open_here() as store:
        with pytest.raises(ResultsError, match="NOT NULL"):
            store.add([make_run(0), make_run(1, message=None)])
        assert store.results.runs() == []


def test_a_run_of_another_config_is_refused(open_here: Opener, make_run: Any):
    with open_here() as store, pytest.raises(ValueError, match="belongs to config"):
        store.add([make_run(0, config_hash="f" * 64)])


def test_a_failed_run_is_stored_with_its_error(open_here: Opener, make_run: Any):
    run = make_run(0, status="failed", error="FloatingPointError: log of -0.3", loss=float("nan"))[
        0
    ]
    with open_here() as store:
        store.add([(run, TraceRecord.empty(("grind_um",)))])
        (found,) = store.results.runs()
        assert found.failed
        assert found.error == run.error
        assert np.isnan(found.loss)
        assert len(store.results.trace(run.key)) == 0


def test_a_loss_of_minus_zero_is_no_damage(open_here: Opener, make_run: Any):
    with open_here() as store:
        store.add([make_run(0, loss=-0.0)])
        assert store.results.damage() == []
        assert store.results.runs()[0].loss == 0.0


def test_an_unfinished_experiment_says_so_and_is_not_marked_finished(
    open_here: Opener, make_run: Any
):
    with open_here() as store:
        store.add([make_run(0), make_run(1)])
        progress = store.finish()
        assert progress == Progress(2, 3)
        assert not progress.complete
        assert store.results.manifest.finished is None


def test_the_time_of_the_last_run_is_noted_once(
    open_here: Opener, make_run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    with open_here() as store:
        store.add([make_run(repeat) for repeat in range(3)])
        assert store.finish().complete
    with open_results(tmp_path / "out") as results:
        finished = results.manifest.finished
    assert finished is not None
    monkeypatch.setattr(store_module, "utc_now", lambda: "2099-01-01T00:00:00+00:00")
    with open_here() as store:
        store.finish()
        assert store.results.manifest.finished == finished


def test_a_store_opened_again_knows_what_is_done(open_here: Opener, make_run: Any):
    with open_here() as store:
        store.add([make_run(0)])
    with open_here() as store:
        assert store.results.done_keys() == {make_run(0)[0].key}
        assert store.add([make_run(0), make_run(1)]) == 1


def test_without_a_folder_a_dated_one_is_made(open_here: Opener, tmp_path: Path):
    stores = [open_here(out=None, root=tmp_path / "results") for _ in range(2)]
    for store in stores:
        store.close()
        assert store.folder.parent == tmp_path / "results"
        assert store.folder.name[17:].startswith("-house-blend")
    assert stores[0].folder != stores[1].folder


def test_a_path_with_signs_of_an_address_is_an_ordinary_path(
    make_run: Any, tmp_path: Path, open_here: Opener
):
    folder = tmp_path / "50% ?mode=ro#x 咖啡"
    with open_here(out=folder) as store:
        store.add([make_run(0)])
    assert (folder / "results.sqlite").is_file()


def test_unknown_keys_are_told(open_here: Opener, tmp_path: Path):
    with (
        open_here() as store,
        pytest.raises(ResultsError, match=r"results\.sqlite: it has no run with the key beef"),
    ):
        store.results.trace("beef")


def test_writers_at_the_same_time_store_each_run_once(
    open_here: Opener, make_run: Any, tmp_path: Path
):
    runs = [make_run(repeat) for repeat in range(20)]
    barrier, added = threading.Barrier(8), []

    def write() -> None:
        barrier.wait()
        with open_here(expected_runs=20) as store:
            added.append(sum(store.add([run]) for run in runs))

    threads = [threading.Thread(target=write) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(added) == 8
    assert sum(added) == 20
    with open_results(tmp_path / "out") as results:
        assert results.runs() == [run for run, _ in runs]
        assert results.damage() == []


def test_who_comes_while_another_leaves_waits_for_it(
    open_here: Opener, make_run: Any, tmp_path: Path
):
    with open_here() as store:
        store.add([make_run(0)])
    # The last to leave has turned the file back; at this moment somebody changes it in that state.
    other = sqlite3.connect(
        tmp_path / "out" / "results.sqlite", isolation_level=None, check_same_thread=False
    )
    other.execute("BEGIN IMMEDIATE")
    other.execute("UPDATE tally SET runs = runs")
    leaving = threading.Timer(0.3, other.execute, ["COMMIT"])
    leaving.start()
    with open_here() as store:
        assert store.add([make_run(1)]) == 1
    leaving.join()
    other.close()


def test_a_reader_sees_one_moment_while_others_write(
    open_here: Opener, make_run: Any, tmp_path: Path
):
    with open_here() as store:
        store.add([make_run(0)])
        with open_results(tmp_path / "out") as results, results.one_moment():
            before = results.done_keys()
            store.add([make_run(1)])
            assert results.done_keys() == before
            assert results.damage() == []


_KILLED = """
import os, signal, sys
from simulator.experiment.content_key import canonical_hash
from simulator.experiment.records import RunRecord, TraceRecord
from simulator.experiment.store import open_store
config = {"name": "killed"}
fields = dict(config_hash=canonical_hash(config), problem_hash="p", optimizer="adam", method="adam",
    family="descent", options={}, role="tuned", status="budget", message="", value_count=1, gradient_count=1,
    hessian_count=0, wall_s=0.0, loss=0.0, score=0.0, gradient_norm=0.0, recipe={}, start={})
store = open_store(config, name="killed", seed=1, expected_runs=9, dialect="numpy", out=sys.argv[1])
for repeat in range(5):
    store.add([(RunRecord(key=str(repeat), repeat=repeat, **fields), TraceRecord.empty(()))])
store._connection.execute("BEGIN IMMEDIATE")
store._connection.execute("DELETE FROM runs")
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_process_killed_in_the_middle_of_a_change_leaves_what_was_committed(tmp_path: Path):
    killed = subprocess.run([sys.executable, "-c", _KILLED, tmp_path / "out"], check=False)
    assert killed.returncode == -signal.SIGKILL
    with open_results(tmp_path / "out") as results:
        assert [run.repeat for run in results.runs()] == [0, 1, 2, 3, 4]
        assert str(results.progress()) == "5 of 9 runs done"
        assert results.damage() == []
    plan = {"name": "killed", "seed": 1, "expected_runs": 9, "dialect": "numpy"}
    with open_store({"name": "killed"}, **plan, out=tmp_path / "out") as store:
        assert len(store.results.done_keys()) == 5


def test_the_tables_can_be_read_by_any_sqlite_client(
    open_here: Opener, make_run: Any, tmp_path: Path
):
    with open_here() as store:
        store.add([make_run(0), make_run(1)])
    connection = sqlite3.connect(tmp_path / "out" / "results.sqlite")
    rows = connection.execute(
        "SELECT optimizer, repeat, score, json_extract(recipe, '$.grind_um') FROM runs ORDER BY repeat"
    ).fetchall()
    connection.close()
    assert rows == [("adam", 0, 8.9, 892.1), ("adam", 1, 7.9, 892.1)]
