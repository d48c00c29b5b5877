"""From one person's scalar graph to the objective of a fit: people are the batch, repeats side by side."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.autodiff import Graph, hvp, trace
from simulator.autodiff import compile as compiled
from simulator.calibration.ratings import Array

PersonLikelihood = Callable[[Any, Any], Any]
_ROWS = 8192  # people times directions in one call: what fits the processor's cache


@dataclass(frozen=True, eq=False)
class Factor:
    """One person's negative log-likelihood of some answers, compiled for many people at once."""

    person: PersonLikelihood
    """``person(parameters, data)``: the scalar graph."""
    parameters: int
    numbers: int
    """How many numbers of data a person has."""

    @cached_property
    def graph(self) -> Graph:
        """Of parameters, then data."""
        return trace(self._joined, self.parameters + self.numbers)

    @cached_property
    def _gradient(self) -> Callable[[Any], tuple[Array, ...]]:
        return compiled(
            self.graph,
            outputs=("value", "gradient"),
            dialect="numpy",
            parameters=self.parameters,
        )

    @cached_property
    def _curvature(self) -> Callable[[Any], tuple[Array, ...]]:
        n = self.parameters
        size = n + self.numbers

        def along(inputs: Any) -> Any:
            by_parameters = lambda theta: self.person(theta, inputs[n:size])
            return hvp(by_parameters)(inputs[:n], inputs[size:])

        return compiled(along, size + n, outputs=("value",), dialect="numpy")

    def _joined(self, inputs: Any) -> Any:
        return self.person(inputs[: self.parameters], inputs[self.parameters :])

    def value_and_gradient(self, parameters: Array, data: Array) -> tuple[Array, Array]:
        """For columns of parameters (n, k) and of people (numbers, k): values (k,), gradients (n, k)."""
        value, gradient = self._gradient(np.concatenate([parameters, data]))
        return value, gradient

    def hessian(self, parameters: Array, data: Array) -> Array:
        """Exact second derivatives, shape (n, n, k): Hessian–vector products batched over the identity."""
        n, k = parameters.shape
        inputs = np.concatenate([parameters, data])
        directions = np.repeat(np.eye(n), k, axis=1)
        columns = np.concatenate([np.tile(inputs, (1, n)), directions])
        parts = range(0, n * k, _ROWS)
        products = [self._curvature(columns[:, part : part + _ROWS])[0] for part in parts]
        return np.concatenate(products, axis=1).reshape(n, n, k)


@dataclass(frozen=True, eq=False)
class Fit:
    """The objective of several fits side by side: each has people, and weights of them.

    It is an objective of :mod:`simulator.optimizers`. The value is the mean over a fit's people, so that
    tolerances mean the same for many people and for few.
    """

    factor: Factor
    data: Array
    """Of shape (fits, numbers, people)."""
    weight: Array
    """Of shape (fits, people): 0 leaves a person out, a probability counts in part."""

    @property
    def size(self) -> int:
        """n, the number of parameters."""
        return self.factor.parameters

    def value(self, x: Array, repeats: NDArray[np.intp]) -> Array:
        """The mean negative log-likelihoods, of shape (k,)."""
        return self.value_and_gradient(x, repeats)[0]

    def value_and_gradient(self, x: Array, repeats: NDArray[np.intp]) -> tuple[Array, Array]:
        """Values, of shape (k,), and gradients, of shape (n, k)."""
        parameters, data, mean = self._columns(x, repeats)
        value, gradient = self.factor.value_and_gradient(parameters, data)
        return mean(value), mean(gradient)

    def hessian(self, x: Array, repeats: NDArray[np.intp]) -> Array:
        """Matrices of second derivatives, of shape (n, n, k)."""
        parameters, data, mean = self._columns(x, repeats)
        return mean(self.factor.hessian(parameters, data))

    def total_hessian(self, x: Array) -> Array:
        """Second derivatives of each fit's whole likelihood, of shape (n, n, fits): its information."""
        everywhere = np.arange(x.shape[1])
        information: Array = self.hessian(x, everywhere) * self.weight.sum(axis=1)
        return information

    def _columns(
        self, x: Array, repeats: NDArray[np.intp]
    ) -> tuple[Array, Array, Callable[[Array], Array]]:
        """Parameters and data of all people who count, and what averages over each fit's people."""
        fit, person = np.nonzero(self.weight[repeats])
        weight = self.weight[repeats[fit], person]
        # Sorted by fit, so the people of a fit are neighbours, added in the same order in any batch.
        starts = np.searchsorted(fit, np.arange(repeats.size))
        total = np.add.reduceat(weight, starts)
        data = self.data[repeats[fit], :, person].T
        return x[:, fit], data, lambda values: np.add.reduceat(values * weight, starts, -1) / total
