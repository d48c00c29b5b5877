"""The best cup for everything that can be chosen in the page: found by scipy from many starts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.optimize import minimize
from scipy.stats import qmc

from simulator.coffee import Bean
from simulator.page.model import Array, PageModel

STARTS: Final = 4
"""Sobol points from which each best cup is looked for."""


@dataclass(frozen=True)
class BestCup:
    """The best cup known.

    Attributes:
        x: its coordinates, shape (n,).
        loss: there.
    """

    x: Array
    loss: float


def best_cup(model: PageModel, bean: Bean, shares: Mapping[str, float]) -> BestCup:
    """The least loss that L-BFGS-B finds from `STARTS` starts."""
    size = model.problem.size
    starts = qmc.Sobol(size, rng=np.random.default_rng(0)).random(STARTS)
    data = model.inputs(np.zeros(size), bean, shares)[size:]

    def loss(x: Array) -> tuple[float, Array]:
        value, gradient = model.loss_and_gradient(np.concatenate([x, data]))
        return float(value), gradient

    options = {"ftol": 1e-14, "gtol": 1e-9}
    found = [
        minimize(loss, start, jac=True, method="L-BFGS-B", bounds=[(0, 1)] * size, options=options)
        for start in starts
    ]
    best = min(found, key=lambda each: each.fun)
    return BestCup(np.clip(best.x, 0.0, 1.0), float(best.fun))


def best_cups(
    model: PageModel, beans: Sequence[Bean], mixes: Sequence[Mapping[str, float]]
) -> list[list[BestCup]]:
    """The best cup of every bean (outer list) for every mix of customers (inner list)."""
    return [[best_cup(model, bean, shares) for shares in mixes] for bean in beans]
