"""The story: steps of gradient descent, cups that follow from them, and its three formats."""

import json

import numpy as np
import pytest

from simulator.errors import RecipeError
from simulator.explain import (
    LANGUAGES,
    Sentence,
    Table,
    Wording,
    as_json,
    catalogue,
    markdown,
    narrate,
    starting_recipe,
    tell,
)

STORY = "over-extracted-start"


def test_a_step_is_the_learning_rate_times_the_gradient_projected_into_the_box(problem):
    here = problem(STORY)
    x = starting_recipe(here, None)
    story = tell(here, x, steps=1, learning_rate=0.03)
    gradient = here.value_and_gradient(x)[1]
    expected = np.clip(x - 0.03 * gradient, 0, 1)
    assert story.chapters[0].step.x == pytest.approx(expected, abs=1e-15)
    assert story.chapters[1].recipe == pytest.approx(here.recipe(expected))


def test_what_a_step_really_gave_is_the_next_cups_score(problem):
    story = tell(problem(STORY), starting_recipe(problem(STORY), None), steps=3)
    for before, after in zip(story.chapters, story.chapters[1:], strict=False):
        assert after.objective - before.objective == pytest.approx(before.step.real, abs=1e-12)


def test_a_modest_learning_rate_improves_every_cup(problem):
    story = tell(problem(STORY), starting_recipe(problem(STORY), None), 6, 0.01)
    scores = [chapter.objective for chapter in story.chapters]
    assert scores == sorted(scores)


def test_a_reckless_learning_rate_is_called_one(problem):
    here = problem(STORY)
    story = tell(here, starting_recipe(here, None), 1, 1.0)
    text = markdown(narrate(story, Wording(catalogue("en"), here)))
    assert story.chapters[0].step.real < 0
    assert "the step was too big" in text


def test_the_end_says_whether_the_customers_are_content(problem):
    here = problem("pour-over")
    x = starting_recipe(here, None)
    for _ in range(5000):
        x = np.clip(x - 0.02 * here.value_and_gradient(x)[1], 0, 1)
    found = tell(here, x, 0)
    said = markdown(narrate(found, Wording(catalogue("en"), here)))
    assert found.converged
    assert "That is convergence." in said
    assert not tell(here, starting_recipe(here, None), 0).converged


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "name", [STORY, "espresso-cliff", "top-box", "dose-and-temperature", "pour-over"]
)
def test_every_story_can_be_told_in_every_language(problem, name, language):
    here = problem(name)
    wording = Wording(catalogue(language), here)
    story = tell(here, starting_recipe(here, None), 1)
    text = markdown(narrate(story, wording), trace=True)
    assert "{" not in text
    assert "nan" not in text
    json.dumps(as_json(story, wording), allow_nan=False)


def test_a_blame_sentence_names_a_node_of_the_graph_and_its_line(problem):
    here = problem(STORY)
    story = tell(here, starting_recipe(here, None), 0)
    blocks = narrate(story, Wording(catalogue("en"), here))
    (blamed,) = [b for b in blocks if isinstance(b, Sentence) and "costs most is" in b.text]
    names = {name for given in here.graph.names.values() for name in given}
    assert blamed.node in names
    assert blamed.source.startswith("simulator/coffee/palate.py:")
    assert blamed.trace in markdown(blocks, trace=True)
    assert blamed.trace not in markdown(blocks)


def test_the_json_holds_every_sentence_with_its_node(problem):
    here = problem(STORY)
    story = tell(here, starting_recipe(here, None), 1)
    wording = Wording(catalogue("zh"), here)
    told = as_json(story, wording)
    sentences = [block["sentence"] for block in told["text"] if "sentence" in block]
    assert sentences == [b.text for b in narrate(story, wording) if isinstance(b, Sentence)]
    assert told["cups"][0]["nodes"]["perception.bitterness"]["source"]
    assert [cup["number"] for cup in told["cups"]] == [1, 2]


def test_tables_say_the_suggestions_that_the_numbers_hold(problem):
    here = problem(STORY)
    story = tell(here, starting_recipe(here, None), 0)
    blocks = narrate(story, Wording(catalogue("en"), here))
    (table,) = [b for b in blocks if isinstance(b, Table) and "one change alone" in b.header]
    worth = [s for s in story.chapters[0].suggestions if s.predicted >= 5e-4]
    assert [row[1] for row in table.rows] == [
        f"+{s.predicted:.{2 if s.predicted >= 0.1 else 3}f}" for s in worth
    ]


def test_milk_and_sugar_are_called_chosen_where_they_are_in_the_cup(problem):
    here = problem(STORY)
    text = markdown(
        narrate(tell(here, starting_recipe(here, None), 0), Wording(catalogue("en"), here))
    )
    assert "How strongly milk and sugar change the taste is chosen" in text


def test_the_loose_places_of_the_metaphor_are_named(problem):
    here = problem(STORY)
    story = tell(here, starting_recipe(here, None), 0)
    english = markdown(narrate(story, Wording(catalogue("en"), here)))
    assert "the learning rate is only how big a change one dares" in english


def test_a_recipe_is_read_and_what_it_leaves_out_stays_at_the_start(problem):
    here = problem(STORY)
    x = starting_recipe(here, "grind_um=300, time_s=500")
    assert here.recipe(x) == pytest.approx(
        {"grind_um": 300, "time_s": 500, "milk_g": 0.5, "sugar_g": 0.1}
    )


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("grind=300", ["grind", "is not tuned", "grind_um"]),
        ("grind_um=90", ["200–1400 µm", "fitted"]),
        ("grind_um=fine,time_s=nan", ["'grind_um=fine'", "'time_s=nan'"]),
        ("grind_um", ["is not a setting"]),
        ("dose_g=15", ["dose_g is not tuned"]),
    ],
)
def test_a_bad_recipe_is_refused_with_every_fault(problem, written, words):
    with pytest.raises(RecipeError) as refused:
        starting_recipe(problem(STORY), written)
    for word in words:
        assert word in str(refused.value)


@pytest.mark.parametrize("rate", [0.0, -1.0, float("nan"), float("inf")])
def test_a_learning_rate_that_is_none_is_refused(problem, rate):
    with pytest.raises(ValueError, match="learning rate"):
        tell(problem(STORY), starting_recipe(problem(STORY), None), 1, rate)


def test_a_fixed_setting_may_be_said_but_not_changed(problem):
    here = problem("pour-over")
    knob, value = next(iter(here.experiment.fixed.items()))
    plain = starting_recipe(here, None)
    assert starting_recipe(here, f"{knob}={value}") == pytest.approx(plain)
    with pytest.raises(RecipeError, match=f"{knob} is fixed at"):
        starting_recipe(here, f"{knob}={value + 1}")


def test_a_story_has_no_negative_number_of_steps(problem):
    with pytest.raises(ValueError, match="must not be negative"):
        tell(problem(STORY), starting_recipe(problem(STORY), None), -1)


def test_an_espresso_that_channels_is_told_so(problem):
    here = problem("espresso-cliff")
    wording = Wording(catalogue("en"), here)
    said = [
        markdown(narrate(tell(here, starting_recipe(here, f"grind_um={grind}"), 0), wording))
        for grind in (210, 800)
    ]
    assert ["The fine bed channels" in text for text in said] == [True, False]
