"""What ``simulator run`` does, and what it says meanwhile."""

from __future__ import annotations

import json
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from simulator.cli import terminal
from simulator.cli.verdict_text import show_verdict
from simulator.errors import RunFailed
from simulator.experiment.config import load
from simulator.experiment.problem import Problem, problem_of
from simulator.experiment.runs import Task, expected_runs, run_missing
from simulator.experiment.store import Store, open_store
from simulator.experiment.verdict import as_json as verdict_json
from simulator.experiment.verdict import judge


def run_experiment(
    config: Path, out: Path | None, *, as_json: bool, figures: bool, allow_code: bool = False
) -> int:
    """Run the experiment in ``config``; return the exit status."""
    experiment = load(config)
    problem = problem_of(experiment, config, allow_code=allow_code)
    # Standard output carries the result; what happens meanwhile goes to standard error.
    console, aside = terminal.console(stderr=as_json), terminal.console(stderr=True)
    with open_store(
        experiment.resolved(),
        name=experiment.name,
        seed=experiment.seed,
        expected_runs=expected_runs(experiment),
        dialect=problem.dialect,
        out=out,
    ) as store:
        for damage in store.discard_damaged():
            aside.print(f"computed afresh, because it was damaged: {damage}")
        try:
            _run(problem, store, aside)
        except KeyboardInterrupt:
            aside.print(
                f"interrupted: {store.results.progress()}. To go on: "
                f"simulator run {config} --out {store.folder}",
                soft_wrap=True,
            )
            raise
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
        raise RunFailed(f"{store.folder}: no verdict: {_why_no_verdict(problem, store)}")
    if figures:
        _draw(problem, store, console)
    show_verdict(console, problem, verdict, store.folder)
    if to_json:
        hashed = store.results.manifest.config_hash[:16]
        print(json.dumps(verdict_json(problem, hashed, verdict), indent=2, allow_nan=False))
    return 0 if verdict.agrees and not verdict.failed else 1


def _why_no_verdict(problem: Problem, store: Store) -> str:
    if all(choice.solver.family == "scipy" for choice in problem.experiment.optimizers):
        return "there is none of our own optimizers to check; add one, such as adam, to optimizers"
    errors = sorted({f"{run.optimizer}: {run.error}" for run in store.results.runs() if run.error})
    return "every run of ours, or of scipy's, failed:\n  " + "\n  ".join(errors)


def _draw(problem: Problem, store: Store, console: Console) -> None:
    from simulator.cli.drawing import draw_figures, left_out

    draw_figures(problem, store.results)
    for note in left_out(problem):
        console.print(note)
