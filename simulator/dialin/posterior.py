"""What the cups say about the customer: draws of whole customers, each as likely as it should be.

The normal approximations around the modes propose customers; importance weights, which compare the exact
posterior with the proposal, choose among them; a few Crank–Nicolson moves about the modes then part the
copies.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.special

from simulator.dialin.laplace import Modes, modes
from simulator.dialin.likelihood import Counter
from simulator.dialin.target import Target
from simulator.dialin.traits import SIZE, Array, Prior

DRAWS = 256
_PROPOSALS = 2  # for each draw
_MOVES = 4
_STRIDE = 0.6  # of a move: 1 forgets where it started
_WIDER = 1.15  # proposals are wider than the approximation, so that its tails are not missed


@dataclass(frozen=True, eq=False)
class Posterior:
    """Equally likely customers.

    Attributes:
        kind: of shape (M,), places in ``prior.segments``.
        traits: of shape (SIZE, M).
        modes: the approximations; None before the first cup.
        effective: how many of the proposals counted, as a share; 1 is perfect.
    """

    prior: Prior
    kind: Array
    traits: Array
    modes: Modes | None
    effective: float

    def shares(self) -> dict[str, float]:
        """How likely each kind of customer is."""
        count = np.bincount(self.kind, minlength=len(self.prior.segments)) / self.kind.size
        return dict(zip(self.prior.segments, count.tolist(), strict=True))


def posterior(
    counter: Counter,
    prior: Prior,
    rows: Array,
    *,
    draws: int = DRAWS,
    seed: int = 0,
    start: Array | None = None,
) -> Posterior:
    """Draw customers who fit the cups.

    Args:
        counter: the compiled likelihood.
        prior: what is known beforehand.
        rows: the events, shape (NUMBERS, N); none is allowed.
        draws: how many customers.
        seed: of the draws; equal cups then give equal answers.
        start: of the modes, an earlier fit's.
    """
    rng = np.random.default_rng(seed)
    if rows.shape[1] == 0:
        return Posterior(prior, *prior.draw(rng, draws), None, 1.0)
    target = Target(counter, prior, rows)
    found = modes(target, start)
    weight = scipy.special.softmax(np.log(prior.share) + found.evidence)
    # No kind is written off by its approximation alone.
    chance = 0.97 * weight + 0.03 * prior.share
    kind = np.sort(rng.choice(weight.size, _PROPOSALS * draws, p=chance / chance.sum()))
    noise = rng.standard_normal((SIZE, kind.size))
    z = _at(found, kind, _WIDER * noise)
    energy = target.energy(z, kind)
    log_proposal = (
        np.log(chance)[kind] - found.log_volume[kind] - 0.5 * np.square(noise).sum(axis=0)
    )
    importance = scipy.special.softmax(np.log(prior.share)[kind] - energy - log_proposal)
    picked = _systematic(rng, importance, draws)
    z = _stirred(target, found, z[:, picked], kind[picked], energy[picked], rng)
    share = float(1.0 / np.square(importance).sum() / kind.size)
    return Posterior(prior, kind[picked], target.traits(z, kind[picked]), found, share)


def _at(found: Modes, kind: Array, steps: Array) -> Array:
    moved: Array = found.place[:, kind] + np.einsum("cij,jc->ic", found.root[kind], steps)
    return moved


def _systematic(rng: np.random.Generator, weight: Array, count: int) -> Array:
    """Resampling with one random number, which adds next to no noise of its own."""
    ticks = (np.arange(count) + rng.uniform()) / count
    return np.minimum(np.searchsorted(np.cumsum(weight), ticks), weight.size - 1)


def _stirred(
    target: Target,
    found: Modes,
    z: Array,
    kind: Array,
    energy: Array,
    rng: np.random.Generator,
) -> Array:
    """Crank–Nicolson moves about each kind's mode: were the approximation exact, all would be accepted."""
    inverse = np.linalg.inv(found.root)
    steps = np.einsum("cij,jc->ic", inverse[kind], z - found.place[:, kind])
    for _ in range(_MOVES):
        tried = np.sqrt(1.0 - _STRIDE**2) * steps + _STRIDE * rng.standard_normal(steps.shape)
        there = _at(found, kind, tried)
        at = target.energy(there, kind)
        gain = energy - at + 0.5 * (np.square(tried) - np.square(steps)).sum(axis=0)
        accepted = np.log(rng.uniform(size=gain.size)) < gain
        z, steps = np.where(accepted, there, z), np.where(accepted, tried, steps)
        energy = np.where(accepted, at, energy)
    return z
