"""The phone's page of ``simulator dial`` in a real browser: its form makes a line that the shell takes."""

import json
import shlex
from types import SimpleNamespace

import pytest

from simulator.cli.app import run_command

NASTY = "</script><script>window.broken = 1</script>"


@pytest.fixture
def simulator(tmp_path, monkeypatch, capsys):
    """The command line with diaries of this test alone; what a command printed."""
    monkeypatch.setenv("SIMULATOR_DIAL_HOME", str(tmp_path / "diaries"))
    monkeypatch.setenv("NO_COLOR", "1")

    def call(*arguments):
        assert run_command([str(a) for a in arguments]) == 0, capsys.readouterr().err
        return capsys.readouterr().out

    return call


@pytest.fixture
def written_page(simulator, tmp_path):
    """Writes the page of ann, who has drunk one cup; a page as `open_page` wants it."""

    def write(*options):
        mill = ("--clicks", "3-31", "--um-per-click", 33, "--um-at-zero", 90)
        simulator("dial", "new", "ann", *mill)
        simulator("dial", "rate", "ann", 6, "--grind", 22, "--time-s", 240, "--too", "weak")
        file = tmp_path / "ann.html"
        simulator("dial", "page", "ann", "--out", file, *options)
        return SimpleNamespace(html=file.read_text(encoding="utf-8"))

    return write


@pytest.fixture
def open_form(open_page):
    """Opens the page on a phone."""

    def opened(page, width=360):
        return open_page(page, width=width, height=740, ready="!!document.getElementById('line')")

    return opened


def line(tab):
    """What the page asks to be pasted."""
    return tab.do("document.getElementById('line').textContent")


def rated(tab, rating):
    """Move the rating as a finger does."""
    tab.do(
        f"(() => {{ const r = document.getElementById('rating'); r.value = {rating};"
        " r.dispatchEvent(new Event('input', {bubbles: true})); })()"
    )


def last_cup(simulator):
    """The newest cup in the diary."""
    return json.loads(simulator("dial", "history", "ann", "--json"))[-1]


def test_the_line_is_taken_by_the_shell_and_means_the_suggested_cup(
    written_page, open_form, simulator
):
    tab = open_form(written_page())
    suggested = json.loads(simulator("dial", "suggest", "ann", "--json"))["settings"]
    assert line(tab) == "Move the rating first."
    rated(tab, 7.5)
    tab.do("document.querySelector('input[value=\"too bitter\"]').click()")
    tab.do("document.querySelector('input[value=\"not sweet enough\"]').click()")
    words = shlex.split(line(tab))
    assert words[0] == "simulator"
    simulator(*words[1:])
    cup = last_cup(simulator)
    assert cup["rating"] == 7.5
    assert sorted(cup["words"]) == ["not sweet enough", "too bitter"]
    # Grams are written as they are weighed, whole ones in the served cup.
    assert cup["settings"] == pytest.approx(suggested, abs=0.01)


def test_what_was_brewed_otherwise_goes_into_the_line(written_page, open_form, simulator):
    tab = open_form(written_page())
    tab.do(
        "(() => { const f = document.querySelector('input[data-option=\"time-s\"]'); f.value = 301;"
        " f.dispatchEvent(new Event('input', {bubbles: true})); })()"
    )
    rated(tab, 4)
    simulator(*shlex.split(line(tab))[1:])
    assert last_cup(simulator)["settings"]["time_s"] == 301.0


@pytest.mark.parametrize("rater", [NASTY, 'it\'s "Ann"; $(rm -rf .) `x`', "安娜 & <b>"])
def test_a_rater_of_any_name_neither_breaks_the_page_nor_the_shell(
    written_page, open_form, simulator, rater
):
    tab = open_form(written_page("--rater", rater))
    assert tab.do("'broken' in window") is False
    rated(tab, 8)
    words = shlex.split(line(tab))
    assert words[words.index("--rater") + 1] == rater
    simulator(*words[1:])
    assert last_cup(simulator)["rater"] == rater


@pytest.mark.parametrize("width", [320, 360, 768])
def test_nothing_sticks_out_at_the_side_of_the_form(written_page, open_form, width):
    tab = open_form(written_page(), width)
    assert tab.do("document.documentElement.scrollWidth") <= width


def test_the_form_works_by_keyboard_alone(written_page, open_form):
    tab = open_form(written_page())
    tab.focus("#rating")
    tab.press("ArrowRight", "ArrowRight")
    assert " 6 " in f"{line(tab)} "
    tab.press("Tab", "Space")
    assert "--too weak" in line(tab)
