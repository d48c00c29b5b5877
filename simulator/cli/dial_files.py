"""``simulator dial export``, ``import`` and ``page``: what goes into a file or comes out of one."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from simulator.cli.dial_text import card_lines, reason_lines, told
from simulator.cli.dialing import opened, settings_of
from simulator.cli.terminal import console
from simulator.coffee import BEANS
from simulator.dialin import Diary, Kit, Place, diary_path, reason, sitting
from simulator.dialin.beanconqueror import read_beanconqueror
from simulator.dialin.csv_log import csv_text, read_csv
from simulator.dialin.log_rows import LogRow, Skipped, cups_of, grinder_of
from simulator.errors import InputError
from simulator.experiment.results_folder import refuse_files_of_results


def export_diary(name: str, file: Path) -> int:
    """Write a diary: everything as JSON, or the cups of the place in use as CSV."""
    diary = opened(name)
    if file.suffix == ".csv":
        places = diary.places()
        here = max(places)
        cups = [e.cup for e in diary.entries() if e.place == here]
        text = csv_text(cups, places[here].kit)
    else:
        text = json.dumps(diary.export(), indent=2, ensure_ascii=False) + "\n"
    _write(file, text)
    console().print(f"{file} is written.", soft_wrap=True)
    return 0


def import_file(
    name: str,
    file: Path,
    bean: str | None,
    roast: str,
    method: str | None,
    mill: str | None,
    top: float,
    um_per_click: float | None,
    um_at_zero: float | None,
) -> int:
    """Read an exported diary, a Beanconqueror backup or a CSV.

    Raises:
        InputError: it is none of them, or none of its rows is a cup.
    """
    if not file.exists():
        raise InputError(f"{file}: there is no such file")
    path = diary_path(name)
    if file.suffix == ".json" and _is_diary(file):
        diary = Diary.restore(path, json.loads(file.read_text(encoding="utf-8")))
        console().print(f"{name}: {len(diary.entries())} cups are back.")
        return 0
    there = Diary.open(path) if path.exists() else None
    place = there.places()[max(there.places())] if there else None
    way = method or (str(place.kit.method) if place else "")
    is_csv = file.suffix == ".csv"
    rows = read_csv(file, way or "immersion") if is_csv else read_beanconqueror(file, top)
    if place is None:
        place = _new_place(rows, way, roast, um_per_click, um_at_zero)
    cups, skipped = cups_of(rows, place.kit, bean=bean, mill=mill)
    known = {(e.cup.at, e.cup.settings) for e in there.entries(undone=True)} if there else set()
    again = [cup for cup in cups if cup.at and (cup.at, cup.settings) in known]
    fresh = [cup for cup in cups if cup not in again]
    if not cups:
        _report(skipped)
        raise InputError(f"{file}: none of its {len(rows)} rows can be used; nothing was written")
    diary = there or Diary.create(path, place)
    for cup in fresh:
        diary.add(cup)
    _report(skipped)
    terminal = console()
    mill_text = place.kit.grinder
    if there is None and mill_text.has_clicks:
        terminal.print(
            f"Grinder: {mill_text.low:g} to {mill_text.high:g} clicks; click {mill_text.high:g} is about "
            f"{mill_text.um(mill_text.high):.0f} µm, one click {mill_text.um_per_click:.0f} µm "
            f"(uncertain by a factor of {1 + mill_text.spread:.2f})."
        )
    terminal.print(
        f"{name}: {len(fresh)} of {len(rows)} rows are cups now"
        + (f", {len(again)} were there already" if again else "")
        + f". Next: simulator dial suggest {name}"
    )
    return 0


def _is_diary(file: Path) -> bool:
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise InputError(f"{file}: not JSON ({error})") from None
    return isinstance(found, dict) and "BREWS" not in found


def _new_place(
    rows: Sequence[LogRow], method: str, roast: str, each: float | None, zero: float | None
) -> Place:
    """Where the log was brewed: its most frequent method, its grinder."""
    ways = [row.method for row in rows if row.method]
    way = method or (max(set(ways), key=ways.count) if ways else "immersion")
    if roast not in BEANS:
        raise InputError(f"--roast {roast}: unknown; known are {', '.join(BEANS)}")
    kit = Kit.standard(way, roast)
    grinder = grinder_of(rows, kit)
    if each is not None:
        grinder = replace(grinder, um_per_click=each, um_at_zero=zero or 0.0, spread=0.12)
    return Place(replace(kit, grinder=grinder))


def _report(skipped: Sequence[Skipped]) -> None:
    terminal = console()
    for row in skipped:
        terminal.print(f"skipped {row.where}: {row.why}", markup=False)


def write_page(name: str, out: Path | None, rater: str) -> int:
    """Write the page for the phone, and remember its suggestion."""
    from simulator.dialin.page import page

    diary = opened(name)
    session = sitting(diary, rater)
    suggestion, state = session.suggest(), session.status()
    diary.offer(suggestion.settings)
    why = None
    if session.cups:
        why = reason(session, settings_of(session.cups[-1]), suggestion.settings)
    lines = {
        "card": "\n".join(line.strip() for line in card_lines(session.kit, suggestion.settings)),
        "told": " ".join(told(suggestion.prediction)),
        "why": " ".join(reason_lines(session, suggestion, why)),
        "known": f"{state.cups} cups rated. The best known cup is within 0.25 points of the best "
        f"possible with a chance of {state.close:.0%}."
        + (" You can stop." if state.enough else ""),
    }
    file = out or Path(f"{name}.html")
    _write(file, page(session, name, lines, rater))
    console().print(f"{file} is written: it needs no network.", soft_wrap=True)
    return 0


def _write(file: Path, text: str) -> None:
    """Whole or not at all, and never over results."""
    refuse_files_of_results(file)
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    draft.write_text(text, encoding="utf-8")
    draft.replace(file)
