"""``simulator run CONFIG``: the main job."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from simulator.cli.settings import Sets, Sweeps


def command(
    config: Annotated[
        Path, typer.Argument(help="The experiment, a YAML file.", show_default=False)
    ],
    sets: Sets = None,
    sweeps: Sweeps = None,
    out: Annotated[
        Path | None,
        typer.Option(
            help="Folder for the results; given again, what is missing there is done. "
            "Default: a dated one under results/."
        ),
    ] = None,
    jobs: Annotated[
        int, typer.Option("--jobs", "-j", min=0, help="Processes; 0 for one per core.")
    ] = 1,
    dask: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS", help="Compute on Dask: tcp://host:port of a scheduler, or local."
        ),
    ] = None,
    shard: Annotated[
        str | None,
        typer.Option(
            metavar="K/N", help="Do only the K-th of N shares; simulator merge joins them."
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say how much work it is, and do none of it.")
    ] = False,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Say nothing but results and errors.")
    ] = False,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Say what is stored as it is stored.")
    ] = False,
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

    Finished runs are never computed again. Ctrl-C once stores what is under way and stops, twice
    stops at once. Ends with exit status 0 if all agree, 1 if not or a run failed.
    """
    from simulator.cli.request import Request
    from simulator.cli.running import run_study

    request = Request(
        config=config,
        sets=tuple(sets or ()),
        sweeps=tuple(sweeps or ()),
        out=out,
        jobs=jobs,
        dask=dask,
        shard=shard,
        loudness=-1 if quiet else int(verbose),
        as_json=json,
        figures=figures,
        allow_code=allow_code,
    )
    if dry_run:
        from simulator.cli.forecasting import foretell

        return foretell(request)
    return run_study(request)
