"""The messages: one catalogue per language, every sentence that a user can read."""

from __future__ import annotations

import string
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from simulator.errors import InputError

LANGUAGES: Mapping[str, str] = {"en": "English", "zh": "中文"}
"""Code -> the language's own name."""


@dataclass(frozen=True)
class Catalogue:
    """The messages of one language, by key (``section.name``)."""

    language: str
    messages: Mapping[str, str]

    def say(self, key: str, **values: Any) -> str:
        """The message with its placeholders filled in.

        Raises:
            KeyError: no such message, or a placeholder without a value.

        >>> catalogue("en").say("do_less.time_s", amount="25 s")
        'Brew 25 s shorter'
        >>> catalogue("zh").say("do_less.time_s", amount="25 秒")
        '少泡 25 秒'
        """
        return self.messages[key].format_map(values)

    def word(self, kind: str, name: str) -> str:
        """The word for a knob, quantity, segment ...; the name itself for one that users brought.

        >>> catalogue("zh").word("segment", "milk"), catalogue("zh").word("bean", "Sidamo 3")
        ('加奶', 'Sidamo 3')
        """
        return self.messages.get(f"{kind}.{name}", name)


def placeholders(message: str) -> frozenset[str]:
    """The names in braces.

    >>> sorted(placeholders("{knob} stands at {value}"))
    ['knob', 'value']
    """
    return frozenset(name for _, name, _, _ in string.Formatter().parse(message) if name)


@cache
def catalogue(language: str) -> Catalogue:
    """The messages of a language.

    Raises:
        InputError: no such language.
    """
    if language not in LANGUAGES:
        known = ", ".join(f"{code} ({name})" for code, name in LANGUAGES.items())
        raise InputError(f"--lang {language}: there are {known}")
    text = files("simulator.explain").joinpath("messages", f"{language}.yaml").read_text("utf-8")
    sections: Mapping[str, Mapping[str, str]] = yaml.safe_load(text)
    return Catalogue(
        language,
        {
            f"{section}.{name}": message
            for section, messages in sections.items()
            for name, message in messages.items()
        },
    )
