"""The page as one file: data, emitted programs, our modules, styles, put together by a template."""

from __future__ import annotations

import html
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import jinja2

from simulator.coffee import BEANS, MIXES, RANGES, SEGMENTS, Bean
from simulator.experiment.problem import Problem
from simulator.explain import LANGUAGES, starting_recipe
from simulator.explain.levers import AMOUNTS
from simulator.figures.data import DRIP_IDEAL
from simulator.figures.style import COFFEE, looks
from simulator.page.best import STARTS, best_cup
from simulator.page.bundle import bundle
from simulator.page.columns import columns, typical_changes
from simulator.page.emission import Emission, value_and_gradient
from simulator.page.layout import HEAD, HEAD_AT, NAMED, OPERATION, PORTS, lay_out
from simulator.page.model import BEAN_NUMBERS, PageModel, methods_for
from simulator.page.quantities import quantities
from simulator.page.rules import RaceRule, race_rules
from simulator.page.stages import STAGES, VIEWS, StagedGraph
from simulator.page.voices import Voice, voices
from simulator.page.words import page_words

OWN: Final = "config"
"""How the page calls customers or a bean that only the config knows."""


@dataclass(frozen=True, eq=False)
class Page:
    """The interactive page of a problem.

    Attributes:
        problem: what is tuned, for whom.
        language: in which it opens, "en" or "zh"; both are in it.
        recipe: where it opens, such as ``grind_um=300,time_s=500``; None for the config's first start.
    """

    problem: Problem
    language: str = "en"
    recipe: str | None = None

    @cached_property
    def html(self) -> str:
        """The whole file. It loads nothing from anywhere."""
        environment = jinja2.Environment(
            loader=jinja2.FunctionLoader(_text), autoescape=True, undefined=jinja2.StrictUndefined
        )
        return environment.get_template("page.html").render(
            language=self.language,
            title=self.problem.experiment.name,
            style=_text("page.css"),
            data=_inside_script(json.dumps(self.data, ensure_ascii=False, separators=(",", ":"))),
            programs=self.programs,
            script=bundle("main"),
        )

    def write(self, path: Path) -> None:
        """Write the file, in UTF-8."""
        path.write_text(self.html, encoding="utf-8")

    def _repr_html_(self) -> str:
        """What a notebook shows: the page in a frame of its own."""
        name = html.escape(self.problem.experiment.name)
        return (
            f'<iframe title="{name}" srcdoc="{html.escape(self.html)}" '
            'style="width:100%;height:760px;border:0;border-radius:12px"></iframe>'
        )

    @cached_property
    def models(self) -> tuple[PageModel, ...]:
        """One for each brewing method that can be chosen."""
        return tuple(PageModel(self.problem, method) for method in methods_for(self.problem))

    @cached_property
    def beans(self) -> Mapping[str, Bean]:
        """The beans that can be chosen, the config's own first if it is no preset."""
        bean = self.problem.experiment.bean
        known = BEANS.get(bean.name) == bean
        return BEANS if known else {OWN: bean, **BEANS}

    @cached_property
    def mixes(self) -> Mapping[str, Mapping[str, float]]:
        """Who can be chosen to come: the config's customers if they are no preset, mixes, single segments."""
        known: dict[str, Mapping[str, float]] = {
            **MIXES,
            **{segment: {segment: 1.0} for segment in SEGMENTS},
        }
        mine = dict(self.problem.experiment.customers)
        if any(_alike(mine, shares) for shares in known.values()):
            return known
        return {OWN: mine, **known}

    @cached_property
    def programs(self) -> str:
        """JavaScript emitted by the engine: an object of everything that computes something."""
        emission = Emission()
        parts = {
            "operations": emission.operations(self._operations),
            "methods": _object(
                {
                    model.method: _object(
                        {
                            "loss": emission.function(model.graph),
                            "gradient": emission.function(
                                value_and_gradient(model.graph, self.problem.size)
                            ),
                        }
                    )
                    for model in self.models
                }
            ),
            "rules": _list(
                _object(
                    {"start": emission.function(rule.start), "step": emission.function(rule.step)}
                )
                for rule in self._rules
            ),
            "voices": _list(
                _object(
                    {
                        "beyond": _list(map(emission.function, each.beyond)),
                        "dearest": emission.function(each.dearest),
                    }
                )
                for each in self._voices
            ),
        }
        return f"(()=>{{{emission.definitions}return {_object(parts)}}})()"

    @cached_property
    def data(self) -> dict[str, Any]:
        """All that the page shows and does not compute."""
        experiment = self.problem.experiment
        return {
            "name": experiment.name,
            "description": experiment.description,
            "objective": experiment.objective.kind,
            "perfect": self.problem.perfect,
            "languages": dict(LANGUAGES),
            "words": {language: page_words(language) for language in LANGUAGES},
            "knobs": self._knobs(),
            "stages": STAGES,
            "operations": self._operations,
            "texts": self._texts(),
            "methods": {model.method: self._method(model) for model in self.models},
            "beans": {
                name: {"label": bean.name, **{n: getattr(bean, n) for n in BEAN_NUMBERS}}
                for name, bean in self.beans.items()
            },
            "mixes": {name: dict(shares) for name, shares in self.mixes.items()},
            "segments": list(SEGMENTS),
            "rules": [_rule(rule, look) for rule, look in self._looks()],
            "voices": [
                {"segment": v.segment, "reads": v.reads, "complaints": v.complaints}
                for v in self._voices
            ],
            "ideal": {
                "yield": [DRIP_IDEAL.yield_low, DRIP_IDEAL.yield_high],
                "tds": [DRIP_IDEAL.tds_low, DRIP_IDEAL.tds_high],
            },
            "shades": [[round(255 * c) for c in COFFEE(k / 15)[:3]] for k in range(16)],
            "boxes": {
                "named": NAMED,
                "operation": OPERATION,
                "ports": PORTS,
                "head": [*HEAD_AT, *HEAD],
            },
            "start": self._start(),
            "starts": STARTS,
        }

    @cached_property
    def _staged(self) -> Mapping[str, StagedGraph]:
        return {model.method: StagedGraph(model.graph) for model in self.models}

    @cached_property
    def _operations(self) -> list[str]:
        nodes = [node for staged in self._staged.values() for node in staged.nodes]
        return sorted({n.primitive.name for n in nodes if n.primitive and not n.is_constant})

    @cached_property
    def _rules(self) -> tuple[RaceRule, ...]:
        return race_rules(self.problem.experiment.optimizers, self.problem.size)

    @cached_property
    def _voices(self) -> tuple[Voice, ...]:
        return voices()

    def _looks(self) -> list[tuple[RaceRule, Any]]:
        # The same colours as in the figures of a run: those take the labels in the config's order.
        labels = [choice.label for choice in self.problem.experiment.optimizers]
        found = looks([*labels, *(rule.label for rule in self._rules)])
        return [(rule, found[rule.label]) for rule in self._rules]

    def _texts(self) -> dict[str, str]:
        """How each operation is written, with slots for its operands."""
        return {
            node.primitive.name: node.primitive.text
            for staged in self._staged.values()
            for node in staged.nodes
            if node.primitive is not None and not node.is_constant
        }

    def _knobs(self) -> list[dict[str, Any]]:
        return [
            {
                "name": knob,
                "low": bounds.low,
                "high": bounds.high,
                "scale": bounds.scale,
                "unit": RANGES[knob].unit,
                "amount": AMOUNTS[knob],
            }
            for knob, bounds in self.problem.experiment.tune.items()
        ]

    def _method(self, model: PageModel) -> dict[str, Any]:
        staged = self._staged[model.method]
        experiment = self.problem.experiment
        return {
            "data": model.data,
            "brew": model.brew_data(),
            "fixed": {f"recipe.{k}": v for k, v in experiment.fixed.items()},
            "graph": columns(staged, self._operations, typical_changes(model, staged)),
            "quantities": quantities(staged),
            "views": _views(staged),
            "best": best_cup(model).as_json(),
        }

    def _start(self) -> dict[str, Any]:
        experiment = self.problem.experiment
        mine = dict(experiment.customers)
        mix = next((n for n, shares in self.mixes.items() if _alike(mine, shares)), OWN)
        return {
            "method": experiment.brew.method,
            "bean": next(name for name, bean in self.beans.items() if bean == experiment.bean),
            "customers": mix,
            "x": starting_recipe(self.problem, self.recipe).tolist(),
            "language": self.language,
        }


