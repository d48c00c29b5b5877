"""How the optimizers went: convergence, knobs, landscape and control chart, from stored traces."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.figure import Figure

from simulator.experiment.problem import Problem
from simulator.experiment.records import RunRecord, TraceRecord
from simulator.figures import (
    DRIP_IDEAL,
    ESPRESSO_IDEAL,
    ConvergenceSeries,
    CupPath,
    IdealBox,
    Landscape,
    RecipePath,
    RepeatTrace,
    convergence_series,
    draw_control_chart,
    draw_convergence,
    draw_coordinates,
    draw_landscape,
)
from simulator.report.pictures.material import Material, positions

#: Grid of the landscape, per side.
_GRID = 121
#: Points of a path that are drawn; more cannot be told apart.
_PATH_POINTS = 200
#: Runs per optimizer whose cups are drawn on the chart.
_CUPS = 3


def convergence(material: Material) -> Figure:
    """The gap to the best known score against evaluations, over all repeats."""
    return draw_convergence(
        convergence_of(material),
        unit=material.unit,
        title=material.name,
        look=material.look,
        words=material.words,
    )


def coordinates(material: Material) -> Figure:
    """Each knob against evaluations, from the first start."""
    return draw_coordinates(
        material.knobs,
        [recipe_path(run, trace) for run, trace in material.first],
        best=material.recommended().recipe,
        title=_first_start(material),
        look=material.look,
        words=material.words,
    )


def landscape(material: Material) -> Figure:
    """The score over grind and time, and the ways from the first start."""
    best = material.recommended().recipe
    return draw_landscape(
        landscape_of(material),
        [recipe_path(run, trace) for run, trace in material.first],
        best=(best["grind_um"], best["time_s"]),
        score_name=material.score_name,
        title=_first_start(material),
        look=material.look,
        words=material.words,
    )


def control_chart(material: Material) -> Figure:
    """The cups of the first few starts on the brewing control chart."""
    few = [(run, trace) for run, trace in material.tested if run.repeat < _CUPS]
    return draw_control_chart(
        [cup_path(material.problem, run, trace) for run, trace in few],
        ideal=ideal_of(material.problem),
        title=material.name,
        look=material.look,
        words=material.words,
    )


def ideal_of(problem: Problem) -> IdealBox:
    """The customary box of the brewing method."""
    return ESPRESSO_IDEAL if problem.experiment.brew.method == "espresso" else DRIP_IDEAL


def convergence_of(material: Material) -> list[ConvergenceSeries]:
    """One series per optimizer, against the best score of all."""
    best = material.recommended().score
    return [
        convergence_series(
            label,
            [
                RepeatTrace(trace.value_count.astype(float), trace.score, run.failed)
                for run, trace in material.runs
                if run.optimizer == label
            ],
            best,
        )
        for label in material.look
    ]


def recipe_path(run: RunRecord, trace: TraceRecord) -> RecipePath:
    """The recipes of a run, as many as can be told apart."""
    chosen = _drawn(trace)
    recipe = {knob: trace.recipe[i, chosen] for i, knob in enumerate(trace.knobs)}
    return RecipePath(run.optimizer, trace.value_count[chosen].astype(float), recipe)


def cup_path(problem: Problem, run: RunRecord, trace: TraceRecord) -> CupPath:
    """The cups of a run: the recipes of its path, brewed."""
    chosen = _drawn(trace)
    tune = problem.experiment.tune
    settings = {knob: trace.recipe[i, chosen] for i, knob in enumerate(trace.knobs)}
    tasting = problem.tasting(np.stack([positions(tune[k], settings[k]) for k in problem.knobs]))
    shape = (chosen.size,)
    return CupPath(
        run.optimizer,
        np.broadcast_to(tasting.extraction_yield_pct, shape),
        np.broadcast_to(tasting.tds_pct, shape),
    )


def landscape_of(material: Material) -> Landscape:
    """The score over grind and time, all else as in the recommended recipe."""
    problem, tune = material.problem, material.problem.experiment.tune
    grind, time = (np.geomspace(tune[k].low, tune[k].high, _GRID) for k in ("grind_um", "time_s"))
    x = np.repeat(problem.coordinates(material.recommended().recipe)[:, None], _GRID**2, axis=1)
    for knob, values in (("grind_um", np.tile(grind, _GRID)), ("time_s", np.repeat(time, _GRID))):
        x[problem.knobs.index(knob)] = positions(tune[knob], values)
    score = problem.perfect - problem.map_program(x)[0].reshape(_GRID, _GRID)
    return Landscape(grind, time, score, held=material.held(("grind_um", "time_s")))


def _first_start(material: Material) -> str:
    return material.words.first_start.format(name=material.name)


def _drawn(trace: TraceRecord) -> np.ndarray[Any, Any]:
    """Which points of a trace are drawn: all, or a selection that keeps both ends."""
    points: np.ndarray[Any, Any] = np.flatnonzero(np.isfinite(trace.loss))
    if points.size <= _PATH_POINTS:
        return points
    # Early steps are the large ones, so they are kept most densely.
    places = np.unique(np.geomspace(1, points.size, _PATH_POINTS).astype(int)) - 1
    chosen: np.ndarray[Any, Any] = points[places]
    return chosen
