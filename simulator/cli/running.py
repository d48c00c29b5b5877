"""What ``simulator run`` does, and what it says meanwhile."""

from __future__ import annotations

import json
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from simulator.cli.verdict_text import show_verdict
from simulator.errors import RunFailed
from simulator.experiment.config import load
from simulator.experiment.problem import Problem
from simulator.experiment.runs import Task, expected_runs, run_missing
from simulator.experiment.store import Store, open_store
from simulator.experiment.verdict import as_json as verdict_json
from simulator.experiment.verdict import judge


def run_experiment(config: Path, out: Path | None, *, as_json: bool, figures: bool) -> int:
    """Run the experiment in ``config``; return the exit status."""
    experiment = load(config)
    problem = Problem(experiment)
    # With --json standard output carries the object and nothing else.
    console = Console(stderr=as_json, highlight=False)
    with open_store(
        experiment.resolved(),
        name=experiment.name,
        seed=experiment.seed,
        expected_runs=expected_runs(experiment),
        dialect=problem.dialect,
        out=out,
    ) as store:
        for damage in store.discard_damaged():
            console.print(f"computed afresh, because it was damaged: {damage}")
        _run(problem, store, console)
        store.finish()
        return _report(problem, store, console, as_json, figures)


def _run(problem: Problem, store: Store, console: Console) -> None:
    if not console.is_terminal:
        run_missing(
            problem, store, lambda task, runs, cached: console.print(_line(task, runs, cached))
        )
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True) as progress:
        bar = progress.add_task("brewing", total=expected_runs(problem.experiment))

        def told(task: Task, runs: int, cached: bool) -> None:
            progress.update(bar, description=task.choice.label, advance=runs)

        run_missing(problem, store, told)


def _line(task: Task, runs: int, cached: bool) -> str:
    what = "were already there" if cached else "done"
    return f"{task.choice.label}: {runs} runs {what}"


def _report(problem: Problem, store: Store, console: Console, to_json: bool, figures: bool) -> int:
    verdict = judge(problem, store.results.runs())
    if verdict is None:
        raise RunFailed(
            f"{store.folder}: no verdict: every run of ours, or every run of scipy's, failed; "
            "the results say why"
        )
    if figures:
        _draw(problem, store, console)
    show_verdict(console, problem, verdict, store.folder)
    if to_json:
        hashed = store.results.manifest.config_hash[:16]
        print(json.dumps(verdict_json(problem, hashed, verdict), indent=2, allow_nan=False))
    return 0 if verdict.agrees and not verdict.failed else 1


def _draw(problem: Problem, store: Store, console: Console) -> None:
    from simulator.cli.drawing import draw_figures

    draw_figures(problem, store.results)
