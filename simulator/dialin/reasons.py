"""Why this cup: what each turned knob is expected to change, and where the ideal lies.

The expected score is a graph of the recipe, too. Its gradient, added up along the straight way from one cup
to another, shares the whole change out among the knobs without a rest (Aumann & Shapley 1974).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any

import numpy as np

from simulator.autodiff import compile as compiled
from simulator.dialin.customer import SETTINGS, WORDS, feel
from simulator.dialin.kit import Kit
from simulator.dialin.likelihood import Counter
from simulator.dialin.session import Session
from simulator.dialin.suggestion import Outlook
from simulator.dialin.traits import SIZE, Array, some_of

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(6)
_FEW = 64  # draws that are enough for sentences


@dataclass(frozen=True)
class Reason:
    """What leads from one cup to another.

    Attributes:
        shares: knob -> part of the change of the expected score, points; they add up to ``change``.
        change: of the expected score, points.
        complaints: what the customer would most likely say of the first cup: word -> chance.
    """

    shares: Mapping[str, float]
    change: float
    complaints: Mapping[str, float]


@dataclass(frozen=True, eq=False)
class Ideal:
    """Where this customer's best cups lie on the brewing control chart.

    Attributes:
        extraction_yield_pct, tds_pct: of each draw's own best cup, shape (M,).
        extraction_band, tds_band: where nine of ten lie, percent.
    """

    extraction_yield_pct: Array
    tds_pct: Array
    extraction_band: tuple[float, float]
    tds_band: tuple[float, float]


def reason(session: Session, before: Mapping[str, float], after: Mapping[str, float]) -> Reason:
    """Share out the expected change between two cups.

    Args:
        session: whose posterior it is.
        before: settings of the first cup.
        after: settings of the second.
    """
    traits = some_of(session.posterior().traits, _FEW)
    start, end = (_place(session.kit, settings) for settings in (before, after))
    gradient = _knob_gradient(session.counter)
    way = end - start
    total = np.zeros(len(SETTINGS))
    for node, weight in zip(_NODES, _WEIGHTS, strict=True):
        here = start + 0.5 * (1.0 + node) * way
        columns = np.concatenate([np.repeat(here[:, None], traits.shape[1], axis=1), traits])
        slope = gradient(columns)[0].mean(axis=1)
        total += 0.5 * weight * slope * way
    knobs = {name: float(total[i]) for i, name in enumerate(SETTINGS) if way[i] != 0.0}
    cup = session.kit.settings(**before)[:, None]
    chances = session.counter.opinions(traits, cup)[0][:, :, 0].mean(axis=1)
    order = np.argsort(-chances)[:3]
    said = {WORDS[i]: float(chances[i]) for i in order}
    return Reason(MappingProxyType(knobs), float(total.sum()), MappingProxyType(said))


def ideal(counter: Counter, traits: Array, seen: Outlook) -> Ideal:
    """The credible region of the ideal, from each draw's best recipe as that draw brews and tastes it."""
    best = seen.scores.argmax(axis=1)
    yields, tds = np.empty(best.size), np.empty(best.size)
    for place in np.unique(best):
        these = best == place
        _, ey, strength = counter.opinions(traits[:, these], seen.recipes[:, [place]])
        yields[these], tds[these] = ey[:, 0], strength[:, 0]
    return Ideal(yields, tds, _band(yields), _band(tds))


def _band(values: Array) -> tuple[float, float]:
    low, high = np.quantile(values, (0.05, 0.95)).tolist()
    return low, high


def _place(kit: Kit, settings: Mapping[str, float]) -> Array:
    """Where a cup lies: grind and time by their logarithms, as they are turned."""
    row = kit.settings(**settings)
    row[:2] = np.log(row[:2])
    return row


@lru_cache(maxsize=4)
def _knob_gradient(counter: Counter) -> Callable[[Any], tuple[Array, ...]]:
    """Gradients of the expected score by the settings; columns are settings, then traits."""
    size = len(SETTINGS)

    def score(x: Any) -> Any:
        settings = (np.exp(x[0]), np.exp(x[1]), *(x[i] for i in range(2, size)))
        return feel(x[size:], settings, counter.method, counter.bean).score

    return compiled(score, size + SIZE, outputs=("gradient",), dialect="numpy", parameters=size)
