"""Figures of a results folder: gathers what they show, from results and from the taste model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from simulator.experiment.problem import Problem
from simulator.experiment.records import RunRecord, TraceRecord
from simulator.experiment.results import Results
from simulator.figures import (
    DRIP_IDEAL,
    ESPRESSO_IDEAL,
    ConvergenceSeries,
    CupPath,
    FigureWords,
    Knob,
    Landscape,
    RecipePath,
    RepeatTrace,
    convergence_series,
    draw_control_chart,
    draw_convergence,
    draw_coordinates,
    draw_landscape,
    looks,
    save,
)

#: Grid of the landscape, per side.
_GRID = 121
#: Points of a path that are drawn; more cannot be told apart.
_PATH_POINTS = 200
#: Runs per optimizer whose cups are drawn on the chart.
_CUPS = 3

Run = tuple[RunRecord, TraceRecord]


def draw_figures(
    problem: Problem, results: Results, words: FigureWords | None = None
) -> list[Path]:
    """Draw every figure that applies into the folder's figures/, as PNG and SVG; return the files.

    The texts are English unless ``words`` are given.
    """
    runs = [(run, results.trace(run.key)) for run in results.runs(skip_damaged=True)]
    files: list[Path] = []
    for name, figure in _figures(problem, runs, words or FigureWords()):
        files.extend(save(figure, results.figures, name))
    return files


def left_out(problem: Problem) -> list[str]:
    """A word on figures that a problem does not have."""
    if problem.is_coffee:
        return []
    return ["figures: convergence and coordinates; landscape and control chart are of coffee alone"]


def _figures(
    problem: Problem, runs: Sequence[Run], words: FigureWords
) -> Iterator[tuple[str, Any]]:
    look = looks([run.optimizer for run, _ in runs])
    name = problem.experiment.name
    tested = [(run, trace) for run, trace in runs if run.role == "tuned" and trace.loss.size]
    usable = [run for run, _ in runs if np.isfinite(run.score)]
    if not usable or not tested:
        return
    best = max(usable, key=lambda run: run.score)
    unit = words.points if problem.perfect == 9.0 else words.share_unit
    if not problem.is_coffee:
        unit = words.value_unit
    how: dict[str, Any] = {"look": look, "words": words}
    yield "convergence", draw_convergence(_series(runs, best), unit=unit, title=name, **how)
    knobs = [Knob(k, b.low, b.high, b.scale == "log") for k, b in problem.experiment.tune.items()]
    first = [(run, trace) for run, trace in tested if run.repeat == 0]
    paths = [_path(run, trace) for run, trace in first]
    titled = words.first_start.format(name=name)
    yield "coordinates", draw_coordinates(knobs, paths, best=best.recipe, title=titled, **how)
    if not problem.is_coffee:
        return
    few = [(run, trace) for run, trace in tested if run.repeat < _CUPS]
    if {"grind_um", "time_s"} <= set(problem.knobs):
        yield "landscape", _landscape(problem, best, first, how)
    chart = [_cups(problem, run, trace) for run, trace in few]
    espresso = problem.experiment.brew.method == "espresso"
    ideal = ESPRESSO_IDEAL if espresso else DRIP_IDEAL
    yield "control-chart", draw_control_chart(chart, ideal=ideal, title=name, **how)


def _series(runs: Sequence[Run], best: RunRecord) -> list[ConvergenceSeries]:
    labels = dict.fromkeys(run.optimizer for run, _ in runs)
    return [
        convergence_series(
            label,
            [
                RepeatTrace(trace.value_count.astype(float), trace.score, run.failed)
                for run, trace in runs
                if run.optimizer == label
            ],
            best.score,
        )
        for label in labels
    ]


def _drawn(trace: TraceRecord) -> np.ndarray[Any, Any]:
    """Which points of a trace are drawn: all, or a selection that keeps both ends."""
    points: np.ndarray[Any, Any] = np.flatnonzero(np.isfinite(trace.loss))
    if points.size <= _PATH_POINTS:
        return points
    # Early steps are the large ones, so they are kept most densely.
    places = np.unique(np.geomspace(1, points.size, _PATH_POINTS).astype(int)) - 1
    chosen: np.ndarray[Any, Any] = points[places]
    return chosen


def _path(run: RunRecord, trace: TraceRecord) -> RecipePath:
    chosen = _drawn(trace)
    recipe = {knob: trace.recipe[i, chosen] for i, knob in enumerate(trace.knobs)}
    return RecipePath(run.optimizer, trace.value_count[chosen].astype(float), recipe)


def _landscape(
    problem: Problem, best: RunRecord, runs: Sequence[Run], how: Mapping[str, Any]
) -> Any:
    words: FigureWords = how["words"]
    tune = problem.experiment.tune
    grind = np.geomspace(tune["grind_um"].low, tune["grind_um"].high, _GRID)
    time = np.geomspace(tune["time_s"].low, tune["time_s"].high, _GRID)
    x = np.repeat(problem.coordinates(best.recipe)[:, None], _GRID * _GRID, axis=1)
    for knob, values in (("grind_um", np.tile(grind, _GRID)), ("time_s", np.repeat(time, _GRID))):
        bounds = tune[knob]
        x[problem.knobs.index(knob)] = np.log(values / bounds.low) / np.log(
            bounds.high / bounds.low
        )
    score = problem.perfect - problem.map_program(x)[0].reshape(_GRID, _GRID)
    others = [knob for knob in best.recipe if knob not in ("grind_um", "time_s")]
    held = words.between.join(
        words.setting.format(
            quantity=words.bare(knob), value=f"{best.recipe[knob]:.3g}", unit=words.unit(knob)
        )
        for knob in others
    )
    mean = problem.perfect == 9.0
    return draw_landscape(
        Landscape(grind, time, score, held=held),
        [_path(run, trace) for run, trace in runs],
        best=(best.recipe["grind_um"], best.recipe["time_s"]),
        score_name=words.mean_score if mean else words.share,
        title=words.first_start.format(name=problem.experiment.name),
        **how,
    )


def _cups(problem: Problem, run: RunRecord, trace: TraceRecord) -> CupPath:
    chosen = _drawn(trace)
    settings = {knob: trace.recipe[i, chosen] for i, knob in enumerate(trace.knobs)}
    x = np.stack([_coordinate(problem, knob, settings[knob]) for knob in problem.knobs])
    tasting = problem.tasting(x)
    shape = (chosen.size,)
    return CupPath(
        run.optimizer,
        np.broadcast_to(tasting.extraction_yield_pct, shape),
        np.broadcast_to(tasting.tds_pct, shape),
    )


def _coordinate(problem: Problem, knob: str, values: np.ndarray[Any, Any]) -> Any:
    bounds = problem.experiment.tune[knob]
    if bounds.scale == "log":
        return np.log(values / bounds.low) / np.log(bounds.high / bounds.low)
    return (values - bounds.low) / (bounds.high - bounds.low)
