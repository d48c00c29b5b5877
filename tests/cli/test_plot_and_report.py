"""``simulator plot`` and ``simulator report``: what is named is drawn, what is missing is said."""

from __future__ import annotations

import pytest

from simulator.report import PICTURES


@pytest.fixture
def results(simulator, small, tmp_path):
    """A finished results folder."""
    simulator("run", small, "--no-figures", "--out", tmp_path / "out")
    return tmp_path / "out"


def test_the_list_names_every_figure_without_a_folder(simulator):
    said = simulator("plot", "--list")
    assert said.status == 0
    assert all(name in said.out for name in PICTURES)


def test_the_list_of_a_folder_says_which_figures_it_cannot_have(simulator, results):
    said = simulator("plot", results, "--list")
    assert "configs/learning-rates.yaml" in " ".join(said.out.split())


def test_named_figures_alone_are_drawn(simulator, results):
    said = simulator("plot", results, "ratings", "graph-full")
    names = [line.rpartition("/")[2] for line in said.out.split()]
    assert names == ["ratings.png", "ratings.svg", "graph-full.svg"]
    assert said.err == ""


def test_a_named_figure_that_the_folder_cannot_have_is_an_error(simulator, results):
    said = simulator("plot", results, "learning-rates")
    assert said.status == 2
    assert "no method was run with three learning rates" in said.err


def test_an_unknown_figure_and_a_missing_folder_are_refused(simulator, results):
    assert simulator("plot", results, "portrait").status == 2
    said = simulator("plot")
    assert said.status == 2
    assert "a results folder is missing" in said.err


def test_the_report_lies_in_the_folder_unless_told_otherwise(simulator, results, tmp_path):
    said = simulator("report", results)
    assert said.status == 0
    assert said.out.strip() == str(results / "report.html")
    elsewhere = simulator("report", results, "-o", tmp_path / "new" / "cup.html", "--lang", "zh")
    assert elsewhere.status == 0
    assert "配方卡" in (tmp_path / "new" / "cup.html").read_text(encoding="utf-8")


def test_a_report_of_nothing_is_refused(simulator, tmp_path):
    said = simulator("report", tmp_path / "nowhere")
    assert said.status == 2
    assert "there is no such folder" in said.err


def test_a_function_is_reported_without_running_it(simulator, tmp_path):
    (tmp_path / "bowls.py").write_text("def bowl(x):\n    return (x[0] - 0.3) ** 2\n")
    config = tmp_path / "bowl.yaml"
    config.write_text(
        "name: bowl\nproblem: bowls:bowl\ntune: {a: [-1, 1]}\nstarts: 1\noptimizers: [adam]\n"
    )
    simulator("run", config, "--allow-code", "--no-figures", "--out", tmp_path / "out")
    (tmp_path / "bowls.py").unlink()
    said = simulator("report", tmp_path / "out")
    assert said.status == 0
    text = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "simulator run bowl.yaml --allow-code" in text
    assert "Recipe card" not in text
    assert "customers" not in text.partition("<main>")[2].partition('class="figures"')[0]
