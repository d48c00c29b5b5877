"""Proofs of the shipped configs: how narrow, how many boxes, how many seconds, and what checking them takes.

A row per problem, ready for simulator/certify/README.md; --write keeps the certificates as those that come
with the program.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from simulator.certify import SHIPPED, Budget, Certificate, Plan, prove, read, verify, write
from simulator.experiment.config import load
from simulator.experiment.problem import Problem

CONFIGS = Path(__file__).parents[2] / "configs"

#: Six knobs make a proof long: a tolerance that keeps its certificate small.
WIDER = {"dose-and-temperature": 1e-3}


def problems(names: list[str]) -> dict[str, Problem]:
    """Name -> problem, each problem once."""
    paths = sorted(CONFIGS.glob("*.yaml"))
    chosen = [path for path in paths if not names or path.stem in names]
    found: dict[str, Problem] = {}
    for path in chosen:
        problem = Problem(load(path))
        if problem.hash not in {other.hash for other in found.values()}:
            found[path.stem] = problem
    return found


def row(name: str, problem: Problem, made: Certificate, proving: float, path: Path) -> str:
    """A line of the table; checks the certificate that was written."""
    checked = verify(read(path), problem)
    high = problem.perfect - made.lower
    cells = [
        name,
        str(problem.size),
        f"{problem.perfect - made.upper:.6f}",
        f"{high:.6f}",
        f"{made.upper - made.lower:.1e}" if made.proved else f"{made.reason}",
        f"{made.boxes:,}",
        f"{proving:.0f}",
        f"{checked.seconds:.0f}",
        f"{path.stat().st_size / 1000:.0f}",
    ]
    return "| " + " | ".join(cells) + " |\n"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="configs, default all")
    parser.add_argument("--within", type=float, default=1e-6)
    parser.add_argument("--seconds", type=float, default=600.0)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for name, problem in problems(options.names).items():
            within = max(options.within, WIDER.get(name, 0.0))
            began = time.perf_counter()
            made = prove(problem, Plan(within, Budget(seconds=options.seconds)))
            proving = time.perf_counter() - began
            path = (SHIPPED if options.write else Path(folder)) / f"{name}.json"
            write(made, path)
            sys.stdout.write(row(name, problem, made, proving, path))
            sys.stdout.flush()


if __name__ == "__main__":
    main()
