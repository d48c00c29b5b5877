"""``simulator play CONFIG``: the interactive page, opened at once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def command(
    config: Annotated[
        Path, typer.Argument(help="The experiment, a YAML file.", show_default=False)
    ],
    lang: Annotated[
        str, typer.Option(help="Language it opens in: en or zh. Both are in it.")
    ] = "en",
    recipe: Annotated[
        str | None,
        typer.Option(help='Where it opens, e.g. "grind_um=300,time_s=500".'),
    ] = None,
) -> int:
    """Write the page to a temporary folder and open it in the browser."""
    from simulator.cli.paging import play

    return play(config, lang, recipe)
