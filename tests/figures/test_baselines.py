"""Every figure looks as it did: small pictures are kept, and today's may differ from them by little.

Other tests say what is drawn; these notice what nobody thought of, such as a line hidden behind a plane.
matplotlib draws a little differently from one version to the next, so pictures are compared under the
version that made them alone; under another one the tests are skipped and say so. After a wanted change::

    FIGURE_BASELINES=write python -m pytest tests/figures/test_baselines.py
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from simulator import figures
from simulator.figures import (
    CupPath,
    DialChart,
    DialPanel,
    GraphBox,
    GraphEdge,
    GraphPicture,
    Knob,
    Landscape,
    RateSeries,
    RatingGroup,
    RecipePath,
    RepeatTrace,
    Runner,
    Slices,
    convergence_series,
    draw_control_chart,
    draw_convergence,
    draw_coordinates,
    draw_dial_chart,
    draw_graph,
    draw_landscape,
    draw_learning_rates,
    draw_race,
    draw_ratings,
    draw_slices,
)
from simulator.figures.style import in_style

KEPT = Path(__file__).parent / "baselines"
VERSION = KEPT / "matplotlib-version.txt"
WRITE = os.environ.get("FIGURE_BASELINES") == "write"

#: Difference of an average pixel. Drawn twice by one version it is 0; another rasteriser's rounding of
#: edges stays below, a line of the landscape that moves by 5 % of its place does not.
TOLERANCE = 0.15
_DPI = 45.0

GRIND, TIME = np.geomspace(200, 1400, 30), np.geomspace(20, 600, 25)
HILL = 7 - np.log(GRIND / 700) ** 2 - np.log(TIME[:, None] / 120) ** 2
PLANE = Landscape(GRIND, TIME, HILL, held="milk 0 g")
STEPS = np.arange(1, 41)
REST = np.exp(-STEPS / 8)


def _path(label: str, sign: float) -> RecipePath:
    ways = {
        "grind_um": 700 * np.exp(-0.9 * REST),
        "time_s": 120 * np.exp(sign * 0.8 * REST),
        "milk_g": 20 + 60 * REST,
    }
    return RecipePath(label, STEPS, ways)


def _cups(label: str, end: float) -> CupPath:
    cups = end + 5 * REST
    return CupPath(label, cups, cups / 16)


PATHS = [_path("adam", 1.0), _path("momentum", -1.0)]
CUPS = [_cups("adam", 20.0), _cups("momentum", 19.0)]


def _convergence() -> Figure:
    runs = [RepeatTrace(STEPS, 8 - 3 * each * REST) for each in (0.5, 1.0, 2.0)]
    failed = [RepeatTrace(STEPS, 7.9 - REST), RepeatTrace([1], [5.0], failed=True)]
    series = [convergence_series("adam", runs, 8.0), convergence_series("slsqp", failed, 8.0)]
    return draw_convergence(series, title="house-blend")


def _dial_chart() -> Figure:
    ey, dose = np.meshgrid(np.linspace(10, 24, 20), np.linspace(10, 30, 15), indexing="ij")
    tds = ey * dose / 250
    panels = [DialPanel(f"segment {i}", 6 - (tds - 1 - 0.1 * i) ** 2) for i in range(2)]
    cup, towards = ((20.0, 1.2), (19.0, 1.14)), ((892.0, 240.0), (950.0, 220.0))
    lines = (200 + TIME, 210 + TIME)
    return draw_dial_chart(DialChart(ey, tds, panels, *cup, GRIND, TIME, HILL, *towards, *lines))


def _slices() -> Figure:
    knobs = (Knob("grind_um", 200, 1400, log=True), Knob("time_s", 20, 600, log=True))
    lines = {"grind_um": HILL[12], "time_s": HILL[:, 15]}
    best = {"grind_um": 700.0, "time_s": 120.0}
    values = {"grind_um": GRIND, "time_s": TIME}
    return draw_slices(Slices(knobs, values, lines, {("grind_um", "time_s"): HILL}, best))


def _ratings() -> Figure:
    shares = np.array([1, 2, 4, 8, 10, 8, 4, 2, 1]) / 40
    group = RatingGroup("with milk", 0.4, 5.2, shares)
    return draw_ratings([group], RatingGroup("all customers", 1.0, 5.0, shares))


def _rates() -> Figure:
    rate = np.array([0.001, 0.01, 0.1])
    gap, cost = np.array([0.3, 1e-5, 1e-3]), np.array([np.inf, 150.0, 60.0])
    series = [RateSeries("adam", rate, gap, gap / 2, gap * 3, cost)]
    return draw_learning_rates(series, tolerance=0.005, repeats=5)


def _graph() -> Figure:
    boxes = [
        GraphBox(100, 45, 128, 46, "grind", "900 µm", 0.5),
        GraphBox(100, 170, 128, 46, "extraction", "20 %", -0.25),
        GraphBox(300, 170, 128, 46, "TDS", "1.2 %", 0.0),
    ]
    edges = [
        GraphEdge(((100, 91, 91), (100, 170, 170)), 2.0),
        GraphEdge(((100, 91, 91), (300, 170, 170)), -0.5),
    ]
    return draw_graph(
        GraphPicture(560, 240, [("Grinder", 0, 100), ("Brewer", 110, 130)], boxes, edges)
    )


FIGURES: Mapping[str, Callable[[], Figure]] = {
    "convergence": _convergence,
    "coordinates": lambda: draw_coordinates(
        [Knob("grind_um", 200, 1400, log=True), Knob("milk_g", 0, 150)],
        PATHS,
        best={"grind_um": 700.0, "milk_g": 20.0},
    ),
    "landscape": lambda: draw_landscape(PLANE, PATHS, best=(700.0, 120.0)),
    "control-chart": lambda: draw_control_chart(CUPS),
    "dial-chart": _dial_chart,
    "slices": _slices,
    "ratings": _ratings,
    "learning-rates": _rates,
    "graph": _graph,
    "race": lambda: (
        draw_race(
            PLANE, [Runner(p, c) for p, c in zip(PATHS, CUPS, strict=True)], best=(700.0, 120.0)
        ).figure
    ),
}


def _pixels(figure: Figure) -> Any:
    FigureCanvasAgg(figure)
    file = BytesIO()
    with in_style():
        figure.savefig(file, format="png", dpi=_DPI)
    return Image.open(file).convert("RGB")


def _difference(one: Any, other: Any) -> float:
    """Of an average pixel's colours, 0 to 255."""
    return float(np.abs(np.asarray(one, dtype=float) - np.asarray(other, dtype=float)).mean())


