"""Rigorous bounds of the shipped losses: what a box costs, and how much too wide its bounds are.

Costs are per box of a batch, medians over rounds in which all take turns; C uses all processors. Multiples
are of evaluating the loss itself at one point, in C. The range of the loss on a box is taken from its corners
and 300 random points, so the overestimation shown is slightly too large.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.rounds import interleaved
from simulator.autodiff import Graph
from simulator.autodiff import compile as compiled
from simulator.autodiff.bounds import bound
from simulator.experiment.config import load
from simulator.experiment.problem import Problem

CONFIGS = ("house-blend", "top-box", "pour-over", "espresso-cliff")
OUTPUTS: dict[str, tuple[Any, ...]] = {
    "value, not centred": ("value",),
    "value": ("value",),
    "value, gradient": ("value", "gradient"),
    "value, gradient, Hessian": ("value", "gradient", "hessian"),
}
WIDTHS = (0.1, 0.01, 0.001)
BATCH = 16_384


def boxes(size: int, width: float, count: int) -> tuple[Any, Any]:
    """Random boxes of one width inside the unit box."""
    low = np.random.default_rng(0).random((size, count)) * (1.0 - width)
    return low, low + width


def overestimation(graph: Graph, bounds: Any, width: float) -> float:
    """Width of the bounds ÷ range of the values, the median over 300 boxes."""
    size = len(graph.inputs)
    low, high = boxes(size, width, 300)
    value = compiled(graph, outputs=("value",), dialect="numpy")
    inside = np.random.default_rng(1).random((300, size))
    corners = np.array(list(np.ndindex(*[2] * size)), dtype=float)
    values = [value(low + width * place[:, None])[0] for place in (*corners, *inside)]
    found = bounds(low, high)[0]
    return float(np.median((found.upper - found.lower) / np.ptp(values, axis=0)))


def measured(name: str, rounds: int) -> list[dict[str, Any]]:
    """One row per kind of bounds of one experiment's loss."""
    graph = Problem(load(f"configs/{name}.yaml")).graph
    domain = [(0.0, 1.0)] * len(graph.inputs)
    low, high = boxes(len(graph.inputs), 0.01, BATCH)
    value = compiled(graph, outputs=("value",), dialect="c", wait=True)
    jobs: dict[str, Any] = {"loss": (value, (low,))}
    kinds = {}
    for what, outputs in OUTPUTS.items():
        for dialect in ("c", "numpy"):
            kinds[what, dialect] = bounds = bound(
                graph, outputs=outputs, domain=domain, centred="not" not in what,
                dialect=dialect, wait=True,
            )  # fmt: skip
            jobs[f"{what} {dialect}"] = (bounds, (low, high))
    times = {
        job: timing.spread.median / BATCH
        for job, timing in interleaved(jobs, rounds, "wall").items()
    }
    return [
        {
            "config": name,
            "bounds of": what,
            "C ns": 1e9 * times[f"{what} c"],
            "× loss": times[f"{what} c"] / times["loss"],
            "NumPy ns": 1e9 * times[f"{what} numpy"],
        }
        | {f"too wide, {w:g}": overestimation(graph, kinds[what, "c"], w) for w in WIDTHS}
        for what in OUTPUTS
    ]


def main() -> None:
    """Print the table; write it as JSON if asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    rows = [row for name in CONFIGS for row in measured(name, options.rounds)]
    for row in rows:
        cells = [f"{cell:.2f}" if isinstance(cell, float) else str(cell) for cell in row.values()]
        sys.stdout.write("| " + " | ".join(cells) + " |\n")
    if options.json:
        options.json.write_text(json.dumps(rows, indent=2, ensure_ascii=False), encoding="utf-8")


if __name__ == "__main__":
    main()
