"""Backups of the Beanconqueror app: a ``.zip`` with ``Beanconqueror.json`` and chunks of brews, or the JSON.

What the app does not say, or says in its own way: rating 0 is no rating, and the top of the scale is a
setting that the brews do not carry; numbers may be text; extraction is not stored; there is no milk and no
sugar.
"""

from __future__ import annotations

import json
import math
import re
import zipfile
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from simulator.dialin.log_rows import LogRow, number
from simulator.errors import InputError

_STYLES = {
    "FULL_IMMERSION": "immersion",
    "POUR_OVER": "pour-over",
    "PERCOLATION": "pour-over",
    "ESPRESSO": "espresso",
}
_MAIN = "Beanconqueror.json"
_CHUNK = re.compile(r"Beanconqueror_Brews_(\d+)\.json")
_LARGEST = 200_000_000  # bytes of one file in a backup


def read_beanconqueror(path: Path, top: float = 5.0) -> list[LogRow]:
    """All brews of a backup.

    Args:
        path: a ``.zip`` or a ``.json``.
        top: highest rating of the app's scale.

    Raises:
        InputError: it is no such backup.
    """
    if not 0 < top < math.inf:
        raise InputError(f"--top {top:g}: the top of a rating scale is above 0")
    main, brews = _content(path)
    names = {kind: _named(main.get(kind)) for kind in ("BEANS", "MILL", "PREPARATION")}
    rows, seen = [], set()
    for place, brew in enumerate(brews, start=1):
        key = _name(_config(brew).get("uuid")) if isinstance(brew, dict) else None
        if key is not None and key in seen:
            rows.append(LogRow(f"brew {place}", fault="it is in the backup twice"))
            continue
        seen.add(key)
        rows.append(_row(place, brew, names, top))
    return rows


def _content(path: Path) -> tuple[Mapping[str, Any], list[Any]]:
    if not zipfile.is_zipfile(path):
        main = _json(path.name, path.read_bytes())
        return _main(path.name, main), list(_brews(main))
    with zipfile.ZipFile(path) as archive:
        files = {Path(entry.filename).name: entry for entry in archive.infolist()}
        if _MAIN not in files:
            raise InputError(f"{path}: a zip without {_MAIN} is no Beanconqueror backup")
        large = [name for name, entry in files.items() if entry.file_size > _LARGEST]
        if large:
            raise InputError(f"{path}: {large[0]} is larger than a log of brews can be")
        main = _main(_MAIN, _json(_MAIN, archive.read(files[_MAIN])))
        brews = list(_brews(main))
        chunks = sorted((int(m[1]), name) for name in files if (m := _CHUNK.fullmatch(name)))
        for _, name in chunks:
            chunk = _json(name, archive.read(files[name]))
            brews += chunk if isinstance(chunk, list) else []
    return main, brews


def _json(name: str, text: bytes) -> Any:
    try:
        return json.loads(text.decode("utf-8-sig"))
    except (UnicodeDecodeError, ValueError, RecursionError) as fault:
        raise InputError(f"{name}: not JSON ({fault})") from None


def _main(name: str, found: Any) -> Mapping[str, Any]:
    if not isinstance(found, dict) or "BREWS" not in found:
        raise InputError(f"{name}: no Beanconqueror backup: expected an object with BREWS")
    return found


def _brews(main: Any) -> Iterator[Any]:
    brews = main["BREWS"]
    yield from brews if isinstance(brews, list) else []


def _config(thing: Mapping[str, Any]) -> Mapping[str, Any]:
    config = thing.get("config")
    return config if isinstance(config, dict) else {}


def _named(things: Any) -> dict[Any, Mapping[str, Any]]:
    """By their identifiers; what has none cannot be referred to."""
    found = (
        [thing for thing in things if isinstance(thing, dict)] if isinstance(things, list) else []
    )
    named = {_name(_config(thing).get("uuid")): thing for thing in found}
    return {name: thing for name, thing in named.items() if name is not None}


def _name(identifier: Any) -> str | None:
    """An identifier; what is none refers to nothing."""
    return identifier if isinstance(identifier, str) else None


def _row(
    place: int, brew: Any, names: Mapping[str, Mapping[Any, Mapping[str, Any]]], top: float
) -> LogRow:
    if not isinstance(brew, dict):
        return LogRow(f"brew {place}", fault="it is no object")
    stamp = number(_config(brew).get("unix_timestamp"))
    at = ""
    if stamp is not None and 0 <= stamp < 4e9:
        at = datetime.fromtimestamp(stamp, UTC).isoformat()
    where = f"brew {place}" + (f" ({at[:10]})" if at else "")
    rating = number(brew.get("rating"))
    if rating is not None and not 0 <= rating <= top:
        return LogRow(
            where, at=at, fault=f"rating {rating:g} is above the scale's top, {top:g}: give --top"
        )
    style = names["PREPARATION"].get(_name(brew.get("method_of_preparation")), {}).get("style_type")
    quantity, drink = number(brew.get("brew_quantity")), number(brew.get("brew_beverage_quantity"))
    return LogRow(
        where,
        grind=str(brew.get("grind_size") or ""),
        dose_g=number(brew.get("grind_weight")) or None,
        temperature_c=number(brew.get("brew_temperature")) or None,
        time_s=number(brew.get("brew_time")) or None,
        # Millilitres of hot water and of coffee weigh grams within 4 %.
        water_g=quantity or None,
        beverage_g=drink or None,
        rating=1.0 + 8.0 * rating / top if rating else None,
        tds_pct=number(brew.get("tds")) or None,
        method=_STYLES.get(str(style), ""),
        bean=str(names["BEANS"].get(_name(brew.get("bean")), {}).get("name", "")),
        mill=str(names["MILL"].get(_name(brew.get("mill")), {}).get("name", "")),
        at=at,
    )
