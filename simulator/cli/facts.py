"""``simulator facts``: what the model must reproduce, and whether it does."""

from __future__ import annotations

from typing import Annotated

import typer


def command(
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> int:
    """Hold the taste model against published facts: target, what the model gives, source.

    Ends with exit status 1 if any fact fails.
    """
    from simulator.cli.provenance import show_facts

    return show_facts(as_json=json)
