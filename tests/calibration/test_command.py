"""``scripts/calibrate``: what it writes, compares and says."""

from __future__ import annotations

import copy
import json

import pytest

from simulator.calibration import __main__ as command
from simulator.coffee import PALATE_FILE

STORED = json.loads(PALATE_FILE.read_text(encoding="utf-8"))


@pytest.fixture
def fitted(monkeypatch, invented):
    """The command with the committed numbers as the outcome of the fits, which take long."""
    content = copy.deepcopy(STORED)
    monkeypatch.setattr(command, "read_ratings", lambda path: invented)
    monkeypatch.setattr(command, "calibrate", lambda ratings: content)
    return content


def test_the_published_ratings_lead_to_the_committed_numbers(cotter, capsys):
    assert command.main([str(cotter), "--check"]) == 0
    said = capsys.readouterr()
    assert f"{PALATE_FILE} is reproduced within 1e-06" in said.out
    assert "3164 ratings by 118 people" in said.out
    assert said.err == ""


def test_what_was_fitted_is_written(fitted, tmp_path, capsys):
    out = tmp_path / "palate.json"
    assert command.main(["ratings.csv", "--out", str(out)]) == 0
    assert json.loads(out.read_text("utf-8")) == STORED
    assert f"written: {out}" in capsys.readouterr().out


def test_another_file_than_the_published_one_is_noted(fitted, tmp_path, capsys):
    command.main(["ratings.csv", "--out", str(tmp_path / "palate.json")])
    assert "note: ratings.csv is not the published file" in capsys.readouterr().err


def test_a_number_that_differs_is_named_and_nothing_is_written(fitted, tmp_path, capsys):
    before = copy.deepcopy(STORED)
    before["palates"]["cluster_1"]["best_tds_pct"] *= 1.0 + 1e-5
    out = tmp_path / "palate.json"
    out.write_text(json.dumps(before), "utf-8")
    assert command.main(["ratings.csv", "--check", "--out", str(out)]) == 1
    said = capsys.readouterr()
    differing = [line for line in said.err.splitlines() if line.startswith("differs")]
    assert len(differing) == 1
    assert "best_tds_pct" in differing[0]
    assert "reproduced" not in said.out
    assert json.loads(out.read_text("utf-8")) == before


def test_a_difference_within_the_tolerance_is_none(fitted, tmp_path):
    before = copy.deepcopy(STORED)
    before["palates"]["cluster_1"]["best_tds_pct"] *= 1.0 + 1e-8
    out = tmp_path / "palate.json"
    out.write_text(json.dumps(before), "utf-8")
    assert command.main(["ratings.csv", "--check", "--out", str(out)]) == 0


def test_fits_that_find_no_optimum_end_with_1(fitted, monkeypatch, tmp_path, capsys):
    def fails(ratings):
        raise ArithmeticError("no optimum after 100 steps")

    monkeypatch.setattr(command, "calibrate", fails)
    out = tmp_path / "palate.json"
    assert command.main(["ratings.csv", "--out", str(out)]) == 1
    assert "the calibration failed: no optimum after 100 steps" in capsys.readouterr().err
    assert not out.exists()


def test_the_report_tells_scatter_and_classes(fitted, tmp_path, capsys):
    command.main(["ratings.csv", "--out", str(tmp_path / "palate.json")])
    said = capsys.readouterr().out
    assert "ratings scatter by 1.55 points within a person, 0.70 between persons' levels" in said
    assert "two classes by liking alone: 15% like it strong" in said
