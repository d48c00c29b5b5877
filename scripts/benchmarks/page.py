"""The page of every shipped config in a real browser: how large, how soon there, how quick, how exact.

A row per config; --page writes the table into simulator/page/README.md. The exit code is 1 where a bar is
not met. A move is that of a mouse that drags a slider, at times of its own between the screen's frames; it
is over when the frame that shows the new cup has been painted.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from chromium import BROWSER, Browser, Tab

from benchmarks.sections import write_section
from simulator.experiment.config import load
from simulator.experiment.optimizer_choice import usual_choices
from simulator.experiment.problem import Problem
from simulator.optimizers import Box
from simulator.page import Page

ROOT: Final = Path(__file__).parents[2]
README: Final = ROOT / "simulator" / "page" / "README.md"
RECIPES: Final = 1000
STEPS: Final = 100
FRAME_S: Final = 1 / 60

#: Figure → at most; the size is asked of the default config alone.
BARS: Final[Mapping[str, float]] = {
    "opens": 1000.0, "median": 16.0, "p95": 50.0, "loss": 1e-12, "gradient": 1e-12, "race": 1e-9,
}  # fmt: skip
LARGEST: Final = ("house-blend", 400.0)


@dataclass(frozen=True)
class Row:
    """What was measured of one page.

    Attributes:
        name: of the config.
        size: of the file, kB.
        opens: from navigation to the first drawing, median of several, ms.
        median, p95: from a slider's move to its paint, ms.
        work: processor time of the page's thread for one move, ms.
        moves: how many.
        loss, gradient: worst deviation from Python over `RECIPES` recipes: of the loss relative to it, of the
            gradient relative to one plus its largest component.
        race: worst deviation of a coordinate, 0 to 1, from Python's over `STEPS` steps of every optimizer
            from the config's first start.
    """

    name: str
    size: float
    opens: float
    median: float
    p95: float
    work: float
    moves: int
    loss: float
    gradient: float
    race: float

    @property
    def missed(self) -> list[str]:
        """The bars that are not met."""
        found = [f"{self.name}: {key}" for key, most in BARS.items() if getattr(self, key) > most]
        name, most = LARGEST
        return [*found, *([f"{name}: size"] if self.name == name and self.size > most else [])]

    @property
    def line(self) -> str:
        """Of the table."""
        cells = (
            self.name, f"{self.size:.0f}", f"{self.opens:.0f}", f"{self.median:.1f} / {self.p95:.1f}",
            f"{self.work:.1f}", f"{self.loss:.0e}", f"{self.gradient:.0e}", f"{self.race:.0e}",
        )  # fmt: skip
        return f"| {' | '.join(cells)} |"


HEAD: Final = (
    "| config | file, kB | opens, ms | move to paint, ms: median / p95 | work per move, ms | loss | gradient "
    "| race |",
    "|---|---|---|---|---|---|---|---|",
    "| *asked* | *400 (house-blend)* | *1,000* | *16 / 50* | – | *1e-12* | *1e-12* | *1e-9* |",
)


def opening(tab: Tab, path: Path, times: int) -> float:
    """Median time from navigation to the first drawing, which is of the finished page, ms."""
    found = []
    for _ in range(times):
        tab.open(path)
        tab.frame()
        painted = "performance.getEntriesByName('first-contentful-paint').length > 0"
        tab.wait(painted)
        found.append(tab.do("performance.getEntriesByName('first-contentful-paint')[0].startTime"))
    return float(np.median(found))


WATCH = """
(() => {
  globalThis.took = [];
  let began = 0;
  addEventListener("pointermove", (event) => { began = event.timeStamp; }, true);
  addEventListener("input", () => {
    const from = began;
    requestAnimationFrame(() => {
      // A message posted in a frame arrives after it has been painted.
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => took.push(performance.now() - from);
      port2.postMessage(0);
    });
  }, true);
})()
"""
PLACE = """
(() => {
  const slider = document.querySelectorAll("input[type=range][data-knob]")[%d];
  slider.scrollIntoView({ block: "center" });
  const { left, top, width, height } = slider.getBoundingClientRect();
  return [left + 10, top + height / 2, width - 20];
})()
"""


def moving(tab: Tab, knobs: int, count: int) -> tuple[list[float], float]:
    """Milliseconds from every move to its paint, and the work of a move; the sliders take turns."""
    random = np.random.default_rng(0)
    tab.do(WATCH)
    tab.send("Performance.enable", timeDomain="threadTicks")
    busy = 0.0
    for knob in range(knobs):
        left, y, width = tab.do(PLACE % knob)
        tab.mouse("moved", left, y)
        tab.mouse("pressed", left, y)
        tab.frame()
        before = _busy(tab)
        share = np.linspace(0.02, 0.98, count // knobs)
        for at in share:
            tab.mouse("moved", left + width * float(at), y)
            time.sleep(FRAME_S * float(random.random()))
        tab.frame()
        busy += _busy(tab) - before
        tab.mouse("released", left + width, y)
        tab.frame()
    took = tab.do("took")
    return took, 1e3 * busy / len(took)


def _busy(tab: Tab) -> float:
    metrics = {
        each["name"]: each["value"] for each in tab.send("Performance.getMetrics")["metrics"]
    }
    return float(metrics["TaskDuration"])


NUMBERS = """
(() => {
  const { brewer, given } = cup;
  const size = cup.state.x.length;
  return %s.map((x) => {
    const result = brewer.programs.gradient(Float64Array.from([...x, ...given]), new Float64Array(1 + size));
    return Array.from(result);
  });
})()
"""


def numbers(tab: Tab, problem: Problem) -> tuple[float, float]:
    """Worst deviations of loss and gradient from Python's."""
    x = np.random.default_rng(1).random((problem.size, RECIPES))
    seen = np.array(tab.do(NUMBERS % json.dumps(x.T.tolist()))).T
    loss, gradient = problem.gradient_program(x)
    off = np.abs(seen[1:] - gradient) / (1.0 + np.abs(gradient).max(axis=0))
    return float(np.max(np.abs(seen[0] - loss) / np.abs(loss))), float(off.max())


