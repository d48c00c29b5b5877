"""Working off a plan: nothing twice, the same bits everywhere, and nobody's death stops the others."""

import multiprocessing
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from concurrent.futures import Future
from functools import partial
from pathlib import Path

import pytest

from simulator.experiment.database import FILE_NAME
from simulator.experiment.results import open_results
from simulator.running.batches import Done
from simulator.running.dispatch import Found, Trouble
from simulator.running.interrupts import Interrupt
from simulator.running.merging import merge
from simulator.running.pool import WorkerDied, WorkersLost
from simulator.running.shards import Shard
from simulator.running.work import open_study, sizing_of, work
from simulator.running.workers import InProcess, LocalPool


@pytest.fixture
def poison(tmp_path, monkeypatch):
    """A module that workers can import too: computes batches, and dies or raises at one run."""
    (tmp_path / "poisoned.py").write_text(
        "import os, signal\n"
        "from simulator.running.batches import run_batch\n"
        "def compute(how, bad, batch):\n"
        "    if bad in batch.keys:\n"
        "        if how == 'dies':\n"
        "            os.kill(os.getpid(), signal.SIGKILL)\n"
        "        raise RuntimeError('the kettle fell over')\n"
        "    return run_batch(batch)\n"
        "def dies_once(marker, bad, batch):\n"
        "    if bad in batch.keys and not os.path.exists(marker):\n"
        "        open(marker, 'w').close()\n"
        "        os.kill(os.getpid(), signal.SIGKILL)\n"
        "    return run_batch(batch)\n",
        encoding="utf-8",
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "poisoned", raising=False)
    import poisoned

    return poisoned


def test_a_second_time_everything_is_found(plan, done, numbers):
    folder, first = done(plan())
    before = numbers(folder)
    _, second = done(plan())
    assert sum(len(event.rows) for event in first) == 9
    assert all(isinstance(event, Found) and event.cached for event in second)
    assert sum(event.runs for event in second) == 9
    assert numbers(folder) == before


def test_only_what_is_missing_is_computed(plan, done, numbers):
    folder, _ = done(plan())
    whole = numbers(folder)
    with sqlite3.connect(folder / FILE_NAME) as connection:
        connection.execute("DELETE FROM runs WHERE optimizer = 'nesterov' AND repeat > 0")
    with open_study(plan(), folder) as store:
        store.discard_damaged()
    _, events = done(plan())
    computed = [event for event in events if isinstance(event, Done)]
    assert sum(len(event.rows) for event in computed) == 2
    assert numbers(folder) == whole


def test_the_same_bits_from_one_process_from_two_and_from_merged_shares(
    plan, done, numbers, tmp_path, monkeypatch
):
    sweeps = ["optimizers.0.learning_rate=0.05,0.1", "noise={customers_per_cup: 3},null"]
    made = plan(sweeps=sweeps)
    whole = numbers(done(made, "one")[0])
    assert len(whole) == made.runs
    assert numbers(done(made, "two", LocalPool(2))[0]) == whole
    shares = [done(made, f"share-{k}", shard=Shard(k, 3))[0] for k in (1, 2, 3)]
    with open_results(shares[0]) as share:
        assert not share.progress().complete
    monkeypatch.setattr("simulator.running.merging._AT_ONCE", 2)
    merged = merge(shares, tmp_path / "merged")
    assert merged.progress.complete
    assert numbers(tmp_path / "merged") == whole


@pytest.mark.parametrize("how", ["dies", "raises"])
def test_a_poisonous_run_is_recorded_as_failed_and_the_rest_go_on(plan, done, poison, how):
    made = plan()
    keys = [key for _, some in made.keyed() for key in some]
    folder, _ = done(made, workers=LocalPool(2, partial(poison.compute, how, keys[4])))
    with open_results(folder) as results:
        runs = {run.key: run for run in results.runs()}
        assert results.progress().complete
    assert set(runs) == set(keys)
    assert [run.key for run in runs.values() if run.failed] == [keys[4]]
    said = "ended abruptly" if how == "dies" else "the kettle fell over"
    assert said in runs[keys[4]].error


def test_a_worker_that_dies_once_costs_nothing(plan, done, poison, numbers, tmp_path):
    made = plan()
    whole = numbers(done(made, "one")[0])
    keys = [key for _, some in made.keyed() for key in some]
    compute = partial(poison.dies_once, str(tmp_path / "died"), keys[2])
    folder, events = done(made, "two", LocalPool(2, compute))
    assert (tmp_path / "died").exists()
    assert any(isinstance(event, Trouble) for event in events)
    assert numbers(folder) == whole


def test_no_worker_outlives_the_work(plan, done):
    done(plan(), workers=LocalPool(2))
    assert not multiprocessing.active_children()


def test_asked_to_stop_it_stores_what_is_under_way_and_goes_on_later(plan, done, numbers, tmp_path):
    made = plan("starts=16", sweeps=["seed=1,2"])
    whole = numbers(done(made, "whole")[0])
    interrupt = Interrupt()
    with open_study(made, tmp_path / "out") as store:

        def told(event):
            if isinstance(event, Done):
                interrupt.ask()

        sizing = sizing_of(made, 1)
        with pytest.raises(KeyboardInterrupt):
            work(made, store, InProcess(interrupt), sizing, interrupt, told)
        progress = store.finish()
        assert 0 < progress.done < made.runs
        assert not progress.complete
        assert store.results.manifest.finished is None
    assert numbers(done(made, "out")[0]) == whole


