"""The page's numbers, from the finished file under Node, against Python."""

from dataclasses import replace

import numpy as np
import pytest

from simulator.autodiff.walk import evaluate
from simulator.coffee import BEANS, SEGMENTS, Brew, Method, Recipe, taste
from simulator.coffee.complaints import opinions
from simulator.experiment.config import load
from simulator.experiment.problem import Problem
from simulator.optimizers import Box
from simulator.page import Page
from simulator.page.stages import StagedGraph

LOOK = """
const brewer = new Brewer(given.method, data, programs);
const shares = data.mixes[given.customers];
const numbers = brewer.given(data.beans[given.bean], shares);
print(given.x.map((x) => {
  const cup = brewed(brewer, x, numbers);
  return {
    loss: cup.loss, gradient: Array.from(cup.gradient),
    alone: brewer.programs.loss(cup.inputs, new Float64Array(1))[0],
    walked: x.map((_, i) => cup.adjoint[brewer.graph.inputs[i]]), end: cup.values[brewer.output],
    values: given.all ? Array.from(cup.values) : [],
  };
}));
"""


def looked(in_node, page, x, **others):
    start = page.data["start"]
    given = {"method": start["method"], "bean": start["bean"], "customers": start["customers"]}
    return in_node(page, LOOK, {**given, **others, "x": x.T.tolist()})


def relative(a, b):
    return np.max(np.abs(np.asarray(a) - b) / np.abs(b))


def gradient_error(a, b):
    """The coordinates run from 0 to 1, so |Δg_i| is |Δg_i|·range_i."""
    return np.max(np.abs(np.asarray(a) - b) / (1.0 + np.max(np.abs(b), axis=1, keepdims=True)))


def test_loss_and_gradient_are_pythons_on_a_thousand_recipes(every_page, in_node, recipes):
    problem = every_page.problem
    x = recipes(problem.size, 1000)
    value, gradient = problem.gradient_program(x)
    seen = looked(in_node, every_page, x)
    for key in ("loss", "alone", "end"):
        assert relative([each[key] for each in seen], value) <= 1e-12
    for key in ("gradient", "walked"):
        assert gradient_error([each[key] for each in seen], gradient.T) <= 1e-12


def test_every_node_has_pythons_value(every_page, in_node, recipes):
    problem = every_page.problem
    x = recipes(problem.size, 10)
    bean, shares = problem.experiment.bean, every_page.mixes[every_page.data["start"]["customers"]]
    for model in every_page.models:
        seen = looked(in_node, every_page, x, method=model.method, all=True)
        staged = StagedGraph(model.graph)
        inputs = model.inputs(x, bean, shares)
        for column, each in enumerate(seen):
            values = evaluate(model.graph, inputs[:, column])
            for node, found in zip(staged.nodes, each["values"], strict=True):
                value = node.value if node.is_constant else values[node.serial]
                assert found == pytest.approx(value, rel=1e-12, abs=1e-14)


@pytest.mark.parametrize("method", list(Method))
@pytest.mark.parametrize("bean", ["light", "dark"])
@pytest.mark.parametrize("customers", ["everyday", "black-mild", "milk-and-sugar"])
def test_what_is_chosen_is_what_is_brewed(house_page, in_node, recipes, method, bean, customers):
    problem = house_page.problem
    x = recipes(problem.size, 5, seed=2)
    seen = looked(in_node, house_page, x, method=method, bean=bean, customers=customers)
    shares = house_page.mixes[customers]
    for column, each in enumerate(seen):
        cup = taste(
            Recipe(**{knob: float(v) for knob, v in problem.settings(x[:, column]).items()}),
            Brew.standard(method),
            BEANS[bean],
            [(SEGMENTS[name], share) for name, share in shares.items()],
        )
        assert each["loss"] == pytest.approx(9.0 - float(cup.score), rel=1e-12)


def test_a_bean_of_ones_own_is_in_the_page(tmp_path, in_node, recipes):
    config = tmp_path / "own.yaml"
    config.write_text(
        "name: own\nbean: {name: Sidamo 3, e_max: 0.28, acid_share: 0.3, middle_share: 0.4, "
        "bitter_share: 0.3, quality_points: 0.4}\ncustomers: {milk: 1, black-mild: 3}\n"
    )
    page = Page(Problem(load(config)))
    x = recipes(4, 20)
    seen = looked(in_node, page, x)
    assert relative([each["loss"] for each in seen], page.problem.gradient_program(x)[0]) <= 1e-12


RACE = """
const brewer = new Brewer(data.start.method, data, programs);
const numbers = brewer.given(data.beans[data.start.bean], data.mixes[data.start.customers]);
print(data.rules.map((rule, k) => given.x.map((x) => {
  const runner = new Runner(rule, programs.rules[k], brewer.programs.gradient, x, numbers, rule.rate);
  for (let step = 0; step < given.steps; step++) runner.step();
  return runner.path.map((at) => Array.from(at));
})));
"""


