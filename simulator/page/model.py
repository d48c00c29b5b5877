"""The page's graph: the experiment's loss with its knobs as variables and everything else as data.

A config fixes bean, amounts and customers; in the page they can be chosen. So the same stations are traced
once for each brewing method, with those numbers as further inputs of the graph: all presets work without
another line of emitted code. At the config's own data it computes the config's own loss.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.autodiff import Graph, trace
from simulator.autodiff import compile as compiled
from simulator.coffee import (
    SEGMENTS,
    Bean,
    Brew,
    Method,
    Recipe,
    ranges_for,
    taste,
    unused_liquid,
)
from simulator.experiment.knobs import BREW_KNOBS, RECIPE_KNOBS
from simulator.experiment.problem import Problem

Array = NDArray[np.float64]

BEAN_NUMBERS = tuple(each.name for each in fields(Bean) if each.name != "name")
"""The numbers of a bean, in the order of its fields."""


@dataclass(frozen=True, eq=False)
class PageModel:
    """The loss of a problem for one brewing method, as a function of knobs and data.

    Attributes:
        problem: what is tuned, between which bounds, for which objective.
        method: the brewing method, the problem's own or another.
    """

    problem: Problem
    method: Method

    @cached_property
    def data(self) -> tuple[str, ...]:
        """Names of the inputs behind the knobs: what is given, never tuned.

        The recipe's fixed knobs, the brew's amounts, the bean's numbers, the customers' shares.
        """
        tuned = self.problem.knobs
        return (
            *(f"recipe.{knob}" for knob in RECIPE_KNOBS if knob not in tuned),
            *(f"brew.{knob}" for knob in self._brew_knobs if knob not in tuned),
            *(f"bean.{number}" for number in BEAN_NUMBERS),
            *(f"customers.{segment}" for segment in SEGMENTS),
        )

    @property
    def _brew_knobs(self) -> tuple[str, ...]:
        return tuple(knob for knob in BREW_KNOBS if knob != unused_liquid(self.method))

    def brew_data(self) -> dict[str, float]:
        """The amounts that are not tuned: the config's for its own method, else the method's usual ones."""
        experiment = self.problem.experiment
        own = experiment.brew.method == self.method
        # What is tuned is not set in the config; the usual value stands in and is not used.
        brew = experiment.brew.brew() if own else Brew.standard(self.method)
        return {name: float(getattr(brew, name[5:])) for name in self.data if name[:5] == "brew."}

    def inputs(self, x: Any, bean: Bean, shares: Mapping[str, float]) -> Array:
        """Knobs' coordinates x, of shape (n,) or (n, N), and all data, in the order of the inputs."""
        fixed = self.problem.experiment.fixed
        given = {f"recipe.{knob}": float(value) for knob, value in fixed.items()}
        given |= self.brew_data()
        given |= {f"bean.{name}": float(getattr(bean, name)) for name in BEAN_NUMBERS}
        given |= {f"customers.{name}": float(shares.get(name, 0.0)) for name in SEGMENTS}
        numbers = np.array([given[name] for name in self.data])
        x = np.asarray(x, dtype=float)
        columns = np.broadcast_to(
            numbers.reshape(-1, *[1] * (x.ndim - 1)), (len(numbers), *x.shape[1:])
        )
        return np.concatenate([x, columns])

    @cached_property
    def graph(self) -> Graph:
        """Coordinates and data → loss; quantities are named as in `Tasting`, data as in `data`."""
        knobs = self.problem.knobs
        names = [*(f"dial.{knob}" for knob in knobs), *self.data]

        def loss(inputs: Any) -> tuple[Any, Any]:
            given = dict(zip(names, inputs, strict=True))
            tuned = self.problem.settings(inputs)
            recipe = {k: tuned[k] if k in tuned else given[f"recipe.{k}"] for k in RECIPE_KNOBS}
            brew = {k: tuned[k] if k in tuned else given[f"brew.{k}"] for k in self._brew_knobs}
            unused = unused_liquid(self.method)
            brew[unused] = getattr(Brew.standard(self.method), unused)
            tasting = taste(
                Recipe(**recipe),
                Brew(self.method, **brew),
                Bean("", **{number: given[f"bean.{number}"] for number in BEAN_NUMBERS}),
                [(segment, given[f"customers.{name}"]) for name, segment in SEGMENTS.items()],
            )
            missing = self.problem.perfect - self.problem.objective_of(tasting)
            settings = {f"recipe.{knob}": value for knob, value in tuned.items()}
            return missing, {**settings, "": tasting, "loss": missing}

        return trace(loss, len(names), names=names, has_aux=True)

    @cached_property
    def loss_and_gradient(self) -> Any:
        """Compiled: all inputs → loss and its gradient by the knobs."""
        return compiled(self.graph, parameters=self.problem.size)


def methods_for(problem: Problem) -> tuple[Method, ...]:
    """The brewing methods that the problem's knobs make sense for, its own first."""
    own = Method(problem.experiment.brew.method)
    return (own, *(method for method in Method if method is not own and _fits(problem, method)))


def _fits(problem: Problem, method: Method) -> bool:
    ranges = ranges_for(method)
    return all(
        knob != unused_liquid(method)
        and ranges[knob].low <= bounds.low <= bounds.high <= ranges[knob].high
        for knob, bounds in problem.experiment.tune.items()
    )
