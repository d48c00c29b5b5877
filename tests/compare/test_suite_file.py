"""Making the suite's file: solved from settings, checked without writing, proved without drawing."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from simulator.compare import suite_file
from simulator.compare.drawing_instances import classical_instances, noisy_instances
from simulator.compare.suite import Suite, read_suite, suite_text
from simulator.errors import ResultsError


@pytest.fixture
def call(monkeypatch, tmp_path, capsys):
    """Call the command on a suite, with a file of its own; returns what it printed, and the file."""

    def ask(suite, *arguments):
        file = tmp_path / "suite.json"
        monkeypatch.setattr(sys, "argv", ["suite", *arguments])
        monkeypatch.setattr(suite_file, "FILE", file)
        monkeypatch.setattr(suite_file, "read_suite", lambda: suite)
        suite_file.main()
        return capsys.readouterr().out, file

    return ask


def few(suite, *names):
    return tuple(each for each in suite.raced if each.name in names)


def unproved(instance):
    return replace(instance, reference=replace(instance.reference, certified=None))


# A sum of squares, whose least value theory gives, and a function whose least value must be searched.
@pytest.mark.parametrize("name", ["beale", "branin"])
def test_a_function_is_solved_to_the_frozen_reference(suite, name):
    (asked,) = (each for each in classical_instances() if each[0] == name)
    (found,) = suite_file.solved([asked])
    (frozen,) = few(suite, name)
    assert (found.hash, found.operations) == (frozen.hash, frozen.operations)
    assert found.reference.least == pytest.approx(frozen.reference.least, abs=1e-9)
    assert found.reference.confirmed > 20


def test_a_noisy_cup_is_solved_by_its_true_mean(suite):
    asked = next(noisy_instances(Path("configs")))
    (found,) = suite_file.solved([asked])
    assert found.settings["noise"]["customers_per_cup"] == 5
    assert found.hash == suite.noisy[0].hash
    assert found.reference.least == pytest.approx(suite.noisy[0].reference.least, abs=1e-9)


def test_the_whole_suite_is_drawn_from_a_folder_of_configs(suite, monkeypatch):
    monkeypatch.setattr(suite_file, "solved", tuple)
    drawn = suite_file.drawn_suite(Path("configs"))
    for part in ("raced", "tuning", "noisy"):
        frozen = [(each.name, each.group, each.settings) for each in getattr(suite, part)]
        assert list(getattr(drawn, part)) == frozen


def test_a_check_says_that_every_problem_is_what_it_was_and_writes_nothing(suite, call):
    out, file = call(Suite(few(suite, "beale", "pour-over/1"), (), ()), "--check")
    assert out.endswith(": every problem is what it was\n")
    assert not file.exists()


def test_a_check_refuses_a_changed_problem(suite, call):
    (beale,) = few(suite, "beale")
    with pytest.raises(ResultsError, match="the suite has changed"):
        call(Suite((), (), (replace(beale, hash="0" * 64),)), "--check")


def test_proving_keeps_what_is_proved_and_writes_the_file(suite, call):
    proved, beale = few(suite, "house-blend/0", "beale")
    assert proved.reference.certified > 0
    _, file = call(Suite((proved, unproved(beale)), (), ()), "--prove")
    written = read_suite(file)
    assert written.raced == (proved, beale)
    assert [path.name for path in file.parent.iterdir()] == [file.name]
    assert file.read_text(encoding="utf-8") == suite_text(written)


def test_without_an_option_the_suite_is_drawn_and_proved(suite, call, monkeypatch):
    (beale,) = few(suite, "beale")
    monkeypatch.setattr(
        suite_file, "drawn_suite", lambda configs: Suite((unproved(beale),), (), ())
    )
    _, file = call(suite)
    assert read_suite(file).raced == (beale,)


def test_a_certificate_that_is_close_enough_spares_a_search(suite, monkeypatch):
    def never(problem, found):
        raise AssertionError("what is proved already needs no other proof")

    monkeypatch.setattr(suite_file, "proved", never)
    monkeypatch.setattr(
        suite_file, "certified", lambda problem, found: replace(found, certified=9e-10)
    )
    (cup,) = few(suite, "pour-over/1")
    done = suite_file.with_proofs(Suite((unproved(cup),), (), ()), lambda suite: None)
    assert done.raced[0].reference.certified == 9e-10


def test_what_cannot_be_proved_stays_unproved_and_bounds_no_other(suite, monkeypatch):
    monkeypatch.setattr(suite_file, "certified", lambda problem, found: found)
    monkeypatch.setattr(suite_file, "proved", lambda problem, found: found)
    (cup,) = map(unproved, few(suite, "pour-over/1"))
    done = suite_file.with_proofs(Suite((cup, cup), (), ()), lambda suite: None)
    assert [each.reference.certified for each in done.raced] == [None, None]
