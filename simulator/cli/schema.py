"""``simulator schema``: the JSON Schema of configs, for editors."""

from __future__ import annotations

import json

import typer


def command() -> None:
    """Print the JSON Schema of experiment configs, with which editors complete and check them."""
    from simulator.experiment.schema import json_schema

    typer.echo(json.dumps(json_schema(), indent=2, ensure_ascii=False))
