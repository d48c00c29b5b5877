"""Ctrl-C once: finish what is being computed, store it, stop. Twice: stop at once.

A supervisor's SIGTERM counts as the first Ctrl-C.
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

GRACE_SECONDS = 1.2
"""How long work under way may go on after the first Ctrl-C; storing and leaving take the rest of 2 s."""


class Interrupt:
    """Whether the user has asked to stop, and until when work under way may go on."""

    def __init__(self) -> None:
        self._deadline: float | None = None
        self._working_here = False

    @property
    def asked(self) -> bool:
        """Whether to stop."""
        return self._deadline is not None

    @property
    def overdue(self) -> bool:
        """Whether the time to finish is over."""
        return self._deadline is not None and monotonic() > self._deadline

    def ask(self) -> None:
        """Ask to stop."""
        self._deadline = monotonic() + GRACE_SECONDS
        if self._working_here:
            # The second Ctrl-C comes by itself, or a long run would keep this process for minutes.
            timer = threading.Timer(GRACE_SECONDS, self._insist)
            timer.daemon = True
            timer.start()

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
    """In the block the first Ctrl-C only asks; the second raises KeyboardInterrupt.

    A third while that is being answered is ignored. Outside the main thread nothing changes.
    """
    interrupt = Interrupt()
    if threading.current_thread() is not threading.main_thread():
        yield interrupt
        return

    def heard(number: int, frame: FrameType | None) -> None:
        if interrupt.asked:
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            raise KeyboardInterrupt
        interrupt.ask()

    before: dict[int, Any] = {
        number: signal.signal(number, heard) for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield interrupt
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
