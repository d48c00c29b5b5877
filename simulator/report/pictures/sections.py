"""Slices through the recommended recipe: along each knob, and over each pair."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from simulator.experiment.knobs import Bounds
from simulator.experiment.scaling import between
from simulator.figures import Slices, draw_slices
from simulator.report.pictures.material import Material

Grid = NDArray[np.float64]

#: Points per side of a plane.
_GRID = 61


def slices(material: Material) -> Figure:
    """All slices as one figure."""
    return draw_slices(
        slices_of(material),
        score_name=material.score_name,
        title=material.name,
        words=material.words,
    )


def slices_of(material: Material) -> Slices:
    """The score on a grid over each knob and each pair, everything else as recommended."""
    problem, best = material.problem, material.recommended().recipe
    middle, grid = problem.coordinates(best), np.linspace(0.0, 1.0, _GRID)
    tune = problem.experiment.tune
    values = {name: _values(tune[name], grid) for name in problem.knobs}

    def score(**moved: np.ndarray) -> np.ndarray:
        x = np.repeat(middle[:, None], next(iter(moved.values())).size, axis=1)
        for name, coordinates in moved.items():
            x[problem.knobs.index(name)] = coordinates
        return np.asarray(problem.perfect - problem.map_program(x)[0])

    planes = {
        (across, up): score(**{across: np.tile(grid, _GRID), up: np.repeat(grid, _GRID)}).reshape(
            _GRID, _GRID
        )
        for across, up in combinations(problem.knobs, 2)
    }
    lines = {name: score(**{name: grid}) for name in problem.knobs}
    return Slices(material.knobs, values, lines, planes, best)


def _values(bounds: Bounds, grid: Grid) -> Grid:
    """The knob's values over the grid, from bound to bound exactly, where rounding misses by a hair."""
    values: Grid = np.asarray(between(bounds, grid), dtype=np.float64)
    values[[0, -1]] = bounds.low, bounds.high
    return values


def slices_in_words(material: Material) -> dict[str, str]:
    """How much the score falls along each knob from the best to its worst."""
    drawn = slices_of(material)
    falls = (
        material.messages.say(
            "alt.fall", knob=material.words.bare(name), fall=f"{np.ptp(drawn.lines[name]):.2f}"
        )
        for name in material.problem.knobs
    )
    return {
        "recipe": material.held(()),
        "falls": material.messages.say("separator.words").join(falls),
    }
