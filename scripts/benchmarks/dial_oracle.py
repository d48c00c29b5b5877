"""A ceiling for ``scripts/bench dial``: a contestant who knows how the customers are made.

It knows the exact family of ``dial_customers.py``: how ideals, weights and curvatures are spread, how ratings
are rounded and how loud the noise is, when a word is said. It does not know who is at the counter. It chooses
its cups by the session's own rule, from draws that sequential Monte Carlo moves from cup to cup; what it has
not found, these answers do not tell. The physics must be the model's own.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np
from scipy.special import ndtr

from benchmarks.dial_customers import (
    ASPECTS,
    IDEALS,
    POINTS,
    SAID,
    SPREAD,
    STEPS,
    Case,
    perceived,
)
from simulator.coffee import JUST_RIGHT, MIXES
from simulator.dialin import Kit
from simulator.dialin.customer import WORDS
from simulator.dialin.suggestion import outlook
from simulator.dialin.traits import INDEX

DRAWS = 512
_SWEEPS = 18
_SCATTERS = 8  # of what is heard, for the chance of each word
_KINDS = tuple(MIXES["survey"])
_SHARES = np.array([MIXES["survey"][name] for name in _KINDS])
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(12)
# Rows of a column of draws. The session's decisions read the noise where its own traits have it.
_NOISE = INDEX["log_noise"]
_Z = slice(_NOISE + 1, _NOISE + 1 + 36)
_KIND = _Z.stop
_ROWS = _KIND + 1


@dataclass(frozen=True, eq=False)
class Guests:
    """Customers as columns: what `dial_customers.customer` would have made of their random numbers."""

    ideals: Any
    """Shape (6, M)."""
    weights: Any
    """Shape (2, 6, M)."""
    softness: Any
    top: Any
    gain: Any
    step: Any
    bias: Any
    content: Any
    plain: Any
    """Who takes nothing: never says that milk or sugar is missing."""

    def gaps(self, seen: Any) -> Any:
        """Shape (6, M, C), for what is perceived, (6, C)."""
        steps = np.array(STEPS)[:, None, None]
        gaps: Any = steps * (seen[:, None, :] - self.ideals[:, :, None])
        return gaps

    def liking(self, seen: Any, grit: Any) -> Any:
        """Shape (M, C)."""
        gaps, soft = self.gaps(seen), self.softness[:, :, None]
        miss = np.sqrt(np.square(gaps) + np.square(soft)) - soft
        miss[3] = np.where(gaps[3] > 0, miss[3], 0.0)
        weight = np.where(gaps > 0, self.weights[1][:, :, None], self.weights[0][:, :, None])
        cost = 0.9 * grit + (weight * miss).sum(axis=0)
        return np.maximum(self.top[:, None] - self.gain[:, None] * cost, 1.0)


def guests(draws: Any, case: Case) -> Guests:
    """The customers of these draws."""
    kind, z = draws[_KIND].astype(int), iter(draws[_Z])

    def take(count: int) -> Any:
        return np.array([next(z) for _ in range(count)])

    ideals = np.array([IDEALS[name] for name in _KINDS]).T[:, kind]
    ideals += np.array(SPREAD)[:, None] * take(6)
    adds = np.array([name in ("milk", "milk-and-sugar") for name in _KINDS])[kind]
    ideals[5] *= np.where(adds, np.exp(0.3 * next(z)), 1.0)
    ideals[4] *= np.where(adds, np.exp(0.40 * next(z)), 1.0)
    weights = np.array(POINTS)[:, None] * np.exp(0.35 * take(12).reshape(2, 6, -1))
    softness = 0.25 + 0.75 * ndtr(take(6))
    top, gain = 8.4 + 0.6 * ndtr(next(z)), 1.4 * np.exp(0.3 * next(z))
    step = np.where(ndtr(next(z)) < 0.7, 0.5, 1.0)
    bias = 0.5 * take(6) if case.biased else 0.0 * take(6)
    content = 0.3 + 0.3 * ndtr(next(z))
    return Guests(ideals, weights, softness, top, gain, step, bias, content, ~adds)


class Family:
    """The exact model in the place of the session's compiled one."""

    def __init__(self, case: Case) -> None:
        self.case = case

    def scores(self, draws: Any, settings: Any) -> Any:
        """Likings, shape (M, C)."""
        return guests(draws, self.case).liking(*perceived(settings))

    def opinions(self, draws: Any, settings: Any) -> tuple[Any, None, None]:
        """Chances of each word, shape (words, M, C), by letting each draw speak a few times."""
        people, rng = guests(draws, self.case), np.random.default_rng(5)
        heard = people.gaps(perceived(settings)[0]) + people.bias[:, :, None]
        chances = np.zeros((len(WORDS), *heard.shape[1:]))
        for _ in range(_SCATTERS):
            loud = heard + self.case.word_noise * rng.standard_normal(heard.shape)
            chances += _spoken(_clipped(loud, people), people.content) / _SCATTERS
        return chances, None, None

    def log_likelihood(self, draws: Any, cups: list[tuple[Any, float, tuple[str, ...]]]) -> Any:
        """Of everything that was said, shape (M,)."""
        people = guests(draws, self.case)
        seen, grit = perceived(np.array([settings for settings, _, _ in cups]).T)
        likings, gaps = people.liking(seen, grit), people.gaps(seen)
        total = np.zeros(draws.shape[1])
        for i, (_, rating, words) in enumerate(cups):
            total += self._rated(rating, likings[:, i], people.step)
            if words:
                total += self._said(words[0], gaps[:, :, i] + people.bias, people)
        return total

    def _rated(self, rating: float, liking: Any, step: Any) -> Any:
        low = -np.inf if rating <= 1.0 else rating - 0.5 * step
        high = np.inf if rating >= 9.0 else rating + 0.5 * step
        chance = ndtr((high - liking) / self.case.noise) - ndtr((low - liking) / self.case.noise)
        possible = np.abs(rating / step - np.round(rating / step)) < 1e-9
        return np.log(np.where(possible, np.maximum(chance, 1e-12), 1e-12))

    def _said(self, word: str, middle: Any, people: Guests) -> Any:
        """Log chance of the loudest miss being this one: an integral over how loud it was."""
        sd = self.case.word_noise
        if word == JUST_RIGHT:
            return np.log(
                np.maximum(_quieter(middle, people.content, sd, people).prod(axis=0), 1e-12)
            )
        which, sign = next(
            (i, sign) for i, name in enumerate(ASPECTS)
            for sign, said in zip((-1.0, 1.0), SAID[name], strict=True) if said == word
        )  # fmt: skip
        centre = sign * middle[which]
        # Where the loudness is likely at all: far misses would slip between the nodes.
        low = np.maximum(people.content, centre - 5.0 * sd)
        span = np.maximum(centre, low) + 5.0 * sd - low
        chance = np.zeros(())
        for node, weight in zip(_NODES, _WEIGHTS, strict=True):
            loud = low + 0.5 * (1.0 + node) * span
            density = np.exp(-0.5 * np.square((loud - centre) / sd)) / (sd * math.sqrt(2 * math.pi))
            others = np.delete(_quieter(middle, loud, sd, people), which, axis=0).prod(axis=0)
            chance = chance + 0.5 * weight * span * density * others
        if which >= 4 and sign < 0:
            chance = np.where(people.plain, 0.0, chance)
        return np.log(np.maximum(chance, 1e-12))


