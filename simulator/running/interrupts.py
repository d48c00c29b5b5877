"""Ctrl-C once: finish what is being computed, store it, stop. Twice: stop at once.

A supervisor's SIGTERM is heard in the same way; only the exit status tells them apart.
"""

from __future__ import annotations

import _thread
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from types import FrameType
from typing import Any

GRACE_SECONDS = 1.0
"""How long work under way may go on after the first Ctrl-C; storing and leaving take the rest of 2 s."""


class Terminated(KeyboardInterrupt):
    """What SIGTERM raises in place of the KeyboardInterrupt of Ctrl-C."""


class Interrupt:
    """Whether the user has asked to stop, and until when work under way may go on."""

    def __init__(self) -> None:
        self._deadline: float | None = None
        self._working_here = False
        self._answer: type[KeyboardInterrupt] = KeyboardInterrupt

    @property
    def asked(self) -> bool:
        """Whether to stop."""
        return self._deadline is not None

    @property
    def overdue(self) -> bool:
        """Whether the time to finish is over."""
        return self._deadline is not None and monotonic() > self._deadline

    def ask(self, answer: type[KeyboardInterrupt] = KeyboardInterrupt) -> None:
        """Ask to stop; ``answer`` is what the work ends with."""
        self._deadline = monotonic() + GRACE_SECONDS
        self._answer = answer
        if self._working_here:
            # The second Ctrl-C comes by itself, or a long run would keep this process for minutes.
            timer = threading.Timer(GRACE_SECONDS, self._insist)
            timer.daemon = True
            timer.start()

    def ended(self) -> KeyboardInterrupt:
        """What to raise when everything that could be stored is stored."""
        return self._answer()

    @contextmanager
    def working_here(self) -> Iterator[None]:
        """In the block this process computes itself: KeyboardInterrupt is raised when overdue."""
        self._working_here = True
        try:
            yield
        finally:
            self._working_here = False

    def _insist(self) -> None:
        if self._working_here:
            _thread.interrupt_main()


@contextmanager
def interruptible() -> Iterator[Interrupt]:
    """In the block the first Ctrl-C or SIGTERM only asks; the second raises KeyboardInterrupt.

    A third while that is being answered is ignored. Outside the main thread nothing changes.
    """
    interrupt = Interrupt()
    if threading.current_thread() is not threading.main_thread():
        yield interrupt
        return

    def heard(number: int, frame: FrameType | None) -> None:
        if interrupt.asked:
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            raise interrupt.ended()
        interrupt.ask(Terminated if number == signal.SIGTERM else KeyboardInterrupt)

    before: dict[int, Any] = {
        number: signal.signal(number, heard) for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield interrupt
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
