"""A log as CSV: one cup a line, a header that names the columns, in any order; unknown columns are refused.

| column | |
|---|---|
| grind | as on the grinder: 20, "20 clicks", "800 µm"; needed |
| time_s | seconds; needed |
| rating | 1-9; empty if only words were said |
| words | complaints, the most pressing first, with ; between, or just right |
| milk_g, sugar_g | per 200 g of coffee; empty is none |
| dose_g, water_g, beverage_g, temperature_c, tds_pct | empty is the diary's own |
| method, bean, mill, rater, at | text; at is ISO 8601 |
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import fields
from pathlib import Path

from simulator.coffee import Method
from simulator.dialin.evidence import Cup, checked_rating, checked_words
from simulator.dialin.kit import Kit
from simulator.dialin.log_rows import LogRow, number
from simulator.errors import InputError

_NUMBERS = ("dose_g", "temperature_c", "time_s", "water_g", "beverage_g", "milk_g", "sugar_g",
            "rating", "tds_pct")  # fmt: skip
COLUMNS = tuple(f.name for f in fields(LogRow) if f.name not in ("where", "fault"))
"""What a column may be called."""


def read_csv(path: Path, method: str) -> list[LogRow]:
    """The rows of a log.

    Args:
        path: UTF-8, commas or semicolons.
        method: of rows that do not say.

    Raises:
        InputError: no header, or an unknown column.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: not UTF-8 ({error})") from None
    header = text.splitlines()[0] if text.strip() else ""
    mark = ";" if header.count(";") > header.count(",") else ","
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=mark)
    columns = [name.strip() for name in reader.fieldnames or []]
    unknown = [name for name in columns if name not in COLUMNS]
    if unknown or "grind" not in columns or "time_s" not in columns:
        why = (
            f"column {unknown[0]!r} is unknown"
            if unknown
            else "columns grind and time_s are needed"
        )
        raise InputError(f"{path}: line 1: {why}; known are: {', '.join(COLUMNS)}")
    return [_row(number_of, row, method) for number_of, row in enumerate(reader, start=2)]


def _row(line: int, found: dict[str | None, str | None], method: str) -> LogRow:
    where = f"line {line}"
    plain = {
        str(k).strip(): (v or "").strip()
        for k, v in found.items()
        if isinstance(v, str) or v is None
    }
    wrong = [k for k in _NUMBERS if plain.get(k) and number(plain[k]) is None]
    if wrong or None in found:
        why = f"{wrong[0]} {plain[wrong[0]]!r} is no number" if wrong else "it has too many columns"
        return LogRow(where, at=plain.get("at", ""), fault=why)
    numbers = {k: number(plain.get(k)) for k in _NUMBERS}
    texts = {k: plain.get(k, "") for k in ("grind", "bean", "mill", "rater", "at")}
    try:
        words = checked_words([w for w in plain.get("words", "").split(";") if w.strip()])
        if numbers["rating"] is not None:
            checked_rating(numbers["rating"])
    except InputError as fault:
        return LogRow(where, at=texts["at"], fault=str(fault))
    return LogRow(where, words=words, method=plain.get("method") or method, **numbers, **texts)  # type: ignore[arg-type]


def csv_text(cups: Iterable[Cup], kit: Kit) -> str:
    """Cups as a log that `read_csv` reads back."""
    sheet = io.StringIO(newline="")
    liquid = "water_g" if kit.method is Method.IMMERSION else "beverage_g"
    columns = ["at", "grind", "time_s", "milk_g", "sugar_g", "dose_g", liquid, "temperature_c",
               "rating", "words", "method", "rater"]  # fmt: skip
    writer = csv.writer(sheet, lineterminator="\n")
    writer.writerow(columns)
    for cup in cups:
        grind, time, milk, sugar, dose, drink, hot = cup.settings
        numbers = (repr(v) for v in (time, milk, sugar, dose, drink, hot))
        rating = "" if cup.rating is None else repr(cup.rating)
        words = ";".join(cup.words)
        writer.writerow([cup.at, f"{grind!r} µm", *numbers, rating, words, kit.method, cup.rater])
    return sheet.getvalue()