def _views(staged: StagedGraph) -> dict[str, Any]:
    """Every view, placed; one that shows what another shows is that one's name."""
    views: dict[str, Any] = {}
    for view in VIEWS:
        seen = lay_out(staged, view).as_json()
        views[view.key] = next((key for key, other in views.items() if other == seen), seen)
    return views


def _rule(rule: RaceRule, look: Any) -> dict[str, Any]:
    dash = list(look.line[1]) if isinstance(look.line, tuple) else []
    return {
        "label": rule.label,
        "method": rule.method,
        "rate": rule.learning_rate,
        "state": len(rule.start.outputs),
        "colour": look.colour,
        "dash": dash,
        "marker": look.marker,
    }


def _alike(shares: Mapping[str, float], others: Mapping[str, float]) -> bool:
    """Whether the same customers come, whatever the scale of the shares."""
    mine, theirs = sum(shares.values()), sum(others.values())
    return all(
        abs(shares.get(name, 0.0) / mine - others.get(name, 0.0) / theirs) < 1e-12
        for name in SEGMENTS
    )


def _text(name: str) -> str:
    return files("simulator.page").joinpath(name).read_text("utf-8")


def _inside_script(text: str) -> str:
    """JSON that no browser can take for the end of its script element."""
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _object(parts: Mapping[str, str]) -> str:
    return "{" + ",".join(f"{json.dumps(name)}:{text}" for name, text in parts.items()) + "}"


def _list(parts: Iterable[str]) -> str:
    return f"[{','.join(parts)}]"
