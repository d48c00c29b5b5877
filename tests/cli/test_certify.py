"""``simulator certify``: its sentences, its files and its exit status."""

import json
from dataclasses import replace

import pytest

from simulator.certify import read, write
from simulator.cli.app import run_command

CONFIG = """\
name: one-cup
brew: pour-over
customers: black-mild
tune: [grind_um]
fixed: {time_s: 180, milk_g: 0, sugar_g: 1}
starts: 2
optimizers: [bfgs]
"""


@pytest.fixture
def cup(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PERFECT_CUP_C", "off")
    (tmp_path / "one.yaml").write_text(CONFIG)
    return tmp_path


@pytest.fixture
def certificate(cup, capsys):
    assert run_command(["certify", "one.yaml", "--within", "1e-5"]) == 0
    return cup / "results" / "certificates" / "one-cup.json", capsys.readouterr().out


def test_a_proof_is_told_written_and_verified(certificate, capsys):
    path, told = certificate
    assert "one-cup: proved within 1e-05 points: the best objective lies between" in told
    assert "results/certificates/one-cup.json" in told
    assert run_command(["certify", "--verify", str(path)]) == 0
    assert "verified: " in capsys.readouterr().out


def test_run_tells_what_is_proved(certificate, capsys):
    assert run_command(["run", "one.yaml", "--no-figures", "--json"]) == 0
    told = capsys.readouterr()
    assert "no recipe in the box scores above" in told.err
    proved = json.loads(told.out)["proved"]
    assert proved["upper"] - proved["lower"] <= 1e-5
    assert 0 <= proved["best_run_within"] <= 2e-5


def test_a_tampered_certificate_is_rejected(certificate, capsys):
    path, _ = certificate
    body = json.loads(path.read_text())
    body["lower"] += 1e-3
    path.write_text(json.dumps(body))
    assert run_command(["certify", "--verify", str(path)]) == 1
    assert "was changed after it was made" in capsys.readouterr().err


def test_a_certificate_of_another_config_is_refused(certificate, cup, capsys):
    path, _ = certificate
    (cup / "two.yaml").write_text(CONFIG.replace("black-mild", "black-strong"))
    assert run_command(["certify", "two.yaml", "--verify", str(path)]) == 2
    assert "about another problem" in capsys.readouterr().err


def test_a_spent_budget_leaves_a_bracket_and_says_how_to_go_on(cup, capsys):
    going_on = ["certify", "one.yaml", "--checkpoint", "search.npz", "--out", "c.json"]
    assert run_command([*going_on, "--seconds", "0", "--json"]) == 1
    told = capsys.readouterr()
    assert json.loads(told.out)["reason"] == "time"
    assert "not proved, the time is up (--seconds)" in told.err
    assert "to go on: simulator certify one.yaml --within 0.001 --checkpoint search.npz" in told.err
    assert run_command(going_on) == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "give a CONFIG"),
        (["one.yaml", "--within", "0"], "within must be above 0"),
        (["one.yaml", "--within", "nan"], "within must be above 0"),
        (["missing.yaml"], "missing.yaml"),
        (["--verify", "one.yaml"], "cannot be read as a certificate"),
    ],
)
def test_what_cannot_be_used_is_refused_with_status_2(cup, capsys, arguments, said):
    assert run_command(["certify", *arguments]) == 2
    assert said in capsys.readouterr().err


FUNCTION = """\
name: valley
problem: cup_valley:valley
tune: {a: [-2, 2]}
optimizers: [bfgs]
"""


def test_a_function_of_ones_own_is_proved_and_verified_in_its_own_values(cup, capsys):
    (cup / "cup_valley.py").write_text("def valley(x):\n    return (x[0] - 0.5) ** 2 + 3.0\n")
    (cup / "valley.yaml").write_text(FUNCTION)
    prove = ["certify", "valley.yaml", "--allow-code", "--within", "1e-4", "--out", "v.json"]
    assert run_command(prove) == 0
    told = capsys.readouterr().out
    assert "valley: proved within 0.0001: the best value lies between " in told
    assert "points" not in told
    verify = ["certify", "valley.yaml", "--allow-code", "--verify", "v.json", "--json"]
    assert run_command(verify) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["verified"] is True
    assert answer["objective"]["at_least"] <= 3.0 <= answer["objective"]["at_most"]
    assert answer["objective"]["at_most"] - answer["objective"]["at_least"] <= 1e-4


def test_nothing_is_written_where_nothing_is_known(cup, capsys):
    (cup / "cup_pole.py").write_text(
        "def pole(x):\n    return x[0] / (x[0] ** 4 - x[0] ** 2 + 0.3)\n"
    )
    (cup / "pole.yaml").write_text(FUNCTION.replace("valley", "pole"))
    assert run_command(["certify", "pole.yaml", "--allow-code", "--seconds", "0"]) == 1
    assert "pole: nothing is proved, the bounds know no least value" in capsys.readouterr().err
    assert not (cup / "results").exists()


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_a_claim_that_its_cover_does_not_bear_is_refuted(certificate, capsys, options):
    path, _ = certificate
    told = read(path)
    write(replace(told, lower=told.upper - 1e-9), path)
    assert run_command(["certify", "--verify", str(path), *options]) == 1
    said = capsys.readouterr()
    assert "refuted: " in said.err
    if options:
        answer = json.loads(said.out)
        assert answer["verified"] is False
        assert answer["why"] in said.err


def test_a_terminal_sees_how_the_proof_goes(cup, monkeypatch, capsys):
    monkeypatch.setenv("TTY_COMPATIBLE", "1")
    assert run_command(["certify", "one.yaml", "--within", "1e-5"]) == 0
    assert "looking for the best recipe" in capsys.readouterr().err
