"""The end of a sweep: a row per point."""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from simulator.running.by_point import PointResult
from simulator.running.plan import Plan

_SHOWN = 30


@dataclass(frozen=True)
class Outcome:
    """All points of a sweep in short.

    Attributes:
        shown: every point in order if they are few, else the best ones, best first.
        agree: at how many points ours agree with scipy's.
        failed: how many runs ended in an error.
        points: how many points there are.
    """

    shown: tuple[PointResult, ...]
    agree: int
    failed: int
    points: int

    @property
    def good(self) -> bool:
        """Nothing failed, and ours agree with scipy's everywhere."""
        return self.agree == self.points and not self.failed


def outcome_of(found: Iterable[PointResult]) -> Outcome:
    """Look at each point once and keep the best: there may be a million of them."""
    best: list[tuple[float, int, PointResult]] = []
    points = agree = failed = 0
    for result in found:
        points, agree, failed = points + 1, agree + result.agrees, failed + result.failed
        # Of equal scores the first point is kept.
        ranked = (result.score, -result.index, result)
        if len(best) < _SHOWN:
            heapq.heappush(best, ranked)
        else:
            heapq.heappushpop(best, ranked)
    ranking = sorted(best, reverse=True) if points > _SHOWN else sorted(best, key=_place)
    return Outcome(tuple(result for *_, result in ranking), agree, failed, points)


def show_points(console: Console, plan: Plan, outcome: Outcome, folder: Path) -> None:
    """Print what was found at each point, the best first if there are many, and where it is stored."""
    shown = outcome.shown
    console.print(_table(plan, shown))
    if outcome.points > len(shown):
        console.print(
            f"the best {len(shown)} of {outcome.points} points; all: simulator export {folder}",
            style="dim",
            markup=False,
            soft_wrap=True,
        )
    word = "[bold green]agree[/]" if outcome.agree == outcome.points else "[bold red]disagree[/]"
    console.print(
        f"verdict: {word}. At {outcome.agree} of {outcome.points} points our best is as good as scipy's"
        + (f"; {outcome.failed} runs failed." if outcome.failed else ".")
    )
    console.print(f"results: {escape(str(folder))}", soft_wrap=True)


def points_as_json(plan: Plan, found: Iterable[PointResult]) -> dict[str, Any]:
    """The same as one JSON object for programs, with every point."""
    return {
        "experiment": plan.study.first.name,
        "points": [
            {
                "settings": dict(result.varied),
                "config_hash": plan.study.point(result.index).config_hash[:16],
                "runs": result.runs,
                "failed": result.failed,
                "score": _number(result.score),
                "gap": _number(result.gap),
                "agrees": result.agrees,
            }
            for result in found
        ],
    }


def _place(ranked: tuple[float, int, PointResult]) -> int:
    return ranked[2].index


def _table(plan: Plan, shown: Sequence[PointResult]) -> Table:
    table = Table(
        title=f"{escape(plan.study.first.name)}: {plan.study.points} points, {plan.runs} runs",
        title_justify="left",
        box=box.SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
        show_edge=False,
    )
    keys = list(shown[0].varied)
    for key in keys:
        table.add_column(escape(key), overflow="fold")
    table.add_column("our best")
    for column in ("score", "gap to scipy's", "runs"):
        table.add_column(column, justify="right")
    for result in shown:
        table.add_row(
            *(escape(str(result.varied[key])) for key in keys),
            escape(result.optimizer or "none"),
            f"{result.score:.6f}" if result.optimizer else "",
            "" if math.isnan(result.gap) else f"{result.gap:.1e}",
            f"{result.runs}" + (f" ({result.failed} failed)" if result.failed else ""),
            style=None if result.agrees else "red",
        )
    return table


def _number(value: float) -> float | None:
    return value if math.isfinite(value) else None
