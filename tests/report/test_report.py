"""The report: complete, self-contained, safe with any text, in both languages, in words for pictures."""

from __future__ import annotations

import json
import re
import shutil
import xml.etree.ElementTree as ElementTree
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from simulator.errors import ResultsError
from simulator.experiment.config import experiment_from, loads
from simulator.experiment.problem import Problem
from simulator.experiment.results import open_results
from simulator.explain import LANGUAGES, catalogue
from simulator.optimizers import StopReason
from simulator.report import PICTURES, report_html, write_report
from simulator.report import page as page_module

VOID = {"meta", "br", "hr", "img", "link", "input"}


class Page(HTMLParser):
    """Tags, attributes and texts of a page; every element must be closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: Any) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


@pytest.fixture(scope="session")
def html(folder: Path) -> str:
    with open_results(folder) as results:
        return report_html(results, catalogue("en"))


@pytest.fixture(scope="session")
def page(html: str) -> Page:
    return Page(html)


def test_texts_of_users_stay_texts(page: Page, html: str):
    assert {tag for tag, _ in page.tags}.isdisjoint({"script", "img", "b", "i", "iframe"})
    text = "".join(page.texts)
    assert '<script>alert("1")</script> & <b>bold</b> {{ 7 * 7 }}' in text
    assert '"><img src=x>' in text
    assert "49" not in re.findall(r"<p class=\"lead\">(.*?)</p>", html)[0]


def test_no_attribute_holds_code_or_an_address(page: Page, html: str):
    for _, attributes in page.tags:
        for name, value in attributes.items():
            assert not name.startswith("on")
            if name in ("href", "xlink:href", "src"):
                assert value is not None
                assert value.startswith("#")
    assert "http:" not in html
    assert "https:" not in html
    assert "default-src 'none'" in html


def test_identifiers_are_unique_and_references_lead_somewhere(page: Page, html: str):
    identifiers = [a["id"] for _, a in page.tags if "id" in a]
    assert len(identifiers) == len(set(identifiers))
    wanted = set(re.findall(r'url\(#([^)]+)\)|href="#([^"]+)"', html))
    assert {one or other for one, other in wanted} <= set(identifiers)


def test_every_figure_is_inline_svg_with_words_of_its_own(page: Page, html: str):
    figures = [a for tag, a in page.tags if tag == "svg"]
    wanted = [name for name, picture in PICTURES.items() if picture.in_report]
    assert [figure["id"] for figure in figures] == wanted
    said = [figure["aria-label"] for figure in figures]
    assert len(set(said)) == len(wanted)
    assert all(text and len(text) > 60 and "{" not in text.replace("{{", "") for text in said)
    for drawing in re.findall(r"<svg.*?</svg>", html, re.DOTALL):
        ElementTree.fromstring(drawing.replace("xlink:href", "href"))


def test_alternative_texts_give_the_numbers(page: Page, folder: Path):
    said = {a["id"]: str(a["aria-label"]) for tag, a in page.tags if tag == "svg"}
    with open_results(folder) as results:
        best = max(results.runs(), key=lambda run: run.score)
    assert f"{best.score:.4g}" in said["convergence"]
    assert f"{best.recipe['grind_um']:.0f} µm" in said["landscape"]
    assert "% of all" not in said["ratings"]
    assert re.search(r"Of all customers \d+ % rate it 6 or more", said["ratings"])


def test_what_was_run_stands_there_and_can_be_run_again(page: Page, folder: Path):
    text = "".join(page.texts)
    with open_results(folder) as results:
        manifest, config = results.manifest, results.config
        problem = Problem(experiment_from(config))
    for fact in (
        manifest.numpy,
        manifest.scipy,
        manifest.python,
        manifest.config_hash,
        problem.hash,
    ):
        assert fact in text
    assert f"pip install numpy=={manifest.numpy} scipy=={manifest.scipy}" in text
    written = text[text.index("name: hostile\n") :]
    assert loads(written).resolved() == config


def test_verdict_and_tables_are_those_of_the_run(page: Page):
    text = "".join(page.texts)
    assert "agrees with scipy" in text
    assert "allowed is 0.001" in text
    assert "not proved here" in text
    rows = re.findall(r"adam 0\.1|l-bfgs-b", text)
    assert len(rows) >= 4
    assert "The effects of milk and sugar are chosen magnitudes, not measurements." in text


@pytest.fixture
def undrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages without pictures: they take seconds, and tell nothing of what is written beside them."""
    monkeypatch.setattr(page_module, "_figures", lambda material: [])


@pytest.mark.usefixtures("undrawn")
def test_a_certificate_in_the_folder_is_told(folder: Path, tmp_path: Path):
    own = Path(shutil.copytree(folder, tmp_path / "out"))
    with open_results(own) as results:
        problem = Problem(experiment_from(results.config))
        best = min(run.loss for run in results.runs())
    whose = {"problem_hash": problem.hash, "fingerprint": problem.fingerprint}
    proof = whose | {"lower": best - 2e-4, "upper": best}
    (own / "certificate.json").write_text(json.dumps(proof))
    with open_results(own) as results:
        text = report_html(results, catalogue("en"))
    assert f"from {9 - best:.6f} to {9 - best + 2e-4:.6f} (a range of 0.0002 points)" in text
    assert "not proved here" not in text


@pytest.mark.parametrize(
    ("content", "match"),
    [
        ("{", "this is no certificate"),
        ('{"lower": 1, "upper": 2}', "this is no certificate"),
        (
            '{"problem_hash": "abc", "fingerprint": "d", "lower": 1, "upper": 2}',
            "of another problem",
        ),
    ],
)
def test_a_certificate_that_proves_nothing_here_is_refused(
    folder: Path, tmp_path: Path, content: str, match: str
):
    own = Path(shutil.copytree(folder, tmp_path / "out"))
    (own / "certificate.json").write_text(content)
    with open_results(own) as results, pytest.raises(ResultsError, match=match):
        report_html(results, catalogue("en"))


def test_the_chinese_report_has_no_english_sentence(folder: Path, tmp_path: Path):
    with open_results(folder) as results:
        path = write_report(results, catalogue("zh"), tmp_path)
    assert path == tmp_path / "report.html"
    text = path.read_text(encoding="utf-8")
    page = Page(text)
    assert page.tags[0] == ("html", {"lang": "zh-Hans"})
    drawings_out = re.sub(r"<(svg|pre|style).*?</\1>", "", text, flags=re.DOTALL)
    with open_results(folder) as results:
        drawings_out = drawings_out.replace(results.manifest.platform, "")
    words = " ".join(Page(drawings_out).texts)
    assert "配方卡" in words
    assert not re.search(r"\b(the|of|and|is|with)\b", words)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_way_to_end_has_a_word(language: str):
    ways = {"converged" if each.converged else each.value for each in StopReason} | {"failed"}
    assert {f"ended.{way}" for way in ways} <= catalogue(language).messages.keys()


@pytest.mark.usefixtures("undrawn")
def test_a_report_that_cannot_be_written_is_told_plainly(folder: Path, tmp_path: Path):
    (tmp_path / "file").write_text("")
    with open_results(folder) as results, pytest.raises(ResultsError, match="cannot be written"):
        write_report(results, catalogue("en"), tmp_path / "file" / "report.html")
