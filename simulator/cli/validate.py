"""``simulator validate CONFIG...``: check configs without running them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def command(
    configs: Annotated[
        list[Path], typer.Argument(help="Experiments, YAML files.", show_default=False)
    ],
) -> int:
    """Check each CONFIG and report every fault with its line, without running anything."""
    from simulator.errors import InputError
    from simulator.experiment.config import load

    status = 0
    for config in configs:
        try:
            experiment = load(config)
        except InputError as error:
            typer.echo(str(error), err=True)
            status = error.exit_code
        else:
            typer.echo(f"{config}: good, experiment {experiment.name}")
    return status
