"""A results folder belongs to one config, and nothing of anybody else is ever touched."""

from __future__ import annotations

import json
import os
import stat
import threading
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from simulator.errors import ResultsError
from simulator.experiment.content_key import canonical_hash
from simulator.experiment.manifest import Manifest, describe, read_manifest
from simulator.experiment.results_folder import (
    claim,
    dated_folder,
    read_config,
    refuse_files_of_results,
    replace,
)

CONFIG: dict[str, Any] = {"name": "espresso-cliff", "seed": 1, "rate": 1e-6, "note": "no"}
NOON = datetime(2026, 3, 1, 14, 25, 30)


def _plan(config: dict[str, Any] = CONFIG, **changes: Any) -> Manifest:
    plan = {"name": config["name"], "seed": 1, "expected_runs": 4, "dialect": "numpy"}
    return describe(config_hash=canonical_hash(config), **{**plan, **changes})


def _content(folder: Path) -> dict[str, bytes]:
    return {str(file): file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file()}


def test_a_dated_folder_carries_date_time_and_name(tmp_path: Path):
    root = tmp_path / "mine" / "results"
    folder = dated_folder(root, "house-blend", NOON)
    assert folder == root / "2026-03-01-142530-house-blend"
    assert folder.is_dir()


def test_dated_folders_of_the_same_second_are_numbered(tmp_path: Path):
    names = [dated_folder(tmp_path, "a", NOON).name for _ in range(3)]
    assert names == ["2026-03-01-142530-a", "2026-03-01-142530-a-2", "2026-03-01-142530-a-3"]


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc", "etc"),
        ("a/b\\c", "a-b-c"),
        ("nul\x00l", "nul-l"),
        ("..", "experiment"),
        ("", "experiment"),
        ("two words", "two-words"),
        ("右\u202eto-left", "右-to-left"),
        ("x" * 300, "x" * 60),
        ("咖" * 300, "咖" * 20),
    ],
)
def test_no_name_leads_out_of_the_root(tmp_path: Path, name: str, safe: str):
    folder = dated_folder(tmp_path, name, NOON)
    assert folder.parent == tmp_path
    assert folder.name == f"2026-03-01-142530-{safe}"


def test_a_new_folder_gets_manifest_config_and_figures(tmp_path: Path):
    claim(tmp_path / "new" / "deep", _plan(), CONFIG)
    names = sorted(entry.name for entry in (tmp_path / "new" / "deep").iterdir())
    assert names == ["config.yaml", "figures", "manifest.json"]


def test_the_config_in_the_folder_is_the_one_given(tmp_path: Path):
    claim(tmp_path / "out", _plan(), CONFIG)
    assert read_config(tmp_path / "out", canonical_hash(CONFIG)) == CONFIG
    assert yaml.safe_load((tmp_path / "out" / "config.yaml").read_text()) == CONFIG


def test_files_are_as_public_as_any_file_of_the_user(tmp_path: Path):
    plain = tmp_path / "plain"
    plain.touch()
    claim(tmp_path / "out", _plan(), CONFIG)
    mode = stat.S_IMODE((tmp_path / "out" / "manifest.json").stat().st_mode)
    assert mode == stat.S_IMODE(plain.stat().st_mode)


def test_an_empty_folder_can_be_used(tmp_path: Path):
    (tmp_path / ".hidden").touch()
    assert claim(tmp_path, _plan(), CONFIG).name == "espresso-cliff"


def test_the_same_config_opens_its_folder_again_and_keeps_its_beginning(tmp_path: Path):
    first = claim(tmp_path / "out", _plan(), CONFIG)
    before = _content(tmp_path)
    later = _plan()
    object.__setattr__(later, "started", "2099-01-01T00:00:00+00:00")
    assert claim(tmp_path / "out", later, CONFIG) == first
    assert _content(tmp_path) == before


def test_another_config_is_refused_with_both_hashes_and_nothing_changes(tmp_path: Path):
    other = {**CONFIG, "seed": 2, "name": "mine"}
    claim(tmp_path / "out", _plan(), CONFIG)
    before = _content(tmp_path)
    with pytest.raises(ResultsError) as told:
        claim(tmp_path / "out", _plan(other), other)
    assert _content(tmp_path) == before
    message = str(told.value)
    assert canonical_hash(CONFIG)[:12] in message
    assert canonical_hash(other)[:12] in message
    assert "choose another folder with --out" in message


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"dialect": "python"}, "computed with dialect numpy, this command has python"),
        ({"expected_runs": 5}, "has 4 runs, this command wants 5"),
    ],
)
def test_results_computed_otherwise_are_not_mixed(tmp_path: Path, change: Any, told: str):
    claim(tmp_path / "out", _plan(), CONFIG)
    with pytest.raises(ResultsError, match=told):
        claim(tmp_path / "out", _plan(**change), CONFIG)


