"""``simulator dial brew``: the guided way, one cup after the other, at a terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TypeVar

from simulator.cli.dialing import opened, read_rating, show_suggestion
from simulator.cli.terminal import console
from simulator.dialin import Cup, Session, checked_words, sitting
from simulator.errors import InputError

T = TypeVar("T")


def guide(name: str, rater: str) -> int:
    """Show a card, wait, ask, write down; until somebody says no.

    Raises:
        InputError: there is nobody to ask.
    """
    if not sys.stdin.isatty():
        raise InputError(
            f"dial brew asks questions and needs a terminal; use `simulator dial suggest {name}` and "
            f"`simulator dial rate {name} RATING`"
        )
    diary, terminal = opened(name), console()
    while True:
        session = sitting(diary, rater)
        show_suggestion(terminal, session, name)
        suggestion = session.suggest()
        diary.offer(suggestion.settings)
        input("Brew it, taste it, then press Enter. ")
        rating = _asked("Rating, 1 dislike extremely ... 9 like extremely: ", read_rating)
        words = _asked(
            "One word (bitter, sour, weak, strong, ...; just right; Enter for none): ", _words
        )
        entry = diary.add(
            Cup(tuple(suggestion.settings.values()), rating, tuple(words), rater=rater)
        )
        terminal.print(f"Cup {entry.number} is written down.")
        if not _goes_on(sitting(diary, rater)):
            return 0


def _asked(question: str, read: Callable[[str], T]) -> T:
    """An answer that can be used; nonsense is explained and asked again."""
    while True:
        try:
            return read(input(question).strip())
        except InputError as error:
            console().print(str(error), markup=False)


def _words(text: str) -> tuple[str, ...]:
    return checked_words([part for part in text.split(",") if part.strip()])


def _goes_on(session: Session) -> bool:
    state = session.status()
    if state.enough:
        console().print("You can stop: another cup is unlikely to find a better one.")
    return input("Another cup? [Y/n] ").strip().lower() not in ("n", "no")
