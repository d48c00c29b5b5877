"""The engine beside JAX, optax, PyTorch, CasADi, autograd and micrograd, on the project's own taste model.

All do the operations that the model's code does, arrays in and NumPy arrays out, take turns in every round,
and are timed only after their results have been found equal to ours. Exit code 1 if a bar is not met.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.bars import Bar, Measurement, bar_table, timing_table
from benchmarks.derivatives import emitted_operations, relative_costs
from benchmarks.first_gradient import first_gradient
from benchmarks.many_recipes import many_recipes
from benchmarks.one_recipe import one_recipe, wrapper
from benchmarks.peer import Peer
from benchmarks.peers import check, peers, versions
from benchmarks.sections import write_section
from benchmarks.steps import many_steps
from benchmarks.subject import Subject, house_blend


def main() -> int:
    """Measure, print, and write what was asked for."""
    options = _options()
    if options.growth:
        from benchmarks.growth import show_growth

        return show_growth(options.growth, options.json, options.page)
    subject = house_blend(options.rounds, options.batch, options.steps)
    others, missing = peers(subject.lines, 4)
    for peer in others.values():
        check(peer, subject.problem.gradient_program, list(subject.recipes(20).T))
    began, measurements = time.perf_counter(), []
    lines = header(subject, missing)
    _print(lines)
    for measurement in _measured(subject, others):
        measurements.append(measurement)
        part = ["", f"### {measurement.title}", "", *timing_table(measurement), *measurement.notes]
        _print(part)
        lines += part
    bars = [emitted_operations(subject), *[bar for each in measurements for bar in each.bars]]
    final = ["", "### What was asked", "", *bar_table(bars)]
    _print([*final, "", f"measured in {time.perf_counter() - began:.0f} s"])
    if options.json:
        _write(options.json, json.dumps(_record(subject, measurements, bars, missing), indent=2))
    if options.page:
        write_section("engine", lines + final)
    return 0 if all(bar.met is not False for bar in bars) else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/bench engine", description=__doc__)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there")
    parser.add_argument(
        "--page", action="store_true", help="write the tables into scripts/benchmarks/README.md"
    )
    parser.add_argument("--rounds", type=int, default=21, help="turns of each engine")
    parser.add_argument("--batch", type=int, default=1_000_000, help="recipes in a batch")
    parser.add_argument("--steps", type=int, default=10_000, help="steps of Adam")
    parser.add_argument(
        "--growth",
        type=Path,
        metavar="SVG",
        help="instead: time and memory by operations and by rows, some minutes, and a plot of them",
    )
    return parser.parse_args()


def _measured(subject: Subject, others: dict[str, Peer]) -> Iterator[Measurement]:
    yield one_recipe(subject, others)
    yield wrapper(subject)
    yield relative_costs(subject, "python")
    yield relative_costs(subject, "c")
    yield relative_costs(subject, "c", batch=True)
    yield many_recipes(subject, others)
    yield from many_steps(subject)
    yield first_gradient(subject, others)


def header(subject: Subject, missing: list[str]) -> list[str]:
    """What was measured on which machine, with all versions."""
    packages = {"Python": platform.python_version(), "NumPy": np.__version__, **versions()}
    return [
        f"The taste model of configs/house-blend.yaml: {subject.graph.cost()}.",
        ", ".join(f"{name} {version}" for name, version in packages.items())
        + f"; {platform.system()} {platform.machine()}, {os.cpu_count()} processors, "
        f"load {os.getloadavg()[0]:.1f} at the start.",
        *missing,
    ]


def _record(
    subject: Subject, measurements: list[Measurement], bars: list[Bar], missing: list[str]
) -> dict[str, Any]:
    """All figures, seconds by round included."""
    return {
        "about": header(subject, missing),
        "bars": [asdict(bar) | {"met": bar.met} for bar in bars],
        "measurements": [
            {
                "title": each.title,
                "timings": {name: asdict(timing) for name, timing in each.timings.items()},
            }
            for each in measurements
        ],
        "skipped": missing,
    }


def _print(lines: list[str]) -> None:
    print("\n".join(lines), flush=True)


def _write(path: Path, text: str) -> None:
    path.write_text(text + "\n", encoding="utf-8")
    print(f"wrote {path}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
