"""``simulator show CONFIG`` or ``simulator show RESULTS``: what is in it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from simulator.cli.settings import Sets, Sweeps


def command(
    what: Annotated[
        Path, typer.Argument(help="A config, or a results folder.", show_default=False)
    ],
    sets: Sets = None,
    sweeps: Sweeps = None,
) -> int:
    """Show a config with every default and where each setting comes from, or a folder's results.

    What is printed of a config is a config itself, each line with its origin: file and line, flag, or
    default.
    """
    from simulator.cli.showing import show_config, show_results

    if what.is_dir() and not sets and not sweeps:
        return show_results(what)
    return show_config(what, sets or [], sweeps or [])
