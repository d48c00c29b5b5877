"""The end of a sweep: a row per point."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from simulator.running.by_point import PointResult
from simulator.running.plan import Plan

_SHOWN = 30


def show_points(console: Console, plan: Plan, found: Sequence[PointResult], folder: Path) -> None:
    """Print what was found at each point, the best first if there are many, and where it is stored."""
    shown = list(found)
    if len(shown) > _SHOWN:
        shown = sorted(shown, key=_score, reverse=True)[:_SHOWN]
    console.print(_table(plan, shown))
    if len(found) > len(shown):
        console.print(
            f"the best {len(shown)} of {len(found)} points; all: simulator export {folder}",
            style="dim",
            markup=False,
            soft_wrap=True,
        )
    agree = sum(result.agrees for result in found)
    failed = sum(result.failed for result in found)
    word = "[bold green]agree[/]" if agree == len(found) else "[bold red]disagree[/]"
    console.print(
        f"verdict: {word}. At {agree} of {len(found)} points our best is as good as scipy's"
        + (f"; {failed} runs failed." if failed else ".")
    )
    console.print(f"results: {escape(str(folder))}", soft_wrap=True)


def points_as_json(plan: Plan, found: Sequence[PointResult]) -> dict[str, Any]:
    """The same as one JSON object for programs."""
    return {
        "experiment": plan.study.first.name,
        "points": [
            {
                "settings": dict(result.point.varied),
                "config_hash": result.point.config_hash[:16],
                "runs": result.runs,
                "failed": result.failed,
                "score": _number(_score(result)),
                "gap": _number(result.gap),
                "agrees": result.agrees,
            }
            for result in found
        ],
    }


def _table(plan: Plan, shown: Sequence[PointResult]) -> Table:
    table = Table(
        title=f"{escape(plan.study.first.name)}: {plan.study.points} points, {plan.runs} runs",
        title_justify="left",
        box=box.SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
        show_edge=False,
    )
    keys = list(shown[0].point.varied)
    for key in keys:
        table.add_column(escape(key), overflow="fold")
    table.add_column("our best")
    for column in ("score", "gap to scipy's", "runs"):
        table.add_column(column, justify="right")
    for result in shown:
        ours = result.ours
        table.add_row(
            *(escape(str(result.point.varied[key])) for key in keys),
            escape(ours.optimizer) if ours else "none",
            f"{ours.score:.6f}" if ours else "",
            "" if math.isnan(result.gap) else f"{result.gap:.1e}",
            f"{result.runs}" + (f" ({result.failed} failed)" if result.failed else ""),
            style=None if result.agrees else "red",
        )
    return table


def _score(result: PointResult) -> float:
    return result.ours.score if result.ours else -math.inf


def _number(value: float) -> float | None:
    return value if math.isfinite(value) else None
