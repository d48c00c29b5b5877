"""``simulator export RESULTS``: results as CSV, JSON lines or Parquet."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def command(
    folder: Annotated[Path, typer.Argument(help="A results folder.", show_default=False)],
    kind: Annotated[
        str, typer.Option("--format", metavar="csv|jsonl|parquet", help="What to write.")
    ] = "csv",
    out: Annotated[
        Path | None,
        typer.Option(
            help="The file to write; an existing one is replaced. Default: standard output."
        ),
    ] = None,
    traces: Annotated[
        bool, typer.Option("--traces", help="One row per evaluation instead of one per run.")
    ] = False,
) -> int:
    """Write the runs of a results folder, one row each. Exit status 2 if some were damaged."""
    from simulator.cli.showing import write_export

    return write_export(folder, kind, out, traces=traces)
