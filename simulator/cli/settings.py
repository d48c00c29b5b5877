"""The options with which several verbs change a config: ``--set`` and ``--sweep``."""

from __future__ import annotations

from typing import Annotated

import typer

Sets = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        "-s",
        metavar="KEY=VALUE",
        help="Change one setting, such as optimizers.0.learning_rate=0.1. May be repeated.",
        show_default=False,
    ),
]

Sweeps = Annotated[
    list[str] | None,
    typer.Option(
        "--sweep",
        metavar="KEY=VALUES",
        help="Vary a setting: key=1,2,3 or key=log(1e-3,1,7); 'a=1,2;b=3,4' varies two together. "
        "Repeated, each value is tried with each.",
        show_default=False,
    ),
]
