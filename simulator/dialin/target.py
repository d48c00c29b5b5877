"""The posterior's own surface: −log(prior · likelihood) of a customer, with its slopes.

Traits are counted in standard deviations of the prior, z, so that −log posterior = −log P(cups | z) + z²/2
and no trait is steeper than another. Columns are customers, each of its own kind.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from simulator.dialin.likelihood import Counter
from simulator.dialin.traits import SIZE, Array, Prior

_LEAST = 0.5  # curvature below half the prior's is a bump of the likelihood: not trusted


def by_kind(matrices: Array, columns: Array, kind: Array) -> Array:
    """Each column times the matrix of its kind: matrices (S, n, n), columns (n, M), kinds (M,)."""
    turned = np.empty_like(columns)
    for which in np.unique(kind):
        these = kind == which
        turned[:, these] = matrices[which] @ columns[:, these]
    return turned


@dataclass(frozen=True, eq=False)
class Target:
    """What is known before the cups, and the cups."""

    counter: Counter
    prior: Prior
    rows: Array
    """Events, shape (NUMBERS, N)."""

    @cached_property
    def _roots(self) -> Array:
        return np.linalg.cholesky(np.moveaxis(self.prior.covariance, -1, 0))

    def traits(self, z: Array, kind: Array) -> Array:
        """Traits, shape (SIZE, M), of customers at z, shape (SIZE, M), whose kinds are given, (M,)."""
        moved: Array = self.prior.mean[:, kind] + by_kind(self._roots, z, kind)
        return moved

    def energy(self, z: Array, kind: Array) -> Array:
        """−log posterior but for a constant, shape (M,)."""
        likelihood = self.counter.values(self.traits(z, kind), self.rows)
        total: Array = likelihood + 0.5 * np.square(z).sum(axis=0)
        return total

    def gradients(self, z: Array, kind: Array) -> tuple[Array, Array]:
        """As `energy`, with its gradients by z, shape (SIZE, M)."""
        value, gradient = self.counter.gradients(self.traits(z, kind), self.rows)
        pulled = by_kind(np.swapaxes(self._roots, 1, 2), gradient, kind) + z
        return value + 0.5 * np.square(z).sum(axis=0), pulled

    def slopes(self, z: Array, kind: Array) -> tuple[Array, Array]:
        """Gradients (SIZE, M) and second derivatives (M, SIZE, SIZE), made positive definite."""
        traits = self.traits(z, kind)
        _, gradient = self.counter.gradients(traits, self.rows)
        hessian = np.moveaxis(self.counter.hessians(traits, self.rows), -1, 0)
        here = self._roots[kind]
        whitened = np.swapaxes(here, 1, 2) @ hessian @ here + np.eye(SIZE)
        sizes, vectors = np.linalg.eigh(0.5 * (whitened + np.swapaxes(whitened, 1, 2)))
        raised = vectors * np.maximum(sizes, _LEAST)[:, None, :]
        return np.einsum("cji,jc->ic", here, gradient) + z, raised @ np.swapaxes(vectors, 1, 2)
