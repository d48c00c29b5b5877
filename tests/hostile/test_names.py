"""Names made to escape, to hide or to break: refused or made harmless; nothing is written elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

NAMES = [
    "..",
    "../escaped",
    "/tmp/escaped-perfect-cup",
    "a/../../escaped",
    "a\\..\\escaped",
    "C:\\escaped",
    "a\0b",
    "x" * 300,
    "é" * 200,
    "con",
    "NUL",
    "aux.yaml",
    "com1",
    "\u202egpj",
    "a\u2066b",
    "a\u200eb",
    "a\nb",
    "a\x1b[31m",
    "-rf",
    " ",
    ".hidden",
    "a ",
    "~",
    "$HOME",
    "a:b",
    "*",
]


def everything_below(folder: Path) -> set[Path]:
    return {path.relative_to(folder) for path in folder.rglob("*")}


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_a_hostile_name_of_an_experiment_is_refused_before_anything_is_written(
    simulator: Any,
    config: Any,
    small: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    measured: Any,
    name: str,
):
    inside = tmp_path / "inside" / "deep"
    inside.mkdir(parents=True)
    monkeypatch.chdir(inside)
    quoted = "".join(f"\\U{ord(letter):08x}" for letter in name)
    path = config(small.replace("name: small", f'name: "{quoted}"'))
    before = everything_below(tmp_path)
    said = simulator("run", path, "--no-figures")
    assert said.status == 2
    assert "cup.yaml:1:" in said.err
    assert not any(mark in said.err for mark in ("\x1b", "\0", "\u202e", "\u2066", "\u200e"))
    assert everything_below(tmp_path) == before
    assert not Path("/tmp/escaped-perfect-cup").exists()
    measured("hostile names", names=1, written_outside=0)


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_a_hostile_label_of_an_optimizer_is_refused_or_only_text(
    simulator: Any, config: Any, small: str, tmp_path: Path, measured: Any, name: str
):
    quoted = "".join(f"\\U{ord(letter):08x}" for letter in name)
    text = small.replace("[momentum]", f'[{{method: momentum, label: "{quoted}"}}]')
    out = tmp_path / "out"
    said = simulator("run", config(text), "--no-figures", "--out", out)
    assert said.status in {0, 2}
    assert not any(mark in said.err + said.out for mark in ("\x1b", "\0", "\u202e", "\u2066"))
    assert {path.name for path in tmp_path.iterdir()} <= {"cup.yaml", "out"}
    measured("hostile names", names=1, written_outside=0)


@pytest.mark.parametrize("out", ["a\0b", "x" * 300, "cup.yaml", "cup.yaml/below", ""])
def test_an_impossible_folder_is_refused(
    simulator: Any,
    config: Any,
    small: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    out: str,
):
    monkeypatch.chdir(tmp_path)
    path = config(small)
    said = simulator("run", path, "--no-figures", "--out", out)
    assert said.status == 2
    assert everything_below(tmp_path) == {Path("cup.yaml")}


@pytest.mark.parametrize(
    "inside", ["results.sqlite", "manifest.json", "config.yaml", "run.log", "figures"]
)
def test_a_symlink_in_the_folder_never_leads_a_write_outside(
    simulator: Any, config: Any, small: str, tmp_path: Path, measured: Any, inside: str
):
    path = config(small)
    out, outside = tmp_path / "out", tmp_path / "outside"
    assert simulator("run", path, "--no-figures", "--out", out).status == 0
    outside.mkdir()
    precious = outside / "precious"
    precious.write_text("mine", encoding="utf-8")
    target = out / inside
    if target.is_dir():
        target.rmdir()
        target.symlink_to(outside)
    else:
        target.unlink()
        target.symlink_to(precious)
    simulator("run", path, "--out", out)
    assert precious.read_text("utf-8") == "mine"
    assert [path.name for path in outside.iterdir()] == ["precious"]
    measured("hostile names", symlinks=1, written_outside=0)
