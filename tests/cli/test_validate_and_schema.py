"""``simulator validate`` and ``simulator schema``; bad input never shows a traceback."""

import json
from pathlib import Path

import pytest

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
