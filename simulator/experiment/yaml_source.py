"""From a path to a config's tree: reads the bytes, checks that they are text, has them composed."""

from __future__ import annotations

import difflib
import os
import re
from pathlib import Path

from simulator.experiment.faults import ConfigFaults, Fault
from simulator.experiment.yaml_compose import compose
from simulator.experiment.yaml_tree import LINE_BREAK, Document

# The parser reads up to 1 MB a second: this much takes a tenth of one.
MAX_BYTES = 64 * 1024

# What YAML forbids in a text, and the byte-order mark in its middle.
_NOT_TEXT = re.compile(
    "[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)


def read_yaml(path: str | os.PathLike[str]) -> Document:
    """Read the config file at ``path``.

    Raises :class:`~simulator.experiment.faults.ConfigFaults` where it cannot be read (missing, a
    folder, no permission, too large, not UTF-8 text), is not valid YAML, or is not one mapping.
    Duplicate keys, merge keys and tags do not stop the reading: the document carries them as
    ``faults``.
    """
    file = os.fspath(path)
    return parse_yaml(_text(_content(file), file), file)


def parse_yaml(text: str, file: str = "<text>") -> Document:
    """Read a config from text; ``file`` names it in messages. Raises as :func:`read_yaml` does.

    >>> document = parse_yaml("name: morning\\ntune: {grind_um: [300, 1e3]}")
    >>> document.data()
    {'name': 'morning', 'tune': {'grind_um': [300, 1000.0]}}
    >>> document.find(("tune", "grind_um", 1)).node.place
    Place(line=2, column=24, file='')
    """
    text = text.removeprefix("\ufeff")
    if len(text) > MAX_BYTES:
        raise _too_large(file, text[:MAX_BYTES])
    stray = _NOT_TEXT.search(text)
    if stray:
        raise _stray_character(text, stray.start(), file)
    return compose(text, file, tuple(LINE_BREAK.split(text)))


def _content(file: str) -> bytes:
    try:
        with Path(file).open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise _whole_file(file, "there is no such file", _similar_file(file)) from None
    except IsADirectoryError:
        raise _whole_file(file, "this is a folder, not a config file", _configs_in(file)) from None
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        reason = getattr(error, "strerror", None) or str(error)
        raise _whole_file(file, f"the file cannot be read: {reason}") from None
    if len(content) > MAX_BYTES:
        raise _too_large(file, content[:MAX_BYTES].decode("utf-8", "replace"))
    return content


def _text(content: bytes, file: str) -> str:
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        fault = Fault(file, 1, 1, "", "the file is UTF-16 text", remedy="save it as UTF-8")
        raise ConfigFaults(file, [fault])
    if b"\0" in content:  # no encoding matters then: the first NUL is what there is to report
        return content.decode("utf-8", "replace")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        lines = LINE_BREAK.split(content.decode("utf-8", "replace"))
        before = LINE_BREAK.split(content[: error.start].decode("utf-8"))
        byte = f"byte 0x{content[error.start]:02x}"
        remedy = "save it as UTF-8; a config is a small text file"
        raise _misplaced(file, before, lines, "the file is not UTF-8 text", byte, remedy) from None


def _stray_character(text: str, start: int, file: str) -> ConfigFaults:
    lines, before = LINE_BREAK.split(text), LINE_BREAK.split(text[:start])
    character = f"character U+{ord(text[start]):04X}"
    if text[start] == "\0":
        return _misplaced(
            file, before, lines, "the file is not text", character, "give a YAML file"
        )
    problem = "a character that has no place in text"
    return _misplaced(file, before, lines, problem, character, "delete the character")


def _misplaced(
    file: str, before: list[str], lines: list[str], problem: str, got: str, remedy: str
) -> ConfigFaults:
    line, column = len(before), len(before[-1]) + 1
    source_line = lines[line - 1]
    fault = Fault(file, line, column, "", problem, got=got, remedy=remedy, source_line=source_line)
    return ConfigFaults(file, [fault])


def _too_large(file: str, beginning: str) -> ConfigFaults:
    problem = f"from here on the file is larger than {MAX_BYTES // 1024} KiB"
    remedy = "a config is a few dozen lines: is this the right file?"
    line = len(LINE_BREAK.findall(beginning)) + 1
    return ConfigFaults(file, [Fault(file, line, 1, "", problem, remedy=remedy)])


def _whole_file(file: str, problem: str, remedy: str = "") -> ConfigFaults:
    return ConfigFaults(file, [Fault(file, None, None, "", problem, remedy=remedy)])


def _similar_file(file: str) -> str:
    path = Path(file)
    close = difflib.get_close_matches(path.name, _names_in(path.parent), n=1)
    return f"did you mean {path.parent / close[0]}?" if close else "check the path"


def _configs_in(folder: str) -> str:
    names = [name for name in _names_in(Path(folder)) if name.endswith((".yaml", ".yml"))]
    shown = ", ".join(names[:8]) + (", ..." if len(names) > 8 else "")
    return f"give one of its files: {shown}" if names else "give a file"


def _names_in(folder: Path) -> list[str]:
    try:
        return sorted(entry.name for entry in folder.iterdir())[:1000]
    except (OSError, ValueError):
        return []
