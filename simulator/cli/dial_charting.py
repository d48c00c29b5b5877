"""What ``simulator dial-chart`` does: turns the dial, draws the figure, prints the table."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from simulator.cli.terminal import console
from simulator.experiment.config import load_cup
from simulator.experiment.problem import Problem
from simulator.explain import Dial, MakeUp, Wording, catalogue, signed, starting_recipe, turn_dial
from simulator.figures import (
    DRIP_IDEAL,
    ESPRESSO_IDEAL,
    DialChart,
    DialPanel,
    DialWords,
    draw_dial_chart,
    save,
)
from simulator.report import drawable


def dial_chart(config: Path, recipe: str | None, out: Path, lang: str, *, as_json: bool) -> int:
    """Draw and tabulate; the exit status is 0.

    Raises:
        InputError: an unknown language, or an unusable recipe.
        ResultsError: the figure cannot be written.
    """
    wording = Wording(catalogue(lang), problem := Problem(load_cup(config)))
    dial = turn_dial(problem, starting_recipe(problem, recipe))
    messages, note = drawable(lang)
    drawn = Wording(messages, problem)
    ideal = ESPRESSO_IDEAL if problem.experiment.brew.method == "espresso" else DRIP_IDEAL
    figure = draw_dial_chart(_chart(dial, drawn), ideal=ideal, words=_words(dial, drawn))
    files = save(figure, out, "dial-chart")
    if as_json:
        told = _plain(dial) | {"files": [str(file) for file in files], "note": note}
        print(json.dumps(told, indent=2, ensure_ascii=False, allow_nan=False))
        return 0
    _show(console(), dial, wording)
    if note:
        print(note)
    for file in files:
        print(file)
    return 0


def _chart(dial: Dial, wording: Wording) -> DialChart:
    panels = [
        DialPanel(
            wording.say(
                "chart.panel",
                segment=wording.word("segment", name),
                score=f"{dial.scores[name]:.2f}",
            ),
            scores,
        )
        for name, scores in dial.chart_scores.items()
    ]
    return DialChart(
        extraction_yield_pct=dial.chart_ey,
        tds_pct=dial.chart_tds,
        panels=panels,
        cup=(dial.extraction_yield_pct, dial.tds_pct),
        pushed=dial.pushed,
        grind_um=dial.grind_um,
        time_s=dial.time_s,
        plane=dial.plane,
        setting=(dial.recipe["grind_um"], dial.recipe["time_s"]),
        pushed_to=dial.pushed_to,
        equal_extraction_um=dial.equal_extraction_um,
        equal_taste_um=dial.equal_taste_um,
    )


def _words(dial: Dial, wording: Wording) -> DialWords:
    def say(key: str, **values: str) -> str:
        return wording.say(f"chart.{key}", **values)

    return DialWords(
        title=say("title", name=wording.problem.experiment.name),
        extraction=say("extraction"),
        tds=say("tds"),
        grind=say("grind"),
        time=say("time"),
        score=say("score"),
        plane_score=say("share" if wording.is_share else "score"),
        plane=say("plane"),
        cup=say("cup"),
        arrow=say("arrow"),
        ideal=say("ideal"),
        valley=say("valley", ey=f"{dial.extraction_yield_pct:.1f}"),
        equal_taste=say("equal_taste"),
    )


def _show(terminal: Console, dial: Dial, wording: Wording) -> None:
    recipe = wording.say("separator.changes").join(
        f"{wording.word('knob', knob)} {wording.setting(knob, value)}"
        for knob, value in dial.recipe.items()
    )
    terminal.print(
        escape(
            wording.say(
                "dial.cup",
                recipe=recipe,
                ey=f"{dial.extraction_yield_pct:.2f}",
                tds=f"{dial.tds_pct:.3f}",
                score=wording.objective(dial.objective),
            )
        )
    )
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, padding=(0, 1, 0, 0))
    for column in ("change", "unchanged", "extraction", "taste", "score", "distance"):
        side: Any = "left" if column == "change" else "right"
        table.add_column(escape(wording.say(f"dial.column_{column}")), justify=side)
    for each in dial.make_up:
        table.add_row(*_row(each, dial.recipe["grind_um"], wording))
    terminal.print(table)
    terminal.print(escape(wording.say("dial.note")))
    if dial.recipe["milk_g"] or dial.recipe["sugar_g"]:
        terminal.print(escape(wording.say("story.chosen")))


def _row(each: MakeUp, grind_um: float, wording: Wording) -> tuple[str, ...]:
    nothing = wording.say("dial.none")

    def turned(grind: float | None) -> str:
        if grind is None:
            return nothing
        change = grind - grind_um
        return wording.turn("grind_um", change) if abs(change) >= 0.5 else wording.say("dial.same")

    return (
        wording.turn("time_s", each.time_change_s),
        wording.gain(each.unchanged),
        turned(each.extraction_grind_um),
        turned(each.taste_grind_um),
        nothing if each.taste_score is None else wording.gain(each.taste_score),
        nothing if each.distance is None else signed(each.distance).lstrip("+"),
    )


def _plain(dial: Dial) -> dict[str, Any]:
    scores: Mapping[str, float] = dial.scores
    return {
        "recipe": dict(dial.recipe),
        "extraction_yield_pct": dial.extraction_yield_pct,
        "tds_pct": dial.tds_pct,
        "objective": dial.objective,
        "segments": dict(scores),
        "gradient_leads_to": {
            "grind_um": dial.pushed_to[0],
            "time_s": dial.pushed_to[1],
            "extraction_yield_pct": dial.pushed[0],
            "tds_pct": dial.pushed[1],
        },
        "make_up": [asdict(each) for each in dial.make_up],
    }
