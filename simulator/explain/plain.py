"""A story as plain data, ready for JSON: all numbers, and all sentences with the nodes they speak of."""

from __future__ import annotations

from dataclasses import asdict, fields, is_dataclass
from typing import Any

from simulator.coffee import Tasting
from simulator.explain.blame import METHOD, Blame
from simulator.explain.document import Block, Heading, Sentence
from simulator.explain.ledger import Reading
from simulator.explain.levers import Lever
from simulator.explain.narration import narrate
from simulator.explain.story import Chapter, Story
from simulator.explain.wording import Wording


def as_json(story: Story, wording: Wording) -> dict[str, Any]:
    """The story as nested dicts and lists of plain numbers and texts.

    Keys: ``experiment``, ``language``, ``knobs``, ``perfect``, ``converged``, ``cups`` (one per cup: recipe,
    stations, verdict, blame, knobs, suggestions, step) and ``text`` (the narration, block by block, each
    sentence and table row with ``node`` and ``source``).
    """
    return {
        "experiment": story.problem.experiment.name,
        "language": wording.catalogue.language,
        "objective": story.problem.experiment.objective.kind,
        "perfect": story.problem.perfect,
        "knobs": list(story.problem.knobs),
        "converged": story.converged,
        "cups": [_cup(chapter) for chapter in story.chapters],
        "text": [_block(block) for block in narrate(story, wording)],
    }


def _cup(chapter: Chapter) -> dict[str, Any]:
    step = chapter.step
    return {
        "number": chapter.number,
        "recipe": dict(chapter.recipe),
        "objective": chapter.objective,
        "loss": chapter.blame.loss,
        "quantities": _stations(chapter.tasting),
        "nodes": {name: _reading(reading) for name, reading in chapter.ledger.readings.items()},
        "opinions": [
            {"segment": each.segment, "says": dict(each.says)} for each in chapter.opinions
        ],
        "blame": _blame(chapter.blame),
        "knobs": [_lever(lever, chapter) for lever in chapter.levers],
        "suggestions": [asdict(each) for each in chapter.suggestions],
        "step": None
        if step is None
        else {
            "learning_rate": step.learning_rate,
            "changes": dict(step.changes),
            "held": list(step.held),
            "predicted": step.predicted,
            "real": step.real,
        },
    }


def _reading(reading: Reading) -> dict[str, Any]:
    return {"value": reading.value, "credit": reading.credit, "source": reading.source}


def _blame(blame: Blame) -> dict[str, Any]:
    return {
        "method": METHOD,
        "out_of_reach": blame.out_of_reach,
        "tastes_differ": blame.tastes_differ,
        "costs": [{**asdict(cost), "points": cost.points} for cost in blame.costs],
        "residual": blame.residual,
    }


def _lever(lever: Lever, chapter: Chapter) -> dict[str, Any]:
    return {
        **asdict(lever),
        "through": dict(lever.through),
        "amount": lever.amount,
        "per_amount": lever.slope * lever.amount,
        "node": lever.knob,
        "source": chapter.ledger.source(lever.knob),
    }


def _stations(tasting: Tasting) -> dict[str, Any]:
    names = ("grounds", "extraction", "cup", "perception")
    return {name: _plain(getattr(tasting, name)) for name in names}


def _plain(thing: Any) -> Any:
    if is_dataclass(thing):
        return {field.name: _plain(getattr(thing, field.name)) for field in fields(thing)}
    if isinstance(thing, tuple):
        return [_plain(item) for item in thing]
    return float(thing)


def _block(block: Block) -> dict[str, Any]:
    if isinstance(block, Heading):
        return {"heading": block.text, "level": block.level}
    if isinstance(block, Sentence):
        return {"sentence": block.text, "node": block.node, "source": block.source}
    nodes = block.nodes or [None] * len(block.rows)
    return {
        "header": list(block.header),
        "rows": [
            {
                "cells": list(row),
                "node": node[0] if node else None,
                "source": node[1] if node else None,
            }
            for row, node in zip(block.rows, nodes, strict=True)
        ],
    }
