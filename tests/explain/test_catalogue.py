"""The messages: the same ones in every language, and Chinese in Chinese punctuation."""

import re

import pytest

from simulator.coffee import BEANS, COMPLAINTS, JUST_RIGHT, SEGMENTS, TICK_WORDS
from simulator.errors import InputError
from simulator.experiment.knobs import KNOBS
from simulator.explain import LANGUAGES, catalogue
from simulator.explain.catalogue import placeholders

TRANSLATED = [language for language in LANGUAGES if language != "en"]


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_language_has_the_same_messages(language):
    assert catalogue(language).messages.keys() == catalogue("en").messages.keys()


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_message_has_the_same_placeholders_in_every_language(language):
    english = catalogue("en").messages
    theirs = catalogue(language).messages
    different = {
        key: (placeholders(theirs[key]), placeholders(message))
        for key, message in english.items()
        if placeholders(theirs[key]) != placeholders(message)
    }
    assert different == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_name_of_the_model_has_a_word(language):
    messages = catalogue(language).messages
    said = {word for pair in COMPLAINTS.values() for word in pair if word} | {JUST_RIGHT}
    wanted = {f"says.{word}" for word in said}
    wanted |= {f"tick.{word}" for word in TICK_WORDS}
    wanted |= {f"segment.{name}" for name in SEGMENTS} | {f"bean.{name}" for name in BEANS}
    wanted |= {
        f"{kind}.{knob}"
        for kind in ("knob", "more", "less", "do_more", "do_less")
        for knob in KNOBS
    }
    assert wanted <= messages.keys()


def test_chinese_sentences_have_chinese_punctuation():
    half_width = re.compile(r"[,;?!()]|:(?!//)")
    faulty = [
        message for message in catalogue("zh").messages.values() if half_width.search(message)
    ]
    assert faulty == []


@pytest.mark.parametrize(
    ("key", "terms"),
    [
        ("story.beans", ["选豆", "输入数据"]),
        ("story.parameters", ["配方", "可训练参数"]),
        ("story.goal_score", ["评分", "损失"]),
        ("forward.heading", ["正向传播"]),
        ("blame.heading", ["责任", "反向传播"]),
        ("step.heading", ["调整配方", "梯度下降"]),
        ("step.taken", ["学习率", "每次敢改多少"]),
        ("end.converged", ["收敛"]),
    ],
)
def test_chinese_terms_are_those_of_the_story(key, terms):
    message = catalogue("zh").messages[key]
    for term in terms:
        assert term in message


def test_an_unknown_language_is_refused_with_those_there_are():
    with pytest.raises(InputError, match=r"--lang fr: there are en \(English\), zh"):
        catalogue("fr")
