"""scipy's global searches behind the common door.

They look beyond the nearest valley, so their natural end is mostly the budget. Random ones draw
from the repeat's seed; those that polish do so with the project's gradients.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np
from scipy import optimize

from simulator.optimizers.box import Array, Box
from simulator.optimizers.claims import Claim
from simulator.optimizers.counting import Counted
from simulator.optimizers.method import Seeds
from simulator.optimizers.one_repeat import OneRepeat, run_each
from simulator.optimizers.options import REFUSE_UNKNOWN, require
from simulator.optimizers.outcome import Outcome
from simulator.optimizers.scipy_local import (
    SINGLE_STEP,
    UNLIMITED,
    claim,
    differentiable,
    iteration_limit,
)
from simulator.optimizers.stopping import Stopping, StopReason


@dataclass(frozen=True)
class DifferentialEvolution:
    """A population that breeds by differences: Storn & Price 1997; the start is one of it.

    It stops when the values of the whole population agree within the common value tolerance. It is
    not polished afterwards.
    """

    population: int = 15
    """Members per parameter, >= 2; at least 5 altogether."""
    crossover: float = 0.7
    """The share of a member that the mutant replaces, in [0, 1]."""

    family: ClassVar[str] = "scipy"
    uses: ClassVar[str] = "value"
    __pydantic_config__: ClassVar = REFUSE_UNKNOWN

    def __post_init__(self) -> None:
        require(self, "population", at_least=2)
        require(self, "crossover", at_least=0, at_most=1)

    def minimize(
        self, objective: Counted, box: Box, starts: Array, stopping: Stopping, seeds: Seeds
    ) -> list[Outcome]:
        """Solve from every start, a column of ``starts``; see :class:`Method`."""
        return run_each(self._solve, objective, box, starts, stopping, seeds)

    def _solve(self, one: OneRepeat) -> Claim:
        result = optimize.differential_evolution(
            one.value,
            optimize.Bounds(one.box.lower, one.box.upper),
            x0=one.start,
            popsize=self.population,
            recombination=self.crossover,
            tol=0.0,
            atol=one.stopping.value_tolerance,
            maxiter=iteration_limit(one),
            polish=False,
            rng=np.random.default_rng(one.seed),
        )
        return claim(result, StopReason.CONVERGED_VALUE if result.success else None)


@dataclass(frozen=True)
class DualAnnealing:
    """Generalised simulated annealing with local searches: Tsallis & Stariolo 1996; Xiang et al. 1997.

    Each local search is an L-BFGS-B with the project's gradients.
    """

    iterations: int = 1000
    """Most annealing rounds, >= 1, each of 2·n evaluations and sometimes a local search."""
    initial_temperature: float = 5230.0
    """How willing it first is to accept worse points, in (0.01, 50000]."""

    family: ClassVar[str] = "scipy"
    uses: ClassVar[str] = "gradient"
    __pydantic_config__: ClassVar = REFUSE_UNKNOWN

    def __post_init__(self) -> None:
        require(self, "iterations", at_least=1)
        require(self, "initial_temperature", above=0.01, at_most=50000)

    def minimize(
        self, objective: Counted, box: Box, starts: Array, stopping: Stopping, seeds: Seeds
    ) -> list[Outcome]:
        """Solve from every start, a column of ``starts``; see :class:`Method`."""
        return run_each(self._solve, objective, box, starts, stopping, seeds)

    def _solve(self, one: OneRepeat) -> Claim:
        def local_search(_: Any, start: Array, **__: Any) -> optimize.OptimizeResult:
            # scipy hands over its counting wrapper of the value; ours counts, and has gradients.
            function, jac = differentiable(one)
            return optimize.minimize(
                function,
                start,
                jac=jac,
                method="L-BFGS-B",
                bounds=bounds,
                options={
                    "gtol": one.stopping.gradient_tolerance,
                    "ftol": one.stopping.value_tolerance * SINGLE_STEP,
                },
            )

        bounds = optimize.Bounds(one.box.lower, one.box.upper)
        result = optimize.dual_annealing(
            one.value,
            bounds,
            x0=one.start,
            maxiter=self.iterations,
            initial_temp=self.initial_temperature,
            minimizer_kwargs={"method": local_search},
            maxfun=UNLIMITED,
            rng=np.random.default_rng(one.seed),
        )
        return claim(result, None)


@dataclass(frozen=True)
class SHGO:
    """Simplicial homology global optimisation: Endres, Sandrock & Focke 2018.

    It samples the whole box, whatever the start, and runs SLSQP with the project's gradients in
    every region that seems to hold a minimum of its own. One sampled value buys no gradient, so a
    gradient inside a local search costs one more value.
    """

    samples: int = 64
    """Points of one round of sampling, >= 1."""
    rounds: int = 1
    """Rounds of sampling and local search, >= 1."""
    sampling: Literal["simplicial", "halton", "sobol"] = "sobol"
    """How the box is sampled; simplicial also takes its corners."""

    family: ClassVar[str] = "scipy"
    uses: ClassVar[str] = "gradient"
    __pydantic_config__: ClassVar = REFUSE_UNKNOWN

    def __post_init__(self) -> None:
        require(self, "samples", at_least=1)
        require(self, "rounds", at_least=1)
        if self.sampling not in ("simplicial", "halton", "sobol"):
            raise ValueError(f"sampling must be simplicial, halton or sobol, got {self.sampling!r}")

    def minimize(
        self, objective: Counted, box: Box, starts: Array, stopping: Stopping, seeds: Seeds
    ) -> list[Outcome]:
        """Solve once for every start, a column of ``starts``; see :class:`Method`."""
        return run_each(self._solve, objective, box, starts, stopping, seeds)

    def _solve(self, one: OneRepeat) -> Claim:
        result = optimize.shgo(
            one.value,
            optimize.Bounds(one.box.lower, one.box.upper),
            n=self.samples,
            iters=self.rounds,
            sampling_method=self.sampling,
            minimizer_kwargs={
                "method": "SLSQP",
                "jac": (lambda x: one.value_and_gradient(x)[1]) if one.has_gradient else None,
                "options": {"ftol": one.stopping.value_tolerance * SINGLE_STEP},
            },
        )
        return claim(result, StopReason.CONVERGED_VALUE if result.success else None)


@dataclass(frozen=True)
class DIRECT:
    """Dividing rectangles: Jones, Perttunen & Stuckman 1993; locally biased: Gablonsky & Kelley 2001.

    It divides the whole box, whatever the start, and is the same for every repeat. It stops when
    the best rectangle's sides fall below the common step tolerance.
    """

    locally_biased: bool = True
    """Whether to look harder around the best point, which suits objectives with few minima."""
    epsilon: float = 1e-4
    """The least relative gain that makes a rectangle worth dividing, >= 0."""

    family: ClassVar[str] = "scipy"
    uses: ClassVar[str] = "value"
    __pydantic_config__: ClassVar = REFUSE_UNKNOWN

    def __post_init__(self) -> None:
        require(self, "epsilon", at_least=0)

    def minimize(
        self, objective: Counted, box: Box, starts: Array, stopping: Stopping, seeds: Seeds
    ) -> list[Outcome]:
        """Solve once for every start, a column of ``starts``; see :class:`Method`."""
        return run_each(self._solve, objective, box, starts, stopping, seeds)

    def _solve(self, one: OneRepeat) -> Claim:
        result = optimize.direct(
            one.value,
            optimize.Bounds(one.box.lower, one.box.upper),
            eps=self.epsilon,
            locally_biased=self.locally_biased,
            len_tol=min(one.stopping.step_tolerance, 1.0),
            vol_tol=0.0,
            # It reserves memory for as many as this; the common budget ends it before.
            maxfun=2 * one.stopping.max_evaluations + 1000,
            maxiter=1_000_000,
        )
        return claim(result, StopReason.CONVERGED_STEP if result.success else None)
