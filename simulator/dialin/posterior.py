"""What the cups say about the customer: draws of whole customers, each as likely as it should be.

The normal approximations around the modes propose customers, who are led over to the exact posterior in
stages: importance weights choose among them, then Hamiltonian moves, which follow the engine's exact
gradients, part the copies. Where the approximation is good, one stage is enough.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.special

from simulator.dialin.laplace import Modes, modes
from simulator.dialin.likelihood import Counter
from simulator.dialin.target import Target, by_kind
from simulator.dialin.traits import SIZE, Array, Prior

DRAWS = 512
_MOVES = 2  # at the end
_STAGES = 12  # on the way there, at most
_COUNTING = 0.4  # share of the draws that must still count after a stage
_LEAPS = 3
_STRIDE = 0.45  # of a leap, standard deviations
_WIDER = 1.05  # proposals are wider than the approximation, so that its tails are not missed


@dataclass(frozen=True, eq=False)
class Posterior:
    """Equally likely customers, those of one kind side by side: `some_of` takes a few of them.

    Attributes:
        kind: of shape (M,), places in ``prior.segments``.
        traits: of shape (SIZE, M).
        modes: the approximations; None before the first cup.
        effective: how many of the first proposals counted, as a share; 1 is perfect.
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
) -> Posterior:
    """Draw customers who fit the cups.

    Args:
        counter: the compiled likelihood.
        prior: what is known beforehand.
        rows: the events, shape (NUMBERS, N); none is allowed.
        draws: how many customers.
        seed: of the draws; equal cups then give equal answers.
    """
    rng = np.random.default_rng(seed)
    if rows.shape[1] == 0:
        return Posterior(prior, *prior.draw(rng, draws), None, 1.0)
    target = Target(counter, prior, rows)
    found = modes(target)
    weight = scipy.special.softmax(np.log(prior.share) + found.evidence)
    # No kind is written off by its approximation alone.
    chance = 0.97 * weight + 0.03 * prior.share
    kind = np.sort(rng.choice(weight.size, draws, p=chance / chance.sum()))
    way = _Way(target, found, np.log(prior.share) - np.log(chance))
    steps, kind, share = _led_over(way, _WIDER * rng.standard_normal((SIZE, draws)), kind, rng)
    return Posterior(prior, kind, target.traits(_at(found, kind, steps), kind), found, share)


@dataclass(frozen=True, eq=False)
class _Way:
    """From the normal approximations to the exact posterior; places are steps about each kind's mode."""

    target: Target
    found: Modes
    odds: Array
    """Of shape (S,): log of how much rarer each kind is proposed than it is among people."""

    def falling(self, steps: Array, kind: Array, heat: float) -> tuple[Array, Array, Array]:
        """−log density and its gradient (SIZE, M) on the way, and log posterior over proposal, (M,).

        Args:
            steps: of shape (SIZE, M).
            kind: of shape (M,).
            heat: 0 for the proposal, 1 for the posterior.
        """
        energy, gradient = self.target.gradients(_at(self.found, kind, steps), kind)
        pulled = by_kind(np.swapaxes(self.found.root, 1, 2), gradient, kind)
        near = 0.5 * np.square(steps / _WIDER).sum(axis=0)
        gain = near - energy + self.odds[kind] + self.found.log_volume[kind]
        slope = heat * pulled + (1.0 - heat) * steps / _WIDER**2
        return heat * energy + (1.0 - heat) * near, slope, gain


def _led_over(
    way: _Way, steps: Array, kind: Array, rng: np.random.Generator
) -> tuple[Array, Array, float]:
    """Lead proposals over to the posterior, as fast as they can follow (Del Moral, Doucet & Jasra 2006).

    Returns:
        steps, kinds, and what share of the proposals counted at the first weighing.
    """
    heat, share = 0.0, 1.0
    gain = way.falling(steps, kind, heat)[2]
    for stage in range(_STAGES):
        more = 1.0 - heat if stage == _STAGES - 1 else _bearable(gain, 1.0 - heat)
        if stage == 0:
            share = _effective(gain)
        picked = _systematic(rng, scipy.special.softmax(more * gain), kind.size)
        heat = min(heat + more, 1.0)
        moves = _MOVES if heat >= 1.0 else 1
        steps, kind = steps[:, picked], kind[picked]
        steps, gain = _stirred(way, steps, kind, heat, moves, rng)
        if heat >= 1.0:
            break
    return steps, kind, share


def _effective(log_weight: Array) -> float:
    weight = scipy.special.softmax(log_weight)
    return float(1.0 / np.square(weight).sum() / weight.size)


def _bearable(gain: Array, most: float) -> float:
    """The longest stride on the way after which half of the draws still count."""
    if _effective(most * gain) >= _COUNTING:
        return most
    low, high = 0.0, most
    for _ in range(20):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if _effective(middle * gain) >= _COUNTING else (low, middle)
    return max(low, 1e-3)


def _at(found: Modes, kind: Array, steps: Array) -> Array:
    moved: Array = found.place[:, kind] + by_kind(found.root, steps, kind)
    return moved


def _systematic(rng: np.random.Generator, weight: Array, count: int) -> Array:
    """Resampling with one random number, which adds next to no noise of its own."""
    ticks = (np.arange(count) + rng.uniform()) / count
    return np.minimum(np.searchsorted(np.cumsum(weight), ticks), weight.size - 1)


def _stirred(
    way: _Way, steps: Array, kind: Array, heat: float, moves: int, rng: np.random.Generator
) -> tuple[Array, Array]:
    """Hamiltonian moves (Neal 2011); the steps, and log posterior over proposal there."""
    energy, slope, gain = way.falling(steps, kind, heat)
    for _ in range(moves):
        speed = rng.standard_normal(steps.shape)
        before = energy + 0.5 * np.square(speed).sum(axis=0)
        # Lengths differ, so that no way is a whole turn for all.
        length = _STRIDE * rng.uniform(0.7, 1.2, kind.size)
        there, down = steps, slope
        for _ in range(_LEAPS):
            speed = speed - 0.5 * length * down
            there = there + length * speed
            at, down, rise = way.falling(there, kind, heat)
            speed = speed - 0.5 * length * down
        accepted = np.log(rng.uniform(size=kind.size)) < before - at - 0.5 * np.square(speed).sum(
            axis=0
        )
        steps, slope = np.where(accepted, there, steps), np.where(accepted, down, slope)
        energy, gain = np.where(accepted, at, energy), np.where(accepted, rise, gain)
    return steps, gain
