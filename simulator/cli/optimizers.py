"""``simulator optimizers``: what can be named in a config, and whether it keeps its promises."""

from __future__ import annotations

from typing import Annotated

import typer


def command(
    name: Annotated[
        str, typer.Argument(help="One optimizer, to see its options.", show_default=False)
    ] = "",
    check: Annotated[
        bool,
        typer.Option("--check", help="Run the conformance test on NAME. Runs its package's code."),
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> int:
    """List every optimizer that a config can name, or the options of NAME.

    Other packages offer theirs by the entry-point group simulator.optimizers. With --check, ends with
    exit status 1 if the optimizer breaks a promise: bounds, budget, counting, determinism, honesty.
    """
    from simulator.cli.optimizer_listing import check_optimizer, show_optimizer, show_optimizers

    if check:
        return check_optimizer(name, as_json=json)
    if name:
        return show_optimizer(name, as_json=json)
    return show_optimizers(as_json=json)
