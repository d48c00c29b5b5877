"""``simulator compare``: what it refuses, and a small race from the command line."""

import re

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


TWO = ["--optimizers", "newton,slsqp"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "nothing to compare"),
        (["--suite", "huge"], "--suite huge: expected quick or full"),
        (["--suite", "quick", "configs"], "not both"),
        (["--suite", "quick", "--cost", "free"], "--cost free: expected one of calls"),
        (["--suite", "quick", "--gap", "0.5"], "--gap 0.5: expected one of 0.1"),
        (["--suite", "quick", "--optimizers", "adan"], "no optimizer has that name"),
        (["configs/house-blend.yaml", "-j", "100000"], "expected up to 512"),
        (["nowhere"], "nowhere: there is no such config or folder"),
    ],
)
def test_what_cannot_be_compared_is_refused(arguments, told, capsys):
    assert run_command(["compare", *arguments]) == 2
    assert told in capsys.readouterr().err


def test_a_sweep_is_not_compared_and_what_raced_is_not_chosen_again(tmp_path, capsys):
    config = tmp_path / "sweep.yaml"
    config.write_text(CONFIG.format(name="sweep", more="sweep: {seed: [1, 2, 3]}"))
    assert run_command(["compare", str(config), "-o", str(tmp_path / "out"), *TWO]) == 2
    assert "it holds a sweep of 3 points" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
    assert run_command(["compare", str(tmp_path), *TWO]) == 2
    assert "--optimizers: folders hold the runs" in capsys.readouterr().err


@pytest.mark.parametrize("what", [["configs/house-blend.yaml"], ["--suite", "quick"]])
def test_a_race_is_never_run_into_the_results_of_a_run(tmp_path, capsys, what):
    (tmp_path / "manifest.json").write_text("{}")
    assert run_command(["compare", *what, "-o", str(tmp_path), "-j", "1", *TWO]) == 2
    assert "it holds the results of a run" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["manifest.json"]


def test_noisy_configs_are_raced_in_cups_by_the_true_mean(tmp_path, capsys):
    config, out = tmp_path / "noisy.yaml", tmp_path / "out"
    config.write_text(CONFIG.format(name="noisy", more="noise: {customers_per_cup: 5}"))
    assert run_command(["compare", str(config), "-o", str(out), "-j", "1", *TWO]) == 0
    told = capsys.readouterr().out
    assert "to a gap of 0.05; n = 1 problem × 10 starts" in told
    assert "Costs are cups" in told
    assert "All customers are noisy" in told
    assert run_command(["compare", str(out), "--gap", "0.2", "--cost", "visits", "--no-page"]) == 0
    assert "to a gap of 0.2" in capsys.readouterr().out
    assert run_command(["compare", str(out), "--gap", "1e-8", "--no-page"]) == 2
    assert "--gap 1e-08: expected one of 0.5, 0.2" in capsys.readouterr().err


def test_exact_and_noisy_configs_are_told_apart_on_one_page(tmp_path, capsys):
    out, configs = tmp_path / "out", []
    for name, more in (("exact", ""), ("noisy", "noise: {customers_per_cup: 5}")):
        configs.append(str(tmp_path / f"{name}.yaml"))
        (tmp_path / f"{name}.yaml").write_text(CONFIG.format(name=name, more=more))
    assert run_command(["compare", *configs, "-o", str(out), "-j", "1", *TWO]) == 0
    told = capsys.readouterr().out
    assert "to a gap of 1e-08; n = 1 problem × 10 starts" in told
    assert "noisy customers: cups to within 0.05" in told


@pytest.fixture
def function(tmp_path):
    (tmp_path / "my_valleys.py").write_text(
        "def valley(x):\n    return 15 * (x[1] - x[0] ** 2 / 4) ** 2 + (x[0] - 1.5) ** 2 / 2\n"
    )
    config = tmp_path / "valley.yaml"
    config.write_text(
        "name: valley\nproblem: my_valleys:valley\ntune: {a: [0, 1], b: [0, 1]}\noptimizers: [newton]\n"
        "stop: {max_evaluations: 200}\n"
    )
    return config


def test_a_function_is_not_run_without_leave(function, tmp_path, capsys):
    assert run_command(["compare", str(function), "-o", str(tmp_path / "out")]) == 2
    assert "add --allow-code" in capsys.readouterr().err


def test_a_function_is_raced_with_leave_and_told_without(function, tmp_path, capsys):
    out = tmp_path / "out"
    asked = ["compare", str(function), "-o", str(out), "-j", "1", *TWO, "--no-page"]
    assert run_command([*asked, "--allow-code"]) == 0
    assert "scipy slsqp" in capsys.readouterr().out
    assert run_command(["compare", str(out), "--no-page"]) == 0
    assert "100 [72, 100]" in capsys.readouterr().out


def test_an_edited_config_does_not_go_on_in_the_old_folder(tmp_path, capsys):
    config, out = tmp_path / "small.yaml", tmp_path / "out"
    config.write_text(CONFIG.format(name="small", more=""))
    asked = [
        "compare",
        str(config),
        "-o",
        str(out),
        "-j",
        "1",
        "--optimizers",
        "newton",
        "--no-page",
    ]
    assert run_command(asked) == 0
    config.write_text(CONFIG.format(name="small", more="bean: dark"))
    assert run_command(asked) == 2
    assert "another problem that is called small" in capsys.readouterr().err


def test_a_config_is_raced_told_and_told_again(tmp_path, capsys):
    config, out = tmp_path / "small.yaml", tmp_path / "out"
    config.write_text(CONFIG.format(name="small", more=""))
    asked = ["compare", str(config), "--out", str(out), "-j", "1", *TWO]
    assert run_command(asked) == 0
    first = capsys.readouterr().out
    assert "n = 1 problem × 10 starts" in first
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


def test_folders_of_several_configs_are_told_together_and_a_terminal_sees_a_bar(
    tmp_path, capsys, monkeypatch
):
    folders, seen = [], []
    for name, time_s, terminal in (("one", 240, "0"), ("two", 120, "1")):
        monkeypatch.setenv("TTY_COMPATIBLE", terminal)
        config = tmp_path / f"{name}.yaml"
        text = CONFIG.format(name=name, more="").replace(", time_s: [20, 600]", "")
        config.write_text(text.replace("sugar_g: 0}", f"sugar_g: 0, time_s: {time_s}}}"))
        folders.append(str(tmp_path / f"out-{name}"))
        asked = ["compare", str(config), "--out", folders[-1], "-j", "1", "--no-page", *TWO]
        assert run_command(asked) == 0
        seen.append(capsys.readouterr().err)
    assert [bool(re.search(r": \d+ runs\n", each)) for each in seen] == [True, False]
    assert ["━" in each for each in seen] == [False, True]
    assert run_command(["compare", *folders, "--out", str(tmp_path / "both"), "--no-page"]) == 0
    assert "n = 2 problems × 10 starts" in capsys.readouterr().out