def test_the_race_runs_as_python_does(every_page, in_node, recipes):
    problem = every_page.problem
    box, starts = Box.unit(problem.size), recipes(problem.size, 3, seed=5)
    paths = in_node(every_page, RACE, {"x": starts.T.tolist(), "steps": 100})
    choices = {choice.label: choice for choice in problem.experiment.optimizers}
    for rule, of_starts in zip(every_page.data["rules"], paths, strict=True):
        if rule["label"] not in choices:
            continue
        solver = choices[rule["label"]].solver
        x, state = starts, solver.init(starts)
        for step in range(100):
            seen = np.array([path[step] for path in of_starts]).T
            np.testing.assert_allclose(seen, x, rtol=0, atol=1e-9, err_msg=rule["label"])
            gradient = problem.gradient_program(x)[1]
            state, moved = solver.step(state, x, gradient)
            x = box.project(moved)


def test_another_learning_rate_is_that_rules_learning_rate(house_page, in_node, recipes):
    script = RACE.replace("rule.rate);", "0.5 * rule.rate);")
    x = recipes(4, 1, seed=3)
    paths = in_node(house_page, script, {"x": x.T.tolist(), "steps": 5})
    labels = [rule["label"] for rule in house_page.data["rules"]]
    solver = next(
        c.solver for c in house_page.problem.experiment.optimizers if c.label == "momentum"
    )
    solver = replace(solver, learning_rate=0.5 * solver.learning_rate)
    state = solver.init(x)
    for step in range(5):
        seen = np.array(paths[labels.index("momentum")][0][step]).reshape(-1, 1)
        np.testing.assert_allclose(seen, x, rtol=0, atol=1e-12)
        state, moved = solver.step(state, x, house_page.problem.gradient_program(x)[1])
        x = np.clip(moved, 0.0, 1.0)


VOICES = """
const brewer = new Brewer(data.start.method, data, programs);
const numbers = brewer.given(data.beans[data.start.bean], data.mixes[data.start.customers]);
print(given.x.map((x) => {
  const cup = brewed(brewer, x, numbers);
  return data.voices.map((voice, k) => opinion(voice, programs.voices[k], cup.read));
}));
"""


def test_customers_say_what_they_say_in_python(house_page, in_node, recipes):
    problem = house_page.problem
    x = recipes(problem.size, 25, seed=8)
    customers = [(segment, 1.0) for segment in SEGMENTS.values()]
    for column, seen in enumerate(in_node(house_page, VOICES, {"x": x.T.tolist()})):
        tasting = problem.tasting(x[:, column], customers)
        for said, opinion in zip(seen, opinions(tasting, customers), strict=True):
            assert dict(said) == pytest.approx(dict(opinion.says), abs=1e-9)


REMEDY = """
const brewer = new Brewer(data.start.method, data, programs);
const numbers = brewer.given(data.beans[data.start.bean], data.mixes[data.start.customers]);
const score = brewer.node("score");
print(given.x.map((x) => {
  const cup = brewed(brewer, x, numbers);
  const found = remedy(cup, score, data.knobs);
  if (!found) return null;
  const there = x.slice();
  there[found.index] = position(found.knob, found.value);
  const after = brewed(brewer, there, numbers).loss;
  return { promised: found.predicted, told: found.real, gain: brewed(brewer, x, numbers).loss - after };
}));
"""


def test_a_remedy_does_what_it_tells(house_page, in_node, recipes):
    x = recipes(4, 100, seed=9)
    seen = [each for each in in_node(house_page, REMEDY, {"x": x.T.tolist()}) if each]
    assert len(seen) > 90
    for each in seen:
        assert each["gain"] == pytest.approx(each["told"], abs=1e-12)
        assert each["gain"] > 0
        assert abs(each["told"] - each["promised"]) <= 0.5 * each["promised"]


FORMULA = """
const brewer = new Brewer(data.start.method, data, programs);
const shown = new Set(brewer.byName.values());
const write = (name) => formula(brewer, data.texts, data.operations, brewer.node(name),
  (node) => shown.has(node), (node) => brewer.nameOf(node)).text;
print(["extraction.extraction_yield_pct", "grounds.fines_fraction", "perception.bitterness"].map(write));
"""


def test_formulas_are_those_of_the_stations(house_page, in_node):
    total, fines, bitterness = in_node(house_page, FORMULA)
    assert total == (
        "extraction.acid_yield_pct + extraction.middle_yield_pct + extraction.bitter_yield_pct"
    )
    assert fines == "1 / (1 + (recipe.grind_um / 234)^1.45)"
    assert bitterness == (
        "cup.bitter_g_kg / ((1 + 0.03 · cup.protein_g_kg) · "
        "3.43 · (1 + 0.16 · perception.sweetness))"
    )
