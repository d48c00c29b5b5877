"""What ``simulator show``, ``ls`` and ``export`` print."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from itertools import chain, islice
from pathlib import Path
from typing import TextIO

import typer
from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from simulator.cli import terminal
from simulator.cli.sweep_text import outcome_of, show_points
from simulator.cli.verdict_text import show_verdict
from simulator.errors import InputError
from simulator.experiment.faults import printable
from simulator.experiment.origins import annotated
from simulator.experiment.results import Results, open_results
from simulator.experiment.results_folder import refuse_files_of_results
from simulator.experiment.study import load_study
from simulator.experiment.verdict import judge
from simulator.running.by_point import by_point
from simulator.running.exporting import FORMATS, rows, write_csv, write_jsonl, write_parquet
from simulator.running.listing import Listed, listed
from simulator.running.plan import Plan, plan_of


def show_config(config: Path, sets: Sequence[str], sweeps: Sequence[str]) -> int:
    """Print the resolved config with the origin of every setting."""
    typer.echo(annotated(load_study(config, sets, sweeps)), nl=False)
    return 0


def show_results(folder: Path) -> int:
    """Print what a results folder holds: how much, what was found, what is damaged."""
    console = terminal.console()
    with open_results(folder) as results:
        plan = plan_of(results)
        manifest = results.manifest
        computed = f"simulator {manifest.simulator}, NumPy {manifest.numpy}, SciPy {manifest.scipy}"
        typer.echo(f"{manifest.name}: {results.progress()}, started {manifest.started}, {computed}")
        damage = results.damage()
        for item in damage:
            typer.echo(f"damaged: {results.path}: {printable(str(item))}", err=True)
        if damage:
            typer.echo(results.way_out, err=True)
        _show_found(console, plan, results)
    return 2 if damage else 0


def _show_found(console: Console, plan: Plan, results: Results) -> None:
    if plan.study.axes:
        show_points(console, plan, outcome_of(by_point(plan, results)), results.folder)
        return
    problem = plan.shelf.problem(plan.study.first)
    # A function's ranges would run its code.
    runs = results.runs(skip_damaged=True)
    verdict = judge(problem, runs, near_optimal=problem.is_coffee)
    if verdict is None:
        console.print("no verdict yet: no usable run of ours, or of scipy's")
    else:
        show_verdict(console, problem, verdict, results.folder)


def show_list(root: Path, *, as_json: bool) -> int:
    """Print a line per results folder."""
    found = list(listed(root))
    if as_json:
        typer.echo(json.dumps([_as_json(item) for item in found], indent=2))
    elif not found:
        typer.echo(f"{root}: no results folders")
    else:
        terminal.console().print(_listing(found))
    for item in found:
        if item.trouble:
            typer.echo(f"damaged: {printable(item.trouble, 2000)}", err=True)
    return 2 if any(item.trouble for item in found) else 0


def _listing(found: Sequence[Listed]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), show_edge=False)
    table.add_column("folder", overflow="fold")
    table.add_column("state")
    for column in ("best score", "failed"):
        table.add_column(column, justify="right")
    for item in found:
        best = f"{item.best[1]:.6f} ({item.best[0]})" if item.best else ""
        table.add_row(
            escape(str(item.folder)),
            _state(item),
            escape(printable(best)),
            str(item.failed or ""),
            style="red" if item.trouble else None,
        )
    return table


def _state(item: Listed) -> str:
    if item.progress is None:
        return "damaged"
    return f"{item.progress}{', damaged' * bool(item.trouble)}"


def _as_json(item: Listed) -> dict[str, object]:
    progress = item.progress
    return {
        "folder": str(item.folder),
        "name": item.name,
        "done": progress.done if progress else None,
        "expected": progress.expected if progress else None,
        "complete": bool(progress and progress.complete and not item.trouble),
        "failed": item.failed,
        "best": {"optimizer": item.best[0], "score": item.best[1]} if item.best else None,
        "started": item.started or None,
        "trouble": item.trouble or None,
    }


def write_export(folder: Path, kind: str, out: Path | None, *, traces: bool) -> int:
    """Write the rows of a folder; say on standard error what was damaged or is missing."""
    if kind not in FORMATS:
        raise InputError(f"--format {kind}: expected {', '.join(FORMATS)}")
    if kind == "parquet" and out is None:
        raise InputError("--format parquet: it is no text; name a file with --out")
    if out is not None:
        _refuse_no_place(out)
        refuse_files_of_results(out)
    told: list[str] = []
    # Closed while the results still are open, also where nobody reads on.
    with open_results(folder) as results, closing(rows(results, traces, told.append)) as table:
        # Before a file is replaced, because results that cannot be read end here.
        whole = chain(list(islice(table, 1)), table)
        if kind == "parquet":
            assert out is not None
            count = write_parquet(whole, out)
        else:
            write = write_csv if kind == "csv" else write_jsonl
            with _text_file(out) as file:
                count = write(whole, file)
        for damage in told:
            typer.echo(f"left out: {printable(damage, 2000)}", err=True)
        if told:
            typer.echo(results.way_out, err=True)
        typer.echo(f"{count} rows; {results.progress()}", err=True)
    return 2 if told else 0


def _refuse_no_place(out: Path) -> None:
    if out.is_dir():
        raise InputError(f"--out {out}: this is a folder; name a file in it")
    if not out.parent.is_dir():
        raise InputError(f"--out {out}: there is no folder {out.parent}; make it, or name another")


@contextmanager
def _text_file(out: Path | None) -> Iterator[TextIO]:
    if out is None:
        yield sys.stdout
        return
    with out.open("w", encoding="utf-8", newline="") as file:
        yield file
