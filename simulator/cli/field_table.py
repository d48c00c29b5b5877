"""The table of ``simulator schema --fields``."""

from __future__ import annotations

import re

from rich import box
from rich.markup import escape
from rich.table import Table

from simulator.cli.terminal import console
from simulator.errors import InputError
from simulator.experiment.faults import nearest
from simulator.experiment.field_list import field_list


def show_fields(section: str | None) -> None:
    """Print every field of a config, or those of one section.

    Raises:
        InputError: no such section.
    """
    rows = field_list()
    sections = list(dict.fromkeys(_section(row.path) for row in rows))
    if section is not None and section not in sections:
        close = nearest(section, sections)
        hint = f"; did you mean {close}?" if close else ""
        raise InputError(f"--section {section}: there are {', '.join(sections)}{hint}")
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, padding=(0, 1, 0, 0))
    for name in ("field", "accepts", "default", "meaning"):
        table.add_column(name, overflow="fold")
    for row in rows:
        if section in (None, _section(row.path)):
            needed = "(required)" if row.required else row.default
            table.add_row(*map(escape, (row.path, row.accepts, needed, row.meaning)))
    console().print(table)


def _section(path: str) -> str:
    return re.split(r"[.\[]", path)[0]
