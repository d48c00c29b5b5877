"""A cup that was drunk, and the rows of numbers that the likelihood reads.

A rating and the first word go into one row. Of several words the second was chosen among those that were
left, and so on (a ranked choice; Plackett 1975). An answer on a just-about-right scale is a choice among
three: too little, just right, too much.
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np

from simulator.coffee import JUST_RIGHT
from simulator.dialin.customer import ASPECT_WORDS, SETTINGS, WORDS
from simulator.dialin.likelihood import END, NUMBERS
from simulator.dialin.traits import Array
from simulator.errors import InputError

LOWEST, HIGHEST = 1.0, 9.0
"""Ends of the rating scale: 1 dislike extremely … 9 like extremely."""

STEP = 0.5
"""Distance of neighbouring ratings."""

_SAID = len(SETTINGS) + 3
_OFFERED = _SAID + len(WORDS)


@dataclass(frozen=True)
class Cup:
    """One cup and what was said of it.

    Attributes:
        settings: in the order of `SETTINGS`.
        rating: 1–9, or None.
        words: complaints, the most pressing first, or "just right" alone.
        answers: aspect -> "low", "just right" or "high", for those asked one by one.
        rater: who drank it.
        bean: name of the bean.
        at: when, ISO 8601.
    """

    settings: tuple[float, ...]
    rating: float | None = None
    words: tuple[str, ...] = ()
    answers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    rater: str = ""
    bean: str = ""
    at: str = ""

    def __post_init__(self) -> None:
        if self.rating is not None:
            checked_rating(self.rating)
        checked_words(self.words)
        _check_answers(self.answers)
        if self.rating is None and not self.words and not self.answers:
            raise InputError("a cup needs a rating from 1 to 9, a word, or both")

    def setting(self, name: str) -> float:
        """One setting by its name."""
        return self.settings[SETTINGS.index(name)]


def checked_rating(rating: float) -> float:
    """A rating on the scale.

    Raises:
        InputError: it is not; if a decimal point may have been forgotten, it says so.

    >>> checked_rating(75)
    Traceback (most recent call last):
    simulator.errors.InputError: rating 75 is outside the scale from 1 to 9; was 7.5 meant?
    """
    if not math.isfinite(rating) or not LOWEST <= rating <= HIGHEST:
        guess = meant(rating)
        hint = f"; was {guess:g} meant?" if guess is not None else ""
        raise InputError(f"rating {rating:g} is outside the scale from 1 to 9{hint}")
    return rating


def meant(rating: float) -> float | None:
    """The rating that was probably meant when the decimal point was forgotten.

    >>> meant(75), meant(11)
    (7.5, None)
    """
    tenth = rating / 10.0
    return tenth if 15.0 <= rating <= 90.0 and (2.0 * tenth).is_integer() else None


def checked_words(words: Sequence[str]) -> tuple[str, ...]:
    """Words that the model knows; without "too" they are understood, too.

    Raises:
        InputError: an unknown word, a word twice, or "just right" beside a complaint.

    >>> checked_words(["bitter", "too weak"])
    ('too bitter', 'too weak')
    """
    known = tuple(_word(word) for word in words)
    if len(set(known)) < len(known):
        raise InputError(f"{', '.join(known)}: a word is there twice")
    if JUST_RIGHT in known and len(known) > 1:
        raise InputError(f"{', '.join(known)}: a cup is just right or has faults, not both")
    return known


def _word(given: str) -> str:
    plain = " ".join(given.lower().replace("-", " ").replace("_", " ").split())
    for word in (plain, f"too {plain}", f"not {plain} enough"):
        if word in WORDS:
            return word
    near = difflib.get_close_matches(f"too {plain.removeprefix('too ')}", WORDS, 1)
    hint = f"; was {near[0]!r} meant?" if near else ""
    raise InputError(f"{given!r} is not a word the model knows{hint} It knows: {', '.join(WORDS)}")


def _check_answers(answers: Mapping[str, str]) -> None:
    for aspect, answer in answers.items():
        if aspect not in ASPECT_WORDS:
            raise InputError(f"{aspect!r} is no aspect; there are {', '.join(ASPECT_WORDS)}")
        if answer not in ("low", "just right", "high"):
            raise InputError(f"{aspect}: {answer!r}; expected low, just right or high")


def rows_of(cups: Iterable[Cup], step: float = STEP) -> Array:
    """The events of these cups, shape (NUMBERS, N).

    Args:
        cups: what was drunk.
        step: of the ratings; they were rounded to it.
    """
    rows = [row for cup in cups for row in _rows(cup, step)]
    return np.array(rows).T if rows else np.zeros((NUMBERS, 0))


def _rows(cup: Cup, step: float) -> list[Array]:
    rows = []
    left = np.ones(len(WORDS))
    for word in cup.words:
        row = _row(cup)
        place = WORDS.index(word)
        row[_SAID + place], row[_OFFERED:] = 1.0, left
        left = left.copy()
        # Who has named one fault does not find the cup just right.
        left[[place, -1]] = 0.0
        rows.append(row)
    for aspect, answer in cup.answers.items():
        rows.append(_answer(cup, aspect, answer))
    if cup.rating is not None:
        rows = rows or [_row(cup)]
        low, high = cup.rating - 0.5 * step, cup.rating + 0.5 * step
        start = len(SETTINGS)
        rows[0][start : start + 3] = (
            1.0,
            -END if cup.rating - step < LOWEST else low,
            END if cup.rating + step > HIGHEST else high,
        )
    return rows


def _row(cup: Cup) -> Array:
    row = np.zeros(NUMBERS)
    row[: len(SETTINGS)] = cup.settings
    row[_OFFERED:] = 1.0
    return row


def _answer(cup: Cup, aspect: str, answer: str) -> Array:
    row = _row(cup)
    little, much = ASPECT_WORDS[aspect]
    said = {"low": little, "just right": JUST_RIGHT, "high": much}[answer]
    if not said:
        raise InputError(f"{aspect}: nobody says there is too little of it")
    row[_OFFERED:] = [float(word in (little, much, JUST_RIGHT)) for word in WORDS]
    row[_SAID + WORDS.index(said)] = 1.0
    return row
