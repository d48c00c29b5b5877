"""How likely one event at the counter is under a customer: one row of numbers, one scalar graph.

A rating r written in steps of h says that what was felt lies within r ± h/2, and beyond it at the ends of
the scale: P(r) = N((r + h/2 − μ)/σ) − N((r − h/2 − μ)/σ). Of the words that could have been said, one is said
with the chance of a softmax of the urges; "just right" is one of them. Either may be a slip, so that one
strange cup cannot outvote all others.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np
import scipy.special

from simulator.autodiff import Graph, hvp, trace
from simulator.autodiff import compile as compiled
from simulator.coffee import Bean, Method
from simulator.dialin.customer import SETTINGS, WORDS, feel
from simulator.dialin.traits import INDEX, SIZE, Array

RATED = ("rated", "rating_low", "rating_high")
"""1 if there is a rating, and the ends of what it may have been rounded from."""

NUMBERS = len(SETTINGS) + len(RATED) + 2 * len(WORDS)
"""Length of a row: settings, rating, what was said (one-hot, or all 0), what could have been (1 or 0)."""

END = 40.0
"""Stands for infinity as an end of a rating."""

_SLIP = 0.03  # share of ratings and words that say nothing
_COLUMNS = 4096  # in one call: what fits the processor's cache
_RATINGS = 17.0  # half points from 1 to 9, among which a slip chooses


@dataclass(frozen=True, eq=False)
class Counter:
    """The compiled graphs of one method and bean. Columns are rows of events, one customer each."""

    method: Method
    bean: Bean
    dialect: Literal["numpy", "c"] = "numpy"
    """C is about three times as fast once it is compiled, which takes longer than a suggestion does."""

    @cached_property
    def graph(self) -> Graph:
        """−log P of one row; inputs: traits, then the row."""
        return trace(self._event, SIZE + NUMBERS)

    @cached_property
    def _value(self) -> Callable[[Any], tuple[Array, ...]]:
        return self._compiled(self.graph, ("value",))

    @cached_property
    def _gradient(self) -> Callable[[Any], tuple[Array, ...]]:
        return self._compiled(self.graph, ("value", "gradient"))

    @cached_property
    def _curvature(self) -> Callable[[Any], tuple[Array, ...]]:
        """Hessian times a direction, which is a third part of the inputs."""
        size = SIZE + NUMBERS

        def along(x: Any) -> Any:
            row = x[SIZE:size]
            return hvp(lambda traits: self._joined(traits, row))(x[:SIZE], x[size:])

        return self._compiled(trace(along, size + SIZE), ("value",))

    @cached_property
    def _score(self) -> Callable[[Any], tuple[Array, ...]]:
        def score(x: Any) -> Any:
            return feel(x[:SIZE], x[SIZE:], self.method, self.bean).score

        return self._compiled(trace(score, SIZE + len(SETTINGS)), ("value",))

    @cached_property
    def _felt(self) -> Callable[[Any], tuple[Array, ...]]:
        return self._compiled(trace(self._opinion, SIZE + len(SETTINGS)), ("value",))

    def _compiled(
        self, graph: Graph, outputs: Sequence[Literal["value", "gradient"]]
    ) -> Callable[[Any], tuple[Array, ...]]:
        by = SIZE if "gradient" in outputs else None
        return compiled(
            graph, outputs=list(outputs), dialect=self.dialect, parameters=by, wait=True
        )

    def values(self, traits: Array, rows: Array) -> Array:
        """−log P of all rows under each customer, shape (M,).

        Args:
            traits: customers, shape (SIZE, M).
            rows: events, shape (NUMBERS, N).
        """
        return _summed(self._value(_crossed(traits, rows))[0], rows)

    def gradients(self, traits: Array, rows: Array) -> tuple[Array, Array]:
        """As `values`, with gradients of shape (SIZE, M)."""
        value, gradient = self._gradient(_crossed(traits, rows))
        return _summed(value, rows), _summed(gradient, rows)

    def hessians(self, traits: Array, rows: Array) -> Array:
        """Second derivatives of `values`, shape (SIZE, SIZE, M): products with all unit vectors at once."""
        columns = _crossed(traits, rows)
        count = columns.shape[1]
        directions = np.repeat(np.eye(SIZE), count, axis=1)
        inputs = np.concatenate([np.tile(columns, (1, SIZE)), directions])
        parts = range(0, inputs.shape[1], _COLUMNS)
        products = [self._curvature(inputs[:, part : part + _COLUMNS])[0] for part in parts]
        return _summed(np.concatenate(products, axis=1).reshape(SIZE, SIZE, count), rows)

    def scores(self, traits: Array, settings: Array) -> Array:
        """Expected ratings of cups, shape (M, C), for settings of shape (7, C)."""
        found = self._score(_crossed(traits, settings))[0]
        return found.reshape(traits.shape[1], settings.shape[1])

    def opinions(self, traits: Array, settings: Array) -> tuple[Array, Array, Array]:
        """Chances of each word (words, M, C), extraction yields and TDS in percent, (M, C) each."""
        found = self._felt(_crossed(traits, settings))[0]
        found = found.reshape(-1, traits.shape[1], settings.shape[1])
        return scipy.special.softmax(found[:-2], axis=0), found[-2], found[-1]

    def _opinion(self, x: Any) -> Any:
        felt = feel(x[:SIZE], x[SIZE:], self.method, self.bean)
        drink = (felt.tasting.extraction_yield_pct, felt.tasting.tds_pct)
        return np.stack([*felt.urges, *drink])

    def _event(self, x: Any) -> Any:
        return self._joined(x[:SIZE], x[SIZE:])

    def _joined(self, traits: Any, row: Any) -> Any:
        settings, row = row[: len(SETTINGS)], row[len(SETTINGS) :]
        felt = feel(traits, settings, self.method, self.bean)
        noise = np.exp(traits[INDEX["log_noise"]])
        rated, low, high = row[:3]
        said, offered = row[3 : 3 + len(WORDS)], row[3 + len(WORDS) :]
        return -(rated * _rating(felt.score, noise, low, high) + _word(felt.urges, said, offered))


def _rating(score: Any, noise: Any, low: Any, high: Any) -> Any:
    chance = scipy.special.ndtr((high - score) / noise) - scipy.special.ndtr((low - score) / noise)
    return np.log((1.0 - _SLIP) * chance + _SLIP / _RATINGS)


def _word(urges: Any, said: Any, offered: Any) -> Any:
    # Against the largest exponents: an urge of 300 steps is a matter of arithmetic, not of taste.
    forces = [
        offer * np.exp(20.0 * np.tanh(urge / 20.0))
        for urge, offer in zip(urges, offered, strict=True)
    ]
    chosen = sum(one * force for one, force in zip(said, forces, strict=True))
    spoke = sum(said[1:], said[0])
    chance = chosen / sum(forces[1:], forces[0])
    return spoke * np.log((1.0 - _SLIP) * chance + _SLIP / len(WORDS))


def _crossed(traits: Array, rows: Array) -> Array:
    """Every customer with every row: columns, customers slow, rows fast."""
    return np.concatenate(
        [np.repeat(traits, rows.shape[1], axis=1), np.tile(rows, (1, traits.shape[1]))]
    )


def _summed(values: Array, rows: Array) -> Array:
    total: Array = values.reshape(*values.shape[:-1], -1, rows.shape[1]).sum(axis=-1)
    return total
