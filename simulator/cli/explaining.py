"""What ``simulator explain`` does, and how it prints a story."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table as RichTable

from simulator.cli.terminal import console
from simulator.errors import InputError
from simulator.experiment.config import load_cup
from simulator.experiment.problem import Problem
from simulator.explain import (
    LEARNING_RATE,
    Block,
    Heading,
    Sentence,
    Wording,
    as_json,
    catalogue,
    markdown,
    narrate,
    starting_recipe,
    tell,
)

FORMATS = ("text", "markdown", "json")


@dataclass(frozen=True)
class Wanted:
    """The options of the verb, as given."""

    lang: str
    recipe: str | None
    steps: int
    learning_rate: float | None
    format: str
    trace: bool


def explain(config: Path, wanted: Wanted) -> int:
    """Tell the story of ``config``; the exit status is 0.

    Raises:
        InputError: an unknown language or format, an unusable recipe or learning rate.
    """
    if wanted.format not in FORMATS:
        raise InputError(f"--format {wanted.format}: there are {', '.join(FORMATS)}")
    rate = LEARNING_RATE if wanted.learning_rate is None else wanted.learning_rate
    if not (rate > 0 and math.isfinite(rate)):
        raise InputError(
            f"--learning-rate {rate:g}: expected a finite number above 0, such as 0.02"
        )
    messages = catalogue(wanted.lang)
    problem = Problem(load_cup(config))
    story = tell(problem, starting_recipe(problem, wanted.recipe), wanted.steps, rate)
    wording = Wording(messages, problem)
    if wanted.format == "json":
        told = as_json(story, wording)
        print(json.dumps(told, indent=2, ensure_ascii=False, allow_nan=False))
    elif wanted.format == "markdown":
        print(markdown(narrate(story, wording), trace=wanted.trace), end="")
    else:
        terminal = console()
        for block in narrate(story, wording):
            _print(terminal, block, wanted)
    return 0


def _print(terminal: Console, block: Block, wanted: Wanted) -> None:
    if isinstance(block, Heading):
        style = "bold underline" if block.level < 3 else "bold"
        terminal.print(f"{'' if block.level == 1 else chr(10)}{escape(block.text)}", style=style)
    elif isinstance(block, Sentence):
        # Chinese breaks between any two characters: left to the terminal, which knows where it ends.
        terminal.print(escape(block.text), soft_wrap=wanted.lang == "zh")
        if wanted.trace and block.trace:
            terminal.print(escape(f"  {block.trace}"), style="dim", soft_wrap=True)
    else:
        table = RichTable(box=box.SIMPLE_HEAD, show_edge=False, padding=(0, 1, 0, 0))
        for i, name in enumerate(block.header):
            table.add_column(escape(name), justify="right" if i in block.right else "left")
        for row in block.rows:
            table.add_row(*(escape(cell) for cell in row))
        terminal.print(table)
        for line in block.traces if wanted.trace else ():
            terminal.print(escape(f"  {line}"), style="dim", soft_wrap=True)
