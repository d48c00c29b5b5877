"""What is known of a graph's nodes when the point stays in one large box, the domain.

The domain is cut into cells and every node is bounded on every cell. The hull over the cells is a much
narrower range than one sweep over the whole domain gives, because overestimation shrinks with the cells.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from simulator.autodiff.bounds.interval import Interval
from simulator.autodiff.bounds.row import Range
from simulator.autodiff.bounds.sweep import Bounder
from simulator.autodiff.graph import Graph

#: Cells that a domain is cut into, at most.
CELLS: Final = 4096

Array = np.ndarray[Any, Any]

#: The range of each input.
Domain = Sequence[Range]


def ranges_over(graph: Graph, domain: Domain, bounder: Bounder) -> dict[int, Range]:
    """Serial number of each number-valued node -> the hull of its bounds over the cells."""
    lows, highs = cells(domain)
    known = {
        node.serial: Interval(lows[i], highs[i], *domain[i]) for i, node in enumerate(graph.inputs)
    }
    bounds = bounder.sweep(graph.nodes, dict(known))
    seen = {serial: x.spread() for serial, x in bounds.items() if isinstance(x, Interval)}
    return {serial: (x.least, x.most) for serial, x in seen.items()}


def cells(domain: Domain, count: int = CELLS) -> tuple[Array, Array]:
    """Lower and upper corners, each (inputs, cells), of equal cells that cover a domain."""
    per_side = max(1, int(count ** (1.0 / max(len(domain), 1)) + 1e-9))
    edges = [_edges(low, high, per_side) for low, high in domain]
    lows = np.meshgrid(*[edge[:-1] for edge in edges], indexing="ij")
    highs = np.meshgrid(*[edge[1:] for edge in edges], indexing="ij")
    return np.stack([x.ravel() for x in lows]), np.stack([x.ravel() for x in highs])


def _edges(low: float, high: float, count: int) -> Array:
    if math.isinf(low) or math.isinf(high):
        return np.array([low, high])
    return np.linspace(low, high, count + 1)
