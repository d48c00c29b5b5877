"""What is measured against what is asked: one row each, printed as a table that is also Markdown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from benchmarks.rounds import Spread, Timing

#: What a figure's clock is called.
CLOCKS = {"processor": "processor time", "wall": "by the clock"}

_UNITS = {"s": 1.0, "ms": 1e-3, "µs": 1e-6, "ns": 1e-9}


@dataclass(frozen=True)
class Bar:
    """One thing that was asked for.

    Attributes:
        work: what is done.
        asked: the bar in words.
        measured: what was measured, both sides named.
        ratio: the figure that the bar is about; None where the peer is not installed.
        least, most: its limits; without any, the row is for information.
        unit: of the figure; "×" for a ratio, a unit of time for seconds.
    """

    work: str
    asked: str
    measured: str
    ratio: Spread | None
    least: float | None = None
    most: float | None = None
    unit: str = "×"

    @property
    def met(self) -> bool | None:
        """Whether the median keeps the limit; None where nothing is asked or nothing was measured."""
        if self.ratio is None or (self.least is None and self.most is None):
            return None
        at_least = self.least is None or self.ratio.median >= self.least
        return at_least and (self.most is None or self.ratio.median <= self.most)

    @property
    def verdict(self) -> str:
        """In a word."""
        if self.ratio is None:
            return "skipped"
        return {True: "yes", False: "**NO**", None: "–"}[self.met]


@dataclass(frozen=True)
class Measurement:
    """A theme: timings side by side and the bars they are held to.

    Attributes:
        title: of the theme.
        unit: "ns", "µs", "ms" or "s" of the timings.
        timings: by who did it, ours first.
        bars: what was asked.
        notes: lines that belong under the table.
    """

    title: str
    unit: str
    timings: Mapping[str, Timing]
    bars: Sequence[Bar]
    notes: Sequence[str] = ()


def faster(
    work: str,
    timings: Mapping[str, Timing],
    ours: str,
    peer: str,
    least: float | None,
    unit: str,
) -> Bar:
    """Ours must be ``least`` times as fast as a peer."""
    asked = f"≥ {least:g}× {peer}" if least else f"beside {peer}"
    if peer not in timings or ours not in timings:
        return Bar(work, asked, "not installed", None, least)
    mine, theirs = timings[ours], timings[peer]
    measured = f"{duration(mine.spread.median, unit)} : {duration(theirs.spread.median, unit)}"
    return Bar(work, asked, measured, theirs.over(mine), least)


def dearer(
    work: str, timings: Mapping[str, Timing], more: str, less: str, most: float | None, unit: str
) -> Bar:
    """One piece of work may take at most ``most`` times another."""
    one, other = timings[more], timings[less]
    measured = f"{duration(one.spread.median, unit)} : {duration(other.spread.median, unit)}"
    asked = f"≤ {most:g}×" if most else "–"
    return Bar(work, asked, measured, one.over(other), most=most)


def within(work: str, spread: Spread, most: float, unit: str, measured: str = "") -> Bar:
    """A time of at most ``most`` seconds."""
    asked = f"≤ {duration(most, unit)}"
    return Bar(work, asked, measured, spread, most=most, unit=unit)


def duration(seconds: float, unit: str) -> str:
    """A time in print.

    >>> duration(0.0015, "ms")
    '1.5 ms'
    """
    return f"{figure(seconds / _UNITS[unit])} {unit}"


def figure(number: float) -> str:
    """Three digits, or all before the point.

    >>> figure(12345.6), figure(12.345), figure(0.012345)
    ('12,346', '12.3', '0.0123')
    """
    return f"{number:,.0f}" if abs(number) >= 1000 else f"{number:.3g}"


def timing_table(measurement: Measurement) -> list[str]:
    """Who took how long, as lines of Markdown."""
    ours, *_ = measurement.timings
    rows = [
        [
            name,
            *[
                duration(each, measurement.unit)
                for each in (timing.spread.median, timing.spread.lower, timing.spread.upper)
            ],
            "" if name == ours else f"{figure(timing.over(measurement.timings[ours]).median)}×",
            f"{timing.cores:.1f}",
            f"{len(timing.seconds)} × {timing.calls:,}",
        ]
        for name, timing in measurement.timings.items()
    ]
    clock = measurement.timings[ours].clock
    head = [
        CLOCKS[clock],
        "median",
        "lower quartile",
        "upper",
        f"÷ {ours}",
        "cores",
        "rounds × calls",
    ]
    return markdown(head, rows)


def bar_table(bars: Sequence[Bar]) -> list[str]:
    """All that was asked, as lines of Markdown."""
    rows = [[bar.work, bar.asked, bar.measured, _ratio(bar), bar.verdict] for bar in bars]
    return markdown(["work", "bar", "measured", "median (quartiles)", "met"], rows)


def _ratio(bar: Bar) -> str:
    if bar.ratio is None:
        return ""
    if bar.unit in _UNITS:
        return duration(bar.ratio.median, bar.unit)
    parts = bar.ratio.lower, bar.ratio.median, bar.ratio.upper
    lower, median, upper = (figure(each) + bar.unit for each in parts)
    return median if lower == upper else f"{median} ({lower}–{upper})"


def markdown(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """A table with its columns aligned, so that it reads in a terminal as well."""
    widths = [max(len(row[i]) for row in (head, *rows)) for i in range(len(head))]
    rule = ["-" * width for width in widths]
    return [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"
        for row in (head, rule, *rows)
    ]