def _quieter(middle: Any, than: Any, sd: float, people: Guests) -> Any:
    """Chance that each aspect is heard less than so loud, shape (6, M)."""
    least = np.broadcast_to(-than, middle.shape).copy()
    least[3] = -np.inf
    least[4:, people.plain] = -np.inf
    return ndtr((than - middle) / sd) - ndtr((least - middle) / sd)


def _clipped(heard: Any, people: Guests) -> Any:
    heard[3] = np.maximum(heard[3], 0.0)
    heard[4:, people.plain] = np.maximum(heard[4:, people.plain], 0.0)
    return heard


def _spoken(heard: Any, content: Any) -> Any:
    """One-hot words, shape (words, M, C)."""
    worst = np.abs(heard).argmax(axis=0)
    loudest = np.take_along_axis(heard, worst[None], axis=0)[0]
    said = np.zeros((len(WORDS), *worst.shape))
    for i, aspect in enumerate(ASPECTS):
        for much, word in enumerate(SAID[aspect]):
            if word:
                said[WORDS.index(word)] = (worst == i) & ((loudest > 0) == bool(much))
    quiet = np.abs(loudest) < content[:, None]
    said[:, quiet] = 0.0
    said[WORDS.index(JUST_RIGHT), quiet] = 1.0
    return said


