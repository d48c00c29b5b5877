"""A person's diary: one SQLite file, to which every cup is committed before anything else happens.

Nothing is ever deleted: a cup that is taken back gets a tombstone. A diary holds several places to
brew (bean, grinder, method), of which the last is in use, and cups of several raters.
"""

from __future__ import annotations

import json
import os
import re
import sqlite3
import uuid
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

from simulator.dialin.customer import SETTINGS
from simulator.dialin.evidence import Cup
from simulator.dialin.place import Place, place_data, place_from
from simulator.errors import InputError

VERSION = 1
_SCHEMA = """
CREATE TABLE about (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE places (id INTEGER PRIMARY KEY, at TEXT NOT NULL, place TEXT NOT NULL);
CREATE TABLE cups (
    id INTEGER PRIMARY KEY, uid TEXT UNIQUE NOT NULL, at TEXT NOT NULL,
    place INTEGER NOT NULL REFERENCES places(id), rater TEXT NOT NULL, settings TEXT NOT NULL,
    rating REAL, words TEXT NOT NULL, answers TEXT NOT NULL, undone TEXT
);
CREATE TABLE offers (
    id INTEGER PRIMARY KEY, at TEXT NOT NULL, place INTEGER NOT NULL, settings TEXT NOT NULL
);
"""
FORMAT = "perfect-cup dial diary"
"""What an exported file calls itself."""


@dataclass(frozen=True)
class Entry:
    """A cup in the diary."""

    number: int
    uid: str
    place: int
    cup: Cup
    undone: str | None


def diary_path(name: str) -> Path:
    """Where the diary of this name is kept: SIMULATOR_DIAL_HOME, or the user's data folder.

    Raises:
        InputError: the name could not be a file's.
    """
    if not re.fullmatch(r"\w[\w .-]{0,60}", name) or name.endswith((".", " ")):
        raise InputError(f"{name!r} cannot name a diary: use letters, digits, - and _")
    home = os.environ.get("SIMULATOR_DIAL_HOME")
    if not home:
        data = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
        home = str(Path(data) / "perfect-cup" / "dial")
    return Path(home) / f"{name}.sqlite"


@dataclass(frozen=True)
class Diary:
    """An open diary."""

    path: Path

    @classmethod
    def create(cls, path: Path, place: Place) -> Diary:
        """Begin a diary.

        Raises:
            InputError: there is one already.
        """
        with _begun(path) as database:
            _add_place(database, place)
        return cls(path)

    @classmethod
    def open(cls, path: Path) -> Diary:
        """A diary that exists.

        Raises:
            InputError: there is none, or the file is something else.
        """
        if not path.exists():
            others = sorted(p.stem for p in path.parent.glob("*.sqlite"))
            there = f"there are {', '.join(others)}" if others else "there is none yet"
            raise InputError(
                f"no diary called {path.stem!r}: {there}; `simulator dial new {path.stem}` begins one"
            )
        with _connected(path) as database:
            found = database.execute("SELECT value FROM about WHERE key = 'version'").fetchone()
        if found is None or int(found[0]) != VERSION:
            raise InputError(f"{path}: version {found and found[0]} of diaries; expected {VERSION}")
        return cls(path)

    def places(self) -> Mapping[int, Place]:
        """All places by number; the last is in use."""
        with _connected(self.path) as database:
            rows = database.execute("SELECT id, place FROM places ORDER BY id").fetchall()
        return MappingProxyType({number: place_from(json.loads(text)) for number, text in rows})

    def move_to(self, place: Place) -> None:
        """Brew elsewhere from now on: another bean, grinder or method."""
        with _connected(self.path) as database:
            _add_place(database, place)

    def entries(self, *, undone: bool = False) -> tuple[Entry, ...]:
        """The cups in the order they were drunk, with those taken back if asked for."""
        with _connected(self.path) as database:
            rows = database.execute("SELECT * FROM cups ORDER BY id").fetchall()
        entries = tuple(_entry(row) for row in rows)
        return tuple(each for each in entries if undone or each.undone is None)

    def add(self, cup: Cup, *, place: int | None = None) -> Entry:
        """Write a cup down; when this returns, it is on the disk."""
        where = max(self.places()) if place is None else place
        with _connected(self.path) as database:
            row = (str(uuid.uuid4()), cup.at or now(), where, *_columns(cup), None)
            cursor = database.execute(_INSERT, row)
            number = int(cursor.lastrowid or 0)
        return self._one(number)

    def undo(self) -> Entry:
        """Take the last cup back.

        Raises:
            InputError: there is none.
        """
        entries = self.entries()
        if not entries:
            raise InputError(f"{self.path.stem}: there is no cup to take back")
        with _connected(self.path) as database:
            last = entries[-1].number
            database.execute("UPDATE cups SET undone = ? WHERE id = ?", (now(), last))
        return self._one(last)

    def offer(self, settings: Mapping[str, float]) -> None:
        """Remember what was suggested, to be rated later."""
        row = (now(), max(self.places()), json.dumps(dict(settings)))
        with _connected(self.path) as database:
            database.execute("INSERT INTO offers (at, place, settings) VALUES (?, ?, ?)", row)

    def offered(self) -> dict[str, float] | None:
        """The last suggestion of the place in use that no cup has followed."""
        with _connected(self.path) as database:
            row = database.execute(
                "SELECT settings FROM offers WHERE place = (SELECT max(id) FROM places) AND at >= "
                "coalesce((SELECT max(coalesce(undone, at)) FROM cups), '') ORDER BY id DESC LIMIT 1"
            ).fetchone()
        return None if row is None else dict(json.loads(row[0]))

    def export(self) -> dict[str, Any]:
        """The whole diary as plain data."""
        places = {str(n): place_data(place) for n, place in self.places().items()}
        cups = [
            {"uid": e.uid, "at": e.cup.at, "place": e.place, "rater": e.cup.rater,
             "settings": dict(zip(SETTINGS, e.cup.settings, strict=True)), "rating": e.cup.rating,
             "words": list(e.cup.words), "answers": dict(e.cup.answers), "undone": e.undone}
            for e in self.entries(undone=True)
        ]  # fmt: skip
        return {"format": FORMAT, "version": VERSION, "places": places, "cups": cups}

    @classmethod
    def restore(cls, path: Path, data: Any) -> Diary:
        """A diary from what `export` gave.

        Raises:
            InputError: it is something else, or there is a diary already.
        """
        if not isinstance(data, dict) or data.get("format") != FORMAT:
            raise InputError(f"not an exported diary: expected format {FORMAT!r}")
        if data.get("version") != VERSION:
            raise InputError(f"version {data.get('version')!r} of diaries; expected {VERSION}")
        try:
            places = {int(n): place_from(place) for n, place in data["places"].items()}
            entries = [(c["uid"], int(c["place"]), c["undone"], _cup(c)) for c in data["cups"]]
            order = {number: where for where, number in enumerate(sorted(places), start=1)}
            if not places or len({uid for uid, *_ in entries}) < len(entries):
                raise ValueError(
                    "it has no place to brew" if not places else "a cup is there twice"
                )
            rows = [
                (uid, cup.at or now(), order[place], *_columns(cup), undone)
                for uid, place, undone, cup in entries
            ]
        except (KeyError, TypeError, ValueError, AttributeError) as fault:
            raise InputError(f"a damaged diary: {type(fault).__name__} {fault}") from None
        with _begun(path) as database:
            for number in order:
                _add_place(database, places[number])
            database.executemany(_INSERT, rows)
        return cls(path)

    def _one(self, number: int) -> Entry:
        return next(e for e in self.entries(undone=True) if e.number == number)


