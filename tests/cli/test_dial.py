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
        (["7", "--answer", "acidity"], "expected low, just right or high"),
        (["7", "--answer", "bitterness=low"], "nobody says there is too little of it"),
        (["7", "--too", "weak", "--too", "weak"], "a word is there twice"),
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
        (["--clicks", "3"], "expected finest-coarsest"),
        (["--clicks", "3-31", "--um-per-click", "nan"], "nan µm each"),
        (["--clicks", "3-31", "--um-per-click", "500"], "1500 to 15500 µm, and nothing of that"),
        (["--lock", "time_s=soon"], "'soon' is not a number"),
        (["--cups", "0"], "between 1 and 1000"),
    ],
)
def test_a_diary_that_cannot_be_is_not_begun(simulator, home, arguments, message):
    told = simulator("dial", "new", "ann", *arguments)
    assert told.status == 2
    assert message in told.err
    assert not (home / "diaries" / "ann.sqlite").exists()


ONE_CUP = (
    "--lock",
    "grind_um=800",
    "--lock",
    "time_s=240",
    "--lock",
    "milk_g=0",
    "--lock",
    "sugar_g=0",
)
"""Everything is kept: there is one cup to make."""


def plain(text):
    """Text without line breaks, which depend on the terminal's width."""
    return " ".join(text.split())


def test_after_a_cup_the_next_is_explained_by_what_changes(simulator):
    simulator("dial", "new", "ann")
    simulator("dial", "rate", "ann", "5", "--too", "weak", "--grind", "1100", "--time-s", "120")
    said = plain(simulator("dial", "suggest", "ann").out)
    why = re.search(r"Why: against the last cup (.*); together ([+-]\S+) points", said)
    assert "a finer grind" in why[1] or "a longer brew" in why[1]
    assert sum(map(float, re.findall(r"[+-]\d+\.\d+", why[1]))) == pytest.approx(
        float(why[2]), abs=0.03
    )
    assert "Then:" not in said


def test_where_one_cup_can_be_made_it_comes_again_and_one_may_stop(simulator):
    simulator("dial", "new", "ann", *ONE_CUP)
    assert "not the best known" not in simulator("dial", "suggest", "ann").out
    told = simulator(
        "dial", "rate", "ann", "7", "--answer", "mouthfeel=low", "--answer", "acidity=right"
    )
    assert told.status == 0, told.err
    again = plain(simulator("dial", "suggest", "ann").out)
    assert "Why: the same cup again" in again
    assert "against the last cup" not in again
    assert "You can stop" in plain(simulator("dial", "status", "ann").out)
    state = json.loads(simulator("dial", "status", "ann", "--json").out)
    assert (state["enough"], state["close"], state["cups"]) == (True, 1.0, 1)
    assert state["recommended"]["grind_um"] == 800.0


def test_a_cup_whose_settings_are_all_kept_can_be_told_without_a_suggestion(simulator):
    simulator("dial", "new", "ann", *ONE_CUP)
    assert "no cup waits" in plain(simulator("dial", "rate", "ann", "7").err)
    told = simulator("dial", "rate", "ann", "7", "--grind", "800", "--time-s", "240")
    assert told.status == 0, told.err
    assert ratings(simulator) == [7.0]


def test_history_and_card_say_what_was_drunk_and_what_is_best(simulator):
    simulator("dial", "new", "ann", *ONE_CUP)
    simulator("dial", "suggest", "ann")
    simulator("dial", "rate", "ann", "7", "--answer", "mouthfeel=low", "--rater", "bob")
    simulator("dial", "rate", "ann", "--too", "weak", "--grind", "800")
    assert "Cup 2 (no rating) is taken back" in simulator("dial", "undo", "ann").out
    first, second = simulator("dial", "history", "ann").out.splitlines()[-2:]
    assert [cell.strip() for cell in first.split("│")] == [
        "1", "800", "240 s", "0 g", "0 g", "7", "mouthfeel low", "bob"
    ]  # fmt: skip
    assert "2 (taken back)" in second
    card = simulator("dial", "card", "ann", "--rater", "bob").out
    assert "The best cup for bob, after 1 rated" in card
    assert "4:00 min" in card
    assert "nothing: black" in card


