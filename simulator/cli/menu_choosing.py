"""The work of ``simulator menu``: choose, print, hold against scipy and the grid."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

from rich.table import Table

from simulator.cli.terminal import console, waiting
from simulator.coffee import RANGES
from simulator.dialin.menu import Menu, choose_menu
from simulator.experiment.config import load_cup
from simulator.experiment.problem import Problem

_TOLERANCE = 1e-3


def choose(config: Path, k: int, people: int, *, as_json: bool) -> int:
    """Choose and print a menu; 1 if another search finds a better one, else 0."""
    problem = Problem(load_cup(config))
    with waiting("trying menus"):
        menu = choose_menu(problem, k, people=people)
    better = max(menu.by_scipy, menu.on_grid) - menu.value
    if as_json:
        print(json.dumps(asdict(menu), indent=2))
    else:
        _show(problem, menu, better)
    return 1 if better > _TOLERANCE else 0


def _show(problem: Problem, menu: Menu, better: float) -> None:
    terminal = console()
    table = Table(show_edge=False)
    for knob in menu.recipes[0]:
        table.add_column(f"{knob.rpartition('_')[0]}, {RANGES[knob].unit}", justify="right")
    table.add_column("taken by", justify="right")
    for recipe, share in zip(menu.recipes, menu.served, strict=True):
        table.add_row(*(f"{value:.4g}" for value in recipe.values()), f"{share:.0%}")
    terminal.print(table)
    kind = problem.experiment.objective.kind
    what = "mean of each customer's best score" if kind == "mean-score" else "share content"
    terminal.print(
        f"{what} {menu.value:.4f}; with one recipe for all {menu.alone:.4f} "
        f"({menu.value - menu.alone:+.4f})"
    )
    told = "agrees" if better <= _TOLERANCE else f"is better by {better:.4f}"
    terminal.print(
        f"check: scipy's L-BFGS-B {menu.by_scipy:.4f}, all menus of a grid {menu.on_grid:.4f}: {told}"
    )
