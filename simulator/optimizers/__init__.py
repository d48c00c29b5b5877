"""Optimizers over a box: update rules of the project's own, and scipy's solvers, one door for all.

An optimizer sees an :class:`Objective` (value, gradient, Hessian over columns of points) and a
:class:`Box`, and returns one :class:`Outcome` per start. It knows neither coffee nor the engine.
The README of this room shows how the parts fit.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from simulator.optimizers.adamw import AdamW
from simulator.optimizers.adaptive import AdaGrad, Adam, RMSProp
from simulator.optimizers.averaged_gradient import AveragedSGD
from simulator.optimizers.barzilai_borwein import BarzilaiBorwein
from simulator.optimizers.box import Box
from simulator.optimizers.claims import Claim
from simulator.optimizers.conjugate_gradient import ConjugateGradient
from simulator.optimizers.counting import Counted, Counts
from simulator.optimizers.descent import UpdateRule, descend
from simulator.optimizers.gauss_newton import GaussNewton, SumOfSquares
from simulator.optimizers.gradient_descent import GradientDescent, Momentum, Nesterov
from simulator.optimizers.method import BATCHED_FAMILIES, Method
from simulator.optimizers.multistart import Multistart
from simulator.optimizers.newton import Newton
from simulator.optimizers.objective import Objective
from simulator.optimizers.one_repeat import OneRepeat, run_each
from simulator.optimizers.outcome import Outcome
from simulator.optimizers.plugins import Source, missing_library, source, sources
from simulator.optimizers.quasi_newton import BFGS, LBFGS
from simulator.optimizers.rprop import RProp
from simulator.optimizers.schedules import (
    SCHEDULES,
    Constant,
    Cosine,
    InverseTime,
    LearningRate,
    PowerDecay,
    Schedule,
    StepDecay,
    WarmRestarts,
)
from simulator.optimizers.scipy_derivative_free import COBYQA, NelderMead, Powell
from simulator.optimizers.scipy_door import scipy_method
from simulator.optimizers.scipy_global import DIRECT, SHGO, DifferentialEvolution, DualAnnealing
from simulator.optimizers.scipy_local import LBFGSB, SLSQP, TNC, TrustConstr
from simulator.optimizers.side_by_side import Point, Walk, Walker, run_side_by_side
from simulator.optimizers.steepest_descent import SteepestDescent
from simulator.optimizers.stopping import Stopping, StopReason
from simulator.optimizers.trace import Call, Trace

METHODS: Mapping[str, type[Method]] = MappingProxyType(
    {
        "gradient-descent": GradientDescent,
        "momentum": Momentum,
        "nesterov": Nesterov,
        "adagrad": AdaGrad,
        "rmsprop": RMSProp,
        "adam": Adam,
        "adamw": AdamW,
        "rprop": RProp,
        "steepest-descent": SteepestDescent,
        "barzilai-borwein": BarzilaiBorwein,
        "conjugate-gradient": ConjugateGradient,
        "bfgs": BFGS,
        "l-bfgs": LBFGS,
        "newton": Newton,
        "multistart": Multistart,
        "averaged-sgd": AveragedSGD,
        "l-bfgs-b": LBFGSB,
        "slsqp": SLSQP,
        "tnc": TNC,
        "trust-constr": TrustConstr,
        "nelder-mead": NelderMead,
        "powell": Powell,
        "cobyqa": COBYQA,
        "differential-evolution": DifferentialEvolution,
        "dual-annealing": DualAnnealing,
        "shgo": SHGO,
        "direct": DIRECT,
    }
)
"""Every optimizer by the name that a config calls it."""

__all__ = [
    "BATCHED_FAMILIES",
    "BFGS",
    "COBYQA",
    "DIRECT",
    "LBFGS",
    "LBFGSB",
    "METHODS",
    "SCHEDULES",
    "SHGO",
    "SLSQP",
    "TNC",
    "AdaGrad",
    "Adam",
    "AdamW",
    "AveragedSGD",
    "BarzilaiBorwein",
    "Box",
    "Call",
    "Claim",
    "ConjugateGradient",
    "Constant",
    "Cosine",
    "Counted",
    "Counts",
    "DifferentialEvolution",
    "DualAnnealing",
    "GaussNewton",
    "GradientDescent",
    "InverseTime",
    "LearningRate",
    "Method",
    "Momentum",
    "Multistart",
    "NelderMead",
    "Nesterov",
    "Newton",
    "Objective",
    "OneRepeat",
    "Outcome",
    "Point",
    "Powell",
    "PowerDecay",
    "RMSProp",
    "RProp",
    "Schedule",
    "Source",
    "SteepestDescent",
    "StepDecay",
    "StopReason",
    "Stopping",
    "SumOfSquares",
    "Trace",
    "TrustConstr",
    "UpdateRule",
    "Walk",
    "Walker",
    "WarmRestarts",
    "descend",
    "missing_library",
    "run_each",
    "run_side_by_side",
    "scipy_method",
    "source",
    "sources",
]
