"""A backprop engine, written by hand, small enough to read in an evening.

>>> import numpy as np
>>> grad(lambda x: np.exp(x[0]) * x[1])(np.array([0.0, 3.0]))
array([3., 1.])
"""

from simulator.autodiff.arrays.traced_array import TracedArray
from simulator.autodiff.check import GradientMismatch, check_gradient
from simulator.autodiff.compile import compile
from simulator.autodiff.custom import primitive
from simulator.autodiff.derivatives import (
    elementwise_grad,
    grad,
    hessian,
    hvp,
    jacobian,
    jvp,
    value_and_grad,
    vjp,
)
from simulator.autodiff.diagnosis import Nonfinite, NonfiniteError, diagnose
from simulator.autodiff.export import source
from simulator.autodiff.graph import Graph
from simulator.autodiff.node import Node
from simulator.autodiff.outputs import derivative_graph
from simulator.autodiff.primitives import TABLE
from simulator.autodiff.steps import Steps, Walk, compile_steps
from simulator.autodiff.trace import trace

where = TABLE["where"]

__all__ = [
    "GradientMismatch",
    "Graph",
    "Node",
    "Nonfinite",
    "NonfiniteError",
    "Steps",
    "TracedArray",
    "Walk",
    "check_gradient",
    "compile",
    "compile_steps",
    "derivative_graph",
    "diagnose",
    "elementwise_grad",
    "grad",
    "hessian",
    "hvp",
    "jacobian",
    "jvp",
    "primitive",
    "source",
    "trace",
    "value_and_grad",
    "vjp",
    "where",
]
