"""Rigorous bounds of value, gradient and Hessian over batches of boxes.

>>> import numpy as np
>>> from simulator.autodiff.bounds import bound
>>> (bitterness,) = bound(lambda x: x[0] * np.exp(-x[0]), 1)([0.5], [0.75])
>>> bool(bitterness.lower <= 0.5 * np.exp(-0.5) and 0.75 * np.exp(-0.75) <= bitterness.upper)
True
"""

from simulator.autodiff.bounds.boxes import Bounds, bound
from simulator.autodiff.bounds.emission import bounds_graph
from simulator.autodiff.bounds.row import Row, decreasing, increasing
from simulator.autodiff.bounds.sweep import NoBounds

__all__ = [
    "Bounds",
    "NoBounds",
    "Row",
    "bound",
    "bounds_graph",
    "decreasing",
    "increasing",
]
