"""Where each setting of a config comes from: a line of a file, a flag, or the defaults."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from simulator.experiment.faults import printable
from simulator.experiment.overrides import SHORT_FORMS
from simulator.experiment.plain_yaml import plain_yaml
from simulator.experiment.study import Study
from simulator.experiment.sweep import SWEEP
from simulator.experiment.yaml_tree import Document, Path, Place, ScalarNode

DEFAULT = "default"

_WIDEST = 48


def origin(document: Document, path: Path) -> str:
    """Where the setting at ``path`` was written: ``file:line``, a flag, or ``default``.

    The path is one of the resolved config. A section that one word stands for (``customers:
    survey``) comes from that word's line; of a section that names a method, only the method does.
    """
    found = document.find(path)
    if found.complete:
        return _place(document, found.node.place)
    written = _written(document, path)
    if written is None or not isinstance(document.find(written).node, ScalarNode):
        # A list of knobs or of numbers, whose bounds are filled in.
        if written == ("tune",):
            return f"{DEFAULT} ({_place(document, found.node.place)})"
        return DEFAULT
    if document.find(written).node.plain() is None:
        return DEFAULT
    key = SHORT_FORMS.get(tuple("*" if isinstance(part, int) else part for part in written))
    if key is None or path == (*written, key):
        return _place(document, found.node.place)
    return DEFAULT


def annotated(study: Study) -> str:
    """The resolved config as YAML, each setting with a comment that says where it comes from.

    Of a study with a sweep, the first point is shown, with the sweep as a comment above it.
    """
    document = study.document
    point = study.point(0)
    varied = {tuple(key.split(".")) for key in point.varied}
    lines = list(_lines(study.first.resolved(), ()))
    width = min(_WIDEST, max(len(text) for text, _ in lines))
    head = (
        f"# {SWEEP} over {study.points} points, of which this is the first: {printable(str(point))}"
    )
    shown = [head] * bool(varied)
    for text, path in lines:
        said = ""
        if path is not None:
            names = tuple(map(str, path))
            swept = any(names[:length] in varied for length in range(1, len(names) + 1))
            said = f"  # {SWEEP if swept else origin(document, path)}"
        shown.append(f"{text:<{width}}{said}" if said else text)
    return "\n".join(shown) + "\n"


def _lines(value: Any, path: Path, indent: str = "") -> Iterator[tuple[str, Path | None]]:
    """Lines of YAML, each with the path of the setting it shows; None for a line that opens a section."""
    if isinstance(value, Mapping):
        items: list[tuple[Any, str]] = [(key, f"{_scalar(key)}:") for key in value]
    else:
        items = [(position, "-") for position in range(len(value))]
    for key, lead in items:
        inner = value[key]
        if isinstance(inner, Mapping | list | tuple) and inner and not _short(inner):
            opened = list(_lines(inner, (*path, key), indent + "  "))
            if lead == "-":
                (first, where), *opened = opened
                yield f"{indent}- {first.lstrip()}", where
            else:
                yield f"{indent}{lead}", None
            yield from opened
        else:
            yield f"{indent}{lead} {_scalar(inner)}", (*path, key)


def _short(value: Any) -> bool:
    """A list of single values, which is written on its line."""
    return isinstance(value, list | tuple) and not any(
        isinstance(item, Mapping | list | tuple) for item in value
    )


def _scalar(value: Any) -> str:
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_scalar, value))}]"
    if isinstance(value, Mapping):
        return "{}"
    return plain_yaml({"v": value}).removeprefix("v: ").rstrip("\n").replace("\n", " ")


def _written(document: Document, path: Path) -> Path | None:
    """The longest beginning of ``path`` that the document writes; None if nothing of it is there."""
    starts = (path[:length] for length in range(len(path) - 1, 0, -1))
    return next((start for start in starts if document.find(start).complete), None)


def _place(document: Document, place: Place) -> str:
    if not place.line:
        return place.file
    return f"{place.file or document.file}:{place.line}"
