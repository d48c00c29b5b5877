"""The graph: boxes with name, value and gradient, edges by sign and strength, stages in bands."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from matplotlib.colors import to_hex
from matplotlib.patches import FancyBboxPatch, PathPatch, Rectangle

from simulator.figures import GraphBox, GraphEdge, GraphPicture, draw_graph
from simulator.figures.graph import LOWERS, RAISES, gradient_text

PICTURE = GraphPicture(
    width=520,
    height=240,
    stages=[("Grinder: beans become grounds", 0, 100), ("Brewer", 110, 130)],
    boxes=[
        GraphBox(100, 45, 128, 46, "grind", "900 µm", 0.5),
        GraphBox(100, 170, 128, 46, "extraction", "20 %", -0.25),
        GraphBox(300, 170, 128, 46, "TDS", "1.2 %", 0.0),
    ],
    edges=[
        GraphEdge(((100, 91, 91), (100, 170, 170)), 2.0),
        GraphEdge(((100, 91, 91), (300, 170, 170)), -0.5),
        GraphEdge(((100, 216, 216), (300, 170, 170)), 0.0),
    ],
)


def edges(figure: Any) -> list[Any]:
    return [patch for patch in figure.axes[0].patches if isinstance(patch, PathPatch)]


def texts(figure: Any) -> list[str]:
    return [text.get_text() for text in figure.axes[0].texts]


def test_every_box_says_its_name_its_value_and_its_gradient():
    assert texts(draw_graph(PICTURE))[2:] == [
        "grind", "900 µm", "∂ +0.5", "extraction", "20 %", "∂ −0.25", "TDS", "1.2 %", "∂ 0",
    ]  # fmt: skip


def test_stages_are_named_bands_at_their_height():
    figure = draw_graph(PICTURE)
    bands = [p for p in figure.axes[0].patches if type(p) is Rectangle]
    assert [(band.get_y(), band.get_height()) for band in bands] == [(0, 100), (110, 130)]
    assert texts(figure)[:2] == ["Grinder: beans become grounds", "Brewer"]


def test_edges_are_coloured_and_dashed_by_sign_and_wide_by_strength():
    by_width = sorted(edges(draw_graph(PICTURE)), key=lambda edge: -edge.get_linewidth())
    strong, weak, quiet = by_width
    assert to_hex(strong.get_edgecolor()) == RAISES.lower()
    assert to_hex(weak.get_edgecolor()) == LOWERS.lower()
    assert (strong.get_linestyle(), weak.get_linestyle()) != ("-", "-")
    assert strong.get_linewidth() == pytest.approx(5.7)
    assert weak.get_linewidth() == pytest.approx(0.7 + 5 * 0.5)  # a quarter as strong
    assert quiet.get_linewidth() < 0.7


def test_an_edge_runs_from_its_parent_to_its_child():
    ends = [edge.get_path().vertices[[0, -1]].tolist() for edge in edges(draw_graph(PICTURE))]
    assert [[100.0, 91.0], [300.0, 170.0]] in ends


def test_the_figure_is_as_large_as_the_layout_asks_and_reads_downwards():
    figure = draw_graph(PICTURE)
    ax = figure.axes[0]
    assert (ax.get_xlim(), ax.get_ylim()) == ((0, 520), (240, 0))
    box = ax.get_position()
    assert figure.get_figwidth() == pytest.approx(520 / 96)
    assert box.height * figure.get_figheight() == pytest.approx(240 / 96)
    assert len([p for p in ax.patches if isinstance(p, FancyBboxPatch)]) == 3


def test_the_legend_says_what_the_colours_mean():
    shown = [text.get_text() for text in draw_graph(PICTURE).legends[0].get_texts()]
    assert shown == ["more of it raises the loss", "more of it lowers the loss"]


def test_texts_keep_apart(collisions: Callable[..., Any]):
    title = "house-blend: the graph of the first start, grind size 1293 µm, brew time 71 s"
    assert collisions(draw_graph(PICTURE, title=title)) == []


@pytest.mark.parametrize("gradient", [1e-30, -1e300, 0.12345])
def test_a_gradient_says_its_sign_without_colour(gradient: float):
    assert gradient_text(gradient)[2] == ("−" if gradient < 0 else "+")
