"""Pictures hold what the results and the model say, at the places where they say it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.stats import norm

from simulator.errors import InputError
from simulator.explain import LANGUAGES, catalogue
from simulator.figures import FORMATS
from simulator.page import StagedGraph, View, lay_out
from simulator.report import PICTURES, checked_names, draw_pictures, lacking
from simulator.report.pictures import crowd, graph, rates, sections, walks


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_picture_says_what_it_shows(language: str):
    messages = catalogue(language).messages
    assert {f"picture.{name}" for name in PICTURES} == {
        key for key in messages if key.startswith("picture.")
    }


def test_names_come_in_the_order_of_the_register_and_unknown_ones_are_refused():
    assert checked_names(["slices", "landscape", "slices"]) == ("landscape", "slices")
    with pytest.raises(InputError, match="portrait: there is no such figure"):
        checked_names(["portrait"])


def test_slices_hold_the_models_score_and_run_through_the_best_recipe(material: Any):
    drawn, problem = sections.slices_of(material), material.problem
    best = material.recommended().recipe
    for place in (0, 17, 60):
        recipe = {**best, "time_s": float(drawn.values["time_s"][place])}
        score = 9.0 - float(problem.value_program(problem.coordinates(recipe))[0])
        assert drawn.lines["time_s"][place] == pytest.approx(score, rel=1e-12)
    across, up = drawn.values["grind_um"], drawn.values["milk_g"]
    recipe = {**best, "grind_um": float(across[9]), "milk_g": float(up[33])}
    score = 9.0 - float(problem.value_program(problem.coordinates(recipe))[0])
    assert drawn.planes["grind_um", "milk_g"][33, 9] == pytest.approx(score, rel=1e-12)
    assert (across[0], across[-1]) == (200.0, 1400.0)


def test_no_slice_is_above_the_best_by_more_than_the_runs_missed(material: Any):
    drawn = sections.slices_of(material)
    tops = [part.max() for part in (*drawn.lines.values(), *drawn.planes.values())]
    assert max(tops) <= material.recommended().score + 1e-4


@pytest.mark.parametrize(("score", "spread"), [(5.0, 1.7), (8.6, 0.9), (1.2, 2.0)])
def test_shares_of_ratings_are_those_of_a_normal_scatter(score: float, spread: float):
    shares = crowd.rating_shares(score, spread)
    between = norm(score, spread).cdf(np.arange(1.5, 9))
    assert shares.sum() == pytest.approx(1.0)
    assert shares[0] == pytest.approx(between[0])
    assert shares[-1] == pytest.approx(1 - between[-1])
    assert np.allclose(shares[1:-1], np.diff(between))


def test_all_customers_are_the_mixture_of_their_kinds(material: Any):
    groups, everyone = crowd.rating_groups(material)
    assert [group.label for group in groups] == ["black, strong", "with milk"]
    mixture = sum(group.share * group.ratings for group in groups)
    assert np.allclose(everyone.ratings, mixture)
    assert everyone.mean == pytest.approx(material.recommended().score, abs=1e-9)


def test_learning_rates_come_from_runs_that_differ_in_nothing_else(material: Any):
    (series,) = rates.rate_series(material)
    assert series.label == "adam"
    assert series.rate.tolist() == [0.01, 0.03, 0.1]
    best = material.recommended().score
    for place, rate in enumerate(series.rate):
        own = [r for r, _ in material.runs if r.options.get("learning_rate") == rate]
        assert len(own) == 2
        assert series.gap[place] == pytest.approx(max(best - run.score for run in own), abs=1e-15)


def test_the_cost_of_a_rate_is_the_evaluation_that_first_came_near(material: Any):
    (series,) = rates.rate_series(material)
    wanted = material.recommended().score - 1e-3
    for place, rate in enumerate(series.rate):
        costs = [
            next((n for n, s in zip(t.value_count, t.score, strict=True) if s >= wanted), np.inf)
            for r, t in material.runs
            if r.options.get("learning_rate") == rate
        ]
        assert series.cost[place] == max(costs)


@pytest.mark.parametrize("depth", ["napkin", "names", "operations"])
def test_the_graph_shows_the_models_values_and_the_gradient(material: Any, depth: Any):
    problem, start = material.problem, material.first[0][0].start
    x = problem.coordinates(start)
    loss, gradient = problem.value_and_gradient(x)
    drawn = graph.graph_picture(material, depth)
    named = {box.title: box for box in drawn.boxes}
    assert float(named["loss"].value) == pytest.approx(loss, rel=1e-3)
    assert named["loss"].gradient == 1.0
    # The slope per gram is the slope per box width over the width of the box.
    milk = problem.knobs.index("milk_g")
    assert named["milk"].gradient == pytest.approx(gradient[milk] / 150.0, rel=1e-9)
    assert named["milk"].value == f"{start['milk_g']:.4g} g"
    ey = float(problem.tasting(x).extraction_yield_pct)
    assert named["extraction"].value == f"{ey:.4g} %"


def test_the_deepest_graph_has_a_box_for_every_operation(material: Any):
    boxes = graph.graph_picture(material, "operations").boxes
    inputs = len(material.problem.graph.inputs)
    assert len(boxes) == len(material.problem.graph) + inputs
    assert len(graph.graph_picture(material, "names").boxes) < len(boxes) / 4


def test_blame_through_hidden_nodes_adds_up(material: Any):
    problem = material.problem
    staged = StagedGraph(graph._dialled(problem))
    blame = graph.blame_at(problem, staged, material.first[0][0].start)
    layout = lay_out(staged, View())
    # What a shown node receives from its shown children is all of its adjoint.
    received: dict[int, float] = {}
    for child in layout.arriving:
        for parent, slope in graph._slopes(child, set(layout.x), blame).items():
            received[parent] = received.get(parent, 0.0) + slope * blame.adjoints[child]
    for parent, sum_of_shares in received.items():
        assert sum_of_shares == pytest.approx(blame.adjoints[parent], rel=1e-9, abs=1e-12)


def test_no_edge_of_the_graph_runs_through_a_box(material: Any):
    drawn = graph.graph_picture(material, "names")
    for edge in drawn.edges:
        for x, top, bottom in edge.way[1:-1]:
            for box in drawn.boxes:
                beside = abs(x - box.x) > box.width / 2
                assert beside or bottom <= box.top or top >= box.top + box.height


def test_the_race_runs_the_first_starts_of_the_tested_optimizers(material: Any):
    labels = [run.optimizer for run, _ in material.first]
    assert labels == sorted(labels)
    assert len(labels) == 4
    path = walks.recipe_path(*material.first[0])
    cups = walks.cup_path(material.problem, *material.first[0])
    assert path.evaluations.shape == cups.tds_pct.shape


def test_only_what_an_experiment_has_is_drawn(material: Any, tmp_path: Any):
    assert lacking(material) == {}
    files = draw_pictures(material, tmp_path, ["ratings", "learning-rates"])
    assert [file.name for file in files] == [
        f"{name}.{kind}" for name in ("ratings", "learning-rates") for kind in FORMATS
    ]
