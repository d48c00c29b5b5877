"""Presets: small YAML files that bring a bean, a brew, a cup, a segment or a mix; a new one is a file.

A file's name is the preset's name. Its keys are the fields of what it describes, all of them; ``about``
says where the numbers come from, and ``order`` (a number) its place in lists.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import fields
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

import yaml

from simulator.errors import InputError

T = TypeVar("T")

FOLDER = Path(__file__).parent / "presets"
_EXTRA = ("about", "order")
_WORDS = ("method", "palates")
# Field -> what it must lie in. Fields without an entry are numbers from 0 on.
_LIMITS = {
    "e_max": (0.01, 0.5),
    "acid_share": (0.0, 1.0),
    "middle_share": (0.0, 1.0),
    "bitter_share": (1e-6, 1.0),
    "quality_points": (-3.0, 3.0),
    "ideal_sweetness": (0.0, 10.0),
    "ideal_creaminess": (0.0, 10.0),
    "lactose_sweetness": (0.0, 1.0),
    "dose_g": (10.0, 30.0),
    "water_g": (150.0, 400.0),
    "beverage_g": (15.0, 400.0),
    "temperature_c": (80.0, 99.0),
    "served_g": (50.0, 500.0),
}


def read_presets(kind: str, make: Callable[..., T], folder: Path = FOLDER) -> Mapping[str, T]:
    """All presets of a kind, by name, in their order.

    Args:
        kind: name of the folder: ``beans``, ``brews``, ``cups``, ``segments``, ``mixes``.
        make: the dataclass that a file describes.
        folder: where the kinds are.

    Raises:
        InputError: with file, key, what was found and what was expected.
    """
    paths = sorted((folder / kind).glob("*.yaml"))
    if not paths:
        raise InputError(f"{folder / kind}: no presets (*.yaml) here")
    ranked = sorted((_order(path), path.stem, read_preset(path, make)) for path in paths)
    return MappingProxyType({name: preset for _, name, preset in ranked})


def read_preset(path: Path, make: Callable[..., T]) -> T:
    """One preset.

    Raises:
        InputError: with file, key, what was found and what was expected.
    """
    given = {k: v for k, v in _content(path).items() if k not in _EXTRA}
    needed = [each.name for each in fields(make) if each.name != "name"]  # type: ignore[arg-type]
    unknown, missing = sorted(set(given) - set(needed)), [n for n in needed if n not in given]
    if unknown:
        raise InputError(f"{path}: {unknown[0]}: no such key; known are {', '.join(needed)}")
    if missing:
        raise InputError(f"{path}: {', '.join(missing)}: missing")
    values = {name: _checked(path, name, value) for name, value in given.items()}
    named = any(each.name == "name" for each in fields(make))  # type: ignore[arg-type]
    return make(**({"name": path.stem} if named else {}), **values)


def _content(path: Path) -> Mapping[str, Any]:
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as fault:
        raise InputError(f"{path}: cannot be read ({fault})") from None
    except yaml.YAMLError as fault:
        raise InputError(f"{path}: not YAML ({' '.join(str(fault).split())})") from None
    if not isinstance(content, dict) or not all(isinstance(key, str) for key in content):
        raise InputError(f"{path}: expected lines of key: value")
    return content


def _order(path: Path) -> float:
    return _number(path, "order", _content(path).get("order", 1000), (-math.inf, math.inf))


def _checked(path: Path, name: str, value: Any) -> Any:
    if name in _WORDS:
        if isinstance(value, str) and value:
            return value
        raise InputError(f"{path}: {name}: {value!r} is not a name")
    if name == "shares":
        return _shares(path, value)
    return _number(path, name, value, _LIMITS.get(name, (0.0, 1e6)))


def _shares(path: Path, value: Any) -> Mapping[str, float]:
    if not isinstance(value, dict) or not value:
        raise InputError(f"{path}: shares: expected segment: share for each segment that comes")
    shares = {
        segment: _number(path, f"shares.{segment}", share, (0.0, 1e6))
        for segment, share in value.items()
    }
    return MappingProxyType(shares)


def _number(path: Path, name: str, value: Any, limits: tuple[float, float]) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InputError(f"{path}: {name}: {value!r} is not a number")
    low, high = limits
    if not (low <= value <= high and math.isfinite(value)):
        raise InputError(f"{path}: {name}: {value:g} is out of range; expected {low:g} to {high:g}")
    return float(value)
