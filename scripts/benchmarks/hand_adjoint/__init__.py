"""The gradient of the taste model derived by hand, as a careful person would write it for one press pot.

Forward, every quantity that the model names is computed once, with constants folded into one. Backward,
each station (a file here for one in `simulator/coffee`) turns the adjoints of what it made into those of
what it was given. What calculus on paper knows and line-by-line differentiation does not is used:

- Ψ(z; s) = s·φ(z/s) + z·N(z/s) has the derivative N(z/s), which the forward sweep already holds;
- a logistic σ has the derivative σ·(1 − σ), a power w = q^n the derivative n·w/q;
- where y = exp(a·x), only y·ȳ is ever needed: grind and time are such, so their adjoints are carried
  as d·d̄ and t·t̄ and no exponential is differentiated twice;
- adjoints that meet are added before they are multiplied.

It holds for an immersion brew whose four knobs are the recipe, grind and time on a log scale.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from benchmarks.counting import ON_FLOATS, Functions
from benchmarks.hand_adjoint.brewer import brewer_station
from benchmarks.hand_adjoint.cup import cup_station
from benchmarks.hand_adjoint.customers import customers_station
from benchmarks.hand_adjoint.palate import palate_station
from benchmarks.hand_adjoint.sums import Back, Scalar
from simulator.coffee import Method
from simulator.experiment.problem import Problem


def forward_sweep(
    problem: Problem, functions: Functions = ON_FLOATS
) -> Callable[..., tuple[Scalar, Back]]:
    """Four coordinates in the unit box → the loss, and the backward sweep that gives the four slopes.

    Raises:
        ValueError: a problem that this was not derived for.
    """
    _check(problem)
    brew, fill = brewer_station(problem, functions), cup_station(problem)
    perceive, judge = palate_station(functions), customers_station(problem, functions)
    grind, time, milk, sugar = problem.experiment.tune.values()
    grind_log, time_log = math.log(grind.high / grind.low), math.log(time.high / time.low)

    def forward(x0: Scalar, x1: Scalar, x2: Scalar, x3: Scalar) -> tuple[Scalar, Back]:
        d = grind.low * functions.exp(grind_log * x0)
        t = time.low * functions.exp(time_log * x1)
        yields, brewing_back = brew(d, t)
        served, filling_back = fill(yields, milk.high * x2, sugar.high * x3)
        perceived, tasting_back = perceive(served, d)
        loss, judging_back = judge(perceived, yields[-1])

        def back() -> tuple[Scalar, ...]:
            of_perceived, of_extraction = judging_back()
            of_served, gritty_log = tasting_back(of_perceived)
            of_yields, of_milk, of_sugar = filling_back(of_served, of_extraction)
            ground_log, brewed_log = brewing_back(of_yields)
            return (
                grind_log * (ground_log + gritty_log),
                time_log * brewed_log,
                milk.high * of_milk,
                sugar.high * of_sugar,
            )

        return loss, back

    return forward


def hand_adjoint(problem: Problem, functions: Functions = ON_FLOATS) -> Callable[..., Any]:
    """Four coordinates in the unit box → (loss, its four slopes).

    >>> from pathlib import Path
    >>> from simulator.experiment.config import load
    >>> f = hand_adjoint(Problem(load(Path("configs/house-blend.yaml"))))
    >>> loss, slopes = f(0.4, 0.5, 0.3, 0.2)
    >>> len(slopes)
    4
    """
    forward = forward_sweep(problem, functions)

    def value_and_gradient(*x: Scalar) -> tuple[Scalar, tuple[Scalar, ...]]:
        loss, back = forward(*x)
        return loss, back()

    return value_and_gradient


def _check(problem: Problem) -> None:
    """Refuse what the derivation does not hold for."""
    experiment = problem.experiment
    scales = {knob: (each.scale, each.low > 0) for knob, each in experiment.tune.items()}
    ratio, amount = ("log", True), ("linear", False)
    expected = {"grind_um": ratio, "time_s": ratio, "milk_g": amount, "sugar_g": amount}
    if scales != expected or experiment.brew.method != Method.IMMERSION:
        raise ValueError(
            "the adjoint was derived for an immersion brew with grind and time on a log scale and "
            f"milk and sugar from 0; got {experiment.brew.method} with {scales}"
        )
    if experiment.objective.kind != "mean-score":
        raise ValueError("the adjoint was derived for the mean score")
