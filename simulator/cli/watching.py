"""What is seen of a study while it runs: progress with the time left, the best so far, and the log file."""

from __future__ import annotations

import logging
import os
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from io import FileIO, TextIOWrapper
from pathlib import Path
from time import monotonic

from rich import box
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.markup import escape
from rich.progress_bar import ProgressBar
from rich.table import Table

from simulator.experiment.faults import printable
from simulator.running.batches import Done
from simulator.running.dispatch import Event, Found, Trouble
from simulator.running.forecast import duration
from simulator.running.sizing import Sizing

LOG_FILE = "run.log"
_SHOWN = 12
_REDRAWN_S = 0.25
_LINE_EVERY_S = 30.0


class Watch:
    """Counts what is done, and tells it: as lines, or as a table that is drawn again."""

    def __init__(
        self,
        expected: Mapping[str, int],
        sizing: Sizing,
        console: Console,
        loudness: int,
        *,
        values: bool = False,
    ) -> None:
        """``values``: show values of a function, which are the negatives of its scores."""
        self.computed: Counter[str] = Counter()
        self.cached: Counter[str] = Counter()
        self.elsewhere: Counter[str] = Counter()
        self.failed: Counter[str] = Counter()
        self._best: dict[str, float] = {}
        self._expected = expected
        self._total = sum(sizing.left.values())
        self._sizing = sizing
        self._console = console
        self._sign = -1.0 if values else 1.0
        self._loudness = loudness
        self._log = logging.getLogger("simulator.running")
        self._live: Live | None = None
        self._spoke = monotonic()

    def __call__(self, event: Event) -> None:
        """Take note of what happened."""
        if isinstance(event, Done):
            self._done(event)
        elif isinstance(event, Found):
            counter = self.cached if event.cached else self.elsewhere
            counter[event.label] += event.runs
            self._complete(event.label, event.runs)
        elif isinstance(event, Trouble):
            self._log.warning(event.what)
            self._say(event.what, 0)
        self._draw()

    def summary(self) -> str:
        """How many runs came from where."""
        parts = [
            (self.computed, "computed"),
            (self.cached, "cached"),
            (self.elsewhere, "computed by other processes"),
        ]
        said = [f"{count.total()} {what}" for count, what in parts if count.total()]
        return ", ".join(said) or "nothing to do"

    @contextmanager
    def drawn(self) -> Iterator[None]:
        """In the block a terminal shows the table, always up to date."""
        if self._loudness < 0 or not self._console.is_terminal:
            yield
            return
        with Live(console=self._console, transient=True, auto_refresh=False) as live:
            self._live = live
            try:
                yield
            finally:
                self._live = None

    def _done(self, done: Done) -> None:
        self.computed[done.label] += len(done.rows)
        for row in done.rows:
            if row["error"] is not None:
                self.failed[done.label] += 1
                self._log.error("%s repeat %s: %s", done.label, row["repeat"], row["error"])
            score = row["score"]
            if isinstance(score, float):
                self._best[done.label] = max(score, self._best.get(done.label, score))
        said = f"{done.label}: {len(done.rows)} runs in {done.seconds:.2f} s"
        self._log.info(said)
        self._say(said, 1)
        self._complete(done.label, len(done.rows))

    def _complete(self, label: str, runs: int) -> None:
        """Say that an optimizer has all its runs."""
        have = self.cached[label] + self.computed[label] + self.elsewhere[label]
        if have - runs < self._expected[label] <= have:
            cached = f", {self.cached[label]} cached" if self.cached[label] else ""
            best = f", best {self._shown_best(label)}" if label in self._best else ""
            self._log.info("%s: %s runs done%s", label, have, cached)
            self._say(f"{label}: {have} runs done{cached}{best}", 0)

    def _shown_best(self, label: str) -> str:
        return f"{self._sign * self._best[label]:.6f}"

    def _say(self, text: str, loudness: int) -> None:
        if self._loudness >= loudness and (self._live is None or loudness == 1):
            self._console.print(printable(text), markup=False, soft_wrap=True)
            self._spoke = monotonic()

    def _draw(self) -> None:
        now = monotonic()
        if self._live is not None and now - self._spoke > _REDRAWN_S:
            self._spoke = now
            self._live.update(self._table(), refresh=True)
        elif self._live is None and self._loudness >= 0 and now - self._spoke > _LINE_EVERY_S:
            self._say(self._progress(), 0)

    def _progress(self) -> str:
        return f"{self._have()} of {self._total} runs, {duration(self._sizing.seconds_left())} left"

    def _have(self) -> int:
        return self.computed.total() + self.cached.total() + self.elsewhere.total()

    def _table(self) -> RenderableType:
        table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), show_edge=False)
        table.add_column("optimizer", no_wrap=True)
        for column in ("runs", "best so far", "failed"):
            table.add_column(column, justify="right")
        begun = [label for label in self._expected if self.computed[label] or self.cached[label]]
        for label in begun[-_SHOWN:]:
            best = self._shown_best(label) if label in self._best else ""
            runs = f"{self.computed[label] + self.cached[label]}/{self._expected[label]}"
            table.add_row(escape(label), runs, best, str(self.failed[label] or ""))
        bar = ProgressBar(total=max(self._total, 1), completed=self._have(), width=40)
        return Group(table, bar, self._progress())


@contextmanager
def logged(folder: Path) -> Iterator[logging.Logger]:
    """In the block the log of running goes to the folder's log file, each line in one write."""
    log = logging.getLogger("simulator.running")
    handler = _LogFile(folder / LOG_FILE, encoding="utf-8", delay=True)
    handler.setFormatter(_OneLine("%(asctime)s %(process)d %(levelname)s %(message)s"))
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    log.propagate = False
    raising, logging.raiseExceptions = logging.raiseExceptions, False
    try:
        yield log
    finally:
        logging.raiseExceptions = raising
        log.removeHandler(handler)
        handler.close()


class _LogFile(logging.FileHandler):
    """A log that cannot be written stops no work, and a link in its place is not followed."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write a line, or do not."""
        with suppress(OSError):
            super().emit(record)

    def close(self) -> None:
        """Write what is left, or do not."""
        with suppress(OSError):
            super().close()

    def _open(self) -> TextIOWrapper:
        no_link = getattr(os, "O_NOFOLLOW", 0)
        file = os.open(self.baseFilename, os.O_WRONLY | os.O_APPEND | os.O_CREAT | no_link, 0o666)
        return TextIOWrapper(FileIO(file, "a"), encoding=self.encoding, write_through=True)


class _OneLine(logging.Formatter):
    """Messages quote what users wrote: no line break or control character of theirs gets into the log."""

    def format(self, record: logging.LogRecord) -> str:
        """Escape what cannot be seen."""
        return printable(super().format(record), 2000)