def test_runs_that_another_process_claimed_and_gives_up_are_taken_over(plan, tmp_path):
    made, interrupt, events = plan(), Interrupt(), []
    keys = [key for _, some in made.keyed() for key in some]
    with open_study(made, tmp_path / "out") as other, open_study(made, tmp_path / "out") as store:
        assert sorted(other.claims.take(keys)) == sorted(keys)

        def told(event):
            if event is None and not events:
                # Nothing was to be had for as long as they were claimed.
                assert store.results.progress().done == 0
                other.claims.leave()
            events.append(event)

        work(made, store, InProcess(interrupt), sizing_of(made, 1), interrupt, told)
        assert store.results.progress().complete
    computed = [row.key for event in events if isinstance(event, Done) for row in event.rows]
    assert sorted(computed) == sorted(keys)
    assert not [event for event in events if isinstance(event, Found)]


class Unreliable(InProcess):
    """Computes batches here until ``fate`` gives one another future."""

    def __init__(self, fate, whole=1):
        super().__init__(Interrupt())
        self.fate, self.whole = fate, whole

    def submit(self, batch):
        self.whole -= 1
        return super().submit(batch) if self.whole >= 0 else self.fate(batch)

    def lost(self, error):
        return isinstance(error, WorkerDied)


def failing(*errors):
    """Futures of these errors, one after another."""
    left = list(errors)

    def fate(batch):
        future = Future()
        future.set_exception(left.pop(0))
        return future

    return fate


def called_off(batch):
    future = Future()
    future.cancel()
    future.set_running_or_notify_cancel()
    return future


@pytest.mark.parametrize(
    ("fate", "error", "said"),
    [
        (failing(WorkersLost("no process could be started")), WorkersLost, "could be started"),
        (failing(WorkerDied("it died"), WorkersLost("nor again")), WorkersLost, "nor again"),
        (called_off, WorkersLost, "the workers are gone; what was finished is stored"),
        (failing(SystemExit("the worker left")), SystemExit, "the worker left"),
    ],
    ids=["none to be had", "none to be had again", "sent away", "left"],
)
def test_where_nobody_computes_any_more_the_work_ends_and_what_was_finished_is_stored(
    plan, done, tmp_path, fate, error, said
):
    made = plan("starts=16", sweeps=["seed=1,2"])
    with pytest.raises(error, match=said):
        done(made, workers=Unreliable(fate))
    with open_results(tmp_path / "out") as results:
        assert 0 < results.progress().done < made.runs
        assert not [run for run in results.runs() if run.failed]
    folder, _ = done(made)
    with open_results(folder) as results:
        assert results.progress().complete


def test_asked_to_stop_nobody_waits_for_a_batch_that_is_tried_alone(plan, done, monkeypatch):
    monkeypatch.setattr("simulator.running.interrupts.GRACE_SECONDS", 0.0)
    interrupt = Interrupt()
    first = failing(WorkerDied("it died"))

    def fate(batch):
        if not interrupt.asked and not asked:
            asked.append(True)
            return first(batch)
        interrupt.ask()
        return Future()

    asked = []
    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        done(plan("starts=16"), workers=Unreliable(fate, 0), interrupt=interrupt)
    assert time.monotonic() - began < 10


def test_two_at_once_share_the_work(plan, done):
    made = plan("starts=40")
    told = {}

    def work_too():
        told["other"] = done(made)[1]

    thread = threading.Thread(target=work_too)
    thread.start()
    folder, told["one"] = done(made)
    thread.join()
    computed = [
        row.key
        for events in told.values()
        for event in events
        if isinstance(event, Done)
        for row in event.rows
    ]
    assert len(computed) == len(set(computed)) == made.runs
    with open_results(folder) as results:
        assert results.progress().complete


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks processes up in /proc")
def test_workers_of_a_killed_process_end_too(tmp_path):
    script = tmp_path / "main.py"
    script.write_text(
        "import os, time\n"
        "from simulator.running.workers import worker_pool\n"
        "if __name__ == '__main__':\n"
        "    pool = worker_pool(2)\n"
        "    busy = pool.submit(time.sleep, 60)\n"
        "    print(pool.submit(os.getpid).result(), flush=True)\n"
        "    time.sleep(60)\n",
        encoding="utf-8",
    )
    process = subprocess.Popen(
        [sys.executable, str(script)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path.cwd())},
    )
    pids = [int(pid) for pid in process.stdout.readline().split()]
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert len(pids) == 1
    for _ in range(150):
        if not any(map(running, pids)):
            return
        time.sleep(0.1)
    pytest.fail(f"the worker {pids} is still running")


def running(pid):
    """Whether a process computes; one that ended and was not yet waited for has no command line."""
    try:
        return bool(Path(f"/proc/{pid}/cmdline").read_bytes())
    except OSError:
        return False
