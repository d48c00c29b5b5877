"""The most likely customer of each kind, and how sharply the cups say so.

Newton's method on the graph's exact Hessian; all kinds advance side by side as columns of one batch.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulator.dialin.target import Target
from simulator.dialin.traits import SIZE, Array

_STEPS = 15
_TOLERANCE = 5e-3  # decrease of −log posterior that a step must still promise
_LONGEST = 4.0  # standard deviations of the prior in one step
_HALVINGS = 6


@dataclass(frozen=True, eq=False)
class Modes:
    """One normal approximation for each kind of customer, in standard deviations of its prior."""

    place: Array
    """Of shape (SIZE, S)."""
    root: Array
    """Of shape (S, SIZE, SIZE): lower factor of each covariance."""
    evidence: Array
    """Of shape (S,): log probability of the cups if the customer is of this kind."""

    @property
    def log_volume(self) -> Array:
        """Of shape (S,): log determinant of each factor."""
        volume: Array = np.log(np.diagonal(self.root, axis1=1, axis2=2)).sum(axis=1)
        return volume


def modes(target: Target) -> Modes:
    """Fit all kinds, each from its mean.

    An earlier fit would save steps, but may sit in a hollow that later cups have left behind; and equal cups
    are to give equal answers, whatever was asked before.
    """
    z = np.zeros_like(target.prior.mean)
    going = np.arange(z.shape[1])
    value = target.energy(z, going)
    sharpness = np.zeros((going.size, SIZE, SIZE))
    for _ in range(_STEPS):
        gradient, curvature = target.slopes(z[:, going], going)
        sharpness[going] = curvature
        step = -np.linalg.solve(curvature, gradient.T[..., None])[..., 0].T
        step *= np.minimum(1.0, _LONGEST / np.maximum(np.linalg.norm(step, axis=0), 1e-300))
        kept = -(gradient * step).sum(axis=0) > _TOLERANCE
        going, step = going[kept], step[:, kept]
        if not going.size:
            break
        _walk(target, z, value, going, step)
    root = np.linalg.cholesky(np.linalg.inv(sharpness))
    found = Modes(z, root, -value)
    return Modes(z, root, found.log_volume - value)


def _walk(target: Target, z: Array, value: Array, going: Array, step: Array) -> None:
    """Take each column's step, halved until its value falls."""
    scale = 1.0
    for _ in range(_HALVINGS):
        tried = z[:, going] + scale * step
        at = target.energy(tried, going)
        better = at < value[going]
        z[:, going[better]], value[going[better]] = tried[:, better], at[better]
        going, step, scale = going[~better], step[:, ~better], 0.5 * scale
        if not going.size:
            return
