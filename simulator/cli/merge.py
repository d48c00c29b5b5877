"""``simulator merge``: the shares of one study in one folder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def command(
    folders: Annotated[
        list[Path], typer.Argument(help="Results folders of one config.", show_default=False)
    ],
    out: Annotated[Path, typer.Option(help="The folder for the whole.", show_default=False)],
) -> int:
    """Join the results in FOLDERS, such as those of `run --shard`; they stay as they are."""
    from simulator.running.merging import merge

    merged = merge(folders, out)
    for folder, taken in zip(folders, merged.taken, strict=True):
        typer.echo(f"{folder}: {taken} runs taken")
    for damage in merged.left_out:
        typer.echo(f"left out: {damage}", err=True)
    typer.echo(f"{out}: {merged.progress}")
    return 2 if merged.left_out else 0
