"""``simulator dial-chart CONFIG``: which way to turn grind and time, as a figure and a table."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def command(
    config: Annotated[
        Path, typer.Argument(help="The experiment, a YAML file.", show_default=False)
    ],
    recipe: Annotated[
        str | None,
        typer.Option(
            help='The cup to chart, e.g. "grind_um=800,time_s=240". '
            "Default, also for knobs left out: the first start of the config."
        ),
    ] = None,
    out: Annotated[Path, typer.Option(help="Folder for the figure.")] = Path("results/dial-chart"),
    lang: Annotated[str, typer.Option(help="Language: en or zh.")] = "en",
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> int:
    """Draw the cup on the brewing control chart: segments' scores, the gradient, what keeps the taste.

    Beside it the plane of grind and time with the lines of equal extraction and of equal taste, and a
    table: which grind makes up for a longer or a shorter brew.
    """
    from simulator.cli.dial_charting import dial_chart

    return dial_chart(config, recipe, out, lang, as_json=json)
