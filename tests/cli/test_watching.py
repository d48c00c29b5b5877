"""What is seen of a study while it runs: a table on a terminal, else a line now and then, and the log."""

from io import StringIO

import pytest
from rich.console import Console

from simulator.cli import watching
from simulator.cli.watching import Watch, logged
from simulator.running.batches import Done
from simulator.running.dispatch import Found, Trouble
from simulator.running.sizing import Sizing

EXPECTED = {"adam": 4, "[nesterov]": 2}


def run(repeat, score, error=None):
    """What the watch reads of a run."""
    return {"repeat": repeat, "score": score, "error": error}


@pytest.fixture
def clock(monkeypatch):
    """The time that the watch sees; it stands still unless it is moved."""
    now = [0.0]
    monkeypatch.setattr(watching, "monotonic", lambda: now[0])

    def pass_by(seconds):
        now[0] += seconds

    return pass_by


@pytest.fixture
def watched(clock):
    """Begins to watch; returns the watch and what it shows."""

    def begin(loudness=0, *, terminal, values=False):
        screen = StringIO()
        console = Console(file=screen, force_terminal=terminal, width=80, color_system=None)
        sizing = Sizing(EXPECTED, 1000, 2)
        return Watch(EXPECTED, sizing, console, loudness, values=values), screen

    return begin


def test_a_terminal_shows_how_far_each_optimizer_is_its_best_and_what_failed(watched, clock):
    watch, screen = watched(terminal=True)
    with watch.drawn():
        watch(Found("[nesterov]", 1, cached=True))
        clock(1.0)
        watch(Done("adam", (run(0, 6.5), run(1, 7.25), run(2, None, "it broke")), 0.5))
    rows = [line.split() for line in screen.getvalue().splitlines()]
    assert ["adam", "3/4", "7.250000", "1"] in rows
    assert ["[nesterov]", "1/2"] in rows
    assert "4 of 6 runs" in screen.getvalue()


def test_of_a_function_the_least_value_is_shown_not_the_score(watched):
    watch, screen = watched(terminal=False, values=True)
    watch(Done("adam", (run(0, -0.5), run(1, -0.25), run(2, -3.0), run(3, -0.75)), 0.5))
    assert "adam: 4 runs done, best 0.250000" in screen.getvalue()


def test_a_terminal_is_not_drawn_again_for_every_run(watched, clock):
    watch, screen = watched(terminal=True)
    with watch.drawn():
        clock(1.0)
        watch(Done("adam", (run(0, 6.5),), 0.5))
        before = screen.getvalue()
        clock(0.1)
        watch(Done("adam", (run(1, 6.5),), 0.5))
        assert screen.getvalue() == before
        clock(1.0)
        watch(None)
        assert "2/4" in screen.getvalue().removeprefix(before)


def test_where_there_is_no_terminal_a_line_now_and_then_says_how_far_it_is(watched, clock):
    watch, screen = watched(terminal=False)
    with watch.drawn():
        watch(Done("adam", (run(0, 6.5),), 0.5))
        assert screen.getvalue() == ""
        clock(31.0)
        watch(None)
        watch(None)
    (line,) = screen.getvalue().splitlines()
    assert line.startswith("1 of 6 runs, ")
    assert line.endswith(" left")


def test_who_asks_for_quiet_hears_nothing(watched, clock):
    watch, screen = watched(-1, terminal=True)
    with watch.drawn():
        clock(31.0)
        watch(Done("adam", (run(0, 6.5),), 0.5))
        watch(Trouble("a worker was lost"))
    assert screen.getvalue() == ""
    assert watch.summary() == "1 computed"


def test_an_optimizer_with_all_its_runs_is_told_once_with_its_best(watched):
    watch, screen = watched(terminal=False)
    watch(Found("[nesterov]", 1, cached=True))
    watch(Done("[nesterov]", (run(1, 7.0),), 0.5))
    assert screen.getvalue() == "[nesterov]: 2 runs done, 1 cached, best 7.000000\n"


def test_troubles_are_told_and_kept_in_the_log_with_the_runs_that_failed(watched, tmp_path):
    watch, screen = watched(terminal=False)
    with logged(tmp_path):
        watch(Trouble("a worker\nwas lost"))
        watch(Done("adam", (run(3, None, "it broke"),), 0.5))
    assert "was lost" in screen.getvalue()
    log = (tmp_path / watching.LOG_FILE).read_text(encoding="utf-8").splitlines()
    assert [line.split(" ", 3)[3] for line in log] == [
        r"WARNING a worker\nwas lost",
        "ERROR adam repeat 3: it broke",
        "INFO adam: 1 runs in 0.50 s",
    ]
    assert watch.failed["adam"] == 1
