"""What carries over: a palate to another bean, a grinder and a bean to another person.

What was learnt is summed up as a normal distribution for each kind of customer; the blocks of traits that do
not come along return to what is known of strangers. Nobody is quite the same on another day, so that what
is carried is widened a little.
"""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from simulator.dialin.posterior import Posterior
from simulator.dialin.traits import TRAITS, Array, Prior

_DRIFT = 0.1  # share of a stranger's variance that comes back
_DOUBT = 0.1  # share of the doubt about the kind of customer that comes back

PERSON = frozenset({"palate", "rating", "words"})
"""Blocks that go with a person."""


def carried(found: Posterior, stranger: Prior, blocks: Collection[str]) -> Prior:
    """The prior of the next session.

    Args:
        found: the posterior of the last; without cups it is the stranger's prior.
        stranger: what is known of somebody new.
        blocks: of the traits that come along, such as `PERSON`.
    """
    if found.modes is None:
        return stranger
    kept = np.array([trait.block in blocks for trait in TRAITS])
    mean, covariance = stranger.mean.copy(), stranger.covariance.copy()
    learnt_mean, learnt = _learnt(found)
    pairs = np.outer(kept, kept)
    mean[kept] = learnt_mean[kept]
    drift = _DRIFT * stranger.covariance
    covariance[pairs] = (learnt + drift)[pairs]
    # What is kept is no longer tied to what is not.
    covariance[np.outer(kept, ~kept) | np.outer(~kept, kept)] = 0.0
    share = stranger.share
    if "palate" in blocks:
        now = np.bincount(found.kind, minlength=share.size) / found.kind.size
        share = (1.0 - _DOUBT) * now + _DOUBT * stranger.share
    return Prior(stranger.segments, share, mean, covariance)


def _learnt(found: Posterior) -> tuple[Array, Array]:
    """Mean (SIZE, S) and covariance (SIZE, SIZE, S) of each kind, in the traits' own units."""
    modes, prior = found.modes, found.prior
    assert modes is not None
    roots = np.linalg.cholesky(np.moveaxis(prior.covariance, -1, 0))
    mean = prior.mean + np.einsum("sij,js->is", roots, modes.place)
    factors = roots @ modes.root
    return mean, np.moveaxis(factors @ np.swapaxes(factors, 1, 2), 0, -1)