_INSERT = (
    "INSERT INTO cups (uid, at, place, rater, settings, rating, words, answers, undone) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
)


@contextmanager
def _begun(path: Path) -> Iterator[sqlite3.Connection]:
    """A new diary, written beside and moved at the end: it is there whole, or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists():
        raise InputError(f"{path}: there is a diary of this name already; nothing was changed")
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.unlink(missing_ok=True)
    try:
        with _connected(draft, create=True) as database:
            database.executescript(_SCHEMA)
            database.execute("INSERT INTO about VALUES ('version', ?)", (str(VERSION),))
            yield database
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


@contextmanager
def _connected(path: Path, create: bool = False) -> Iterator[sqlite3.Connection]:
    """One transaction: committed to the disk whole, or not at all."""
    mode = "rwc" if create else "rw"
    try:
        with closing(
            sqlite3.connect(f"{path.absolute().as_uri()}?mode={mode}", uri=True)
        ) as database:
            database.execute("PRAGMA synchronous = FULL")
            with database:
                yield database
    except sqlite3.Error as fault:
        raise InputError(f"{path}: not a diary that can be used ({fault})") from None


def _add_place(database: sqlite3.Connection, place: Place) -> None:
    text = json.dumps(place_data(place))
    database.execute("INSERT INTO places (at, place) VALUES (?, ?)", (now(), text))


def now() -> str:
    """This moment, ISO 8601."""
    return datetime.now(UTC).isoformat(timespec="microseconds")


def _columns(cup: Cup) -> tuple[Any, ...]:
    settings = json.dumps(dict(zip(SETTINGS, cup.settings, strict=True)))
    return cup.rater, settings, cup.rating, json.dumps(cup.words), json.dumps(dict(cup.answers))


def _entry(row: tuple[Any, ...]) -> Entry:
    number, uid, at, place, rater, settings, rating, words, answers, undone = row
    plain = {"at": at, "rater": rater, "rating": rating, "settings": json.loads(settings),
             "words": json.loads(words), "answers": json.loads(answers)}  # fmt: skip
    return Entry(number, uid, place, _cup(plain), undone)


def _cup(data: Mapping[str, Any]) -> Cup:
    return Cup(
        settings=tuple(float(data["settings"][name]) for name in SETTINGS),
        rating=None if data["rating"] is None else float(data["rating"]),
        words=tuple(data["words"]),
        answers=MappingProxyType(dict(data["answers"])),
        rater=data["rater"],
        at=data["at"],
    )
