"""Linear algebra on one thread while runs are computed: the same bits however many cores there are."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from simulator.experiment.one_thread import blas_libraries, one_thread

SLSQP = """\
import hashlib
from simulator.experiment.config import loads
from simulator.experiment.problem import Problem
from simulator.experiment.runs import run_task, tasks
problem = Problem(loads("name: a\\nstarts: 4\\noptimizers: [slsqp]\\nstop: {max_evaluations: 60}"))
for _, trace in run_task(problem, tasks(problem.experiment)[0], [0, 1, 2, 3], ""):
    print(hashlib.sha256(trace.loss.tobytes() + trace.gradient_norm.tobytes()).hexdigest())
"""


@pytest.fixture(autouse=True)
def several_threads():
    """As on a machine of three cores, whatever this one has."""
    before = [library.threads() for library in blas_libraries()]
    if not before:
        pytest.skip("this linear algebra has no interface to its threads")
    for library in blas_libraries():
        library.use(3)
    yield
    for library, threads in zip(blas_libraries(), before, strict=True):
        library.use(threads)


def threads():
    return {library.threads() for library in blas_libraries()}


def test_in_the_block_there_is_one_thread_and_afterwards_as_many_as_before():
    assert threads() == {3}
    with one_thread():
        assert threads() == {1}
    assert threads() == {3}


def test_after_an_error_too():
    with pytest.raises(ZeroDivisionError), one_thread():
        1 / 0  # noqa: B018
    assert threads() == {3}


def test_blocks_side_by_side_end_with_the_last_of_them():
    begun, end = threading.Event(), threading.Event()

    def other():
        with one_thread():
            begun.set()
            end.wait(10)

    thread = threading.Thread(target=other)
    with one_thread():
        thread.start()
        assert begun.wait(10)
    assert threads() == {1}
    end.set()
    thread.join()
    assert threads() == {3}


def test_slsqp_finds_the_same_bits_on_one_thread_and_on_several():
    found = set()
    for count in ("1", "2", "4"):
        environment = {**os.environ, "PYTHONPATH": str(Path.cwd())}
        environment |= dict.fromkeys(("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), count)
        done = subprocess.run(
            [sys.executable, "-c", SLSQP], env=environment, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        found.add(done.stdout)
    assert len(found) == 1
    assert len(found.pop().split()) == 4
