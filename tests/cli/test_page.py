"""``simulator page``: the file, and what is refused before it is written."""

from pathlib import Path

import pytest

from simulator.cli.app import run_command

CONFIG = "configs/house-blend.yaml"


def test_the_page_is_written_where_one_says(tmp_path, capsys):
    out = tmp_path / "cup.html"
    assert run_command(["page", CONFIG, "-o", str(out), "--lang", "zh"]) == 0
    assert '<html lang="zh">' in out.read_text("utf-8")
    assert str(out) in capsys.readouterr().out


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--lang", "fr"], "--lang fr"),
        (["--recipe", "time_s=5"], "20–600 s"),
        (["-o", "/no/such/folder/page.html"], "cannot be written"),
    ],
)
def test_what_cannot_be_is_refused_in_words(capsys, options, told):
    assert run_command(["page", CONFIG, *options]) == 2
    assert told in capsys.readouterr().err


@pytest.mark.parametrize("verb", ["page", "certify"])
def test_what_is_written_never_takes_the_place_of_results(tmp_path, capsys, verb):
    results = tmp_path / "results.sqlite"
    for path in (results, tmp_path / "manifest.json"):
        path.write_text("{}")
    assert run_command([verb, CONFIG, "--out", str(results)]) == 2
    assert "it holds results" in capsys.readouterr().err
    assert results.read_text() == "{}"


def test_a_function_of_ones_own_has_no_page(tmp_path, capsys):
    config = tmp_path / "own.yaml"
    config.write_text("name: own\nproblem: math:hypot\ntune: {x: [0, 1], y: [0, 1]}\n")
    assert run_command(["page", str(config)]) == 2
    assert "math:hypot" in capsys.readouterr().err


@pytest.mark.parametrize("opened", [True, False])
def test_play_opens_the_page_or_says_where_it_lies(simulator, tmp_path, monkeypatch, opened):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    seen = []
    monkeypatch.setattr("webbrowser.open", lambda address: seen.append(address) or opened)
    said = simulator("play", "configs/house-blend.yaml")
    path, *more = said.out.splitlines()
    assert seen == [Path(path).as_uri()]
    assert "<!doctype html>" in Path(path).read_text(encoding="utf-8")[:100].lower()
    assert said.status == (0 if opened else 1)
    assert bool(more) is not opened
