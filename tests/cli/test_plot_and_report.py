"""``simulator plot`` and ``simulator report``: what is named is drawn, what is missing is said."""

from __future__ import annotations

import html
import re
import sqlite3

import pytest

from simulator.report import PICTURES
from simulator.report import page as page_module


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


@pytest.fixture
def told(simulator, tmp_path, monkeypatch):
    """Runs a config; returns what the run said and the report's text, without its pictures."""
    monkeypatch.setattr(page_module, "_figures", lambda material: [])

    def run(text, *options):
        (tmp_path / "this.yaml").write_text(text, encoding="utf-8")
        out = tmp_path / "this"
        said = simulator("run", tmp_path / "this.yaml", "--no-figures", "--out", out, *options)
        assert simulator("report", out).status == 0
        page = (out / "report.html").read_text(encoding="utf-8")
        return " ".join(said.out.split()), html.unescape(" ".join(page.split()))

    return run


def test_ours_may_be_better_and_runs_that_ended_in_a_lesser_optimum_are_named(told, tmp_path):
    wells = "def wells(x):\n    return (x[0] ** 2 - 1.0) ** 2 + 0.3 * x[0]\n"
    (tmp_path / "two_wells.py").write_text(wells)
    said, page = told(
        "name: wells\nproblem: two_wells:wells\ntune: {a: [-2, 2]}\nseed: 1\nstarts: 1\n"
        "stop: {max_evaluations: 300}\noptimizers: [adam, multistart]\n"
        "check: {methods: [l-bfgs-b], tolerance: 1e-4}\n",
        "--allow-code",
    )
    assert "differ by 0.6, in favour of ours: scipy's methods missed it" in said
    assert "Runs that converged to a lesser optimum: adam 1 (near -0.294), l-bfgs-b 1" in said
    assert "Our best (multistart) is better than scipy's best (l-bfgs-b) by 0.6" in page


SHARE = """\
name: share
seed: 3
tune: [grind_um, time_s]
fixed: {milk_g: 0, sugar_g: 0}
customers: black-strong
objective: {kind: share-above, threshold: 5}
noise: {customers_per_cup: 5}
starts: 2
stop: {max_evaluations: 60}
optimizers: [adam]
check: {methods: [nelder-mead], tolerance: 0.2}
"""


def test_noise_and_shares_of_content_customers_are_told_as_such(told):
    said, page = told(SHARE)
    assert "share: share of customers who score above 5" in said
    assert "Each cup was scored by 5 random customers" in said
    assert "of the customers; allowed is 0.2" in said
    assert "Each cup was scored by 5 random customers" in page
    assert re.search(r"\b9\d\.\d%", page)
    assert "Unfinished" not in page


def test_an_unfinished_run_is_reported_as_unfinished(told):
    _, page = told(SHARE, "--shard", "1/2")
    done, expected = map(int, re.search(r"Unfinished: (\d) of (\d) runs", page).groups())
    assert 0 < done < expected == 4


def test_without_a_run_from_the_first_start_there_is_no_race_and_the_reason_is_told(
    simulator, tmp_path
):
    config, out = tmp_path / "this.yaml", tmp_path / "out"
    config.write_text(SHARE, encoding="utf-8")
    simulator("run", config, "--no-figures", "--out", out)
    with sqlite3.connect(out / "results.sqlite") as connection:
        connection.execute("UPDATE runs SET loss = 'spoilt' WHERE repeat = 0")
    connection.close()
    said = simulator("plot", out, "descent")
    assert said.status == 2
    assert "no run from the first start is there yet" in said.err
    assert not (out / "figures" / "descent.gif").exists()


def test_runs_that_failed_are_counted_and_have_no_numbers(told, install_plugin, sign_rule):
    fails = """
class Fails(Sign):
    def minimize(self, *given):
        raise ArithmeticError("no way down")
"""
    install_plugin("sign-descent", {"fails": "fails_r:Fails"}, "fails_r", sign_rule + fails)
    _, page = told(SHARE.replace("optimizers: [adam]", "optimizers: [adam, fails]"), "--jobs", "1")
    assert "2 runs ended in an error." in page
    (row,) = re.findall(r"<tr>(?:(?!</tr>).)*\bfails\b.*?</tr>", page)
    assert "–" in row
    assert "nan" not in row
