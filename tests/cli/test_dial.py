"""``simulator dial``: a session from the shell, and what it refuses without losing anything."""

import json
import re

import pytest


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """Diaries of this test alone."""
    monkeypatch.setenv("SIMULATOR_DIAL_HOME", str(tmp_path / "diaries"))
    monkeypatch.setenv("NO_COLOR", "1")
    return tmp_path


def ratings(simulator, name="ann"):
    return [cup["rating"] for cup in json.loads(simulator("dial", "history", name, "--json").out)]


def test_a_session_from_the_shell(simulator):
    assert simulator("dial", "new", "ann").status == 0
    first = simulator("dial", "suggest", "ann")
    assert first.status == 0
    assert "Expected rating" in first.out
    told = simulator("dial", "rate", "ann", "6,5", "--too", "bitter", "--too", "weak")
    assert told.status == 0, told.err
    state = simulator("dial", "status", "ann")
    assert "within 0.25 points" in state.out
    assert simulator("dial", "undo", "ann").status == 0
    entry = json.loads(simulator("dial", "history", "ann", "--json").out)[0]
    assert entry["words"] == ["too bitter", "too weak"]
    assert entry["undone"]


def test_the_rated_cup_is_the_suggested_one(simulator):
    simulator(
        "dial", "new", "ann", "--clicks", "3-31", "--um-per-click", "33", "--um-at-zero", "90"
    )
    suggested = json.loads(simulator("dial", "suggest", "ann", "--json").out)
    simulator("dial", "rate", "ann", "7")
    entry = json.loads(simulator("dial", "history", "ann", "--json").out)[0]
    assert entry["settings"] == suggested["settings"]
    assert suggested["settings"]["grind_um"] == 90 + 33 * suggested["grind_setting"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["11"], "rating 11 is outside the scale from 1 to 9"),
        (["75"], "was 7.5 meant?"),
        (["nan"], "outside the scale"),
        (["good"], "'good' is not a number"),
        (["7", "--too", "bluish"], "not a word the model knows"),
        (["7", "--just-right", "--too", "weak"], "not both"),
        (["7", "--grind", "40"], "outside this grinder: it has 3 to 31 clicks"),
        (["7", "--grind", "20.5"], "between two clicks"),
        (["7", "--time-s", "5"], "time_s = 5 s lies outside"),
        (["7", "--answer", "colour=high"], "no aspect"),
        ([], "needs a rating"),
    ],
)
def test_nonsense_ends_with_two_and_changes_nothing(simulator, arguments, message):
    simulator(
        "dial", "new", "ann", "--clicks", "3-31", "--um-per-click", "33", "--um-at-zero", "90"
    )
    simulator("dial", "rate", "ann", "6", "--grind", "20", "--time-s", "240")
    made = {"--grind": "20", "--time-s": "240"}
    rest = [
        part
        for option, value in made.items()
        if option not in arguments
        for part in (option, value)
    ]
    told = simulator("dial", "rate", "ann", *arguments, *rest)
    assert told.status == 2
    assert message in " ".join(told.err.split())
    assert ratings(simulator) == [6.0]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--bean", "foo"], "bean = 'foo' is unknown"),
        (["--method", "foo"], "not a brewing method"),
        (["--clicks", "31-3"], "must lie above"),
        (["--um-per-click", "30"], "needs --clicks"),
        (["--lock", "milk"], "with =value"),
        (["--customer", "nobody"], "unknown"),
        (["--dose-g", "100"], "dose_g = 100"),
    ],
)
def test_a_diary_that_cannot_be_is_not_begun(simulator, home, arguments, message):
    told = simulator("dial", "new", "ann", *arguments)
    assert told.status == 2
    assert message in told.err
    assert not (home / "diaries" / "ann.sqlite").exists()


def test_an_unknown_name_lists_those_there_are(simulator):
    simulator("dial", "new", "ann")
    assert "there are ann" in simulator("dial", "suggest", "bob").err
    assert simulator("dial", "new", "ann").status == 2


def test_the_guide_needs_a_terminal(simulator):
    simulator("dial", "new", "ann")
    assert simulator("dial", "brew", "ann").status == 2


def test_a_diary_moves_by_export_and_import(simulator, home):
    simulator("dial", "new", "ann")
    simulator("dial", "rate", "ann", "6", "--grind", "800", "--time-s", "240", "--too", "weak")
    file = home / "ann.json"
    assert simulator("dial", "export", "ann", file).status == 0
    assert simulator("dial", "import", "eve", file).status == 0
    again = home / "eve.json"
    simulator("dial", "export", "eve", again)
    assert json.loads(again.read_text()) == json.loads(file.read_text())
    assert simulator("dial", "import", "ann", file).status == 2


def test_a_csv_is_imported_once(simulator, home):
    file = home / "log.csv"
    file.write_text(
        "at,grind,time_s,rating\n2026-01-01T08:00,20,240,6\n2026-01-02T08:00,24,240,7\n2026-01-03T08:00,,240,7\n"
    )
    told = simulator("dial", "import", "ann", file)
    assert told.status == 0, told.err
    assert "skipped line 4: no grind" in told.out
    assert "uncertain by a factor" in told.out
    assert "2 were there already" in simulator("dial", "import", "ann", file).out
    assert ratings(simulator) == [6.0, 7.0]


def test_the_page_needs_no_network_and_escapes(simulator, home):
    simulator("dial", "new", "ann")
    simulator("dial", "rate", "ann", "6", "--grind", "800", "--time-s", "240")
    told = simulator("dial", "page", "ann", "--out", home / "a.html", "--rater", "</script>")
    assert told.status == 0, told.err
    text = (home / "a.html").read_text()
    assert not re.search(r"https?://|src=|href=", text)
    assert text.count("</script>") == 2
    assert "simulator dial rate" in text


@pytest.mark.parametrize(("answer", "status", "kept"), [("y", 0, [7.5]), ("n", 2, [])])
def test_a_forgotten_point_is_asked_about_at_a_terminal(
    simulator, monkeypatch, answer, status, kept
):
    simulator("dial", "new", "ann")
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", lambda question: answer)
    told = simulator("dial", "rate", "ann", "75", "--grind", "800", "--time-s", "240")
    assert told.status == status
    assert ratings(simulator) == kept
