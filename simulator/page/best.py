"""The best cup of a config: the one of its certificate, or what scipy finds from several starts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from scipy.optimize import minimize

from simulator.certify import find
from simulator.coffee import Bean
from simulator.optimizers.spread import spread_points
from simulator.page.model import Array, PageModel

STARTS: Final = 4
"""Sobol points from which each best cup is looked for."""


@dataclass(frozen=True)
class BestCup:
    """The best cup known.

    Attributes:
        x: its coordinates, shape (n,).
        loss: there.
        lower: what a certificate proves that no loss in the box is below; None without one.
        is_proved: whether the certificate's bracket is as narrow as it was asked to be.
    """

    x: Array
    loss: float
    lower: float | None = None
    is_proved: bool = False

    def as_json(self) -> dict[str, Any]:
        """What the page reads."""
        proof = {} if self.lower is None else {"lower": self.lower, "proved": self.is_proved}
        return {"x": self.x.tolist(), "loss": self.loss, **proof}


def best_cup(model: PageModel) -> BestCup:
    """The best cup for the config's own bean and customers, with what is proved of it.

    A certificate speaks of the config's own method; for other methods, and without one, it is searched for.
    """
    experiment = model.problem.experiment
    certificate = find(model.problem) if model.method == experiment.brew.method else None
    if certificate is None:
        return found_cup(model, experiment.bean, experiment.customers)
    loss = float(model.problem.loss(certificate.x))
    return BestCup(certificate.x, loss, certificate.lower, certificate.proved)


def found_cup(model: PageModel, bean: Bean, shares: Mapping[str, float]) -> BestCup:
    """The least loss that L-BFGS-B finds from `STARTS` starts."""
    size = model.problem.size
    starts = spread_points(size, STARTS, np.random.default_rng(0)).T
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
