"""``simulator certify CONFIG``: prove that no better recipe exists, or check such a proof."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def command(
    config: Annotated[
        Path | None,
        typer.Argument(
            help="The experiment, a YAML file; may be left out with --verify.", show_default=False
        ),
    ] = None,
    within: Annotated[
        float, typer.Option(help="Tolerance of the proof, in the objective's own unit.")
    ] = 0.001,
    seconds: Annotated[float, typer.Option(min=0.0, help="Stop after so many seconds.")] = 600.0,
    boxes: Annotated[int, typer.Option(min=1, help="Stop after so many boxes.")] = 50_000_000,
    memory_mb: Annotated[
        float, typer.Option(min=1.0, help="Stop when the boxes take so much memory.")
    ] = 2000.0,
    checkpoint: Annotated[
        Path | None,
        typer.Option(help="Keep progress in this file, and go on from it if it exists."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(help="The certificate. Default: results/certificates/NAME.json"),
    ] = None,
    verify: Annotated[
        Path | None, typer.Option(help="Check this certificate instead of making one.")
    ] = None,
    json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object on standard output.")
    ] = False,
    allow_code: Annotated[
        bool,
        typer.Option(
            "--allow-code",
            help="Run the function that CONFIG names under problem. It can do whatever you can.",
        ),
    ] = False,
) -> int:
    """Prove that no recipe in CONFIG's box beats the best known one by more than a tolerance.

    Ends with exit status 0 if it is proved, 1 if only a bracket was reached or a certificate is refuted,
    2 if something given cannot be used. With noise the proof is about the mean over all customers.
    """
    from simulator.certify import Budget, Plan
    from simulator.cli.certifying import certify_config, verify_file

    if verify is not None:
        return verify_file(verify, config, as_json=json, allow_code=allow_code)
    if config is None:
        raise typer.BadParameter("give a CONFIG to certify, or --verify FILE to check a proof")
    budget = Budget(boxes, seconds, memory_mb)
    plan = Plan(within, budget, checkpoint=checkpoint)
    return certify_config(config, plan, out, as_json=json, allow_code=allow_code)
