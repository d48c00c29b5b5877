"""The drawing of the graph: stages in series, nothing on top of anything, no edge through a box."""

import itertools
from functools import cache

import numpy as np
import pytest

from simulator.page.layers import in_layers
from simulator.page.layout import lay_out
from simulator.page.stages import EVERY, STAGES, VIEWS, StagedGraph, View

#: What the page shows, and what the figures of a report show.
EVERYTHING = (*VIEWS, View(EVERY, "names"), View(EVERY, "operations"))


@pytest.fixture(params=VIEWS, ids=lambda view: view.key)
def placed(request, house_page):
    staged = StagedGraph(house_page.models[0].graph)
    return staged, request.param, lay_out(staged, request.param)


@cache
def drawings(page):
    """(staged graph, layout) of every view, page and figures, of a config's own method."""
    staged = StagedGraph(page.models[0].graph)
    return [(staged, lay_out(staged, view)) for view in EVERYTHING]


def corners(rectangle):
    """Left, top, right, bottom."""
    left, top, width, height = rectangle
    return left, top, left + width, top + height


def test_boxes_and_stage_names_do_not_overlap(every_page):
    for _, layout in drawings(every_page):
        kept = sorted(
            map(corners, (*map(layout.box, layout.x), *layout.heads.values())),
            key=lambda box: box[1],
        )
        for k, a in enumerate(kept):
            for b in itertools.takewhile(lambda b, a=a: b[1] < a[3], kept[k + 1 :]):
                assert a[2] <= b[0] or b[2] <= a[0]


def test_no_edge_runs_through_a_box_or_a_stage_name(every_page):
    for _, layout in drawings(every_page):
        beside_names = max(left + width for left, _, width, _ in layout.heads.values())
        in_row = {}
        for node in layout.x:
            box, (top, height) = corners(layout.box(node)), layout.rows[layout.layer[node]]
            assert top <= box[1] < box[3] <= top + height
            in_row.setdefault(layout.layer[node], []).append((box[0], box[2], node))
        for parent, child, way in layout.edges:
            first = layout.layer[parent]
            # A bend lies between the places that it joins, at the side and in height: outside all rows.
            for at, (x, start, end) in enumerate(way, first):
                top, height = layout.rows[at]
                assert x > beside_names + 3
                assert top <= start <= end <= top + height
                for left, right, node in in_row[at]:
                    assert node in (parent, child) or not left < x < right


def test_edges_go_from_their_parents_foot_to_their_childs_head(placed):
    _, _, layout = placed
    for parent, child, way in layout.edges:
        (x, y, _), (port, _, end) = way[0], way[-1]
        left, _, right, bottom = corners(layout.box(parent))
        assert left < x < right
        assert y == bottom
        left, top, right, _ = corners(layout.box(child))
        assert left < port < right
        assert end == top


def test_stages_follow_each_other_and_hold_their_nodes(placed):
    staged, _, layout = placed
    assert [name for name, _, _ in layout.stages] == list(STAGES)
    bands = {name: (top, top + height) for name, top, height in layout.stages}
    assert all(a[1] < b[0] for a, b in itertools.pairwise(bands.values()))
    for node in layout.x:
        _, top, _, bottom = corners(layout.box(node))
        low, high = bands[staged.stages[node]]
        assert low < top < bottom < high


def test_edges_are_the_graphs_ways_between_shown_nodes(placed):
    staged, view, layout = placed
    visible = set(staged.visible(view))
    assert visible == set(layout.x)
    for child, parents in layout.arriving.items():
        reached, waiting = set(), list(staged.parents[child])
        while waiting:
            node = waiting.pop()
            if node in visible:
                reached.add(node)
            else:
                waiting.extend(staged.parents[node])
        assert sorted(parents) == sorted(reached)


def test_an_opened_stage_shows_every_operation_of_it(house_page):
    staged = StagedGraph(house_page.models[0].graph)
    for stage in STAGES:
        shown = set(staged.visible(View(stage, "operations")))
        inside = {i for i, where in enumerate(staged.stages) if where == stage}
        assert {i for i in inside if not staged.nodes[i].is_constant} <= shown


def test_every_edge_leads_to_the_same_or_a_later_stage(every_page):
    for model in every_page.models:
        staged = StagedGraph(model.graph)
        place = [STAGES.index(stage) for stage in staged.stages]
        for child, parents in enumerate(staged.parents):
            for parent in parents:
                assert staged.nodes[parent].is_constant or place[parent] <= place[child]


def test_a_planar_tree_is_drawn_without_crossings():
    # A binary tree, its leaves shuffled.
    layer = {0: 0, 1: 1, 2: 1, 3: 2, 4: 2, 5: 2, 6: 2}
    edges = [(0, 1), (0, 2), (1, 3), (1, 6), (2, 4), (2, 5)]
    assert in_layers(layer, edges, lambda node: 20.0).crossings == 0


def crossings(above, below, edges):
    return sum(
        (above.index(p) - above.index(q)) * (below.index(r) - below.index(s)) < 0
        for (p, r), (q, s) in itertools.combinations(edges, 2)
    )


def test_small_graphs_cross_little_more_than_in_the_best_of_all_orders():
    random = np.random.default_rng(0)
    least = found = 0
    for _ in range(12):
        edges = [(a, 4 + b) for a in range(4) for b in range(4) if random.random() < 0.5]
        layer = {node: node // 4 for node in range(8)}
        found += in_layers(layer, edges, lambda node: 20.0).crossings
        least += min(
            crossings(a, b, edges)
            for a in itertools.permutations(range(4))
            for b in itertools.permutations(range(4, 8))
        )
    assert least > 0
    assert found <= 1.4 * least
