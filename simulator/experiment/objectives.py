"""What optimizers are given: the problem's exact loss, or the scores of a few random customers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.random import Generator, SeedSequence, default_rng
from numpy.typing import NDArray

from simulator.autodiff import compile, trace
from simulator.experiment.problem import Array, Problem

Repeats = NDArray[np.intp]

#: The strength about which a person's own slope turns, %TDS, and the step it is quoted for.
MIDDLE_TDS_PCT = 1.25
SLOPE_STEP_PCT = 0.25


class ExactObjective:
    """The loss itself: every repeat sees the same function."""

    def __init__(self, problem: Problem) -> None:
        self.size = problem.size
        self._problem = problem

    def value(self, x: Array, repeats: Repeats) -> Array:
        """Losses at the columns of x, shape (k,)."""
        return self._problem.value_program(x)[0]

    def value_and_gradient(self, x: Array, repeats: Repeats) -> tuple[Array, Array]:
        """Losses, shape (k,), and gradients, shape (n, k)."""
        value, gradient = self._problem.gradient_program(x)
        return value, gradient

    def hessian(self, x: Array, repeats: Repeats) -> Array:
        """Matrices of second derivatives, shape (n, n, k)."""
        return self._problem.hessian_program(x)[0]


class NoisyObjective:
    """The loss as a few random customers tell it, new ones for every cup.

    Each cup is scored by ``customers_per_cup`` people drawn from the mix. A person's rating is the
    score of their segment, plus their own level, their own slope in TDS, and what varies from one
    cup to the next: all with mean zero, so the mean over all possible customers is the exact loss.
    Only means over the few people matter, and these are data inputs of the compiled graph: the shares
    of the segments among them, their mean slope and their mean offset.

    Every repeat has a random stream of its own; the k-th cup of a repeat is scored by the same
    people whichever optimizer brews it.
    """

    noisy = True

    def __init__(self, problem: Problem, seeds: Sequence[SeedSequence]) -> None:
        if problem.experiment.noise is None:
            raise ValueError("the experiment has no noise")
        self.size = problem.size
        self._noise = problem.experiment.noise
        self._shares = np.array([share for _, share in problem.customers])
        self._streams: list[Generator] = [default_rng(seed) for seed in seeds]
        graph = trace(self._noisy_loss(problem), self.size + self._shares.size + 2)
        dialect: Any = problem.dialect
        self._value = compile(graph, outputs=("value",), dialect=dialect, parameters=self.size)
        self._both = compile(graph, dialect=dialect, parameters=self.size)
        self._hessian = compile(graph, outputs=("hessian",), dialect=dialect, parameters=self.size)

    def value(self, x: Array, repeats: Repeats) -> Array:
        """Losses that new customers report, shape (k,)."""
        return self._value(self._with_customers(x, repeats))[0]

    def value_and_gradient(self, x: Array, repeats: Repeats) -> tuple[Array, Array]:
        """Losses and gradients of one new batch of customers per column."""
        value, gradient = self._both(self._with_customers(x, repeats))
        return value, gradient

    def hessian(self, x: Array, repeats: Repeats) -> Array:
        """Second derivatives for one new batch of customers per column."""
        return self._hessian(self._with_customers(x, repeats))[0]

    def _noisy_loss(self, problem: Problem) -> Any:
        segments = [segment for segment, _ in problem.customers]

        def loss(inputs: Any) -> Any:
            x = inputs[: self.size]
            shares = inputs[self.size : self.size + len(segments)]
            slope, offset = inputs[-2], inputs[-1]
            tasting = problem.tasting(x, list(zip(segments, shares, strict=True)))
            own = slope * ((tasting.tds_pct - MIDDLE_TDS_PCT) / SLOPE_STEP_PCT) + offset
            return problem.perfect - (problem.objective_of(tasting) + own)

        return loss

    def _with_customers(self, x: Array, repeats: Repeats) -> Array:
        drawn = [self._customers(self._streams[repeat]) for repeat in repeats]
        return np.concatenate([x, np.array(drawn).T.reshape(-1, x.shape[1])])

    def _customers(self, stream: Generator) -> Array:
        count, rating = self._noise.customers_per_cup, self._noise.rating()
        present = stream.multinomial(count, self._shares / self._shares.sum()) / count
        spread = np.sqrt(1.0 / count)
        slope = stream.normal(0.0, rating.tds_slope_sd * spread)
        level_sd = np.hypot(rating.within_person_sd, rating.between_person_sd)
        offset = stream.normal(0.0, level_sd * spread)
        return np.array([*present, slope, offset])
