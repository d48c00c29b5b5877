"""``simulator parameters``: every number of the taste model and where it comes from."""

from __future__ import annotations

from typing import Annotated

import typer


def command(
    origin: Annotated[
        str | None, typer.Option(help="Only those read, fitted or chosen. [default: all]")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> int:
    """List every number of the taste model: value, unit, whether read, fitted or chosen, and source."""
    from simulator.cli.provenance import show_parameters

    return show_parameters(origin, as_json=json)
