"""Ways to look at a figure without eyes: what its lines hold, and whether its texts keep apart."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

from simulator.figures import CupPath, RecipePath, RepeatTrace
from simulator.figures.style import in_style

METHODS = (
    "gradient-descent", "momentum", "nesterov", "adagrad", "rmsprop", "adam",
    "l-bfgs-b", "slsqp", "nelder-mead", "powell", "differential-evolution", "dual-annealing",
)  # fmt: skip


@pytest.fixture
def methods() -> tuple[str, ...]:
    """Twelve labels, as many as one figure is expected to hold."""
    return METHODS


@pytest.fixture
def lines() -> Callable[[Axes, str], list[Any]]:
    """``lines(ax, label)``: x and y of every line of that label, as lists."""

    def find(ax: Axes, label: str) -> list[Any]:
        return [
            line.get_xydata().T.tolist() for line in ax.get_lines() if line.get_label() == label
        ]

    return find


@pytest.fixture
def collisions(monkeypatch: pytest.MonkeyPatch) -> Callable[[Figure], list[tuple[str, str]]]:
    """``collisions(figure)``: pairs of drawn texts that overlap, and drawn texts that leave the figure."""
    drawn: list[Text] = []
    draw = Text.draw

    def recorded(text: Text, *arguments: Any, **options: Any) -> None:
        if text.get_visible() and text.get_text().strip():
            drawn.append(text)
        draw(text, *arguments, **options)

    def find(figure: Figure) -> list[tuple[str, str]]:
        FigureCanvasAgg(figure)
        with in_style(), monkeypatch.context() as patch:
            figure.draw_without_rendering()
            patch.setattr(Text, "draw", recorded)
            figure.canvas.draw()
            boxes = {text: text.get_window_extent().padded(-0.5) for text in drawn}
        page = figure.bbox
        outside = [
            (text.get_text(), "edge")
            for text, box in boxes.items()
            if box.x0 < page.x0 or box.y0 < page.y0 or box.x1 > page.x1 or box.y1 > page.y1
        ]
        return outside + [
            (one.get_text(), other.get_text())
            for one, other in combinations(boxes, 2)
            if boxes[one].overlaps(boxes[other])
        ]

    return find


@pytest.fixture
def descent() -> Callable[..., RepeatTrace]:
    """``descent(seed, steps=..., best=...)``: a noisy geometric approach to the score ``best``."""

    def make(seed: int, *, steps: int = 60, best: float = 8.0, failed: bool = False) -> RepeatTrace:
        rng = np.random.default_rng(seed)
        evaluations = np.arange(1, steps + 1)
        gap = 3 * np.exp(-9 * evaluations / steps) * (1 + rng.random(steps))
        return RepeatTrace(evaluations, best - gap, failed)

    return make


@pytest.fixture
def recipe_path() -> Callable[..., RecipePath]:
    """``recipe_path(label, seed, steps=...)``: grind, time, milk and sugar on their way to one recipe."""

    def make(label: str, seed: int = 0, *, steps: int = 40) -> RecipePath:
        rng = np.random.default_rng(seed)
        rest = np.exp(-4 * np.arange(steps) / max(steps, 1))
        ends = {"grind_um": (900, 300), "time_s": (300, 60), "milk_g": (12, 90), "sugar_g": (1, 12)}
        ways = {
            name: end + rest * (begin * rng.uniform(0.8, 1.2) - end)
            for name, (end, begin) in ends.items()
        }
        return RecipePath(label, np.arange(1, steps + 1), ways)

    return make


@pytest.fixture
def cup_path() -> Callable[..., CupPath]:
    """``cup_path(label, start, end, strength=...)``: cups of one dose, TDS in proportion to the yield."""

    def make(
        label: str, start: float = 24.0, end: float = 20.0, strength: float = 0.0625
    ) -> CupPath:
        cups = np.linspace(start, end, 30)
        return CupPath(label, cups, cups * strength)

    return make