@pytest.mark.parametrize("package", ["numpy", "scipy", "simulator"])
def test_results_of_another_version_are_not_mixed(tmp_path: Path, package: str):
    claim(tmp_path / "out", _plan(), CONFIG)
    newer = _plan()
    object.__setattr__(newer, package, "99.0")
    with pytest.raises(ResultsError, match=rf"computed with {package} .*, this command has 99\.0"):
        claim(tmp_path / "out", newer, CONFIG)


def test_a_folder_with_other_files_is_refused_and_left_alone(tmp_path: Path):
    (tmp_path / "thesis.tex").write_text("years of work")
    with pytest.raises(ResultsError, match=r"it holds other files \(thesis\.tex\)"):
        claim(tmp_path, _plan(), CONFIG)
    assert [entry.name for entry in tmp_path.iterdir()] == ["thesis.tex"]


def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path: Path):
    (tmp_path / "out").write_text("a file")
    with pytest.raises(ResultsError, match="this is a file; choose a folder with --out"):
        claim(tmp_path / "out", _plan(), CONFIG)


@pytest.mark.parametrize("path", ["out\x00", "x" * 300, "file/below"])
def test_a_path_that_cannot_be_is_told_without_a_traceback(tmp_path: Path, path: str):
    (tmp_path / "file").touch()
    with pytest.raises(ResultsError, match="--out"):
        claim(tmp_path / path, _plan(), CONFIG)


def test_a_command_killed_before_the_config_was_written_is_mended_by_the_next(tmp_path: Path):
    claim(tmp_path, _plan(), CONFIG)
    (tmp_path / "config.yaml").unlink()
    claim(tmp_path, _plan(), CONFIG)
    assert read_config(tmp_path, canonical_hash(CONFIG)) == CONFIG


def test_of_eight_configs_that_reach_for_one_folder_exactly_one_gets_it(tmp_path: Path):
    configs = [{**CONFIG, "seed": seed} for seed in range(8)]
    barrier, won = threading.Barrier(8), []

    def reach(config: dict[str, Any]) -> None:
        barrier.wait()
        try:
            claim(tmp_path / "out", _plan(config), config)
        except ResultsError:
            return
        won.append(config)

    threads = [threading.Thread(target=reach, args=(config,)) for config in configs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1
    config_hash = read_manifest(tmp_path / "out").config_hash
    assert read_config(tmp_path / "out", config_hash) == won[0]


def test_without_hard_links_the_first_still_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def no_links(self: Path, target: Path) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(Path, "hardlink_to", no_links)
    claim(tmp_path / "out", _plan(), CONFIG)
    with pytest.raises(ResultsError, match="another config"):
        claim(tmp_path / "out", _plan({**CONFIG, "seed": 2}), {**CONFIG, "seed": 2})
    assert read_manifest(tmp_path / "out").config_hash == canonical_hash(CONFIG)


def test_an_edited_config_is_noticed(tmp_path: Path):
    claim(tmp_path, _plan(), CONFIG)
    path = tmp_path / "config.yaml"
    assert read_config(tmp_path, canonical_hash(CONFIG)) == CONFIG
    path.write_text(path.read_text().replace("seed: 1", "seed: 2"))
    found, wanted = canonical_hash({**CONFIG, "seed": 2}), canonical_hash(CONFIG)
    with pytest.raises(ResultsError) as told:
        read_config(tmp_path, wanted)
    assert str(told.value) == (
        f"{path}: it was edited or is damaged: its hash is {found[:12]}, the results belong to "
        f"{wanted[:12]}; restore it, or put it elsewhere and run the experiment again with "
        f"--out {tmp_path}, which writes it afresh"
    )
    with pytest.raises(ResultsError, match="edited or is damaged"):
        claim(tmp_path, _plan(), CONFIG)
    path.rename(tmp_path / "mine.yaml")
    claim(tmp_path, _plan(), CONFIG)
    assert read_config(tmp_path, wanted) == CONFIG


def test_a_missing_config_is_told(tmp_path: Path):
    with pytest.raises(ResultsError, match=r"config\.yaml: No such file or directory"):
        read_config(tmp_path, canonical_hash(CONFIG))


def test_a_write_that_fails_leaves_the_old_file_and_no_litter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    path = tmp_path / "manifest.json"
    path.write_text(json.dumps("old"))

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ResultsError, match=r"No space left on device; check the path"):
        replace(path, json.dumps("new"))
    assert [entry.name for entry in tmp_path.iterdir()] == ["manifest.json"]
    assert path.read_text() == '"old"'


@pytest.mark.parametrize(
    "name", ["manifest.json", "config.yaml", "results.sqlite", "results.sqlite-wal"]
)
def test_files_of_results_are_not_to_be_replaced_and_others_may_be(tmp_path: Path, name: str):
    refuse_files_of_results(tmp_path / name)
    (tmp_path / "manifest.json").touch()
    with pytest.raises(ResultsError, match="choose another file with --out"):
        refuse_files_of_results(tmp_path / name)
    refuse_files_of_results(tmp_path / "report.html")
