"""``extends: house-blend.yaml``: a config that says only what it changes in another.

What the config writes takes the place of what the other file writes. Sections with keys of their own
(``brew``, ``starts``, ``stop``, ...) are joined key by key, unless the config names their method or
kind anew. It goes one level deep: the other file stands by itself.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from simulator.experiment.faults import ConfigFaults, Fault
from simulator.experiment.overrides import SHORT_FORMS, opened
from simulator.experiment.yaml_source import read_yaml
from simulator.experiment.yaml_tree import Document, Entry, MapNode, Place, mapping, placed

EXTENDS = "extends"

_JOINED = ("brew", "objective", "noise", "starts", "stop", "check")


def extended(document: Document) -> Document:
    """The document joined with the one it extends; the very same if it extends none.

    Raises :class:`~simulator.experiment.faults.ConfigFaults` where the other file cannot be read or
    extends a third.
    """
    entry = _entry(document.root, EXTENDS)
    if entry is None:
        return document
    name = entry.node.plain()
    if not isinstance(name, str) or not name:
        raise _fault(document, entry, "not the name of a file", "write extends: other.yaml")
    file = str(Path(document.file).parent / name)
    try:
        other = read_yaml(file)
    except ConfigFaults as error:
        fault = _fault(document, entry, "the file it extends cannot be used", "mend that file")
        raise ConfigFaults(document.file, [*fault.faults, *error.faults]) from None
    deeper = _entry(other.root, EXTENDS)
    if deeper is not None:
        problem = "this file is extended by another, and extends a third"
        raise _fault(other, deeper, problem, "extends goes one level deep: write the settings out")
    base = placed(other.root, lambda place: Place(place.line, place.column, file))
    assert isinstance(base, MapNode)
    own = [part for part in document.root.entries if part is not entry]
    return replace(
        document,
        root=mapping(document.root.place, _joined(base, own)),
        faults=(*document.faults, *other.faults),
        layers={file: other.lines},
    )


def _joined(base: MapNode, own: list[Entry]) -> list[Entry]:
    joined = list(base.entries)
    for entry in own:
        known = _entry(base, entry.key)
        joined.append(entry if known is None else _section(known, entry))
    return joined


def _section(base: Entry, own: Entry) -> Entry:
    path = (own.key,)
    below, above = opened(base.node, path), own.node
    both = isinstance(below, MapNode) and isinstance(above, MapNode)
    if own.key not in _JOINED or not both:
        return own
    assert isinstance(below, MapNode)
    assert isinstance(above, MapNode)
    kind = SHORT_FORMS.get(path)
    if kind in ("method", "kind") and _entry(above, kind) is not None:
        return own
    return replace(own, node=mapping(above.place, [*below.entries, *above.entries]))


def _entry(node: MapNode, key: str) -> Entry | None:
    return next((entry for entry in node.entries if entry.key == key), None)


def _fault(document: Document, entry: Entry, problem: str, remedy: str) -> ConfigFaults:
    place = entry.place
    fault = Fault(
        document.file,
        place.line,
        place.column,
        entry.key,
        problem,
        got=str(entry.node),
        remedy=remedy,
        source_line=document.line(place),
    )
    return ConfigFaults(document.file, [fault])
