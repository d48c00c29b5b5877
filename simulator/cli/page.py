"""``simulator page CONFIG``: the interactive page as one file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def command(
    config: Annotated[
        Path, typer.Argument(help="The experiment, a YAML file.", show_default=False)
    ],
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="Where to write it. [default: NAME.html]"),
    ] = None,
    lang: Annotated[
        str, typer.Option(help="Language it opens in: en or zh. Both are in it.")
    ] = "en",
    recipe: Annotated[
        str | None,
        typer.Option(
            help='Where it opens, e.g. "grind_um=300,time_s=500". '
            "Default, also for knobs left out: the first start of the config."
        ),
    ] = None,
) -> int:
    """Write one HTML file in which the cup's graph can be watched, stepped through and tuned.

    It needs no network and no server: the model, its gradient and the optimizers' rules are in it, as
    JavaScript that the engine wrote.
    """
    from simulator.cli.paging import write_page

    return write_page(config, out, lang, recipe)
