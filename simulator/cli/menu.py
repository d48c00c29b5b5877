"""``simulator menu CONFIG``: few recipes for many customers."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def command(
    config: Annotated[
        Path, typer.Argument(help="The experiment, a YAML file.", show_default=False)
    ],
    k: Annotated[int, typer.Option("-k", "--recipes", help="How many recipes, 1 to 8.")] = 3,
    people: Annotated[
        int, typer.Option(help="Split each segment with milk or sugar into so many people.")
    ] = 1,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> int:
    """Choose k recipes so that the customers of CONFIG, each with their favourite, are served best.

    Ends with exit status 1 if scipy or an exhaustive search on a grid finds a better menu.
    """
    from simulator.cli.menu_choosing import choose

    return choose(config, k, people, as_json=json)
