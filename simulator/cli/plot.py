"""``simulator plot DIR``: draw the figures of a results folder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def command(
    folder: Annotated[
        Path | None, typer.Argument(help="A results folder.", show_default=False)
    ] = None,
    names: Annotated[
        list[str] | None, typer.Argument(help="Figures; all of them unless named.", metavar="NAME")
    ] = None,
    listing: Annotated[
        bool, typer.Option("--list", help="List the figures that there are, and what they show.")
    ] = False,
    lang: Annotated[str, typer.Option(help="Language of the figures: en or zh.")] = "en",
) -> None:
    """Draw the figures of a results folder again, as PNG and SVG, into its folder figures/."""
    from simulator.cli.plotting import list_figures, plot_figures
    from simulator.errors import InputError

    if listing:
        list_figures(folder, lang)
    elif folder is None:
        raise InputError("plot: a results folder is missing; --list lists the figures there are")
    else:
        plot_figures(folder, names or [], lang)
