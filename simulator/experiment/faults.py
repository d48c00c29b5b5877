"""What is wrong with a config, as people read it: where, what, expected, got, how to mend it.

A :class:`Fault` is one mistake; :class:`ConfigFaults` is the error that carries all mistakes of a
file at once.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from simulator.errors import ConfigError

_SHOWN_WIDTH = 96
_SHOWN_VALUE = 60
_SHOWN_FAULTS = 40


@dataclass(frozen=True)
class Fault:
    """One mistake in one place.

    ``line`` and ``column`` count from 1 and are None where no place exists (a missing file, a
    config that was never text). ``key`` is the dotted path (``optimizers.0.learning_rate``; empty
    for the file as a whole), ``got`` quotes what the file says, ``nearest`` is the closest valid
    spelling (empty if nothing is close) and ``source_line`` the text of the offending line.
    """

    file: str
    line: int | None
    column: int | None
    key: str
    problem: str
    expected: str = ""
    got: str = ""
    nearest: str = ""
    reason: str = ""
    remedy: str = ""
    source_line: str = ""

    @property
    def where(self) -> str:
        """``file:line:column``, or as much of it as is known.

        >>> Fault("a.yaml", 3, 7, "seed", "not a number").where
        'a.yaml:3:7'
        """
        known = [self.file, self.line, self.column]
        return ":".join(str(part) for part in known if part is not None)

    def __str__(self) -> str:
        """Render one block for a terminal: the place, the line with a caret, one fact a line."""
        key = f"{printable(self.key, _SHOWN_VALUE)}: " if self.key else ""
        facts = [
            ("expected", self.expected),
            ("got", printable(self.got, _SHOWN_VALUE)),
            ("nearest", self.nearest),
            ("why", self.reason),
            ("fix", self.remedy),
        ]
        block = [f"{printable(self.where)}: {key}{printable(self.problem)}", *self._excerpt()]
        block += [f"    {label:<9} {printable(text)}" for label, text in facts if text]
        return "\n".join(block)

    def _excerpt(self) -> list[str]:
        if self.line is None or self.column is None or not self.source_line.strip():
            return []
        start = self.column - 1 - _SHOWN_WIDTH // 2 if self.column > _SHOWN_WIDTH else 0
        shown = printable(self.source_line[start : start + _SHOWN_WIDTH], _SHOWN_WIDTH)
        before = printable(self.source_line[start : self.column - 1], _SHOWN_WIDTH)
        gutter = f"{self.line:>5}"
        return [f"{gutter} | {shown}", f"{' ' * len(gutter)} | {' ' * _columns(before)}^"]


class ConfigFaults(ConfigError):
    """A config that cannot be used; ``faults`` holds every mistake, in the order of the file."""

    def __init__(self, file: str, faults: Iterable[Fault]) -> None:
        """Sort the faults of ``file`` by place and write the message that a terminal shows."""
        self.file = file
        self.faults = tuple(sorted(dict.fromkeys(faults), key=_by_place))
        count = len(self.faults)
        title = f"{count} fault{'s' if count > 1 else ''} in {printable(file)}"
        blocks = [str(fault) for fault in self.faults[:_SHOWN_FAULTS]]
        if count > _SHOWN_FAULTS:
            blocks.append(f"and {count - _SHOWN_FAULTS} more")
        super().__init__("\n\n".join([title, *blocks]))

    def __reduce__(self) -> tuple[type[ConfigFaults], tuple[str, tuple[Fault, ...]]]:
        """Pickle by content, so that the error survives the way back from a worker process."""
        return type(self), (self.file, self.faults)


def dotted(path: Sequence[str | int]) -> str:
    """Join a path of keys and list positions with dots.

    >>> dotted(("optimizers", 0, "learning_rate"))
    'optimizers.0.learning_rate'
    """
    return ".".join(str(part) for part in path)


def nearest(word: str, candidates: Iterable[str]) -> str:
    """The candidate a person most likely meant by ``word``, or an empty string.

    Case, ``-`` and ``_`` do not matter; the beginning of a name and its initials count as well as a
    near spelling.

    >>> nearest("Pourover", ["immersion", "pour-over", "espresso"])
    'pour-over'
    >>> nearest("lr", ["beta", "learning_rate"]), nearest("grind", ["time_s", "grind_um"])
    ('learning_rate', 'grind_um')
    >>> nearest("tea", ["immersion", "espresso"])
    ''
    """
    wanted = _bare(word)
    names = list(candidates)
    bare = [_bare(name) for name in names]
    close = difflib.get_close_matches(wanted, bare, n=1, cutoff=0.7)
    if not close and wanted:
        close = [
            text
            for name, text in zip(names, bare, strict=True)
            if (len(wanted) > 2 and text.startswith(wanted)) or _initials(name) == wanted
        ]
    close = close or difflib.get_close_matches(wanted, bare, n=1, cutoff=0.55)
    return names[bare.index(close[0])] if close else ""


def one_of(words: Iterable[str]) -> str:
    """A readable list of alternatives.

    >>> one_of(["light", "medium", "dark"])
    'light, medium or dark'
    """
    *most, last = words
    return f"{', '.join(most)} or {last}" if most else last


def number_text(value: float) -> str:
    """Write a number the way people write it: ``200`` rather than ``200.0``.

    >>> number_text(200.0), number_text(0.25), number_text(1e-05)
    ('200', '0.25', '1e-05')
    """
    whole = abs(value) < 1e20 and value == int(value)
    return str(int(value)) if whole else f"{value:.12g}"


def printable(text: str, width: int = 1000) -> str:
    r"""Make text harmless and short: control and direction marks escaped, cut at ``width``.

    >>> printable("a\x1b[31m\u202eb")
    'a\\x1b[31m\\u202eb'
    """
    cut = text if len(text) <= width else text[: width - 1] + "…"
    return "".join(
        char if char.isprintable() else " " if char == "\t" else repr(char)[1:-1] for char in cut
    )


def _bare(word: str) -> str:
    return re.sub(r"[-_ ]", "", word).casefold()


def _initials(name: str) -> str:
    return "".join(part[:1] for part in re.split(r"[-_]", name)).casefold()


def _columns(text: str) -> int:
    """Terminal columns: wide (East Asian) characters take two."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def _by_place(fault: Fault) -> tuple[int, int, str]:
    return fault.line or 0, fault.column or 0, fault.key
