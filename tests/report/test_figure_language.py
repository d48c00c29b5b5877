"""Figures in Chinese: from the messages, with a font that is really installed, or else in English."""

from dataclasses import asdict

import pytest

from simulator.errors import InputError
from simulator.explain import LANGUAGES, catalogue
from simulator.figures import FigureWords
from simulator.report import figure_language
from simulator.report.figure_language import drawable, figure_words


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_messages_hold_every_text_of_the_figures_and_no_other(language):
    section = {
        key.removeprefix("figure.")
        for key in catalogue(language).messages
        if key.startswith("figure.")
    }
    assert section == set(asdict(FigureWords()))


def test_english_messages_are_what_figures_say_by_themselves():
    assert figure_words(catalogue("en")) == FigureWords()


def test_chinese_figures_share_no_sentence_with_english_ones():
    english, chinese = asdict(FigureWords()), asdict(figure_words(catalogue("zh")))
    same = {name for name, text in english.items() if chinese[name] == text}
    assert same == {"setting"}


def test_without_a_chinese_font_figures_are_english_and_a_note_says_so(monkeypatch):
    monkeypatch.setattr(figure_language, "chinese_font", lambda: None)
    messages, note = drawable("zh")
    assert messages.language == "en"
    assert note == catalogue("zh").say("chart.no_font")
    assert drawable("en") == (catalogue("en"), None)


def test_with_a_chinese_font_figures_are_chinese(monkeypatch):
    monkeypatch.setattr(figure_language, "chinese_font", lambda: "Noto Sans CJK SC")
    assert drawable("zh") == (catalogue("zh"), None)


def test_an_unknown_language_is_refused():
    with pytest.raises(InputError, match="--lang fr"):
        drawable("fr")
