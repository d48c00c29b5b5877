"""The terminal that verbs print to; with NO_COLOR set its text is plain, neither coloured nor bold."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.live import Live
from rich.spinner import Spinner

_WIDE = 92


def console(*, stderr: bool = False) -> Console:
    """A console that leaves numbers as they are; see https://no-color.org for NO_COLOR."""
    if os.environ.get("NO_COLOR"):
        # rich itself would keep bold and underline.
        return Console(stderr=stderr, highlight=False, color_system=None)
    return Console(stderr=stderr, highlight=False)


def gap_of(console: Console) -> int:
    """Blanks beside the one that parts two columns of a wide table: none where numbers need the room."""
    return 1 if console.width >= _WIDE else 0


@contextmanager
def waiting(what: str) -> Iterator[None]:
    """On a terminal, says during the block what takes so long; gone afterwards."""
    aside = console(stderr=True)
    if not aside.is_terminal:
        yield
        return
    spinner = Spinner("dots", what)
    # What is printed meanwhile goes where it would go anyway.
    with Live(spinner, console=aside, transient=True, redirect_stdout=False, redirect_stderr=False):
        yield
