"""PyYAML's syntax errors as sentences: what a person probably did, and what to do instead."""

from __future__ import annotations

import re
from collections.abc import Sequence

import yaml

from simulator.experiment.faults import Fault

# (pattern in PyYAML's message, what happened, remedy); the first match speaks.
_SENTENCES = (
    (r"'\\t'", "a tab where YAML wants spaces", "indent with spaces"),
    (
        r"mapping values are not allowed",
        "a ':' where no value may begin",
        "align the key with its neighbours, see that the line above has its own ':', "
        "and put text that contains ': ' in quotes",
    ),
    (r"expected ':'", "a key without a ':'", "write `key: value`, with a space after the colon"),
    (
        r"expected <block end>",
        "this line is not aligned with the lines above",
        "give all keys of one mapping, and all '-' of one list, the same indentation",
    ),
    (r"expected ',' or ']'", "a list in [ ] that is not closed, or lacks a comma", "write [a, b]"),
    (
        r"expected ',' or '}'",
        "a mapping in { } that is not closed, or lacks a comma",
        "write {a: 1, b: 2}",
    ),
    (
        r"expected the node content",
        "a bracket that is opened and never closed",
        "close the bracket",
    ),
    (
        r"unknown escape|escape sequence",
        r"an unknown \ sequence in double quotes",
        "use single quotes",
    ),
    (
        r"quoted scalar",
        "a quote that is opened and never closed",
        "close the quote on the same line",
    ),
    (r"levels deep", "brackets nested too deep", "an experiment needs five levels"),
    (
        r"sequence entries are not allowed",
        "a '-' where no list may begin",
        "put the list on its own lines",
    ),
    (
        r"cannot start any token",
        "text that begins with a character YAML reserves",
        "put the text in quotes",
    ),
    (r"incompatible YAML|%YAML", "a %YAML directive for another version", "remove the directive"),
)


def syntax_fault(error: yaml.MarkedYAMLError, file: str, lines: Sequence[str]) -> Fault:
    """Turn a parser's error into a fault with line, column, the offending line and a remedy."""
    mark = error.problem_mark or error.context_mark
    row = mark.line if mark else 0
    # At the end of the file there is nothing to show: point behind the last thing that was written.
    while row >= len(lines) or (row > 0 and not lines[row].strip()):
        row -= 1
    column = mark.column + 1 if mark and row == mark.line else len(lines[row].rstrip()) + 1
    said = f"{error.context or ''} {error.problem or ''}"
    problem, remedy = _sentence(said)
    return Fault(
        file,
        row + 1,
        column,
        "",
        f"not valid YAML: {problem}{_opened(error, row)}",
        remedy=remedy,
        source_line=lines[row],
    )


def _sentence(said: str) -> tuple[str, str]:
    for pattern, problem, remedy in _SENTENCES:
        if re.search(pattern, said):
            return problem, remedy
    return " ".join(said.split()), "see https://yaml.org/spec/1.2.2/#chapter-2-language-overview"


def _opened(error: yaml.MarkedYAMLError, row: int) -> str:
    start = error.context_mark
    return f" (it began on line {start.line + 1})" if start and start.line < row else ""
