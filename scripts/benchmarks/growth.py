"""Time and memory by the number of operations and of rows, one process for each point.

python -m benchmarks.growth operations python 1000     prints one point as JSON
"""

from __future__ import annotations

import json
import math
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.bars import Bar, bar_table, duration, figure, markdown
from benchmarks.growth_figure import draw
from benchmarks.growth_point import Point
from benchmarks.rounds import Spread
from benchmarks.sections import write_section
from benchmarks.subject import house_blend
from simulator.autodiff import compile as compiled
from simulator.autodiff import trace

#: What grows, in which dialect, how far: gcc needs a minute for more than 10^5 operations.
CURVES = (
    ("operations", "python", (10**2, 10**3, 10**4, 10**5, 10**6)),
    ("operations", "c", (10**2, 10**3, 10**4)),
    ("rows", "numpy", tuple(10**k for k in range(8))),
    ("rows", "c", tuple(10**k for k in range(8))),
)

#: Below these the fixed cost of a call or of a process is what one sees.
SETTLED = {"operations": 10**3, "rows": 10**4}

#: Memory that a process may find in what its imports gave back.
REUSED_MB = 20.0

#: A power of the size up to which growth counts as linear.
LINEAR = 1.1


def chain(x: Any, operations: int) -> Any:
    """A function of about so many operations, none of which can be shared."""
    y = list(x)
    for i in range(operations // 3):
        a, b = y[i % 4], y[(i + 1) % 4]
        y[i % 4] = np.exp(-a) if i % 10 == 0 else 0.9 * a + 0.1 * b
    return y[0] + y[1] + y[2] + y[3]


def by_operations(dialect: Any, size: int) -> dict[str, float]:
    """Seconds to trace, to differentiate and emit, and to run value and gradient once."""
    x = np.array([0.4, 0.5, 0.3, 0.2])
    graph, tracing = _timed(lambda: trace(lambda x: chain(x, size), 4))
    f, emitting = _timed(lambda: compiled(graph, dialect=dialect, wait=True))
    phase = "differentiate, emit" + (", compile C" if dialect == "c" else "")
    return {"trace": tracing, phase: emitting, "one call": _best(lambda: f(x))}


def by_rows(dialect: Any, size: int) -> dict[str, float]:
    """Seconds for value and gradient of the taste model on so many recipes."""
    subject = house_blend()
    f, x = subject.ours(dialect, "value", "gradient"), subject.recipes(size)
    return {f"{dialect}, one call": _best(lambda: f(x))}


KINDS: dict[str, Callable[[Any, int], dict[str, float]]] = {
    "operations": by_operations,
    "rows": by_rows,
}


def _timed(function: Callable[[], Any]) -> tuple[Any, float]:
    start = time.process_time(), _children_s()
    result = function()
    return result, time.process_time() - start[0] + _children_s() - start[1]


def _best(function: Callable[[], Any]) -> float:
    """Of several calls, half a second of them, the median."""
    function()
    samples: list[float] = []
    while len(samples) < 3 or (sum(samples) < 0.5 and len(samples) < 1000):
        samples.append(_timed(function)[1])
    return Spread.of(samples).median


def _children_s() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return children.ru_utime + children.ru_stime


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measured(kind: str, dialect: str, size: int) -> Point:
    """One point, measured in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.growth", kind, dialect, str(size)]
    result = subprocess.run(command, check=True, capture_output=True, text=True)
    return Point(**json.loads(result.stdout))


def exponent(points: Sequence[Point], value: Callable[[Point], float], kind: str) -> float:
    """p of value ∝ size^p, by least squares on the settled points."""
    settled = [point for point in points if point.size >= SETTLED[kind] and value(point) > 0.0]
    sizes = [math.log(point.size) for point in settled]
    return float(np.polyfit(sizes, [math.log(value(point)) for point in settled], 1)[0])


def show_growth(picture: Path, record: Path | None, page: bool) -> int:
    """Measure all curves, print them, draw them; exit code 1 if one is not linear."""
    curves: dict[tuple[str, str], list[Point]] = {}
    for kind, dialect, sizes in CURVES:
        curves[kind, dialect] = []
        for size in sizes:
            curves[kind, dialect].append(measured(kind, dialect, size))
            print(f"{kind}, {dialect}: {size:,}", file=sys.stderr, flush=True)
    bars = [
        bar for (kind, dialect), points in curves.items() for bar in _bars(kind, dialect, points)
    ]
    lines: list[str] = []
    for (kind, dialect), points in curves.items():
        lines += ["", f"### Growth by {kind}, {dialect} dialect", "", *_table(kind, points)]
    lines += ["", "### Growth: fitted powers", "", *bar_table(bars)]
    print("\n".join(lines))
    if page:
        write_section("growth", lines)
    draw(curves, picture)
    if record:
        figures = {
            ", ".join(key): [asdict(point) for point in each] for key, each in curves.items()
        }
        record.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    return 0 if all(bar.met for bar in bars) else 1


def _bars(kind: str, dialect: str, points: Sequence[Point]) -> list[Bar]:
    def bar(what: str, value: Callable[[Point], float]) -> Bar:
        power = exponent(points, value, kind)
        first = next(p.size for p in points if p.size >= SETTLED[kind] and value(p) > 0.0)
        reach = f"{first:,} to {points[-1].size:,} {kind}"
        spread = Spread(power, power, power)
        return Bar(f"{what}, {dialect}", f"power ≤ {LINEAR}", reach, spread, most=LINEAR, unit="")

    def of_phase(phase: str) -> Bar:
        return bar(phase, lambda point: point.seconds[phase])

    phases = [of_phase(phase) for phase in points[0].seconds]
    # A C compiler's own memory is not ours.
    return phases if dialect == "c" and kind == "operations" else [*phases, bar("memory", _memory)]


def _memory(point: Point) -> float:
    """Megabytes; none where what the imports had used before may have been used again."""
    return point.megabytes if point.megabytes >= REUSED_MB else 0.0


def _table(kind: str, points: Sequence[Point]) -> list[str]:
    rows = [
        [
            f"{point.size:,}",
            *[
                cell
                for each in point.seconds.values()
                for cell in (duration(each, "ms"), duration(each / point.size, "ns"))
            ],
            f"{figure(point.megabytes)} MB",
        ]
        for point in points
    ]
    head = [cell for phase in points[0].seconds for cell in (phase, "each")]
    return markdown([kind, *head, "memory"], rows)


if __name__ == "__main__":
    _kind, _dialect, _size = sys.argv[1], sys.argv[2], int(sys.argv[3])
    house_blend().ours("python", "value")  # everything imported
    _before = _peak_mb()
    _seconds = KINDS[_kind](_dialect, _size)
    print(json.dumps(asdict(Point(_size, _seconds, _peak_mb() - _before))))
