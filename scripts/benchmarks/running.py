"""What running costs beside the runs: a sweep of 10,000 runs over every optimizer, 100,000 tiny runs, and
many points of two runs each.

    scripts/bench running [--jobs 2] [--runs 10000] [--tiny 100000] [--points 2000] [--json FILE] [--page]

``--page`` writes what was measured into simulator/experiment/README.md, and where scripts/reliability.py
finds it.
Overhead is what one process takes for a run outside its optimizer, in processor seconds: planning, claiming,
keys, the record, packing, storing, and the look at each point in the end. With several processes, what the
main process takes for each run bounds how many it can feed.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple
from unittest.mock import patch

from simulator.cli.sweep_text import outcome_of
from simulator.experiment import runs
from simulator.experiment.problem import Problem
from simulator.experiment.results import open_results
from simulator.experiment.study import load_study
from simulator.optimizers import METHODS, Outcome
from simulator.running.by_point import by_point
from simulator.running.interrupts import Interrupt
from simulator.running.plan import Plan
from simulator.running.work import open_study, sizing_of, work
from simulator.running.workers import InProcess

MIXED = """\
name: sweep
brew: immersion
customers: survey
starts: 10
stop: {{max_evaluations: 20}}
optimizers: [{optimizers}]
check: {{methods: [l-bfgs-b]}}
sweep: {{seed: "linear(1, {points}, {points})"}}
"""
TINY = """\
name: tiny
tune: [grind_um, time_s]
fixed: {{milk_g: 0, sugar_g: 0}}
starts: {starts}
stop: {{max_evaluations: 3}}
optimizers: [adam]
check: {{methods: [l-bfgs-b]}}
sweep: {{seed: "linear(1, {points}, {points})"}}
"""
# Global methods and those that see no gradient spend the whole budget of anybody; they are kept out so
# that a run is of the usual length.
LONG = ("differential-evolution", "dual-annealing", "shgo", "direct", "basin-hopping")

ROOT = Path(__file__).resolve().parents[2]
PAGE, FIGURES = ROOT / "simulator" / "experiment" / "README.md", ROOT / "build" / "running.json"
BEGIN, END = "<!-- bench running: begin -->\n", "<!-- bench running: end -->\n"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--runs", type=int, default=10_000)
    parser.add_argument("--tiny", type=int, default=100_000)
    parser.add_argument("--points", type=int, default=2_000)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--page", action="store_true")
    asked = parser.parse_args()
    names = [name for name in METHODS if name not in LONG]
    points = max(asked.runs // (10 * len(names)), 1)
    mixed = MIXED.format(optimizers=", ".join(names), points=points)
    figures = {f"{len(names)} optimizers": measured(mixed, asked.jobs, sample=5)}
    if asked.tiny:
        starts = min(asked.tiny // 20, 1000)
        tiny = TINY.format(starts=starts, points=max(asked.tiny // (2 * starts), 1))
        figures["tiny runs"] = measured(tiny, asked.jobs, sample=2)
    if asked.points:
        many = TINY.format(starts=1, points=asked.points)
        figures["points of two runs"] = measured(many, asked.jobs, sample=100)
    for what, row in figures.items():
        print(f"{what}:")
        for name, value in row.items():
            print(f"  {name:<34} {value:>12,.3f}")
    if asked.json:
        asked.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    if asked.page:
        written(figures)


def written(figures: dict[str, dict[str, float]]) -> None:
    """Put the figures into the room's page, and aside for the table of what survives."""
    FIGURES.parent.mkdir(exist_ok=True)
    FIGURES.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    rows = list(next(iter(figures.values())))
    lines = [["", *figures], ["---", *["---:"] * len(figures)]]
    lines += [[name, *(f"{each[name]:,.3g}" if each[name] < 100 else f"{each[name]:,.0f}"
                       for each in figures.values())] for name in rows]  # fmt: skip
    table = "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
    before, rest = PAGE.read_text("utf-8").split(BEGIN)
    text = f"{before}{BEGIN}{table}\n{END}{rest.split(END)[1]}"
    PAGE.write_text(text, encoding="utf-8")


