"""``simulator schema``: what a config can hold, for editors and for people."""

from __future__ import annotations

import json
from typing import Annotated

import typer


def command(
    fields: Annotated[
        bool, typer.Option("--fields", help="A table for people instead of JSON Schema.")
    ] = False,
    section: Annotated[
        str | None, typer.Option(help="With --fields: one section alone, such as brew.")
    ] = None,
) -> None:
    """Print the JSON Schema of experiment configs, with which editors complete and check them."""
    if fields or section is not None:
        from simulator.cli.field_table import show_fields

        show_fields(section)
        return
    from simulator.experiment.schema import json_schema

    typer.echo(json.dumps(json_schema(), indent=2, ensure_ascii=False))
