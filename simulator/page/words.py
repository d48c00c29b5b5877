"""All words of the page: its own, and those that the voice already has for knobs, quantities, complaints."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Final

import yaml

from simulator.explain import catalogue

#: Sections of the voice's catalogue that the page uses as they are.
_SHARED: Final = frozenset(
    {"more", "less", "do_more", "do_less", "knob", "quantity", "symbol", "method", "bean", "segment", "says",
     "separator"}
)  # fmt: skip


@cache
def page_words(language: str) -> Mapping[str, str]:
    """Key (``section.name``) → message, in one language.

    Raises:
        InputError: no such language.
    """
    shared = {
        key: message
        for key, message in catalogue(language).messages.items()
        if key.partition(".")[0] in _SHARED
    }
    text = files("simulator.page").joinpath("messages", f"{language}.yaml").read_text("utf-8")
    sections: Mapping[str, Mapping[str, str]] = yaml.safe_load(text)
    own = {
        f"{section}.{name}": message
        for section, messages in sections.items()
        for name, message in messages.items()
    }
    return shared | own
