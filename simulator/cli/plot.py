"""``simulator plot DIR``: draw the figures of a results folder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def command(
    folder: Annotated[Path, typer.Argument(help="A results folder.", show_default=False)],
    lang: Annotated[str, typer.Option(help="Language of the figures: en or zh.")] = "en",
) -> None:
    """Draw the figures of a results folder again, as PNG and SVG, into its folder figures/."""
    from simulator.cli.drawing import draw_figures, left_out
    from simulator.cli.figure_language import drawable, figure_words
    from simulator.errors import ResultsError
    from simulator.experiment.config import experiment_from
    from simulator.experiment.problem import Problem
    from simulator.experiment.results import open_results

    messages, note = drawable(lang)
    with open_results(folder) as results:
        problem = Problem(experiment_from(results.config, str(folder)))
        progress = results.progress()
        if not progress.complete:
            typer.echo(f"{folder}: unfinished, {progress}", err=True)
        drawn = draw_figures(problem, results, figure_words(messages))
        if not drawn:
            raise ResultsError(f"{folder}: there is nothing to draw yet, {progress}")
        if note:
            typer.echo(note, err=True)
        for path in drawn:
            typer.echo(str(path))
        for note in left_out(problem):
            typer.echo(note, err=True)
