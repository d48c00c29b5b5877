"""Optimizers over a box: update rules of the project's own, and scipy's solvers, one door for all.

An optimizer sees an :class:`Objective` (value, gradient, Hessian over columns of points) and a
:class:`Box`, and returns one :class:`Outcome` per start. It knows neither coffee nor the engine.
The README of this room shows how the parts fit.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from simulator.optimizers.adaptive import AdaGrad, Adam, RMSProp
from simulator.optimizers.box import Box
from simulator.optimizers.counting import Counted, Counts
from simulator.optimizers.descent import UpdateRule, descend
from simulator.optimizers.gradient_descent import GradientDescent, Momentum, Nesterov
from simulator.optimizers.method import Method
from simulator.optimizers.objective import Objective
from simulator.optimizers.one_repeat import Claim, OneRepeat, run_each
from simulator.optimizers.outcome import Outcome
from simulator.optimizers.schedules import (
    SCHEDULES,
    Constant,
    Cosine,
    InverseTime,
    LearningRate,
    Schedule,
    StepDecay,
)
from simulator.optimizers.scipy_derivative_free import COBYQA, NelderMead, Powell
from simulator.optimizers.scipy_global import DIRECT, SHGO, DifferentialEvolution, DualAnnealing
from simulator.optimizers.scipy_local import LBFGSB, SLSQP, TNC, TrustConstr
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
    "COBYQA",
    "DIRECT",
    "LBFGSB",
    "METHODS",
    "SCHEDULES",
    "SHGO",
    "SLSQP",
    "TNC",
    "AdaGrad",
    "Adam",
    "Box",
    "Call",
    "Claim",
    "Constant",
    "Cosine",
    "Counted",
    "Counts",
    "DifferentialEvolution",
    "DualAnnealing",
    "GradientDescent",
    "InverseTime",
    "LearningRate",
    "Method",
    "Momentum",
    "NelderMead",
    "Nesterov",
    "Objective",
    "OneRepeat",
    "Outcome",
    "Powell",
    "RMSProp",
    "Schedule",
    "StepDecay",
    "StopReason",
    "Stopping",
    "Trace",
    "TrustConstr",
    "UpdateRule",
    "descend",
    "run_each",
]
