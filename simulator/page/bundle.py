"""The page's own modules as one script: in the order of their imports, inside one function."""

from __future__ import annotations

import re
from collections import Counter
from importlib.resources import files
from typing import Final

_IMPORT: Final = re.compile(r'^import \{[^}]*\} from "\./(\w+)\.js";\n', re.MULTILINE)
_EXPORT: Final = re.compile(r"^export (?=(?:async )?(?:function|class|const|let)\b)", re.MULTILINE)
_DECLARED: Final = re.compile(r"^(?:async )?(?:function|class|const|let) (\w+)", re.MULTILINE)


#: Whole lines of comment, and the space before code: people read the modules themselves.
_COMMENT: Final = re.compile(r"^[ \t]*(?://.*|/\*\*.*|\*(?: .*|/)?)\n|^\n|^[ \t]+", re.MULTILINE)


def module(name: str) -> str:
    """The text of one module of ours."""
    return files("simulator.page").joinpath("js", f"{name}.js").read_text("utf-8")


def bundle(main: str) -> str:
    """A module with all it imports, each before what uses it, without imports and exports.

    Raises:
        ValueError: two modules declare the same name at their top level, or import each other.
    """
    order: list[str] = []
    _visit(main, order, ())
    parts = [_EXPORT.sub("", _IMPORT.sub("", module(name))).strip() for name in order]
    declared = Counter(name for part in parts for name in _DECLARED.findall(part))
    twice = sorted(name for name, count in declared.items() if count > 1)
    if twice:
        raise ValueError(f"declared by two modules of the page: {', '.join(twice)}")
    return "\n".join(_COMMENT.sub("", part) for part in parts)


def _visit(name: str, order: list[str], above: tuple[str, ...]) -> None:
    if name in above:
        raise ValueError(f"modules of the page import each other: {' → '.join((*above, name))}")
    for other in _IMPORT.findall(module(name)):
        _visit(other, order, (*above, name))
    if name not in order:
        order.append(name)
