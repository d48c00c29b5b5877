"""Lines on a grid of grinds: where a quantity keeps its value, and where a cup tastes most alike."""

from __future__ import annotations

import numpy as np

from simulator.explain.ledger import Array


def continued_roots(grind_um: Array, missing: Array, start: int, grind: float) -> Array:
    """For each row the grind at which ``missing`` crosses zero, followed outwards from one row.

    A row can have several crossings (an espresso's extraction rises and falls with the grind): the one
    nearest to the neighbouring row's is taken.

    Args:
        grind_um: shape (G,), increasing.
        missing: shape (T, G).
        start: the row to start from.
        grind: the grind to be nearest to there, µm.

    Returns:
        Shape (T,); NaN from the first row on that has no crossing.

    >>> continued_roots(np.array([1.0, 2.0, 4.0]), np.array([[-1.0, 1.0, 2.0]]), 0, 1.0).round(3)
    array([1.414])
    """
    found = np.full(missing.shape[0], np.nan)
    for rows in (range(start, missing.shape[0]), range(start - 1, -1, -1)):
        near = grind if rows.step > 0 or np.isnan(found[start]) else float(found[start])
        for row in rows:
            roots = _roots(np.log(grind_um), missing[row])
            if roots.size == 0:
                break
            near = float(np.exp(roots[np.argmin(np.abs(roots - np.log(near)))]))
            found[row] = near
    return found


def _roots(log_grind: Array, values: Array) -> Array:
    """Crossings of zero, by straight lines between neighbours."""
    before, after = values[:-1], values[1:]
    at = np.flatnonzero((before < 0) != (after < 0))
    part = before[at] / (before[at] - after[at])
    return np.asarray(log_grind[at] + part * (log_grind[at + 1] - log_grind[at]))


def nearest_taste(grind_um: Array, squared: Array, farthest: float) -> tuple[Array, Array]:
    """For each row the grind with the least squared distance, by a parabola through the best three.

    Args:
        grind_um: shape (G,), even steps by ratio.
        squared: shape (T, G).
        farthest: a larger distance is none.

    Returns:
        The grind and the distance there, each of shape (T,); NaN where the least lies at an end or farther.

    >>> grind = np.geomspace(100.0, 400.0, 9)
    >>> best, left = nearest_taste(grind, np.log(grind / 210.0)[None, :] ** 2, 0.1)
    >>> best.round(6), bool(left[0] < 1e-6)
    (array([210.]), True)
    """
    log_grind = np.log(grind_um)
    at = np.argmin(squared, axis=1)
    inside = (at > 0) & (at < grind_um.size - 1)
    middle = np.clip(at, 1, grind_um.size - 2)
    rows = np.arange(squared.shape[0])
    low, mid, high = (squared[rows, middle + shift] for shift in (-1, 0, 1))
    bend = low - 2.0 * mid + high
    shift = np.where(bend > 0, 0.5 * (low - high) / np.where(bend > 0, bend, 1.0), 0.0)
    best = np.exp(log_grind[middle] + shift * (log_grind[1] - log_grind[0]))
    least = np.sqrt(np.maximum(mid - 0.25 * (low - high) * shift, 0.0))
    alike = inside & (least <= farthest)
    return np.where(alike, best, np.nan), np.where(alike, least, np.nan)
