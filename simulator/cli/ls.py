"""``simulator ls``: the results folders, and how far each has come."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def command(
    root: Annotated[
        Path, typer.Argument(help="A folder of results folders, or one of them.")
    ] = Path("results"),
    json: Annotated[bool, typer.Option("--json", help="Print a JSON array.")] = False,
) -> int:
    """List the results folders in ROOT. Exit status 2 if one of them is damaged."""
    from simulator.cli.showing import show_list

    return show_list(root, as_json=json)
