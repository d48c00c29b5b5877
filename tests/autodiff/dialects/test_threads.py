"""Columns shared among threads: as many as asked for, each column once."""

import os
import threading

import numpy as np
import pytest

from simulator.autodiff import compile
from simulator.autodiff.dialects.threads import processors, share


def who_works(monkeypatch, wanted, count=64, threads=None):
    if wanted is not None:
        monkeypatch.setenv("PERFECT_CUP_THREADS", wanted)
    seen, begun = set(), threading.Barrier(threads or int(wanted or 1))

    def work(start, stop):
        # The first piece is the sample, taken by the caller alone.
        if start and threading.get_ident() not in seen:
            seen.add(threading.get_ident())
            begun.wait(30.0)

    share(work, count, threads, sample=1)
    return len(seen)


@pytest.mark.parametrize("wanted", ["1", "2", "5"])
def test_the_variable_says_how_many(monkeypatch, wanted):
    assert who_works(monkeypatch, wanted) == int(wanted)


def test_the_argument_wins_over_the_variable(monkeypatch):
    assert who_works(monkeypatch, "1", threads=3) == 3


@pytest.mark.parametrize("wanted", ["0", "-1", "two", "1.5"])
def test_a_number_of_threads_that_is_none_is_refused(monkeypatch, wanted):
    monkeypatch.setenv("PERFECT_CUP_THREADS", wanted)
    with pytest.raises(ValueError, match="PERFECT_CUP_THREADS is a whole number from 1"):
        share(lambda start, stop: None, 10, sample=1)


def test_work_that_is_soon_done_stays_in_one_thread(monkeypatch):
    monkeypatch.delenv("PERFECT_CUP_THREADS", raising=False)
    seen = set()
    share(lambda start, stop: seen.add(threading.get_ident()), 4, sample=1)
    assert seen == {threading.get_ident()}


def test_numpys_bits_do_not_depend_on_the_number_of_threads(monkeypatch):
    f = compile(lambda x: np.exp(x[0]) * np.tanh(x[1]) + x[0] ** 1.3, 2, dialect="numpy")
    x = np.random.default_rng(8).uniform(0.1, 3.0, (2, 50_000))
    found = []
    for threads in ("1", "2", "3"):
        monkeypatch.setenv("PERFECT_CUP_THREADS", threads)
        found.append(b"".join(result.tobytes() for result in f(x)))
    assert found[0] == found[1] == found[2]


@pytest.mark.parametrize(("counted", "usable"), [(4, 4), (None, 1)])
def test_where_a_system_knows_no_affinity_processors_are_counted(monkeypatch, counted, usable):
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: counted)
    assert processors() == usable
