"""``simulator run CONFIG``: the main job."""

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
        typer.Option(help="Folder for the results. Default: a dated one under results/."),
    ] = None,
    json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object on standard output.")
    ] = False,
    figures: Annotated[bool, typer.Option(help="Draw the figures, too.")] = True,
    allow_code: Annotated[
        bool,
        typer.Option(
            "--allow-code",
            help="Run the function that CONFIG names under problem. It can do whatever you can.",
        ),
    ] = False,
) -> int:
    """Tune the recipe of CONFIG with every optimizer, and check the best against scipy's best.

    Ends with exit status 0 if they agree, 1 if they do not or a run failed.
    """
    from simulator.cli.running import run_experiment

    return run_experiment(config, out, as_json=json, figures=figures, allow_code=allow_code)
