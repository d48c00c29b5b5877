"""``simulator explain``: the story in three formats and two languages, and refusals."""

import json

import pytest

CONFIG = "configs/over-extracted-start.yaml"


def test_the_story_is_told_in_order(simulator):
    said = simulator("explain", CONFIG, "--steps", 1)
    assert said.status == 0
    places = [
        said.out.index(words)
        for words in (
            "Choosing the beans", "the forward pass", "The verdict", "The backward pass",
            "What would help most?", "gradient descent", "Cup 2, brewed", "How it ends",
        )
    ]  # fmt: skip
    assert places == sorted(places)


def test_the_story_is_told_in_chinese(simulator):
    said = simulator("explain", CONFIG, "--lang", "zh", "--steps", 0)
    for term in ("输入数据", "可训练参数", "正向传播", "反向传播", "损失", "梯度"):
        assert term in said.out


def test_json_is_one_object_with_predictions_and_brewed_changes(simulator):
    said = simulator("explain", CONFIG, "--format", "json", "--steps", 1)
    told = json.loads(said.out)
    for cup in told["cups"]:
        parts = cup["blame"]["out_of_reach"] + cup["blame"]["tastes_differ"]
        parts += sum(cost["points"] for cost in cup["blame"]["costs"])
        assert parts == pytest.approx(cup["loss"], abs=1e-9)
        assert cup["suggestions"][0]["predicted"] * cup["suggestions"][0]["real"] > 0


def test_trace_leads_from_every_row_of_a_table_to_its_node(simulator):
    for arguments in (("--format", "text"), ("--format", "markdown")):
        told = simulator("explain", CONFIG, "--trace", "--steps", 0, *arguments).out
        assert "bitterness: too much [perception.bitterness, simulator/coffee/palate.py:" in told


def test_iterations_are_steps(simulator):
    steps = simulator("explain", CONFIG, "--steps", 0).out
    assert simulator("explain", CONFIG, "--iterations", 0).out == steps


def test_what_is_negligible_is_not_listed_among_causes(simulator):
    told = simulator("explain", CONFIG, "--steps", 0).out
    (time,) = [line for line in told.splitlines() if line.startswith("time ")]
    assert time.rstrip().endswith("–")


def test_trace_leads_from_a_sentence_to_the_node_and_its_line(simulator):
    said = simulator("explain", CONFIG, "--trace", "--steps", 0)
    assert "[perception.grittiness, simulator/coffee/palate.py:" in said.out
    assert "palate.py" not in simulator("explain", CONFIG, "--steps", 0).out


def test_the_recipe_and_the_learning_rate_are_taken(simulator):
    recipe = "grind_um=300,time_s=500,milk_g=0,sugar_g=0"
    said = simulator(
        "explain", CONFIG, "--recipe", recipe, "--learning-rate", 0.01, "--format", "json"
    )
    first = json.loads(said.out)["cups"][0]
    assert first["recipe"] == pytest.approx(
        {"grind_um": 300, "time_s": 500, "milk_g": 0, "sugar_g": 0}
    )
    assert first["step"]["learning_rate"] == 0.01


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--lang", "fr"], ["fr", "en (English)", "zh"]),
        (["--format", "pdf"], ["pdf", "markdown"]),
        (["--recipe", "grind_um=9"], ["grind_um = 9", "200–1400"]),
        (["--recipe", "grid=9"], ["grid", "grind_um"]),
        (["--learning-rate", "0"], ["--learning-rate", "0.02"]),
        (["--learning-rate", "nan"], ["--learning-rate"]),
        (["--steps", "-1"], ["--steps"]),
    ],
)
def test_nonsense_is_refused_with_the_way_out(simulator, arguments, words):
    said = simulator("explain", CONFIG, *arguments)
    assert said.status == 2
    assert said.out == ""
    for word in words:
        assert word in said.err
