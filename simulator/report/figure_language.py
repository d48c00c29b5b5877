"""In which language figures are written: Chinese needs a font that is really installed."""

from __future__ import annotations

from dataclasses import fields

from simulator.explain import Catalogue, catalogue
from simulator.figures import FigureWords, chinese_font


def drawable(language: str) -> tuple[Catalogue, str | None]:
    """The messages for figures, and a note if they are English for want of a font.

    The note is in the language that was asked for.

    Raises:
        InputError: no such language.
    """
    messages = catalogue(language)
    if language == "zh" and chinese_font() is None:
        return catalogue("en"), messages.say("chart.no_font")
    return messages, None


def figure_words(messages: Catalogue) -> FigureWords:
    """The texts of the figures from the messages of a language."""
    return FigureWords(
        **{each.name: messages.messages[f"figure.{each.name}"] for each in fields(FigureWords)}
    )
