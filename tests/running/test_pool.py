"""A pool of processes: whoever dies fails one call alone, whatever it was doing."""

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from simulator.running.pool import WorkerDied, WorkerPool, WorkersLost

LARGE = 1_000_000
WITHOUT_GUARD = """\
from simulator.running.pool import WorkerPool, WorkersLost
pool = WorkerPool(1)
try:
    pool.submit(len, "abc").result()
except WorkersLost as error:
    print(error)
pool.kill()
"""


@pytest.fixture(scope="module")
def tools(tmp_path_factory):
    """A module that workers can import too."""
    folder = tmp_path_factory.mktemp("tools")
    (folder / "pool_tools.py").write_text(
        "import os, signal, struct, sys, time\n"
        "def die():\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
        "def die_while_answering():\n"
        "    pipe = sys._getframe(1).f_locals['pipe']\n"
        "    os.write(pipe.fileno(), struct.pack('!i', 100_000) + bytes(50_000))\n"
        "    die()\n"
        "def raise_something():\n"
        "    raise KeyError('kettle')\n"
        "def unsendable():\n"
        "    return lambda: None\n"
        "def hear():\n"
        "    os.kill(os.getpid(), signal.SIGTERM)\n"
        "    os.kill(os.getpid(), signal.SIGINT)\n"
        "    return 'still here'\n"
        "def sleep(seconds):\n"
        "    time.sleep(seconds)\n",
        encoding="utf-8",
    )
    sys.path.insert(0, str(folder))
    import pool_tools

    yield pool_tools
    sys.path.remove(str(folder))


@pytest.fixture
def pool(tools):
    """Two workers."""
    made = WorkerPool(2)
    yield made
    made.kill()


def test_calls_are_answered_with_their_values_and_errors(pool, tools):
    numbers = [pool.submit(pow, 2, power) for power in range(20)]
    assert [number.result(60) for number in numbers] == [2**power for power in range(20)]
    with pytest.raises(KeyError, match="kettle"):
        pool.submit(tools.raise_something).result(60)
    with pytest.raises(RuntimeError, match="cannot be sent"):
        pool.submit(tools.unsendable).result(60)
    assert pool.submit(int, "12", base=3).result(60) == 5


def test_large_values_go_there_and_back(pool):
    assert pool.submit(bytes, bytes(LARGE)).result(60) == bytes(LARGE)


def test_a_worker_that_dies_fails_its_call_alone_and_is_replaced(pool, tools):
    beside = pool.submit(tools.sleep, 0.5)
    for _ in range(3):
        with pytest.raises(WorkerDied):
            pool.submit(tools.die).result(60)
    assert beside.result(60) is None
    assert pool.submit(len, "abc").result(60) == 3


def test_a_worker_that_dies_in_the_middle_of_its_answer_is_noticed(pool, tools):
    beside = pool.submit(tools.sleep, 1.0)
    with pytest.raises(WorkerDied):
        pool.submit(tools.die_while_answering).result(60)
    assert beside.result(60) is None
    assert pool.submit(len, "abc").result(60) == 3


def test_workers_ignore_ctrl_c_and_sigterm(pool, tools):
    assert pool.submit(tools.hear).result(60) == "still here"


def test_killed_it_ends_at_once_and_cancels_what_waits(tools):
    pool = WorkerPool(1)
    assert pool.submit(len, "abc").result(60) == 3
    busy, waiting = pool.submit(tools.sleep, 60), pool.submit(tools.sleep, 60)
    while not busy.running():
        time.sleep(0.01)
    began = time.monotonic()
    pool.kill()
    assert time.monotonic() - began < 5
    assert waiting.cancelled()
    with pytest.raises(WorkerDied):
        busy.result(0)
    with pytest.raises(RuntimeError, match="sent home"):
        pool.submit(len, "abc")


def test_at_the_end_what_was_sent_is_still_answered(tools):
    with WorkerPool(2) as pool:
        numbers = [pool.submit(abs, -number) for number in range(8)]
    assert [number.result(0) for number in numbers] == list(range(8))


def test_sent_home_without_waiting_it_still_answers_what_is_under_way(tools):
    pool = WorkerPool(1)
    assert pool.submit(len, "abc").result(60) == 3
    busy, waiting = pool.submit(tools.sleep, 0.3), pool.submit(len, "abc")
    while not busy.running():
        time.sleep(0.01)
    pool.shutdown(wait=False, cancel_futures=True)
    assert not busy.done()
    assert waiting.cancelled()
    with pytest.raises(RuntimeError, match="sent home"):
        pool.submit(len, "abc")
    pool.shutdown()
    assert busy.result(0) is None


def test_where_no_process_can_be_started_every_call_says_why(monkeypatch):
    def refused(self):
        raise OSError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(multiprocessing.process.BaseProcess, "start", refused)
    with WorkerPool(1) as pool:
        calls = [pool.submit(len, "abc") for _ in range(2)]
        for call in calls:
            with pytest.raises(WorkersLost, match=r"no process could be started: .*unavailable"):
                call.result(60)


def test_without_a_server_to_fork_from_and_without_masks_processes_are_spawned(monkeypatch):
    monkeypatch.setattr(multiprocessing, "get_all_start_methods", lambda: ["spawn"])
    monkeypatch.delattr(signal, "pthread_sigmask")
    with WorkerPool(1) as pool:
        # A process of a server has the server for a parent.
        assert pool.submit(os.getppid).result(60) == os.getpid()


def test_a_script_without_a_guard_is_told_so_rather_than_blamed_on_the_runs(tmp_path):
    script = tmp_path / "unguarded.py"
    script.write_text(WITHOUT_GUARD, encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(Path.cwd())}
    done = subprocess.run(
        [sys.executable, str(script)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert '__name__ == "__main__"' in done.stdout


def test_workers_that_are_not_needed_after_all_leave_without_a_word():
    script = "from simulator.running.pool import WorkerPool\nWorkerPool(2).shutdown()\n"
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert (ended.returncode, ended.stderr) == (0, "")
