"""Tables of the optimizers a config can name, and of the options of one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import MISSING
from typing import Any

from rich import box
from rich.markup import escape
from rich.table import Table

from simulator.cli import terminal
from simulator.errors import InputError, PluginError
from simulator.experiment.dataclass_options import option_docs, plain
from simulator.experiment.faults import nearest
from simulator.optimizers import Method, Source, missing_library, source, sources
from simulator.optimizers.conformance import check
from simulator.optimizers.plugins import options_of


def show_optimizers(*, as_json: bool) -> int:
    """Print one line per optimizer. A broken one is named with its fault and hides no other."""
    rows = [_row(found) for found in sources()]
    if as_json:
        print(json.dumps({"optimizers": rows}, indent=2, ensure_ascii=False))
        return 0
    table = _table("name", "family", "uses", "from", "options")
    for row in rows:
        style = "dim" if row["unavailable"] else None
        options = row["unavailable"] or ", ".join(option["name"] for option in row["options"])
        cells = (row["name"], row["family"], row["uses"], row["origin"], options)
        table.add_row(*map(escape, cells), style=style)
    console = terminal.console()
    console.print(table)
    console.print(
        "simulator optimizers NAME shows what an option means, its range and its default."
    )
    return 0


def show_optimizer(name: str, *, as_json: bool) -> int:
    """Print what an optimizer is and what its options mean."""
    row = _row(_found(name))
    if as_json:
        print(json.dumps(row, indent=2, ensure_ascii=False))
        return 0
    console = terminal.console()
    console.print(f"[bold]{escape(row['name'])}[/] (from {escape(row['origin'])})")
    if row["unavailable"]:
        console.print(f"It cannot be used here: {escape(row['unavailable'])}")
    console.print(escape(row["about"]))
    if row["family"]:
        console.print(f"family {row['family']}; the most it asks for is a {row['uses']}")
    table = _table("option", "default", "meaning and range")
    for option in row["options"]:
        table.add_row(option["name"], escape(_text(option["default"])), escape(option["about"]))
    if row["options"]:
        console.print(table)
    return 0


def check_optimizer(name: str, *, as_json: bool) -> int:
    """Run the conformance test; 1 if a promise is broken, else 0."""
    if not name:
        raise InputError(
            "--check needs the name of an optimizer: simulator optimizers adam --check"
        )
    kind = _found(name).load()
    missing = missing_library(kind)
    if missing:
        raise PluginError(f"optimizer {name}: {missing}")
    report = check(_with_defaults(kind, name))
    if as_json:
        findings = {finding.promise: list(finding.faults) for finding in report.findings}
        print(
            json.dumps({"optimizer": name, "passed": report.passed, "faults": findings}, indent=2)
        )
    else:
        print(report)
    return 0 if report.passed else 1


def _with_defaults(kind: type[Method], name: str) -> Method:
    try:
        return kind()
    except TypeError as error:
        raise PluginError(
            f"optimizer {name}: it needs options without a default: {error}"
        ) from None


def _found(name: str) -> Source:
    try:
        return source(name)
    except KeyError:
        names = [found.name for found in sources()]
        close = nearest(name, names)
        hint = f"the nearest is {close}" if close else f"there are {', '.join(names)}"
        raise InputError(f"no optimizer is called {name}; {hint}") from None


def _row(found: Source) -> dict[str, Any]:
    row = {"name": found.name, "origin": found.origin, "family": "", "uses": "", "about": ""}
    try:
        kind = found.load()
    except PluginError as error:
        return row | {"unavailable": str(error), "options": []}
    about = " ".join((kind.__doc__ or "").split())
    through = {"origin": "scipy"} if kind.family == "scipy" else {}
    if found.version and getattr(kind, "library", ""):
        through = {"origin": found.version}
    return (
        row
        | through
        | {
            "family": kind.family,
            "uses": kind.uses,
            "about": about,
            "unavailable": missing_library(kind),
            "options": list(_options(kind)),
        }
    )


def _options(kind: type[Method]) -> Iterator[dict[str, Any]]:
    docs = option_docs(kind)
    for field in options_of(kind):
        default: Any = None if field.default is MISSING else plain(field.default)
        if field.default_factory is not MISSING:
            default = plain(field.default_factory())
        yield {"name": field.name, "default": default, "about": docs.get(field.name, "")}


def _text(value: Any) -> str:
    if value is None:
        return "none"
    if isinstance(value, dict):
        return ", ".join(f"{name}: {_text(part)}" for name, part in value.items())
    return str(value)


def _table(*columns: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), show_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    return table
