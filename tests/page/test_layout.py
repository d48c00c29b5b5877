"""The drawing of the graph: stages in series, nothing on top of anything, no edge through a box."""

import itertools

import numpy as np
import pytest

from simulator.page.layers import in_layers
from simulator.page.layout import lay_out, port_spread
from simulator.page.stages import STAGES, VIEWS, StagedGraph, View


@pytest.fixture(params=VIEWS, ids=lambda view: view.key)
def placed(request, house_page):
    staged = StagedGraph(house_page.models[0].graph)
    return staged, request.param, lay_out(staged, request.param)


def boxes(layout):
    """Node → left, top, right, bottom."""
    found = {}
    for node, xs in layout.x.items():
        top, height = layout.rows[layout.layer[node]]
        width, tall = layout.sizes[node]
        middle = top + height / 2
        found[node] = (xs[0] - width / 2, middle - tall / 2, xs[0] + width / 2, middle + tall / 2)
    return found


def ways(layout):
    """Every edge as the straight pieces along layers and the strips in which it bends."""
    for child, parents in layout.arriving.items():
        spread = port_spread(layout.sizes[child].width, len(parents))
        for k, parent in enumerate(parents):
            start, end = layout.layer[parent], layout.layer[child]
            port = layout.x[child][0] + (k - (len(parents) - 1) / 2) * spread
            yield (
                parent,
                child,
                list(zip(range(start + 1, end), layout.x[parent][1:], strict=False)),
                port,
            )


def test_boxes_do_not_overlap(placed):
    _, _, layout = placed
    for a, b in itertools.combinations(boxes(layout).values(), 2):
        assert a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]


def test_no_edge_runs_through_a_box(placed):
    _, _, layout = placed
    in_row = {}
    for node, (left, _, right, _) in boxes(layout).items():
        in_row.setdefault(layout.layer[node], []).append((left, right))
    for _, _, lanes, _ in ways(layout):
        for row, x in lanes:
            assert not any(left < x < right for left, right in in_row[row])


def test_edges_end_on_their_childs_head(placed):
    _, _, layout = placed
    for _, child, _, port in ways(layout):
        left, _, right, _ = boxes(layout)[child]
        assert left < port < right


def test_stages_follow_each_other_and_hold_their_nodes(placed):
    staged, _, layout = placed
    assert [name for name, _, _ in layout.stages] == list(STAGES)
    bands = {name: (top, top + height) for name, top, height in layout.stages}
    assert all(a[1] < b[0] for a, b in itertools.pairwise(bands.values()))
    for node, (_, top, _, bottom) in boxes(layout).items():
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
