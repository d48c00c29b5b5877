"""The file: complete in itself, safe whatever users write, the same in both languages."""

import json
import re
from string import Formatter

import pytest
import yaml

from simulator.errors import InputError
from simulator.experiment.config import load
from simulator.experiment.problem import Problem
from simulator.page import Page
from simulator.page.bundle import bundle, module
from simulator.page.words import page_words

HOSTILE = "</script><script>alert(\"x\")</script> & 'quoted' ${name} {{ 7*7 }} \\u003c"


def test_nothing_is_loaded_from_anywhere(house_page):
    # The one address is the name of SVG's vocabulary, which no browser fetches.
    addresses = set(re.findall(r"(?:https?:)?//[\w.-]+\.\w+[^\s\"'`)]*", house_page.html))
    assert addresses <= {"http://www.w3.org/2000/svg"}
    assert not re.search(r"\b(?:fetch|XMLHttpRequest|WebSocket|import)\s*\(", house_page.html)
    assert not re.search(
        r"<(?:script|img|link|iframe)[^>]+(?:src|href)=\"(?!data:,)", house_page.html
    )


def test_a_page_is_no_larger_than_400_kb(every_page):
    assert len(every_page.html.encode()) <= 400_000


def test_what_users_write_is_never_markup(tmp_path):
    config = tmp_path / "hostile.yaml"
    config.write_text(
        yaml.safe_dump(
            {
                "name": "hostile",
                "description": HOSTILE,
                "bean": {
                    "name": "<img src=x onerror=alert(1)>",
                    "e_max": 0.3,
                    "acid_share": 0.3,
                    "middle_share": 0.4,
                    "bitter_share": 0.3,
                    "quality_points": 0,
                },
                "optimizers": [{"method": "adam", "label": "</script><b>"}],
            }
        )
    )
    page = Page(Problem(load(config)))
    assert page.html.count("</script>") == 2
    assert "<img" not in page.html
    assert "<b>" not in page.html
    data = re.search(r'id="data">(.*?)</script>', page.html, re.DOTALL)
    assert json.loads(data[1])["description"] == HOSTILE


def test_a_notebook_shows_the_page_in_a_frame(house_page):
    shown = house_page._repr_html_()
    assert shown.startswith("<iframe ")
    assert "<script" not in shown
    assert "&lt;script" in shown


def fields(message):
    return sorted(name for _, name, _, _ in Formatter().parse(message) if name)


def test_both_languages_say_the_same_things():
    english, chinese = page_words("en"), page_words("zh")
    assert english.keys() == chinese.keys()
    for key, message in english.items():
        assert fields(message) == fields(chinese[key]), key


MODULES = [
    "axes", "check_panel", "control_chart", "cup", "customers_panel", "descent", "dom", "formula",
    "graph_view", "guide", "landscape", "lens", "main", "race", "race_panel", "recipe_panel", "saving",
    "stepper", "voice", "walk", "words",
]  # fmt: skip


def test_every_message_of_the_page_is_used_and_every_used_one_exists():
    source = "\n".join(module(name) for name in MODULES)
    said = set(re.findall(r"[\"`]([a-z]+\.\w+)[\"`]", source))
    words = page_words("en")
    sections = {key.partition(".")[0] for key in words}
    assert {key for key in said if key.partition(".")[0] in sections} <= words.keys()
    # The rest are put together of a section and a name.
    made = {"stage", "about", "node", "aspect", "unit", "mix", "more", "less", "do_more", "do_less", "knob",
            "quantity", "symbol", "method", "bean", "segment", "says"}  # fmt: skip
    rest = {key for key in words.keys() - said if key.partition(".")[0] not in made}
    assert rest == {
        *(f"chart.{region}" for region in ("over", "strong", "under", "weak")),
        *(f"check.{column}" for column in ("analytic", "dial", "difference", "numeric")),
        *(f"graph.{turn}_short" for turn in ("close", "deeper", "open")),
        *(f"guide.{act}" for act in ("brew", "blame", "change", "race")),
        *(f"guide.{act}_about" for act in ("brew", "blame", "change", "race")),
        "page.png",
        "page.svg",
        "separator.changes",
    }


def test_the_bundle_has_every_module_once_and_no_imports():
    text = bundle("main")
    assert "import " not in re.sub(r'".*?"', "", text)
    assert not re.search(r"^export ", text, re.MULTILINE)
    assert text.index("class Walk") < text.index("class Brewer") < text.index("class App")
    assert all(text.count(f"class {name} ") == 1 for name in ("Walk", "Runner", "Lens", "Stepper"))


def test_a_recipe_says_where_the_page_opens(house_page):
    page = Page(house_page.problem, "zh", "grind_um=300,milk_g=40")
    settings = page.problem.settings(page.data["start"]["x"])
    assert settings["grind_um"] == pytest.approx(300.0)
    assert settings["milk_g"] == pytest.approx(40.0)
    assert '<html lang="zh">' in page.html


def test_an_unknown_setting_is_refused_before_anything_is_written(house_page):
    with pytest.raises(InputError, match="espresso_g"):
        _ = Page(house_page.problem, "en", "espresso_g=3").html


def test_the_best_cup_is_the_least_loss_of_long_runs(house_page):
    best = house_page.data["methods"]["immersion"]["best"]
    loss = float(house_page.problem.loss(best["x"]))
    assert loss == pytest.approx(best["loss"], abs=1e-12)
    assert 9.0 - loss == pytest.approx(5.2403, abs=2e-4)


@pytest.mark.parametrize(
    ("modules", "message"),
    [
        ({"main": 'import { a } from "./one.js";\n', "one": 'import { b } from "./main.js";\n'},
         "import each other: main → one → main"),
        ({"main": 'import { a } from "./one.js";\nconst a = 1;', "one": "export const a = 2;"},
         "declared by two modules of the page: a"),
    ],
)  # fmt: skip
def test_modules_that_cannot_be_one_script_are_refused(monkeypatch, modules, message):
    monkeypatch.setattr("simulator.page.bundle.module", modules.__getitem__)
    with pytest.raises(ValueError, match=message):
        bundle("main")
