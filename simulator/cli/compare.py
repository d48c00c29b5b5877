"""``simulator compare``: which optimizer needs least, told fairly."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def command(
    what: Annotated[
        list[Path] | None,
        typer.Argument(help="Configs to race on, or folders of results.", show_default=False),
    ] = None,
    suite: Annotated[
        str | None,
        typer.Option(help="Run a ready-made comparison: quick (minutes) or full (an hour)."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            "-o",
            help="Folder for results and page; given again, what is missing there is done. "
            "Default: results/compare-quick and the like.",
        ),
    ] = None,
    jobs: Annotated[
        int, typer.Option("--jobs", "-j", min=0, help="Processes; 0 for one per core.")
    ] = 0,
    optimizers: Annotated[
        str,
        typer.Option(
            help="Race these alone: names joined by commas. Default: those of the suite, or of the configs."
        ),
    ] = "",
    cost: Annotated[
        str | None,
        typer.Option(
            help="What calls cost: calls, visits, operations, differences, or three prices such as 1,2,10. "
            "Default: calls; cups where all customers are noisy."
        ),
    ] = None,
    gap: Annotated[
        float | None,
        typer.Option(
            help="The target that tables are about: 0.1, 0.01, ... 1e-8. Default: 1e-8; 0.05 where all "
            "customers are noisy."
        ),
    ] = None,
    page: Annotated[bool, typer.Option(help="Write the page, comparison.html.")] = True,
    parquet: Annotated[
        bool, typer.Option("--parquet", help="Write Parquet beside CSV; needs pyarrow.")
    ] = False,
    allow_code: Annotated[
        bool,
        typer.Option(
            "--allow-code",
            help="Run the functions that configs name under problem. They can do whatever you can.",
        ),
    ] = False,
) -> int:
    """Compare optimizers by what they spend to come within fixed targets.

    With --suite, or with configs, runs what is missing and stores it; with folders of results, tells
    what they hold, side by side. Writes tables (CSV) and one self-contained page.
    """
    from simulator.cli.comparing import Request, compare

    names = tuple(name.strip() for name in optimizers.split(",") if name.strip())
    return compare(
        Request(tuple(what or ()), suite, out, jobs, names, cost, gap, page, parquet, allow_code)
    )
