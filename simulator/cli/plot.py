"""``simulator plot DIR``: draw the figures of a results folder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def command(
    folder: Annotated[Path, typer.Argument(help="A results folder.", show_default=False)],
) -> None:
    """Draw the figures of a results folder again, as PNG and SVG, into its folder figures/."""
    from simulator.cli.drawing import draw_figures
    from simulator.errors import ResultsError
    from simulator.experiment.config import experiment_from
    from simulator.experiment.problem import Problem
    from simulator.experiment.results import open_results

    with open_results(folder) as results:
        problem = Problem(experiment_from(results.config, str(folder)))
        progress = results.progress()
        if not progress.complete:
            typer.echo(f"{folder}: unfinished, {progress}", err=True)
        drawn = draw_figures(problem, results)
        if not drawn:
            raise ResultsError(f"{folder}: there is nothing to draw yet, {progress}")
        for path in drawn:
            typer.echo(str(path))
