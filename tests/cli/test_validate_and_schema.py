"""``simulator validate`` and ``simulator schema``; bad input never shows a traceback."""

import json
from pathlib import Path

import pytest

from simulator.experiment.field_list import field_list
from simulator.experiment.schema import json_schema

CONFIGS = sorted((Path(__file__).parents[2] / "configs").glob("*.yaml"))

BAD = {
    "unknown key": b"name: a\noptimisers: [adam]\n",
    "wrong type": b"name: a\nseed: soon\n",
    "out of range": b"name: a\ntune: {grind_um: [10, 1400], time_s: [20, 600]}\n",
    "not a number": b"name: a\ntune: {grind_um: [.nan, 1400]}\n",
    "empty": b"",
    "binary": bytes(range(256)),
    "duplicate key": b"name: a\nseed: 1\nseed: 2\n",
}


@pytest.mark.parametrize("path", CONFIGS, ids=lambda p: p.stem)
def test_shipped_configs_are_valid(simulator, path):
    assert simulator("validate", path).status == 0


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_config_is_refused_with_exit_2_and_its_place(simulator, tmp_path, kind):
    path = tmp_path / "bad.yaml"
    path.write_bytes(BAD[kind])
    for verb in ("validate", "run"):
        said = simulator(verb, path)
        assert said.status == 2
        assert "bad.yaml" in said.err
        assert "Traceback" not in said.err
    if kind not in ("empty", "binary"):
        assert "bad.yaml:" in said.err


def test_a_directory_and_a_missing_file_are_refused(simulator, tmp_path):
    assert simulator("run", tmp_path).status == 2
    said = simulator("run", tmp_path / "gone.yaml")
    assert said.status == 2
    assert "gone.yaml" in said.err


def test_one_bad_config_does_not_hide_another(simulator, tmp_path):
    for name in ("one", "two"):
        (tmp_path / f"{name}.yaml").write_bytes(BAD["unknown key"])
    said = simulator("validate", tmp_path / "one.yaml", CONFIGS[0], tmp_path / "two.yaml")
    assert said.status == 2
    assert "one.yaml" in said.err
    assert "two.yaml" in said.err
    assert "good" in said.out


def test_schema_is_json_with_the_keys_of_a_config(simulator):
    schema = json.loads(simulator("schema").out)
    assert {"name", "tune", "optimizers", "customers"} <= set(schema["properties"])


def test_a_fault_of_the_program_is_told_without_a_traceback(simulator, monkeypatch):
    def broken():
        raise RuntimeError("spilt")

    monkeypatch.setattr("simulator.experiment.schema.json_schema", broken)
    said = simulator("schema")
    assert said.status == 1
    assert "RuntimeError: spilt" in said.err
    assert "Traceback" not in said.err


def test_ctrl_c_is_130(simulator, monkeypatch):
    def interrupted():
        raise KeyboardInterrupt

    monkeypatch.setattr("simulator.experiment.schema.json_schema", interrupted)
    assert simulator("schema").status == 130


def test_version_is_printed(simulator):
    said = simulator("--version")
    assert (said.status, said.out.split()[0]) == (0, "simulator")


def test_fields_are_listed_for_people_with_range_default_and_meaning(simulator, monkeypatch):
    monkeypatch.setenv("COLUMNS", "300")
    said = simulator("schema", "--fields")
    assert said.status == 0
    text = " ".join(said.out.split())
    assert "temperature_c" in text
    assert "a number, 80 to 99" in text
    assert "optimizers[adam].learning_rate" in text
    one = simulator("schema", "--section", "brew").out
    assert "brew.dose_g" in one
    assert "tune" not in one


def test_an_unknown_section_is_refused_with_the_nearest(simulator):
    said = simulator("schema", "--section", "brwe")
    assert said.status == 2
    assert "did you mean brew?" in said.err


def test_every_field_of_the_json_schema_is_in_the_list_with_a_meaning():
    rows = {row.path: row for row in field_list()}
    schema = json_schema()
    assert set(schema["properties"]) <= set(rows)
    for name, described in schema["$defs"].items():
        section = {"BrewSettings": "brew"}.get(name, name.lower())
        assert {f"{section}.{key}" for key in described["properties"]} <= set(rows)
    assert [row.path for row in rows.values() if not (row.meaning and row.accepts)] == []


def test_an_option_that_is_given_twice_is_refused(simulator, small, tmp_path):
    said = simulator("run", small, "--out", tmp_path / "a", "--out", tmp_path / "b")
    assert said.status == 2
    assert "--out is given twice" in said.err
    assert not (tmp_path / "b").exists()
    assert simulator("parameters", "--json", "--json").status == 0


def test_a_better_description_is_not_another_experiment(simulator, small, tmp_path):
    out = tmp_path / "out"
    assert simulator("run", small, "--out", out, "--no-figures").status == 0
    small.write_text(small.read_text("utf-8") + "description: two knobs\n", "utf-8")
    said = simulator("run", small, "--out", out, "--no-figures")
    assert said.status == 0
    assert "cached" in said.err
    small.write_text(small.read_text("utf-8").replace("seed: 3", "seed: 4"), "utf-8")
    assert simulator("run", small, "--out", out).status == 2