def _minor(version: str) -> str:
    found = re.match(r"\d+\.\d+", version)
    assert found
    return found[0]


@pytest.mark.parametrize("name", FIGURES)
def test_looks_as_it_did(name: str):
    kept = KEPT / f"{name}.png"
    if WRITE:
        KEPT.mkdir(exist_ok=True)
        VERSION.write_text(f"{mpl.__version__}\n", encoding="utf-8")
        _pixels(FIGURES[name]()).save(kept, optimize=True)
        pytest.skip(f"WRITTEN ANEW: {kept.name}; look at it before it is committed")
    made_with = VERSION.read_text(encoding="utf-8").strip()
    if _minor(made_with) != _minor(mpl.__version__):
        pytest.skip(f"NOT COMPARED: pictures of matplotlib {made_with}, here is {mpl.__version__}")
    now, then = _pixels(FIGURES[name]()), Image.open(kept).convert("RGB")
    assert now.size == then.size
    difference = _difference(now, then)
    assert difference < TOLERANCE, f"{name}: a pixel differs by {difference:.2f} of 255 on average"


def test_no_picture_is_kept_that_nothing_draws():
    assert {path.stem for path in KEPT.glob("*.png")} == set(FIGURES)


def test_every_figure_has_a_picture_here_and_a_test_of_what_it_draws():
    drawn = {name[5:] for name in figures.__all__ if name.startswith("draw_")}
    assert {name.replace("_", "-") for name in drawn} == set(FIGURES)
    tested = {path.stem[5:] for path in Path(__file__).parent.glob("test_*.py")}
    assert drawn <= tested


def test_a_line_moved_by_a_little_is_noticed():
    ways = {name: 1.05 * values for name, values in PATHS[1].recipe.items()}
    moved = [PATHS[0], RecipePath("momentum", STEPS, ways)]
    one, other = (_pixels(draw_landscape(PLANE, paths)) for paths in (PATHS, moved))
    assert _difference(one, other) > TOLERANCE
