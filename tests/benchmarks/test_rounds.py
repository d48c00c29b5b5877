"""Turns are taken by all, and ratios are those within a round."""

from __future__ import annotations

import pytest
from benchmarks.rounds import Spread, Timing, interleaved


def test_every_round_starts_with_another_function():
    order = []
    jobs = {name: (order.append, (name,)) for name in "abc"}
    interleaved(jobs, rounds=3, warm=False)
    assert order == list("abc") + list("bca") + list("cab")


def test_a_warm_up_comes_before_what_is_counted():
    calls = []
    timing = interleaved({"a": (calls.append, (0,))}, rounds=2, turn_s=1e-4)["a"]
    assert len(calls) > 2 * timing.calls
    assert len(timing.seconds) == 2


def test_a_ratio_is_the_median_of_the_ratios_within_rounds():
    quick = Timing((1.0, 1.0, 10.0), (1.0, 1.0, 10.0))
    slow = Timing((2.0, 3.0, 40.0), (2.0, 3.0, 40.0))
    assert slow.over(quick) == Spread(2.5, 3.0, 3.5)


def test_times_of_a_batch_are_shared_out():
    assert Timing((2.0,), (2.0,)).per(4).spread == Spread(0.5, 0.5, 0.5)


def test_waiting_takes_no_processor_time():
    from time import sleep

    timing = interleaved({"sleep": (sleep, (0.02,))}, rounds=2, warm=False)["sleep"]
    assert timing.spread.median < 0.01
    clock = interleaved({"sleep": (sleep, (0.02,))}, rounds=2, clock="wall", warm=False)["sleep"]
    assert clock.spread.median >= 0.02
    assert clock.cores == pytest.approx(0.0, abs=0.5)
