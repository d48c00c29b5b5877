"""From the scores that repeated runs saw to their median gap and its quartiles on one grid of evaluations."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from simulator.figures.data import Array, ConvergenceSeries, RepeatTrace

GRID_POINTS = 240


def convergence_series(
    label: str,
    traces: Sequence[RepeatTrace],
    best_known: float,
    grid: Array | None = None,
) -> ConvergenceSeries:
    """The median and the quartiles of the gap to ``best_known`` over repeats.

    The gap of a repeat is ``best_known`` minus its best score so far: infinite before its first finite
    score and for a failed run, unchanged after it has ended. A gap is negative where a run beats
    ``best_known``. ``grid`` holds the numbers of evaluations, by default about 240 whole numbers spaced
    evenly on a log axis up to the longest run. Raises ValueError without traces.

    >>> traces = [RepeatTrace([1, 2], [5.0, 7.0]), RepeatTrace([1, 3], [6.0, 7.5])]
    >>> convergence_series("adam", traces, best_known=8.0).median.tolist()
    [2.5, 1.5, 0.75]
    """
    if not traces:
        raise ValueError(f"{label}: there are no traces to take a median of")
    grid = evaluation_grid(traces) if grid is None else np.asarray(grid, np.float64)
    gaps = np.array([gap_at(trace, best_known, grid) for trace in traces])
    lower, median, upper = (quantile(gaps, level) for level in (0.25, 0.5, 0.75))
    failed = sum(trace.failed for trace in traces)
    return ConvergenceSeries(label, grid, median, lower, upper, len(traces), failed)


def gap_at(trace: RepeatTrace, best_known: float, grid: Array) -> Array:
    """The gap of one run after each number of evaluations in ``grid``, (G,); infinite while it has none."""
    if trace.failed or not trace.score.size:
        return np.full(grid.shape, np.inf)
    best = np.fmax.accumulate(np.where(np.isfinite(trace.score), trace.score, -np.inf))
    seen = np.searchsorted(trace.evaluations, grid, side="right")
    return best_known - np.concatenate([[-np.inf], best])[seen]


def evaluation_grid(traces: Sequence[RepeatTrace]) -> Array:
    """Different whole numbers from 1 to the longest run's evaluations, evenly spaced on a log axis."""
    longest = max(
        (trace.evaluations[-1] for trace in traces if trace.evaluations.size), default=1.0
    )
    return np.unique(np.round(np.geomspace(1.0, max(longest, 1.0), GRID_POINTS)))


def quantile(values: Array, level: float) -> Array:
    """Quantile over the first axis, linear between neighbours, and infinite where a neighbour is infinite.

    >>> gaps = np.array([[1.0, 1.0], [2.0, np.inf], [np.inf, np.inf]])
    >>> quantile(gaps, 0.5).tolist(), quantile(gaps, 0.25).tolist()
    ([2.0, inf], [1.5, inf])
    """
    ordered = np.sort(values, axis=0)
    place = level * (len(ordered) - 1)
    below, above = ordered[int(np.floor(place))], ordered[int(np.ceil(place))]
    # Where the upper neighbour is infinite, the difference would be inf or, of two infinities, NaN.
    step = np.subtract(above, below, out=np.zeros_like(above), where=np.isfinite(above))
    between = below + (place - np.floor(place)) * step
    return np.asarray(np.where(np.isfinite(above), between, above))
