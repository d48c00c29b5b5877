"""The folder that holds one experiment's results: where it lies, whose it is, and the config inside.

A folder belongs to the config whose hash stands in its manifest, from the moment the manifest
exists. The manifest is created in one step that fails if there is one, so of two commands that
reach for the same folder at the same time one wins and the other is told.
"""

from __future__ import annotations

import errno
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from simulator.errors import ResultsError
from simulator.experiment import manifest as manifests
from simulator.experiment.content_key import config_hash
from simulator.experiment.database import FILE_NAME as DATABASE_FILE
from simulator.experiment.manifest import Manifest, manifest_text, read_manifest
from simulator.experiment.plain_yaml import plain_yaml, read_plain_yaml

CONFIG_FILE = "config.yaml"
FIGURES_FOLDER = "figures"
_LONGEST_NAME = 60


def dated_folder(root: Path, name: str, now: datetime) -> Path:
    """Makes and returns a new folder such as ``results/2026-03-01-142530-house-blend``.

    Within the same second ``-2``, ``-3`` ... are appended. Raises ResultsError if it cannot be
    made.
    """
    stem = f"{now:%Y-%m-%d-%H%M%S}-{_as_folder_name(name)}"
    with _disk_told_plainly(root):
        root.mkdir(parents=True, exist_ok=True)
        number = 1
        while True:
            folder = root / (stem if number == 1 else f"{stem}-{number}")
            try:
                folder.mkdir()
            except FileExistsError:
                number += 1
            else:
                return folder


def claim(folder: Path, manifest: Manifest, config: Mapping[str, object]) -> Manifest:
    """Makes ``folder`` the home of this experiment, or finds that it already is; returns its manifest.

    Raises ResultsError, and changes nothing, if the folder holds another config's results, results
    computed by other versions or with another plan, a config that is damaged or was edited, or files
    that are no results at all.
    """
    with _disk_told_plainly(folder):
        if "\0" in str(folder):
            raise OSError(errno.EINVAL, "a path cannot hold a NUL character", ascii(str(folder)))
        if folder.exists() and not folder.is_dir():
            raise ResultsError(f"{folder}: this is a file; choose a folder with --out")
        names = {entry.name for entry in folder.iterdir()} if folder.exists() else set()
        _refuse_links(folder)
        if manifests.FILE_NAME not in names:
            _refuse_other_files(folder, names)
            folder.mkdir(parents=True, exist_ok=True)
            _create(folder / manifests.FILE_NAME, manifest_text(manifest))
        present = read_manifest(folder)
        _refuse_others(folder, present, manifest)
        if (folder / CONFIG_FILE).exists():
            read_config(folder, present.config_hash)
        else:
            # A command killed between the two files leaves the config to the next one.
            replace(folder / CONFIG_FILE, plain_yaml(config))
        (folder / FIGURES_FOLDER).mkdir(exist_ok=True)
    return present


def read_config(folder: Path, wanted: str) -> dict[str, Any]:
    """The resolved config in ``folder``. Raises ResultsError if missing, or not the one with that hash."""
    path = folder / CONFIG_FILE
    with _disk_told_plainly(path):
        config = read_plain_yaml(path)
    found = config_hash(config)
    if found != wanted:
        raise ResultsError(
            f"{path}: it was edited or is damaged: its hash is {found[:12]}, the results "
            f"belong to {wanted[:12]}; restore it, or put it elsewhere and run the experiment again "
            f"with --out {folder}, which writes it afresh"
        )
    return config


def refuse_files_of_results(path: Path) -> None:
    """Raises ResultsError if ``path`` is one of the files that make up a results folder.

    For verbs that write where they are told to, and take the place of what is there.
    """
    path = path.resolve()
    own = path.name in (manifests.FILE_NAME, CONFIG_FILE) or path.name.startswith(DATABASE_FILE)
    if own and (path.parent / manifests.FILE_NAME).exists():
        raise ResultsError(
            f"{path}: it holds results, which writing there would destroy; choose another file with --out"
        )


def replace(path: Path, text: str) -> None:
    """Writes ``text`` to ``path`` so that a reader sees the old or the new content, never a part."""
    with _disk_told_plainly(path), _written_beside(path, text) as written:
        written.replace(path)


def _create(path: Path, text: str) -> None:
    """Writes ``text`` to ``path`` unless somebody else did first."""
    with _written_beside(path, text) as written:
        try:
            path.hardlink_to(written)
        except FileExistsError:
            pass
        except OSError:
            # File systems without links: creating the file is still exclusive, only its content
            # comes later.
            with path.open("x", encoding="utf-8") as file:
                file.write(text)


@contextmanager
def _written_beside(path: Path, text: str) -> Iterator[Path]:
    written = path.with_name(f".{path.name}.{os.getpid()}-{secrets.token_hex(4)}")
    try:
        with written.open("x", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        yield written
    finally:
        written.unlink(missing_ok=True)


def _refuse_links(folder: Path) -> None:
    # A folder may come from anyone: what is written in it must not end up anywhere else.
    for entry in (*folder.glob("*"), *(folder / FIGURES_FOLDER).glob("*")):
        if entry.is_symlink():
            raise ResultsError(
                f"{entry}: it is a link that leads out of the folder; put what it points to in its place, "
                "or choose another folder with --out"
            )


def _refuse_other_files(folder: Path, names: set[str]) -> None:
    strangers = sorted(name for name in names if not name.startswith("."))
    if strangers:
        shown = ", ".join(strangers[:3]) + (", ..." if len(strangers) > 3 else "")
        raise ResultsError(
            f"{folder}: it holds other files ({shown}) and no {manifests.FILE_NAME}; "
            "choose an empty or a new folder with --out"
        )


def _refuse_others(folder: Path, present: Manifest, wanted: Manifest) -> None:
    if present.config_hash != wanted.config_hash:
        raise ResultsError(
            f"{folder}: it holds the results of another config: '{present.name}' with hash "
            f"{present.config_hash[:12]}; this one is '{wanted.name}' with hash {wanted.config_hash[:12]}. "
            "Nothing was changed; choose another folder with --out"
        )
    for name, value in present.numerics().items():
        if value != wanted.numerics()[name]:
            raise ResultsError(
                f"{folder}: its results were computed with {name} {value}, this command has "
                f"{wanted.numerics()[name]}; they would differ in the last digits and are not mixed. "
                "Choose another folder with --out"
            )
    if present.expected_runs != wanted.expected_runs:
        raise ResultsError(
            f"{folder}: its experiment has {present.expected_runs} runs, this command wants "
            f"{wanted.expected_runs}; choose another folder with --out"
        )


@contextmanager
def _disk_told_plainly(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ResultsError(
            f"{error.filename or path}: {error.strerror or error}; check the path, its permissions and "
            "the free space, or choose another folder with --out"
        ) from error


def _as_folder_name(name: str) -> str:
    kept = "".join(letter if letter.isalnum() or letter in "_-" else "-" for letter in name)
    short = kept.strip("-").encode("utf-8")[:_LONGEST_NAME].decode("utf-8", "ignore")
    return short.strip("-") or "experiment"
