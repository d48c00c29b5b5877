"""The end of a run in words and tables."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from simulator.cli.proof_text import proof_sentence
from simulator.cli.terminal import gap_of
from simulator.coffee import RANGES
from simulator.experiment.problem import Problem
from simulator.experiment.verdict import MARGIN, Summary, Verdict

#: Decimals that matter at the counter.
_DECIMALS = {"grind_um": 0, "time_s": 0, "temperature_c": 1}


def show_verdict(console: Console, problem: Problem, verdict: Verdict, folder: Path) -> None:
    """Print the table of optimizers, the verdict, the recipes and where the results are."""
    unit = _unit(problem)
    console.print(_optimizers(problem, verdict, gap_of(console)))
    console.print(_legend(verdict), style="dim")
    console.print(_sentence(verdict, unit))
    proof = proof_sentence(problem, verdict, unit)
    if proof:
        console.print(proof)
    console.print(_recipes(problem, verdict, unit))
    for note in _notes(problem, verdict):
        console.print(note)
    console.print(f"results: {escape(str(folder))}", soft_wrap=True)


def _unit(problem: Problem) -> str:
    if not problem.is_coffee:
        return ""
    return " points" if problem.perfect == 9.0 else " of the customers"


def _optimizers(problem: Problem, verdict: Verdict, gap: int) -> Table:
    table = Table(
        title=f"{problem.experiment.name}: {_goal(problem)}",
        title_justify="left",
        box=box.SIMPLE_HEAD,
        padding=(0, gap, 0, 0),
        show_edge=False,
    )
    table.add_column("optimizer", no_wrap=True)
    for column in ("best", "median", "found", "f", "g", "H", "s"):
        table.add_column(column, justify="right", no_wrap=True)
    table.add_column("ended")
    for summary in verdict.summaries:
        table.add_row(*_row(problem, summary), style=None if summary.is_ours else "dim")
    return table


def _legend(verdict: Verdict) -> str:
    return (
        f"found: runs within {verdict.tolerance:g} of the best known; f, g, H: values, gradients, "
        "Hessians asked for (median run); s: seconds for all runs."
    )


def _goal(problem: Problem) -> str:
    objective = problem.experiment.objective
    if not problem.is_coffee:
        return f"{problem.experiment.problem}, minimised"
    if objective.kind == "mean-score":
        return "mean score of the customers, 1 to 9"
    return f"share of customers who score above {objective.threshold:g}"


def _row(problem: Problem, summary: Summary) -> list[str]:
    best = summary.best
    ended = Counter(_ending(run.status) for run in summary.runs)
    return [
        best.optimizer if summary.is_ours else f"scipy {best.optimizer}",
        _score(problem, best.score),
        _score(problem, summary.median_score),
        f"{summary.reached}/{len(summary.runs)}",
        _count(summary, "value_count"),
        _count(summary, "gradient_count"),
        _count(summary, "hessian_count"),
        f"{sum(run.wall_s for run in summary.runs):.1f}",
        ", ".join(f"{count} {ending}" for ending, count in ended.most_common()),
    ]


def _ending(status: str) -> str:
    return "converged" if status.startswith("converged") else status


def _count(summary: Summary, name: str) -> str:
    counts = sorted(getattr(run, name) for run in summary.runs)
    return f"{counts[len(counts) // 2]}"


def _sentence(verdict: Verdict, unit: str) -> str:
    ours, scipys = verdict.ours.optimizer, verdict.reference.optimizer
    whose = "Our" if verdict.hand_written else "The tested"
    word = "[bold green]agree[/]" if verdict.agrees else "[bold red]disagree[/]"
    size = abs(verdict.gap)
    if size <= verdict.tolerance:
        how = f"differ by {size:.1e}{unit}"
    elif verdict.gap < 0:
        how = f"differ by {size:.2g}{unit}, in favour of ours: scipy's methods missed it"
    else:
        how = f"differ by {size:.2g}{unit}, in favour of scipy's"
    return (
        f"verdict: {word}. {whose} best ({ours}) and scipy's best ({scipys}) {how}; "
        f"allowed is {verdict.tolerance:g}."
    )


def _recipes(problem: Problem, verdict: Verdict, unit: str) -> Table:
    """One row per knob: both recipes, and how far one may stray."""
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), show_edge=False)
    table.add_column("recipe", no_wrap=True)
    for column in ("ours", "scipy's", f"within {MARGIN:g}{unit} of the best"):
        table.add_column(column, justify="right")
    if verdict.shortest is not None:
        table.add_column("shortest brew", justify="right")
    ranges = {r.knob: f"{_value(r.knob, r.low)} – {_value(r.knob, r.high)}" for r in verdict.ranges}
    for knob, value in verdict.ours.recipe.items():
        row = [
            _value(knob, value),
            _value(knob, verdict.reference.recipe[knob]),
            ranges.get(knob, ""),
        ]
        if verdict.shortest is not None:
            row.append(_value(knob, verdict.shortest[knob]))
        table.add_row(_heading(knob), *row)
    scores = [_score(problem, run.score) for run in (verdict.ours, verdict.reference)]
    table.add_row("score" if problem.is_coffee else "value", *scores)
    return table


def _notes(problem: Problem, verdict: Verdict) -> list[str]:
    notes = []
    if problem.experiment.noise is not None:
        count = problem.experiment.noise.customers_per_cup
        notes.append(
            f"Each cup was scored by {count} random customers; recipes are judged by the mean over "
            f"all customers, and scipy's methods, which cannot bear noise, saw that mean: "
            f"hence the wide tolerance of {verdict.tolerance:g}."
        )
    best = max(verdict.ours.score, verdict.reference.score)
    ended = [(s, s.lesser(best - 100 * verdict.tolerance)) for s in verdict.summaries]
    lesser = [f"{s.best.optimizer} {len(low)} (near {low[0]:.3f})" for s, low in ended if low]
    if lesser and problem.experiment.noise is None:
        notes.append(f"Runs that converged to a lesser optimum: {', '.join(lesser)}.")
    if {"milk_g", "sugar_g"} & set(problem.knobs):
        notes.append(
            "How much milk and sugar change the taste is chosen from the literature's direction, "
            "not measured: trust grind and time more."
        )
    return notes


def _heading(knob: str) -> str:
    if knob not in RANGES:
        return knob
    return f"{knob.rpartition('_')[0]} ({RANGES[knob].unit})"


def _score(problem: Problem, score: float) -> str:
    """A score, or the value of a function, whose score is its negative."""
    return f"{score:.6f}" if problem.is_coffee else f"{0.0 - score:.6g}"


def _value(knob: str, value: float) -> str:
    if knob not in RANGES:
        return f"{value:.6g}"
    return f"{value:.{_DECIMALS.get(knob, 1)}f}"
