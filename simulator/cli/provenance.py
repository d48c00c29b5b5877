"""Tables of where the model's numbers come from, and of the facts that it must reproduce."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import get_args

from rich import box
from rich.markup import escape
from rich.table import Table

from simulator.cli.terminal import console
from simulator.coffee import (
    BEANS,
    COMPLAINT_DEFAULT,
    DEFAULT,
    SEGMENTS,
    ParameterRecord,
    RatingNoise,
    list_parameters,
)
from simulator.coffee.facts import FACTS
from simulator.coffee.provenance import Origin
from simulator.errors import InputError

CHOSEN = (
    "What milk and sugar do stands on chosen magnitudes, not on measurements: only the directions "
    "follow the literature."
)

_COLOURS = {"read": "green", "fitted": "cyan", "chosen": "yellow"}


def show_facts(*, as_json: bool) -> int:
    """Print every fact with what the model gives; 1 if any fails, else 0."""
    found = [(fact, float(fact.value())) for fact in FACTS]
    # A NaN is in no range, so it fails.
    failed = [fact.name for fact, value in found if not fact.low <= value <= fact.high]
    if as_json:
        rows = [
            {
                "fact": fact.name,
                "target": fact.target,
                "low": _finite(fact.low),
                "high": _finite(fact.high),
                "model": _finite(value),
                "source": fact.source,
                "passes": fact.name not in failed,
            }
            for fact, value in found
        ]
        print(json.dumps({"facts": rows, "failed": failed}, indent=2, ensure_ascii=False))
        return 1 if failed else 0
    table = _table("fact", "target", "model", "", "source")
    for fact, value in found:
        passes = fact.name not in failed
        table.add_row(
            escape(fact.name),
            escape(fact.target),
            f"{value:.4g}",
            "pass" if passes else "FAIL",
            escape(fact.source),
            style=None if passes else "bold red",
        )
    terminal = console()
    terminal.print(table)
    terminal.print(f"{len(found) - len(failed)} of {len(found)} facts hold.")
    return 1 if failed else 0


def show_parameters(origin: str | None, *, as_json: bool) -> int:
    """Print every parameter with its provenance; 0.

    Raises:
        InputError: an unknown origin.
    """
    if origin is not None and origin not in get_args(Origin):
        raise InputError(f"--origin {origin}: there are {', '.join(get_args(Origin))}")
    records = [each for each in every_parameter() if origin in (None, each.origin)]
    if as_json:
        rows = [
            {
                "path": each.path,
                "value": float(each.value),
                "unit": each.unit,
                "origin": each.origin,
                "source": each.source,
            }
            for each in records
        ]
        print(json.dumps({"parameters": rows, "note": CHOSEN}, indent=2, ensure_ascii=False))
        return 0
    _print_parameters(records)
    return 0


def every_parameter() -> Iterator[ParameterRecord]:
    """The model's parameters, then those of beans, customers, ratings and complaints."""
    yield from list_parameters(DEFAULT)
    for name, bean in BEANS.items():
        yield from list_parameters(bean, f"beans.{name}")
    for name, segment in SEGMENTS.items():
        yield from list_parameters(segment, f"segments.{name}")
    yield from list_parameters(RatingNoise(), "ratings")
    yield from list_parameters(COMPLAINT_DEFAULT, "complaints")


def _print_parameters(records: Iterable[ParameterRecord]) -> None:
    table = _table("parameter", "value", "unit", "origin", "source")
    table.columns[1].justify = "right"
    count: Counter[str] = Counter()
    for each in records:
        count[each.origin] += 1
        table.add_row(
            escape(each.path),
            f"{float(each.value):.4g}",
            each.unit,
            f"[{_COLOURS[each.origin]}]{each.origin}[/]",
            escape(each.source),
        )
    terminal = console()
    terminal.print(table)
    counted = ", ".join(f"{number} {origin}" for origin, number in count.items())
    terminal.print(f"{sum(count.values())} parameters: {counted}.")
    terminal.print(CHOSEN)


def _finite(value: float) -> float | None:
    """JSON has no infinities and no NaN."""
    return value if abs(value) < float("inf") else None


def _table(*columns: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, padding=(0, 1, 0, 0))
    for name in columns:
        table.add_column(name, overflow="fold")
    return table
