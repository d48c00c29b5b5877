"""A method's graph as the page reads it: columns of numbers, one entry per node."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any, Final

import numpy as np

from simulator.autodiff import Graph
from simulator.autodiff import compile as compiled
from simulator.page.model import Array, PageModel
from simulator.page.stages import STAGES, StagedGraph

_SAMPLES: Final = 256


def columns(staged: StagedGraph, operations: list[str], typical: Array) -> dict[str, Any]:
    """Operations, parents, constants, names, stages and lines of source of all nodes.

    Args:
        staged: the graph.
        operations: all names of operations, which nodes refer to by number.
        typical: see `typical_changes`.
    """
    graph = staged.graph
    roots = {node.serial for node in graph.inputs}
    is_made = [
        node.primitive is not None and not node.is_constant and node.serial not in roots
        for node in staged.nodes
    ]
    files = sorted({PurePath(node.origin.file).name for node in staged.nodes})
    return {
        "operation": [
            operations.index(node.primitive.name) if made and node.primitive else -1
            for node, made in zip(staged.nodes, is_made, strict=True)
        ],
        "parents": staged.parents,
        "constants": [
            [i, float(node.value)] for i, node in enumerate(staged.nodes) if node.is_constant
        ],
        "inputs": [staged.number[node.serial] for node in graph.inputs],
        "output": staged.number[graph.outputs[0].serial],
        "names": {i: names for i, names in enumerate(staged.names) if names},
        "stages": [STAGES.index(stage) for stage in staged.stages],
        "files": files,
        "lines": [
            files.index(PurePath(node.origin.file).name) * 10_000 + node.origin.line if made else 0
            for node, made in zip(staged.nodes, is_made, strict=True)
        ],
        "typical": [
            0 if node.is_constant else float(f"{change:.2g}")
            for node, change in zip(staged.nodes, typical, strict=True)
        ],
    }


def typical_changes(model: PageModel, staged: StagedGraph) -> Array:
    """Standard deviation of every node over recipes drawn evenly from the box, shape (nodes,).

    It makes blame comparable: adjoint times typical change is in points of the loss for every node.
    Data does not vary with the recipe; its typical change is a tenth of its value.
    """
    experiment = model.problem.experiment
    x = np.random.default_rng(0).random((model.problem.size, _SAMPLES))
    inputs = model.inputs(x, experiment.bean, experiment.customers)
    everything = Graph(model.graph.inputs, staged.nodes, (len(staged.nodes),))
    values = compiled(everything, outputs="value", dialect="numpy")(inputs)[0]
    spread = np.asarray(values).std(axis=1)
    return np.where(spread > 1e-12, spread, 0.1 * np.abs(values[:, 0]))
