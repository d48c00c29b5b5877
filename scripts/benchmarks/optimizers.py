"""How many evaluations each optimizer needs to come within 1e-8 of the best cup, with its defaults.

An *evaluation* is one visit of a point: its value, with or without its gradient, rejected trials
included. Hessians are counted beside it, and the *cost* charges everything: in units of one value,
a value with its gradient and a Hessian cost what their operations number in the compiled graph.
Every optimizer begins from the same starts, and a start that does not reach the gap within the
budget counts as infinitely many. The best value comes from outside the race: a large multistart of
Newton, confirmed by scipy's SLSQP.
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import scipy
from numpy.random import SeedSequence, default_rng
from numpy.typing import NDArray
from scipy.stats import qmc

from simulator.experiment.config import load
from simulator.experiment.objectives import ExactObjective
from simulator.experiment.problem import Problem
from simulator.optimizers import METHODS, SLSQP, Box, Counted, Multistart, Outcome, Stopping

ROOT = Path(__file__).resolve().parents[2]
README = ROOT / "simulator" / "optimizers" / "README.md"
BEGIN, END = "<!-- bench optimizers: begin -->\n", "<!-- bench optimizers: end -->\n"

SMOOTH = (
    "house-blend", "black-purist", "latte-bar", "pour-over", "everyday-mix",
    "dose-and-temperature", "over-extracted-start",
)  # fmt: skip
TWO_OPTIMA = ("espresso-cliff", "top-box")
GAP = 1e-8
BUDGET = 1000
# These spend any budget, and slowly; that they are not there after 300 says enough.
SMALL_BUDGETS = {"differential-evolution": 300, "dual-annealing": 300, "direct": 300}
# Averaging is for noise, and there is none here.
METHODS_RACED = [name for name in METHODS if name != "averaged-sgd"]
EXACT = Stopping(20_000, gradient_tolerance=1e-10)


@dataclass(frozen=True)
class Race:
    """One config: its problem, its starts, its best value, and what each kind of call costs."""

    name: str
    problem: Problem
    starts: NDArray[np.float64]
    best: float
    gradient_cost: float
    hessian_cost: float


@dataclass(frozen=True)
class Hit:
    """What it took one start to come within the gap; infinite if it did not."""

    evaluations: float
    hessians: float
    cost: float


def race_of(name: str, count: int) -> Race:
    """The config's problem with ``count`` starts, spread over its box, or that of its own starts."""
    problem = Problem(load(ROOT / "configs" / f"{name}.yaml"))
    low, high = np.zeros(problem.size), np.ones(problem.size)
    if problem.experiment.starts.recipes:
        given = np.array([problem.coordinates(r) for r in problem.experiment.starts.recipes])
        low, high = given.min(axis=0), given.max(axis=0)
    sobol = qmc.Sobol(problem.size, scramble=True, rng=default_rng(11))
    unit = sobol.random_base2(int(np.ceil(np.log2(count))))[:count]
    operations = problem.graph.cost()
    assert operations.with_hessian is not None
    return Race(
        name,
        problem,
        (low + unit * (high - low)).T,
        best_value(problem),
        operations.with_gradient / operations.forward,
        operations.with_hessian / operations.forward,
    )


def best_value(problem: Problem) -> float:
    """The least loss known: the best of three large multistarts, polished by SLSQP."""
    starts = np.full((problem.size, 3), 0.37)
    found = minimize(Multistart(screen=512, polish=12), problem, starts, EXACT)
    polished = minimize(SLSQP(), problem, np.array([outcome.x for outcome in found]).T, EXACT)
    return min(outcome.value for outcome in [*found, *polished])


def minimize(
    method: Any, problem: Problem, starts: NDArray[np.float64], stopping: Stopping
) -> list[Outcome]:
    """Every start's outcome on the exact loss."""
    box = Box.unit(problem.size)
    seeds = [SeedSequence(7, spawn_key=(repeat,)) for repeat in range(starts.shape[1])]
    objective = Counted(ExactObjective(problem), box)
    outcomes: list[Outcome] = method.minimize(objective, box, starts, stopping, seeds)
    return outcomes


def hit(race: Race, outcome: Outcome) -> Hit:
    """When the outcome's trace first came within the gap, and what had been spent by then."""
    trace = outcome.trace
    (arrived,) = np.nonzero(trace.value <= race.best + GAP)
    if not arrived.size:
        return Hit(np.inf, np.inf, np.inf)
    first = arrived[0]
    values, gradients, hessians = (
        int(counts[first]) for counts in (trace.values, trace.gradients, trace.hessians)
    )
    cost = values - gradients + gradients * race.gradient_cost + hessians * race.hessian_cost
    return Hit(values, hessians, cost)