def measured(text: str, jobs: int, sample: int) -> dict[str, float]:
    """Run a study as a user would, and hold its cost against the work of its optimizers."""
    with tempfile.TemporaryDirectory() as folder:
        plan = planned(Path(folder), text)
        start = command(Path(folder), TINY.format(starts=2, points=1), jobs)
        whole = command(Path(folder), text, jobs)
        # Overhead needs no more than a sample of the points.
        points = plan.study.points
        few = text.replace(f", {points}, {points})", f", {sample}, {sample})")
        own, overhead = own_and_overhead(Path(folder), few)
    return {
        "runs": plan.runs,
        "processes": jobs,
        "wall s": whole.wall,
        "wall s to start and end": start.wall,
        "processor s, all processes": whole.cpu_all,
        "own work of a run, ms": own * 1e3,
        "overhead of a run, ms": overhead * 1e3,
        "main process for a run, ms": (whole.cpu - start.cpu) / plan.runs * 1e3,
        "peak memory of the main process, MB": whole.peak_mb,
        "the same with next to no runs, MB": start.peak_mb,
        "folder, kB for a run": whole.folder_bytes / plan.runs / 1e3,
    }


class Cost(NamedTuple):
    """What a command cost; ``cpu`` is that of its main process, ``cpu_all`` with its workers."""

    wall: float
    cpu: float
    cpu_all: float
    peak_mb: float
    folder_bytes: int


def planned(folder: Path, text: str) -> Plan:
    config = folder / "study.yaml"
    config.write_text(text, encoding="utf-8")
    return Plan(load_study(config))


def command(folder: Path, text: str, jobs: int) -> Cost:
    """Run a study in a new folder."""
    config, out = folder / "study.yaml", folder / "out"
    shutil.rmtree(out, ignore_errors=True)
    config.write_text(text, encoding="utf-8")
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    words = ["run", str(config), "--out", str(out), "-q", "--no-figures", "-j", str(jobs)]
    seen = watched([sys.executable, "-m", "simulator", *words])
    wall = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    with open_results(out) as results:
        assert results.progress().complete, results.progress()
    size = sum(path.stat().st_size for path in out.iterdir() if path.is_file())
    return Cost(wall, cpu, seen.cpu_all, seen.peak_mb, size)


class Seen(NamedTuple):
    """What was seen of a command while it ran: its peak memory, and the time of all its processes."""

    peak_mb: float
    cpu_all: float


def watched(command: list[str]) -> Seen:
    """Run a command to its end, looking at it five times a second."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, start_new_session=True)
    peak, ticks = 0, dict[str, int]()
    while process.poll() is None:
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = stat.read_text("utf-8", "replace").rpartition(")")[2].split()
                if int(fields[2]) == process.pid:
                    ticks[stat.parent.name] = int(fields[11]) + int(fields[12])
            except OSError:
                continue
        with suppress(OSError):
            for line in Path(f"/proc/{process.pid}/status").read_text().splitlines():
                if line.startswith("VmHWM:"):
                    peak = max(peak, int(line.split()[1]))
        time.sleep(0.2)
    if process.returncode not in (0, 1):
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}")
    return Seen(peak / 1024, sum(ticks.values()) / os.sysconf("SC_CLK_TCK"))


def own_and_overhead(folder: Path, text: str) -> tuple[float, float]:
    """Processor seconds per run inside the optimizers, and outside them, of a study in this process."""
    own, inside = 0.0, runs._minimize

    def timed(problem: Problem, task: runs.Task, repeats: list[int]) -> dict[int, Outcome]:
        nonlocal own
        before = time.process_time()
        outcomes = inside(problem, task, repeats)
        own += time.process_time() - before
        return outcomes

    # Once to compile, which is done once for each cup, and once to measure.
    for name in ("warm", "measured"):
        own, interrupt, before = 0.0, Interrupt(), time.process_time()
        plan = planned(folder, text)
        with patch.object(runs, "_minimize", timed), open_study(plan, folder / name) as store:
            work(plan, store, InProcess(interrupt), sizing_of(plan, 1), interrupt)
            outcome_of(by_point(plan, store.results))
        spent = time.process_time() - before
    return own / plan.runs, (spent - own) / plan.runs


if __name__ == "__main__":
    main()
