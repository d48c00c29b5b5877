"""Flipped bits and cut files: never a wrong number, and always the file's name and the way out."""

from __future__ import annotations

import re
import shutil
import signal
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from simulator.cli.app import run_command

PARTS = 4
KILL_BEFORE = 1
WAY_OUT = re.compile(r"restore|run the (same command|experiment) again|--out", re.IGNORECASE)


@pytest.fixture(scope="module")
def sound(kennel: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished folder of three runs."""
    scratch = tmp_path_factory.mktemp("sound")
    config = scratch / "three.yaml"
    config.write_text(
        "name: three\ntune: [time_s]\nfixed: {grind_um: 900, milk_g: 0, sugar_g: 0}\nstarts: 1\n"
        "customers: black-strong\nstop: {max_evaluations: 5}\noptimizers: [adam, momentum]\n"
        "check: {methods: [slsqp], tolerance: 10}\n",
        encoding="utf-8",
    )
    folder = scratch / "out"
    assert kennel.run("run", config, "--no-figures", "--out", folder).status == 0
    return folder


@pytest.fixture
def copy(sound: Path, tmp_path: Path) -> Path:
    """A copy of it to spoil."""
    return Path(shutil.copytree(sound, tmp_path / "copy"))


def refuse_wrong(state: Any, right: Any, file: Path, where: str) -> None:
    """What is read is right, and what is not read is told with the file."""
    assert state.digests.items() <= right.digests.items(), where
    if state.digests != right.digests or state.told:
        assert str(file) in state.told, where


@pytest.mark.parametrize("part", range(PARTS))
def test_no_flipped_bit_of_the_results_is_read_as_a_number(
    copy: Path, left: Any, measured: Any, soak: bool, part: int
):
    right = left(copy)
    file = copy / "results.sqlite"
    content = file.read_bytes()
    count = (40_000 if soak else 2_000) // PARTS
    places = np.random.default_rng(part).choice(8 * len(content), count, replace=False).tolist()
    for place in places:
        spoilt = bytearray(content)
        spoilt[place // 8] ^= 1 << place % 8
        file.write_bytes(spoilt)
        refuse_wrong(left(copy), right, file, f"bit {place}")
    measured("corruption", flips=count, wrong=0)


def test_no_cut_results_are_read_as_complete(copy: Path, left: Any, measured: Any, soak: bool):
    right = left(copy)
    file = copy / "results.sqlite"
    content = file.read_bytes()
    lengths = range(0, len(content), 7 if soak else len(content) // 220)
    for length in lengths:
        file.write_bytes(content[:length])
        refuse_wrong(left(copy), right, file, f"cut at {length}")
    measured("corruption", cuts=len(lengths), wrong=0)


@pytest.mark.parametrize("name", ["manifest.json", "config.yaml"])
def test_flips_and_cuts_of_the_files_beside_are_noticed_or_change_nothing(
    copy: Path, name: str, measured: Any, capsys: Any
):
    file = copy / name
    content = file.read_bytes()
    run_command(["show", str(copy)])
    shown = capsys.readouterr().out
    rng = np.random.default_rng(5)
    spoilt = [content[:length] for length in rng.choice(len(content), 20, replace=False)]
    for place in rng.choice(8 * len(content), 60, replace=False).tolist():
        flipped = bytearray(content)
        flipped[place // 8] ^= 1 << place % 8
        spoilt.append(bytes(flipped))
    for text in spoilt:
        file.write_bytes(text)
        status = run_command(["show", str(copy)])
        said = capsys.readouterr()
        if said.out != shown:
            assert status == 2
            assert str(file) in said.err or f"{copy}: " in said.err
            assert WAY_OUT.search(said.err) or "results folder" in said.err, said.err
    measured("corruption", flips=60, cuts=20, wrong=0)


@pytest.mark.parametrize("verb", ["show", "export", "ls"])
def test_every_verb_names_the_damaged_file_and_the_way_out(
    copy: Path, verb: str, capsys: Any, measured: Any
):
    file = copy / "results.sqlite"
    content = file.read_bytes()
    rng = np.random.default_rng(6)
    spoilt = [content[:length] for length in rng.choice(len(content), 8, replace=False)]
    for place in rng.choice(8 * len(content), 32, replace=False).tolist():
        flipped = bytearray(content)
        flipped[place // 8] ^= 1 << place % 8
        spoilt.append(bytes(flipped))
    for text in spoilt:
        file.write_bytes(text)
        status = run_command([verb, str(copy)])
        said = capsys.readouterr()
        assert status in {0, 2}, said.err
        if status == 2:
            assert str(file) in said.err
            assert WAY_OUT.search(said.err), said.err
    measured("corruption", told_by_verbs=len(spoilt))


def test_damaged_results_are_computed_afresh_to_the_same_bits(
    kennel: Any, copy: Path, left: Any, measured: Any
):
    right = left(copy)
    file = copy / "results.sqlite"
    content = file.read_bytes()
    config = copy.parent / "three.yaml"
    shutil.copy(copy / "config.yaml", config)
    mended = 0
    for place in np.random.default_rng(7).choice(8 * len(content), 40, replace=False).tolist():
        flipped = bytearray(content)
        flipped[place // 8] ^= 1 << place % 8
        file.write_bytes(flipped)
        ended = kennel.run("run", config, "--no-figures", "--out", copy)
        if ended.status == 0:
            assert left(copy) == right, f"bit {place}"
            mended += 1
        else:
            assert ended.status == 2
            assert str(file) in ended.err
            assert WAY_OUT.search(ended.err), ended.err
    assert mended > 20
    measured("corruption", mended=mended)


def test_a_spoilt_journal_of_a_killed_command_gives_no_wrong_number(
    faulty: Any,
    command: Callable[[Path], Sequence[object]],
    left: Any,
    tmp_path: Path,
    measured: Any,
):
    whole = tmp_path / "whole"
    writes = faulty.run(*command(whole), disk=[str(whole), 0, 0, 0]).writes
    right = left(whole)
    folder = tmp_path / "killed"
    ended = faulty.run(*command(folder), disk=[str(folder), writes * 2 // 3, KILL_BEFORE, 0])
    assert ended.status == -signal.SIGKILL
    log = folder / "results.sqlite-wal"
    content = log.read_bytes()
    assert len(content) > 10_000
    for place in np.random.default_rng(8).choice(8 * len(content), 100, replace=False).tolist():
        spoilt = bytearray(content)
        spoilt[place // 8] ^= 1 << place % 8
        copied = Path(shutil.copytree(folder, tmp_path / "copied"))
        (copied / log.name).write_bytes(spoilt)
        state = left(copied)
        assert state.digests.items() <= right.digests.items(), f"bit {place}"
        assert not state.complete
        shutil.rmtree(copied)
    measured("corruption", flips=100, wrong=0)
