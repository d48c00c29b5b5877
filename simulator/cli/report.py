"""``simulator report DIR``: one page that holds all of an experiment."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def command(
    folder: Annotated[Path, typer.Argument(help="A results folder.", show_default=False)],
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", "-o", help="The HTML file, or a folder for it. Default: DIR/report.html."
        ),
    ] = None,
    lang: Annotated[str, typer.Option(help="Language of the report: en or zh.")] = "en",
) -> None:
    """Write the report of a results folder: one HTML file with recipe card, verdict, tables, figures.

    It needs nothing beside itself, and prints to paper or PDF.
    """
    from simulator.cli.terminal import waiting
    from simulator.experiment.results import open_results
    from simulator.explain import catalogue
    from simulator.report import write_report

    with open_results(folder) as results, waiting("drawing"):
        path = write_report(results, catalogue(lang), out or folder)
    typer.echo(str(path))
