"""The same optima by scipy: an independent minimiser on the same likelihood."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from simulator.calibration.likelihood import Fit
from simulator.calibration.ratings import Array
from simulator.optimizers import Box

Repeats = NDArray[np.intp]


def largest_distance(fit: Fit, box: Box, start: Array, found: Array) -> float:
    """Largest difference between our and scipy's log-likelihoods over the fits, L-BFGS-B from one start.

    Args:
        fit: the objective.
        box: bounds of the parameters.
        start: a rough start for scipy, of shape (n,).
        found: our optima, of shape (n, fits).
    """
    return max(abs(ours - theirs) for ours, theirs in _values(fit, box, start, found))


def _values(fit: Fit, box: Box, start: Array, found: Array) -> list[tuple[float, float]]:
    values = []
    for i in range(found.shape[1]):
        repeat, people = np.array([i]), float(fit.weight[i].sum())

        def loss(x: Array, repeat: Repeats = repeat) -> tuple[float, Array]:
            value, gradient = fit.value_and_gradient(x[:, None], repeat)
            return float(value[0]), gradient[:, 0]

        theirs = minimize(
            loss, start, jac=True, method="L-BFGS-B", bounds=np.stack([box.lower, box.upper], axis=1),
            options={"ftol": 1e-15, "gtol": 1e-9, "maxiter": 500},
        )  # fmt: skip
        ours = fit.value(found[:, [i]], repeat)[0]
        values.append((float(ours) * people, float(theirs.fun) * people))
    return values