RACE = """
(() => {
  const { race } = cup;
  race.line();
  for (const { runner } of race.runners) for (let step = 0; step < %d; step++) runner.step();
  return race.runners.map(({ runner, entry }) => [entry.look.label, runner.path.map((x) => Array.from(x))]);
})()
"""


def racing(tab: Tab, path: Path, problem: Problem) -> float:
    """Worst deviation of any optimizer's coordinates from Python's, from the cup that the page opens with."""
    own = problem.experiment.optimizers
    solvers: dict[str, Any] = {each.label: each.solver for each in (*usual_choices(), *own)}
    box, worst = Box.unit(problem.size), 0.0
    for label, seen in tab.open(path).do(RACE % STEPS):
        x = np.array(seen[0])[:, None]
        state = solvers[label].init(x)
        for at in seen:
            worst = max(worst, float(np.abs(np.array(at)[:, None] - x).max()))
            state, moved = solvers[label].step(state, x, problem.gradient_program(x)[1])
            x = box.project(moved)
    return worst


def measured(browser: Browser, config: Path, folder: Path, *, moves: int, times: int) -> Row:
    """Open a config's page and measure it."""
    page = Page(Problem(load(config)))
    path = folder / f"{config.stem}.html"
    page.write(path)
    tab = Tab(browser, 1440, 1000, calm=False)
    opens = opening(tab, path, times)
    took, work = moving(tab, page.problem.size, moves)
    loss, gradient = numbers(tab, page.problem)
    race = racing(tab, path, page.problem)
    tab.close()
    median, p95 = np.percentile(took, (50, 95))
    size = path.stat().st_size / 1000
    return Row(config.stem, size, opens, median, p95, work, len(took), loss, gradient, race)


def told(rows: Sequence[Row], load_before: float) -> list[str]:
    """The lines for the page."""
    where = (
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, load {load_before:.1f}"
    )
    moves = min(row.moves for row in rows)
    return [
        f"Chromium 1440 × 1000, {where}; {moves} moves over all sliders or more; deviations from Python over "
        f"{RECIPES:,} recipes, and over {STEPS} steps of the race{_precedence()}.",
        "",
        *HEAD,
        *(row.line for row in rows),
    ]


def _precedence() -> str:
    """Whether other work has had to wait for this."""
    return (
        "" if os.sched_getscheduler(0) == os.SCHED_OTHER else "; given precedence over other work"
    )


def main() -> None:
    """Measure, print, and write if asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="configs, default all")
    parser.add_argument("--moves", type=int, default=240, help="of sliders, for each config")
    parser.add_argument("--times", type=int, default=5, help="how often a page is opened")
    parser.add_argument("--page", action="store_true", help=f"write the table into {README.name}")
    options = parser.parse_args()
    if BROWSER is None:
        sys.exit("there is no Chromium on this machine: install chromium, or google-chrome")
    configs = [
        path
        for path in sorted((ROOT / "configs").glob("*.yaml"))
        if not options.names or path.stem in options.names
    ]
    load_before, rows = os.getloadavg()[0], []
    print("\n".join(HEAD))
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        browser = Browser(Path(folder) / "profile")
        for config in configs:
            rows.append(
                measured(browser, config, Path(folder), moves=options.moves, times=options.times)
            )
            print(rows[-1].line, flush=True)
        browser.close()
    if options.page:
        write_section("page", told(rows, load_before), README)
    missed = [each for row in rows for each in row.missed]
    sys.exit(f"not met: {', '.join(missed)}" if missed else 0)


if __name__ == "__main__":
    main()
