"""``simulator explain CONFIG``: the story of a cup, forward and backward."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def command(
    config: Annotated[
        Path, typer.Argument(help="The experiment, a YAML file.", show_default=False)
    ],
    lang: Annotated[str, typer.Option(help="Language: en or zh.")] = "en",
    recipe: Annotated[
        str | None,
        typer.Option(
            help='Where the story starts, e.g. "grind_um=300,time_s=500,milk_g=0,sugar_g=0". '
            "Default, also for knobs left out: the first start of the config."
        ),
    ] = None,
    steps: Annotated[
        int,
        typer.Option("--steps", "--iterations", help="Steps of gradient descent.", min=0, max=1000),
    ] = 1,
    learning_rate: Annotated[
        float | None,
        typer.Option(help="How big a change one dares, in the box scaled to 0-1. [default: 0.02]"),
    ] = None,
    format: Annotated[str, typer.Option(help="text, markdown or json.")] = "text",  # noqa: A002
    trace: Annotated[
        bool, typer.Option("--trace", help="Name the node of the graph and its line of source.")
    ] = False,
) -> int:
    """Tell the story of a cup: brewed forward, judged, blamed backward, improved, and brewed again.

    Every number comes from the graph's values and adjoints; every suggestion is checked by brewing.
    """
    from simulator.cli.explaining import Wanted, explain

    return explain(config, Wanted(lang, recipe, steps, learning_rate, format, trace))