def test_what_is_changed_is_changed_and_the_rest_stays(simulator, home):
    simulator("dial", "new", "ann", "--clicks", "3-31", "--um-per-click", "20", "--bean", "dark")
    kept = simulator("dial", "change", "ann", "--lock", "milk_g=0", "--whole-points")
    assert "immersion, dark roast" in kept.out
    other = plain(simulator("dial", "change", "ann", "--method", "espresso").out)
    assert "espresso, dark roast, grinder 3-31 clicks, 14 g to 28 g" in other
    assert "milk_g kept at 0" in other
    assert "kept" not in simulator("dial", "change", "ann", "--lock", "milk_g=").out
    simulator("dial", "export", "ann", home / "ann.json")
    places = json.loads((home / "ann.json").read_text())["places"]
    assert [place["rating_step"] for place in places.values()] == [0.5, 1.0, 1.0, 1.0]
    card = simulator("dial", "suggest", "ann").out
    assert "drink in the vessel" in card
    assert "fill up with hot water to 200 g" in card


def test_a_grinder_that_nobody_has_measured_covers_the_whole_range(simulator, home):
    simulator("dial", "new", "ann", "--clicks", "1-41")
    simulator("dial", "export", "ann", home / "ann.json")
    (place,) = json.loads((home / "ann.json").read_text())["places"].values()
    mill = place["kit"]["grinder"]
    finest, coarsest = (mill["um_at_zero"] + mill["um_per_click"] * n for n in (1, 41))
    assert (finest, coarsest) == (pytest.approx(200.0), pytest.approx(1400.0))
    measured = simulator("dial", "change", "ann", "--um-per-click", "30")
    assert "grinder 1-41 clicks" in measured.out
    simulator("dial", "export", "ann", home / "ann.json")
    later = json.loads((home / "ann.json").read_text())["places"]["2"]["kit"]["grinder"]
    assert (later["um_at_zero"], later["um_per_click"]) == (0.0, 30.0)
    assert later["spread"] < mill["spread"]


def test_milk_that_is_kept_is_so_many_grams_in_the_cup(simulator):
    told = simulator("dial", "new", "ann", "--liquid-g", "400", "--lock", "milk_g=30")
    assert "milk_g kept at 30." in plain(told.out)
    assert re.search(r"add +30 g milk", simulator("dial", "suggest", "ann").out)


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


def test_a_diary_is_never_written_over_results(simulator, home):
    manifest = home / "manifest.json"
    manifest.write_text("{}")
    simulator("dial", "new", "ann")
    told = simulator("dial", "export", "ann", manifest)
    assert told.status == 2
    assert "it holds results" in told.err
    assert manifest.read_text() == "{}"


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


def test_a_csv_of_a_diary_holds_the_cups_of_the_place_in_use(simulator, home):
    simulator("dial", "new", "ann")
    simulator("dial", "rate", "ann", "6", "--grind", "800", "--time-s", "240")
    simulator("dial", "change", "ann", "--bean", "dark")
    simulator("dial", "rate", "ann", "7", "--grind", "900", "--time-s", "200", "--too", "weak")
    file = home / "ann.csv"
    simulator("dial", "export", "ann", file)
    assert simulator("dial", "import", "eve", file, "--roast", "dark").status == 0
    (cup,) = json.loads(simulator("dial", "history", "eve", "--json").out)
    assert (cup["rating"], cup["words"], cup["settings"]["grind_um"]) == (7.0, ["too weak"], 900.0)


@pytest.mark.parametrize(
    ("name", "text", "options", "message"),
    [
        ("gone.csv", None, [], "there is no such file"),
        ("x.json", "{", [], "not JSON"),
        ("x.csv", "grind,time_s,rating\nfine,240,6\n20,,7\n", [], "none of its 2 rows can be used"),
        ("x.csv", "grind,time_s,rating\n20,240,6\n", ["--roast", "blue"], "--roast blue: unknown"),
    ],
)
def test_a_log_that_cannot_be_used_begins_no_diary(simulator, home, name, text, options, message):
    if text is not None:
        (home / name).write_text(text)
    told = simulator("dial", "import", "ann", home / name, *options)
    assert told.status == 2
    assert message in told.err
    assert not (home / "diaries" / "ann.sqlite").exists()


def test_a_measured_grinder_is_told_to_the_import(simulator, home):
    (home / "x.csv").write_text("grind,time_s,rating\n20,240,6\n24,240,7\n")
    told = simulator(
        "dial", "import", "ann", home / "x.csv", "--um-per-click", "30", "--um-at-zero", "90"
    )
    assert "one click 30 µm (uncertain by a factor of 1.12)" in plain(told.out)
    cups = json.loads(simulator("dial", "history", "ann", "--json").out)
    assert [cup["settings"]["grind_um"] for cup in cups] == [690.0, 810.0]


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
