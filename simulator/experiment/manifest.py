"""The manifest of a results folder: which experiment, computed by what, and how much there is to do."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import scipy

import simulator
from simulator.errors import ResultsError
from simulator.experiment.content_key import canonical_hash

FILE_NAME = "manifest.json"
FORMAT = 1
_NUMERICS = ("dialect", "simulator", "numpy", "scipy", "model")


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """What a results folder says about itself. Times are UTC in ISO 8601."""

    name: str
    """The experiment's name, as its config gives it."""
    config_hash: str
    """Canonical hash of the resolved config beside it."""
    seed: int
    expected_runs: int
    """How many runs the whole experiment has; with fewer in the database it is unfinished."""
    dialect: str
    """How the engine evaluated: ``python``, ``numpy``, ..."""
    simulator: str
    """Versions: of this package, Python, NumPy and SciPy."""
    python: str
    numpy: str
    scipy: str
    platform: str
    cpu_count: int
    started: str
    model: str = ""
    """Fingerprint of the model's arithmetic, of the first problem if there are several."""
    models: Mapping[str, str] = field(default_factory=dict)
    """Of functions in place of coffee: hash of each problem -> fingerprint, so that results are
    understood without running their code."""
    finished: str | None = None
    """When the last expected run was stored; None while runs are missing."""

    def numerics(self) -> dict[str, str]:
        """What may change the last bits of a result: runs that differ in it are never mixed in one folder."""
        told = {name: str(getattr(self, name)) for name in _NUMERICS}
        return told | {"models": canonical_hash(self.models)[:12] if self.models else ""}


def describe(
    *,
    name: str,
    config_hash: str,
    seed: int,
    expected_runs: int,
    dialect: str,
    model: str = "",
    models: Mapping[str, str] | None = None,
) -> Manifest:
    """The manifest of an experiment that starts here and now, on this machine with these versions."""
    return Manifest(
        name=name,
        config_hash=config_hash,
        seed=seed,
        expected_runs=expected_runs,
        dialect=dialect,
        simulator=simulator.__version__,
        python=platform.python_version(),
        numpy=np.__version__,
        scipy=scipy.__version__,
        platform=platform.platform(),
        cpu_count=os.cpu_count() or 1,
        started=utc_now(),
        model=model,
        models=dict(models or {}),
    )


def utc_now() -> str:
    """The present time in UTC, to the second, in ISO 8601."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def manifest_text(manifest: Manifest) -> str:
    """The manifest as JSON text, with a checksum over its content."""
    content = {"format": FORMAT, **asdict(manifest)}
    return json.dumps({**content, "checksum": canonical_hash(content)}, indent=2) + "\n"


def read_manifest(folder: Path) -> Manifest:
    """The manifest of ``folder``.

    Fields that this version does not know are left alone. Raises ResultsError if the manifest is
    missing, damaged, edited by hand, or of a newer format.
    """
    path = folder / FILE_NAME
    content = _content(path)
    claimed = content.pop("checksum", None)
    found_format = content.pop("format", None)
    if isinstance(found_format, int) and found_format > FORMAT:
        raise ResultsError(
            f"{path}: it has format {found_format}, this simulator reads {FORMAT}; use a newer simulator"
        )
    try:
        if claimed != canonical_hash({"format": found_format, **content}):
            raise ValueError("its checksum does not fit its content")
        known = {field.name for field in fields(Manifest)}
        return Manifest(**{name: value for name, value in content.items() if name in known})
    except (KeyError, TypeError, ValueError) as error:
        raise ResultsError(
            f"{path}: it was edited or is damaged ({error}); restore it from a copy"
        ) from error


def _content(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise ResultsError(
            f"{path.parent}: this is not a results folder: it has no {FILE_NAME}; give a folder that a "
            f"run has written, or run the experiment with --out {path.parent}"
        ) from None
    except OSError as error:
        raise ResultsError(
            f"{path}: it cannot be read ({error.strerror}); check its permissions"
        ) from error
    except (ValueError, RecursionError) as error:
        raise ResultsError(f"{path}: it is damaged ({error}); restore it from a copy") from error
    if not isinstance(content, dict):
        raise ResultsError(f"{path}: it is damaged (no JSON object); restore it from a copy")
    return content
