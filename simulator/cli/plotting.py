"""What ``simulator plot`` does, and what it says meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import typer
from rich import box
from rich.table import Table

from simulator.cli import terminal
from simulator.errors import ResultsError
from simulator.experiment.config import experiment_from
from simulator.experiment.problem import Problem
from simulator.experiment.results import open_results
from simulator.explain import Catalogue, catalogue
from simulator.report import (
    PICTURES,
    Material,
    checked_names,
    draw_pictures,
    drawable,
    lacking,
    material_of,
)


def plot_figures(folder: Path, names: Sequence[str], lang: str) -> None:
    """Draw the named figures, or all, and print their files; what cannot be drawn is said aside.

    Raises:
        InputError: an unknown language or figure, or a named one that the experiment cannot have.
        ResultsError: unusable results, or no run with a score yet.
    """
    wanted = checked_names(names or PICTURES)
    messages, note = drawable(lang)
    with open_results(folder) as results:
        material = _material(folder, messages)
        progress = results.progress()
        if not progress.complete:
            typer.echo(f"{folder}: unfinished, {progress}", err=True)
        missing = lacking(material, wanted)
        if names and len(missing) == len(wanted):
            raise ResultsError(f"{folder}: {_told(missing)}")
        with terminal.waiting("drawing"):
            drawn = draw_pictures(material, results.figures, wanted)
        if not drawn:
            raise ResultsError(f"{folder}: there is nothing to draw yet, {progress}")
    if note:
        typer.echo(note, err=True)
    for path in drawn:
        typer.echo(str(path))
    if missing:
        typer.echo(f"not drawn: {_told(missing)}", err=True)


def list_figures(folder: Path | None, lang: str) -> None:
    """Print every figure with what it shows; of a results folder also which it cannot have, and why."""
    messages = catalogue(lang)
    missing = lacking(_material(folder, messages)) if folder else {}
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), show_edge=False)
    table.add_column(messages.say("picture_list.figure"), no_wrap=True)
    table.add_column(messages.say("picture_list.shows"))
    if missing:
        table.add_column(messages.say("picture_list.missing"))
    for name in PICTURES:
        row = [name, messages.say(f"picture.{name}")]
        table.add_row(*row, *([missing.get(name, "")] if missing else []))
    terminal.console().print(table)


def _material(folder: Path, messages: Catalogue) -> Material:
    with open_results(folder) as results:
        problem = Problem(experiment_from(results.config, str(folder)))
        return material_of(problem, results, messages)


def _told(missing: dict[str, str]) -> str:
    reasons: dict[str, list[str]] = {}
    for name, reason in missing.items():
        reasons.setdefault(reason, []).append(name)
    return "; ".join(f"{', '.join(names)}: {reason}" for reason, names in reasons.items())
