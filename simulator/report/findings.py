"""What the report says of an experiment, as plain values: verdict, tables, what was run, how to repeat it."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from simulator.experiment.manifest import Manifest
from simulator.experiment.plain_yaml import plain_yaml
from simulator.experiment.results import Progress
from simulator.experiment.verdict import MARGIN, Summary, Verdict
from simulator.explain import Catalogue
from simulator.report.certificate import Bracket
from simulator.report.pictures import Material
from simulator.report.recipe_card import CardLine, card_lines

Row = tuple[str, ...]


@dataclass(frozen=True)
class Findings:
    """All that the page says beside its pictures.

    Attributes:
        score: of the recommended recipe, with its unit.
        agrees: whether ours is as good as scipy's; None without a verdict.
        sentences: verdict and what qualifies it, in the order of reading.
        card: what to measure out; empty for a function.
        cup: what the recommended cup is like, as (quantity, value).
        customers: the kinds of customers with share and score.
        optimizers: one row per optimizer, ours first.
        recipes: one row per knob: ours, scipy's, the near-optimal range, the shortest brew.
        facts: what was run where, as (what, value).
        config: the resolved config as YAML.
        commands: how to repeat it.
    """

    score: str
    agrees: bool | None
    sentences: tuple[str, ...]
    card: tuple[CardLine, ...]
    cup: tuple[Row, ...]
    customers: tuple[Row, ...]
    optimizers: tuple[Row, ...]
    recipes: tuple[Row, ...]
    facts: tuple[Row, ...]
    config: str
    commands: tuple[str, ...]


def findings(
    material: Material,
    verdict: Verdict | None,
    manifest: Manifest,
    progress: Progress,
    bracket: Bracket | None,
) -> Findings:
    """Gather what there is to say. Raises LookupError as long as no run has found a score."""
    best, problem, messages = material.recommended(), material.problem, material.messages
    coffee = problem.is_coffee
    return Findings(
        score=_with_unit(material, best.score),
        agrees=verdict.agrees if verdict else None,
        sentences=tuple(_sentences(material, verdict, progress, bracket)),
        card=tuple(card_lines(problem, best.recipe, verdict, messages)) if coffee else (),
        cup=_cup(material) if coffee else (),
        customers=_customers(material) if coffee else (),
        optimizers=tuple(_optimizer(material, each) for each in verdict.summaries)
        if verdict
        else (),
        recipes=_recipes(material, verdict) if verdict else (),
        facts=_facts(manifest, progress, problem.hash, messages),
        config=plain_yaml(problem.experiment.resolved()),
        commands=_commands(manifest, needs_leave=not coffee),
    )


def _sentences(
    material: Material, verdict: Verdict | None, progress: Progress, bracket: Bracket | None
) -> list[str]:
    messages, experiment = material.messages, material.problem.experiment
    said = []
    if not progress.complete:
        said.append(
            messages.say("report.unfinished", done=progress.done, expected=progress.expected)
        )
    said.append(_verdict(material, verdict) if verdict else messages.say("report.no_verdict"))
    said.append(_proved(material, bracket) if bracket else messages.say("report.unproved"))
    if verdict and verdict.failed:
        said.append(messages.say("report.failed", count=verdict.failed))
    if experiment.noise is not None:
        count = experiment.noise.customers_per_cup
        said.append(messages.say("report.noise", count=count))
    if {"milk_g", "sugar_g"} & set(material.problem.knobs):
        said.append(messages.say("taste.chosen"))
    return said


def _verdict(material: Material, verdict: Verdict) -> str:
    key = "report.agree" if verdict.agrees else "report.disagree"
    if verdict.agrees and verdict.gap < -verdict.tolerance:
        key = "report.better"
    return material.messages.say(
        key,
        ours=verdict.ours.optimizer,
        reference=verdict.reference.optimizer,
        gap=_measured(material, f"{abs(verdict.gap):.2g}"),
        allowed=f"{verdict.tolerance:g}",
    )


def _proved(material: Material, bracket: Bracket) -> str:
    perfect = material.problem.perfect
    ends = sorted((perfect - bracket.lower, perfect - bracket.upper))
    return material.messages.say(
        "report.proved",
        low=f"{ends[0]:.6f}",
        high=f"{ends[1]:.6f}",
        width=_measured(material, f"{bracket.width:.2g}"),
        missed=_measured(material, f"{max(0.0, ends[1] - material.recommended().score):.2g}"),
    )


def _cup(material: Material) -> tuple[Row, ...]:
    problem, messages = material.problem, material.messages
    tasting = problem.tasting(problem.coordinates(material.recommended().recipe))
    values = {
        "extraction_yield_pct": f"{float(tasting.extraction_yield_pct):.1f} %",
        "tds_pct": f"{float(tasting.tds_pct):.2f} %",
        "strength": f"{float(tasting.strength):.2f} %",
        "bitterness": f"{float(tasting.bitterness):.2f} %",
        "sourness": f"{float(tasting.sourness):.2f} %",
        "mouthfeel": f"{float(tasting.mouthfeel):.2f} %",
        "sweetness": f"{float(tasting.sweetness):.1f} / 10",
        "creaminess": f"{float(tasting.creaminess):.1f} / 10",
    }
    return tuple((messages.word("quantity", name), value) for name, value in values.items())


def _customers(material: Material) -> tuple[Row, ...]:
    problem = material.problem
    tasting = problem.tasting(problem.coordinates(material.recommended().recipe))
    return tuple(
        (
            material.messages.word("segment", segment.name),
            f"{float(share):.1%}",
            f"{float(verdict.score):.2f}",
        )
        for (segment, share), verdict in zip(problem.customers, tasting.segments, strict=True)
    )


def _optimizer(material: Material, summary: Summary) -> Row:
    best = summary.best
    counts = (
        f"{sorted(getattr(run, name) for run in summary.runs)[len(summary.runs) // 2]:,}"
        for name in ("value_count", "gradient_count", "hessian_count")
    )
    ended = Counter(
        "converged" if run.status.startswith("converged") else run.status for run in summary.runs
    )
    messages = material.messages
    return (
        best.optimizer,
        messages.say("report.ours" if summary.is_ours else "report.scipys"),
        _number(material, best.score),
        _number(material, summary.median_score),
        f"{summary.reached} / {len(summary.runs)}",
        *counts,
        f"{sum(run.wall_s for run in summary.runs):.2f}",
        messages.say("separator.words").join(
            f"{count} {messages.word('ended', ending)}" for ending, count in ended.most_common()
        ),
    )


def _recipes(material: Material, verdict: Verdict) -> tuple[Row, ...]:
    ranges = {each.knob: f"{_digits(each.low)} – {_digits(each.high)}" for each in verdict.ranges}
    shortest = verdict.shortest or {}
    knobs = [
        (
            material.words.quantity(knob),
            _digits(value),
            _digits(verdict.reference.recipe[knob]),
            ranges.get(knob, ""),
            _digits(shortest[knob]) if knob in shortest else "",
        )
        for knob, value in verdict.ours.recipe.items()
    ]
    ours, theirs = (_number(material, run.score) for run in (verdict.ours, verdict.reference))
    rows = (*knobs, (material.score_name, ours, theirs, "", ""))
    # A function has no ranges: they would run its code.
    return rows if material.problem.is_coffee else tuple(row[:3] for row in rows)


def _facts(
    manifest: Manifest, progress: Progress, problem_hash: str, messages: Catalogue
) -> tuple[Row, ...]:
    values: Mapping[str, Any] = {
        "runs": f"{progress.done} / {progress.expected}",
        "seed": manifest.seed,
        "started": manifest.started,
        "finished": manifest.finished or "–",
        "simulator": manifest.simulator,
        "python": manifest.python,
        "numpy": manifest.numpy,
        "scipy": manifest.scipy,
        "dialect": manifest.dialect,
        "platform": f"{manifest.platform}, {manifest.cpu_count} CPU",
        "config_hash": manifest.config_hash,
        "problem_hash": problem_hash,
    }
    return tuple((messages.say(f"fact.{name}"), str(value)) for name, value in values.items())


def _commands(manifest: Manifest, *, needs_leave: bool) -> tuple[str, ...]:
    name, leave = manifest.name, " --allow-code" if needs_leave else ""
    return (
        f"pip install numpy=={manifest.numpy} scipy=={manifest.scipy}",
        f"simulator run {name}.yaml{leave} --out {name}-again",
        f"simulator report {name}-again",
    )


def margin(material: Material) -> str:
    """How much worse a recipe of the near-optimal range may be, with its unit."""
    return _measured(material, f"{MARGIN:g}")


def _measured(material: Material, number: str) -> str:
    """A difference of scores with its unit; that of a function has none."""
    if not material.problem.is_coffee:
        return number
    return material.messages.say(
        "report.points" if material.is_mean else "report.of_customers", value=number
    )


def _with_unit(material: Material, score: float) -> str:
    if not material.problem.is_coffee:
        return f"{0.0 - score:.6g}"
    if material.is_mean:
        return material.messages.say("report.of_nine", score=f"{score:.2f}")
    return f"{score:.1%}"


def _number(material: Material, score: float) -> str:
    if not math.isfinite(score):
        return "–"
    return f"{score:.6f}" if material.problem.is_coffee else f"{0.0 - score:.6g}"


def _digits(value: float) -> str:
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"
