"""The manifest says what made the results, and cannot be changed unnoticed."""

from __future__ import annotations

import contextlib
import json
import os
import platform
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy

import simulator
from simulator.errors import ResultsError
from simulator.experiment.content_key import canonical_hash
from simulator.experiment.manifest import Manifest, describe, manifest_text, read_manifest


@pytest.fixture
def manifest() -> Manifest:
    return describe(
        name="latte-bar", config_hash="c" * 64, seed=5, expected_runs=80, dialect="numpy"
    )


def _write(folder: Path, text: str) -> Path:
    (folder / "manifest.json").write_text(text, "utf-8")
    return folder


def test_it_names_the_versions_and_the_machine(manifest: Manifest):
    assert manifest.simulator == simulator.__version__
    assert manifest.python == platform.python_version()
    assert (manifest.numpy, manifest.scipy) == (np.__version__, scipy.__version__)
    assert manifest.platform == platform.platform()
    assert manifest.cpu_count == os.cpu_count()


def test_it_starts_now_in_utc_and_is_not_finished(manifest: Manifest):
    started = datetime.fromisoformat(manifest.started)
    assert started.utcoffset() == timedelta(0)
    assert abs(datetime.now(UTC) - started) < timedelta(seconds=60)
    assert manifest.finished is None


def test_it_reads_back_as_it_was(tmp_path: Path, manifest: Manifest):
    done = replace(manifest, finished="2026-03-01T12:00:00+00:00")
    assert read_manifest(_write(tmp_path, manifest_text(done))) == done


def test_a_field_of_a_later_version_is_left_alone(tmp_path: Path, manifest: Manifest):
    content: dict[str, Any] = json.loads(manifest_text(manifest))
    del content["checksum"]
    content["shard"] = "1/4"
    text = json.dumps({**content, "checksum": canonical_hash(content)})
    assert read_manifest(_write(tmp_path, text)) == manifest


def test_a_later_format_is_refused(tmp_path: Path, manifest: Manifest):
    text = manifest_text(manifest).replace('"format": 1', '"format": 2')
    with pytest.raises(ResultsError, match="it has format 2, this simulator reads 1; use a newer"):
        read_manifest(_write(tmp_path, text))


def test_an_edited_number_is_noticed(tmp_path: Path, manifest: Manifest):
    text = manifest_text(manifest).replace('"expected_runs": 80', '"expected_runs": 8')
    with pytest.raises(ResultsError, match=r"manifest\.json: it was edited or is damaged"):
        read_manifest(_write(tmp_path, text))


def test_every_flipped_bit_is_noticed_or_changes_nothing(tmp_path: Path, manifest: Manifest):
    text = manifest_text(manifest).encode()
    for place in range(0, 8 * len(text), 23):
        flipped = bytearray(text)
        flipped[place // 8] ^= 1 << place % 8
        (tmp_path / "manifest.json").write_bytes(flipped)
        with contextlib.suppress(ResultsError):
            assert read_manifest(tmp_path) == manifest


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "{}", "[" * 100_000, '{"format": 1}'])
def test_what_is_no_manifest_is_refused(tmp_path: Path, text: str):
    with pytest.raises(ResultsError, match=r"manifest\.json"):
        read_manifest(_write(tmp_path, text))


def test_a_folder_without_one_is_no_results_folder(tmp_path: Path):
    with pytest.raises(
        ResultsError, match=r"this is not a results folder: it has no manifest\.json"
    ):
        read_manifest(tmp_path)


def test_a_manifest_that_is_a_folder_is_told(tmp_path: Path):
    (tmp_path / "manifest.json").mkdir()
    with pytest.raises(ResultsError, match=r"manifest\.json: it cannot be read \(Is a directory\)"):
        read_manifest(tmp_path)
