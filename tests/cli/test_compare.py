"""``simulator compare``: what it refuses, and a small race from the command line."""

import pytest

from simulator.cli.app import run_command

CONFIG = """
name: {name}
tune: {{grind_um: [200, 1400], time_s: [20, 600]}}
fixed: {{milk_g: 0, sugar_g: 0}}
starts: 3
stop: {{max_evaluations: 60}}
optimizers: [newton]
{more}
"""


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "nothing to compare"),
        (["--suite", "huge"], "--suite huge: expected quick or full"),
        (["--suite", "quick", "configs"], "not both"),
        (["--suite", "quick", "--cost", "free"], "--cost free: expected one of calls"),
        (["--suite", "quick", "--gap", "0.5"], "--gap 0.5: expected one of 0.1"),
        (["--suite", "quick", "--optimizers", "adan"], "no optimizer has that name"),
        (["nowhere"], "nowhere: there is no such config or folder"),
    ],
)
def test_what_cannot_be_compared_is_refused(arguments, told, capsys):
    assert run_command(["compare", *arguments]) == 2
    assert told in capsys.readouterr().err


def test_noisy_configs_are_refused(tmp_path, capsys):
    config = tmp_path / "noisy.yaml"
    config.write_text(CONFIG.format(name="noisy", more="noise: {customers_per_cup: 5}"))
    assert run_command(["compare", str(config), "--out", str(tmp_path / "out")]) == 2
    assert "its customers are noisy" in capsys.readouterr().err


def test_a_config_is_raced_told_and_told_again(tmp_path, capsys):
    config, out = tmp_path / "small.yaml", tmp_path / "out"
    config.write_text(CONFIG.format(name="small", more=""))
    asked = ["compare", str(config), "--out", str(out), "-j", "1", "--optimizers", "newton,slsqp"]
    assert run_command(asked) == 0
    first = capsys.readouterr().out
    assert "n = 1 problems × 10 starts" in first
    assert "newton" in first
    assert "scipy slsqp" in first
    text = (out / "comparison.html").read_text(encoding="utf-8")
    assert text.startswith("<!doctype html>")
    assert {path.name for path in out.glob("*.csv")} == {
        "hits.csv", "running-times.csv", "standings.csv",
    }  # fmt: skip
    assert run_command(["compare", str(out), "--cost", "visits", "--gap", "1e-6", "--no-page"]) == 0
    again = capsys.readouterr().out
    assert "to a gap of 1e-06" in again
    assert "Costs are visits" in again
