"""The first wish to stop only asks, the second insists; nobody outside the main thread is disturbed."""

import os
import signal
import threading
import time

import pytest

from simulator.running import interrupts
from simulator.running.interrupts import Interrupt, Terminated, interruptible

STOPS = (signal.SIGINT, signal.SIGTERM)


def send(number):
    os.kill(os.getpid(), number)


@pytest.fixture(autouse=True)
def short(monkeypatch):
    """Little time for what is under way."""
    monkeypatch.setattr(interrupts, "GRACE_SECONDS", 0.05)


@pytest.mark.parametrize(
    ("number", "answer"), [(signal.SIGINT, KeyboardInterrupt), (signal.SIGTERM, Terminated)]
)
def test_the_first_signal_asks_and_says_what_the_work_ends_with(number, answer):
    with interruptible() as interrupt:
        assert not interrupt.asked
        send(number)
        assert interrupt.asked
        assert type(interrupt.ended()) is answer
        assert not interrupt.overdue
        time.sleep(0.06)
        assert interrupt.overdue


def test_the_second_signal_raises_and_a_third_is_ignored_meanwhile():
    heard = []
    with interruptible():
        send(signal.SIGTERM)
        try:
            send(signal.SIGINT)
            time.sleep(5)
        except Terminated:
            send(signal.SIGINT)
            heard.append("tidied up")
    assert heard == ["tidied up"]


def test_afterwards_signals_mean_what_they_meant_before():
    before = [signal.getsignal(number) for number in STOPS]
    with interruptible():
        assert [signal.getsignal(number) for number in STOPS] != before
        send(signal.SIGINT)
    assert [signal.getsignal(number) for number in STOPS] == before


def test_in_another_thread_signals_stay_as_they_are():
    before, seen = [signal.getsignal(number) for number in STOPS], []

    def work():
        with interruptible() as interrupt:
            seen.append([signal.getsignal(number) for number in STOPS])
            interrupt.ask()
            seen.append(interrupt.asked)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [before, True]


def test_work_of_this_process_is_broken_off_when_it_is_overdue():
    began = time.monotonic()

    def work():
        with interruptible() as interrupt, interrupt.working_here():
            interrupt.ask()
            while time.monotonic() - began < 5:
                time.sleep(0.01)

    with pytest.raises(KeyboardInterrupt):
        work()
    assert time.monotonic() - began < 5


def test_work_that_ended_in_time_is_not_broken_off():
    interrupt = Interrupt()
    with interrupt.working_here():
        interrupt.ask()
    time.sleep(0.15)
    assert interrupt.asked
