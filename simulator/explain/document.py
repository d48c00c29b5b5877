"""What a story is written in: headings, sentences and tables, before anyone decides how they look."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True)
class Heading:
    """A heading; level 1 is the title."""

    text: str
    level: int = 2


@dataclass(frozen=True)
class Sentence:
    """A sentence or two, and the node of the graph that it speaks of.

    Attributes:
        text: in the reader's language.
        node: name in the graph, e.g. ``perception.bitterness``; None where it speaks of no single node.
        source: ``file:line`` of the code that computes the node.
    """

    text: str
    node: str | None = None
    source: str | None = None

    @property
    def trace(self) -> str:
        """Where to look it up: ``[node, file:line]``, or nothing."""
        return "" if self.node is None else f"[{', '.join(filter(None, (self.node, self.source)))}]"


@dataclass(frozen=True)
class Table:
    """Columns with headings; the first holds words, the others align as ``right`` says.

    Attributes:
        header: one text per column.
        rows: texts.
        nodes: per row the node of the graph that it speaks of, if any, as in :class:`Sentence`.
        right: numbers of the columns that are aligned to the right.
    """

    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    nodes: Sequence[tuple[str, str | None] | None] = ()
    right: frozenset[int] = frozenset()

    @property
    def traces(self) -> tuple[str, ...]:
        """Where to look rows up: ``first cell [node, file:line]`` for each row that speaks of a node."""
        pairs = zip(self.rows, self.nodes or [None] * len(self.rows), strict=True)
        return tuple(f"{row[0]} {Sentence('', *node).trace}" for row, node in pairs if node)


Block: TypeAlias = Heading | Sentence | Table


def markdown(blocks: Iterable[Block], *, trace: bool = False) -> str:
    """The blocks as GitHub-flavoured Markdown.

    >>> print(markdown([Heading("Blame"), Table(("knob", "slope"), [("a|b", "1")], right=frozenset({1}))]))
    ## Blame
    <BLANKLINE>
    | knob | slope |
    | --- | ---: |
    | a\\|b | 1 |
    <BLANKLINE>
    """
    return "\n\n".join(_markdown(block, trace) for block in blocks) + "\n"


def _markdown(block: Block, trace: bool) -> str:
    if isinstance(block, Heading):
        return f"{'#' * block.level} {block.text}"
    if isinstance(block, Sentence):
        return (
            f"{_escaped(block.text)} `{block.trace}`"
            if trace and block.trace
            else _escaped(block.text)
        )
    rule = ["---:" if i in block.right else "---" for i in range(len(block.header))]
    lines = [block.header, rule, *([_escaped(cell) for cell in row] for row in block.rows)]
    table = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    traces = [f"- `{line}`" for line in block.traces] if trace else []
    return "\n\n".join([table, "\n".join(traces)] if traces else [table])


def _escaped(text: str) -> str:
    return re.sub(r"([\\|*_<>\[\]])", r"\\\1", text)