def middle(numbers: Iterable[float]) -> float:
    """The median; of an even count the upper one, so that it is a number that occurred."""
    ordered = sorted(numbers)
    return ordered[len(ordered) // 2]


def interval(numbers: list[float]) -> tuple[float, float]:
    """A 95 % bootstrap interval of the median."""
    draws = default_rng(3).choice(np.sort(numbers), (2000, len(numbers)))
    medians = np.sort(draws, axis=1)[:, len(numbers) // 2]
    ends = np.sort(medians)[[49, 1949]]
    return float(ends[0]), float(ends[1])


def summary(hits: list[Hit]) -> dict[str, Any]:
    """One cell of the table."""
    evaluations = [h.evaluations for h in hits]
    return {
        "n": len(hits),
        "reached": sum(np.isfinite(evaluations).tolist()),
        "evaluations": middle(evaluations),
        "interval": interval(evaluations),
        "hessians": middle(h.hessians for h in hits),
        "cost": middle(h.cost for h in hits),
    }


def measured(names: Iterable[str], count: int, methods: Iterable[str]) -> dict[str, Any]:
    """Config → optimizer → summary."""
    table: dict[str, Any] = {}
    for name in names:
        race = race_of(name, count)
        table[name] = {}
        for method in methods:
            began = time.perf_counter()
            stopping = Stopping(SMALL_BUDGETS.get(method, BUDGET))
            outcomes = minimize(METHODS[method](), race.problem, race.starts, stopping)
            table[name][method] = summary([hit(race, outcome) for outcome in outcomes])
            took = time.perf_counter() - began
            print(f"{name}: {method}, {took:.1f} s", file=sys.stderr)
    return table


def label(method: str) -> str:
    """The name in the table; scipy's are marked."""
    return f"scipy {method}" if METHODS[method].family == "scipy" else method


def shown(number: float) -> str:
    """A count in the table; a dash if the median start never arrived."""
    return "–" if not np.isfinite(number) else f"{number:.0f}"


def markdown(table: Mapping[str, Any]) -> str:
    """The table, best first by the median cost over all smooth configs."""
    smooth = [name for name in table if name in SMOOTH]
    others = [name for name in table if name not in SMOOTH]
    first = next(iter(table.values()))
    count = next(iter(first.values()))["n"]

    def worst(method: str) -> tuple[float, float]:
        cells = [table[name][method]["evaluations"] for name in smooth]
        return sum(np.isinf(cells)), float(np.mean([c for c in cells if np.isfinite(c)] or [0]))

    rows = [
        [
            label(method),
            *(shown(table[name][method]["evaluations"]) for name in smooth),
            shown(middle(table[name][method]["hessians"] for name in smooth)),
            shown(middle(table[name][method]["cost"] for name in smooth)),
            *(
                f"{shown(table[name][method]['evaluations'])} ({table[name][method]['reached']})"
                for name in others
            ),
        ]
        for method in sorted(first, key=worst)
    ]
    heads = ["optimizer", *smooth, "H", "cost", *(f"{name} (reached)" for name in others)]
    lines = ["| " + " | ".join(cells) + " |" for cells in (heads, ["---:"] * len(heads), *rows)]
    lines[1] = lines[1].replace("---:", "---", 1)
    return f"Medians over n = {count} starts each.\n\n" + "\n".join(lines) + "\n"


def read(file: Path) -> dict[str, Any]:
    """The table of an earlier race."""
    text = file.read_text(encoding="utf-8").replace("null", "Infinity")
    table: dict[str, Any] = json.loads(text)["table"]
    return table


def machine() -> dict[str, str]:
    """What the figures were made with; only the numerics matter, since nothing is timed."""
    return {
        "python": platform.python_version(),
        "numpy": np.__version__,
        "scipy": scipy.__version__,
    }


def write_into_readme(text: str) -> None:
    """Replace what stands between the marks of the room's README."""
    before, rest = README.read_text(encoding="utf-8").split(BEGIN)
    README.write_text(f"{before}{BEGIN}{text}{END}{rest.split(END)[1]}", encoding="utf-8")


def main() -> None:
    """Race, print, and write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--starts", type=int, default=20, help="starts per config (default: 20)")
    parser.add_argument("--configs", nargs="+", default=[*SMOOTH, *TWO_OPTIMA])
    parser.add_argument("--methods", nargs="+", default=METHODS_RACED, choices=list(METHODS))
    parser.add_argument(
        "--from", dest="files", type=Path, nargs="+", help="tabulate earlier --json files instead"
    )
    parser.add_argument("--json", type=Path, help="write every figure to this file")
    parser.add_argument("--readme", action="store_true", help="write the table into the README")
    given = parser.parse_args()
    if given.files:
        table = {name: cell for file in given.files for name, cell in read(file).items()}
    else:
        table = measured(given.configs, given.starts, given.methods)
    text = markdown(table)
    print(text)
    if given.json:
        whole = {"gap": GAP, "budget": BUDGET, "made_with": machine(), "table": table}
        finite = json.dumps(whole, indent=1).replace("Infinity", "null")
        given.json.write_text(finite + "\n", encoding="utf-8")
    if given.readme:
        write_into_readme(text)


if __name__ == "__main__":
    main()
