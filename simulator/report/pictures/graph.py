"""The computational graph of the first start's cup: what every node is worth, and whom the loss blames."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from simulator.autodiff import Graph
from simulator.autodiff import compile as compiled
from simulator.experiment.problem import Problem
from simulator.figures import GraphBox, GraphEdge, GraphPicture, draw_graph
from simulator.page import EVERY, Depth, Layout, StagedGraph, View, lay_out
from simulator.report.pictures.material import Material
from simulator.report.pictures.node_words import NodeWords

_SAMPLES = 256


@dataclass(frozen=True, eq=False)
class Blame:
    """Both sweeps over a graph at one recipe, by the number of the node.

    Attributes:
        values: of every node.
        adjoints: ∂loss/∂node; 0 where nothing flows.
        partials: child → parent → ∂child/∂parent.
        typical: how far each node moves over recipes drawn evenly from the box (standard deviation),
            which makes blame comparable: adjoint × typical change is in the unit of the loss.
    """

    values: Mapping[int, float]
    adjoints: Mapping[int, float]
    partials: Mapping[int, Mapping[int, float]]
    typical: Sequence[float]


def graph(material: Material, depth: Depth) -> Figure:
    """The graph at one depth: napkin, names or operations."""
    words = material.words
    start = material.words.graph_at.format(name=material.name, settings=_start(material))
    return draw_graph(graph_picture(material, depth), title=start, words=words)


napkin = partial(graph, depth="napkin")
named = partial(graph, depth="names")
operations = partial(graph, depth="operations")


def graph_picture(material: Material, depth: Depth) -> GraphPicture:
    """The graph with the values and gradients of the first start, laid out."""
    problem = material.problem
    staged = StagedGraph(_dialled(problem))
    layout = lay_out(staged, View() if depth == "napkin" else View(EVERY, depth))
    blame = blame_at(problem, staged, _start_recipe(material))
    says = NodeWords(staged, material.messages.language)
    boxes = [
        GraphBox(
            x=xs[0],
            top=layout.box(node).top,
            width=layout.sizes[node].width,
            height=layout.sizes[node].height,
            title=says.title(node),
            value=says.value(node, blame.values[node]),
            gradient=blame.adjoints.get(node, 0.0),
        )
        for node, xs in layout.x.items()
    ]
    return GraphPicture(
        layout.width,
        layout.height,
        [(says.stage(name), top, height) for name, top, height in layout.stages],
        boxes,
        list(_edges(layout, blame)),
    )


def blame_at(problem: Problem, staged: StagedGraph, recipe: Mapping[str, float]) -> Blame:
    """Walk the graph forward and backward at one recipe."""
    values: dict[int, float] = {}
    adjoints: dict[int, float] = {}
    partials: dict[int, Mapping[int, float]] = {}
    for step in staged.graph.walk([float(v) for v in problem.coordinates(recipe)]):
        node = staged.number[step.node.serial]
        values[node] = float(step.value)
        received: Any = getattr(step, "adjoint", None)
        if received is None:
            continue
        adjoints[node] = float(received)
        local: dict[int, float] = {}
        for parent, slope in zip(step.node.parents, getattr(step, "partials", ()), strict=False):
            number = staged.number[parent.serial]
            local[number] = local.get(number, 0.0) + float(slope)
        partials[node] = local
    return Blame(values, adjoints, partials, _typical(problem, staged))


def _typical(problem: Problem, staged: StagedGraph) -> Sequence[float]:
    x = np.random.default_rng(0).random((problem.size, _SAMPLES))
    numbers = tuple(node for node in staged.nodes if not node.is_truth)
    program = compiled(
        Graph(staged.graph.inputs, numbers, (len(numbers),)), outputs="value", dialect="numpy"
    )
    spread = np.asarray(program(x)[0]).std(axis=1)
    known = {node.serial: float(each) for node, each in zip(numbers, spread, strict=True)}
    return [known.get(node.serial, 0.0) for node in staged.nodes]


def _edges(layout: Layout, blame: Blame) -> Iterator[GraphEdge]:
    """Every edge with its way, and with the blame that runs along it through all hidden nodes."""
    slopes = {child: _slopes(child, set(layout.x), blame) for child in layout.arriving}
    for parent, child, way in layout.edges:
        handed = blame.adjoints.get(child, 0.0) * slopes[child].get(parent, 0.0)
        yield GraphEdge(way, handed * blame.typical[parent])


def _slopes(child: int, shown: set[int], blame: Blame) -> dict[int, float]:
    """∂child/∂ancestor for the nearest shown ancestors, through hidden nodes alone."""
    found: dict[int, float] = {}
    waiting = {child: 1.0}
    while waiting:
        # Parents have smaller numbers, so the largest one has received all that it will.
        node = max(waiting)
        slope = waiting.pop(node)
        for parent, own in blame.partials.get(node, {}).items():
            onto = found if parent in shown else waiting
            onto[parent] = onto.get(parent, 0.0) + slope * own
    return found


def _dialled(problem: Problem) -> Graph:
    """The problem's graph, its inputs named as dials and its output as the loss."""
    graph = problem.graph
    names = dict(graph.names)
    for node, knob in zip(graph.inputs, problem.knobs, strict=True):
        names[node.serial] = (f"dial.{knob}",)
    output = graph.outputs[0].serial
    names[output] = (*names.get(output, ()), "loss")
    return replace(graph, names=names)


def _start_recipe(material: Material) -> Mapping[str, float]:
    return (material.first or material.tested)[0][0].start


def _start(material: Material) -> str:
    return material.in_words(_start_recipe(material))


def graph_in_words(material: Material) -> dict[str, str]:
    """What a tenth of each knob's range would change of the loss, by its slope."""
    problem, start = material.problem, _start_recipe(material)
    loss, gradient = problem.value_and_gradient(problem.coordinates(start))
    slopes = (
        material.messages.say(
            "alt.slope", knob=material.words.bare(knob), slope=f"{0.1 * each:+.2g}"
        )
        for knob, each in zip(problem.knobs, gradient, strict=True)
    )
    return {
        "start": _start(material),
        "loss": f"{loss:.3g}",
        "slopes": material.messages.say("separator.words").join(slopes),
        "nodes": f"{len(problem.graph)}",
    }