class Oracle:
    """Draws of the exact posterior, and the session's rule for the next cup."""

    def __init__(self, case: Case, seed: int) -> None:
        if case.wrong_physics:
            raise ValueError("the oracle knows one physics only")
        self.rng = np.random.default_rng((seed, 13))
        self.case, self.kit = case, Kit.standard("immersion")
        # In the session's place of a compiled model and its posterior.
        self.family: Any = Family(case)
        self.draws = np.zeros((_ROWS, DRAWS))
        self.draws[_NOISE] = math.log(case.noise)
        self.draws[_Z] = self.rng.standard_normal((36, DRAWS))
        self.draws[_KIND] = self.rng.choice(len(_KINDS), DRAWS, p=_SHARES / _SHARES.sum())
        self.cups: list[tuple[Any, float, tuple[str, ...]]] = []
        self.seen: Any = None

    def _outlook(self) -> Any:
        if self.seen is None:
            known = np.array([settings for settings, _, _ in self.cups]).T.reshape(7, -1)
            ahead = min(max(10 - len(self.cups) - 1, 3), 8)
            found: Any = SimpleNamespace(traits=self.draws)
            self.seen = outlook(
                self.kit, self.family, found, known, remaining=ahead, with_words=self.case.words
            )
        return self.seen

    def ask(self) -> Any:
        """The next cup."""
        seen = self._outlook()
        return seen.recipes[:, seen.next]

    def recommend(self) -> Any:
        """The cup with the highest mean."""
        seen = self._outlook()
        return seen.recipes[:, seen.best]

    def tell(self, settings: Any, rating: float, words: tuple[str, ...]) -> None:
        """Weigh the draws by the answer, choose among them, and move the copies apart."""
        answer = (np.asarray(settings), rating, words)
        weight = self.family.log_likelihood(self.draws, [answer])
        self.cups.append(answer)
        self.seen = None
        weight = np.exp(weight - weight.max())
        ticks = (np.arange(DRAWS) + self.rng.uniform()) / DRAWS
        picked = np.minimum(np.searchsorted(np.cumsum(weight / weight.sum()), ticks), DRAWS - 1)
        self.draws = self.draws[:, picked]
        self._stir()

    def _stir(self) -> None:
        here = self.family.log_likelihood(self.draws, self.cups)
        for sweep in range(_SWEEPS):
            tried, share = self.draws.copy(), (1.0, 0.4, 0.15)[sweep % 3]
            z = tried[_Z]
            moved = self.rng.uniform(size=z.shape) < share
            # Prior-preserving steps of some of the numbers (Crank–Nicolson), or another kind.
            stride = self.rng.choice([0.15, 0.4, 0.9], DRAWS)
            stepped = np.sqrt(1 - stride**2) * z + stride * self.rng.standard_normal(z.shape)
            tried[_Z] = np.where(moved, stepped, z)
            other = self.rng.uniform(size=DRAWS) < 0.15
            kinds = self.rng.choice(len(_KINDS), DRAWS, p=_SHARES / _SHARES.sum())
            tried[_KIND] = np.where(other, kinds, tried[_KIND])
            there = self.family.log_likelihood(tried, self.cups)
            taken = np.log(self.rng.uniform(size=DRAWS)) < there - here
            self.draws = np.where(taken, tried, self.draws)
            here = np.where(taken, there, here)
