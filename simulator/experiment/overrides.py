"""Settings given beside a file: ``--set optimizers.0.learning_rate=0.1`` put into the file's tree.

A key is the dotted path that error messages show. Its value is read as the file would read it. A
section that the file writes in its short form (``brew: immersion``, ``optimizers: [adam]``) or
leaves to its defaults is opened first, so that one setting in it can change and the others stay.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, NoReturn

from simulator.experiment.faults import ConfigFaults, Fault, dotted
from simulator.experiment.yaml_source import parse_yaml
from simulator.experiment.yaml_tree import (
    Document,
    Entry,
    MapNode,
    Node,
    Path,
    Place,
    ScalarNode,
    mapping,
    pair_position,
    placed,
    sequence,
    tree_of,
)

SHORT_FORMS = {
    ("brew",): "method",
    ("objective",): "kind",
    ("starts",): "repeats",
    ("optimizers", "*"): "method",
    ("check", "methods", "*"): "method",
}
"""Sections that may be written as one word, and the key that the word stands for."""

# Sections of which the file writes all or nothing: half of their defaults would mean something
# else.
_WHOLE = ("tune", "bean", "customers")

_KEY = "value"

# Deeper than any setting, and far from what Python can follow.
_DEEPEST = 20


@dataclass(frozen=True)
class Override:
    """One setting given beside the file; ``flag`` is how it was given, for messages."""

    path: Path
    node: Node
    flag: str


def parsed_override(text: str, flag: str = "--set") -> Override:
    """Read ``key=value``. Raises :class:`~simulator.experiment.faults.ConfigFaults` naming the flag.

    >>> parsed_override("optimizers.0.learning_rate=1e-1").path
    ('optimizers', 0, 'learning_rate')
    >>> parsed_override("tune.grind_um=[300, 900]").node.plain()
    [300, 900]
    """
    key, equals, value = text.partition("=")
    given = f"{flag} {text}"
    if not equals or not key.strip():
        refuse(given, (), "no setting", expected="key=value, such as stop.max_evaluations=500")
    return Override(path_of(key, given), value_of(value, path_of(key, given), given), given)


def path_of(key: str, given: str) -> Path:
    """The path that a dotted key names.

    >>> path_of("check.methods.1.ftol", "--set")
    ('check', 'methods', 1, 'ftol')
    """
    parts = key.strip().split(".")
    if "" in parts:
        refuse(given, (), f"not a key: {key}", expected="names and positions joined by single dots")
    if len(parts) > _DEEPEST:
        refuse(given, (), f"a key of {len(parts)} parts", remedy="an experiment needs five levels")
    return tuple(int(p) if p.isascii() and p.isdigit() and len(p) < 6 else p for p in parts)


def value_of(text: str, path: Path, given: str) -> Node:
    """Read a value as a config would; it belongs to the flag ``given``."""
    if len(text.splitlines()) > 1:
        refuse(given.splitlines()[0], path, "a value of several lines", remedy="write it in one")
    try:
        document = parse_yaml(f"{_KEY}: {text}", given)
    except ConfigFaults as error:
        refuse(given, path, error.faults[0].problem, remedy=error.faults[0].remedy)
    if document.faults or len(document.root.entries) != 1:
        fault = document.faults[0] if document.faults else None
        refuse(given, path, fault.problem if fault else "more than one value")
    return placed(document.root.entries[0].node, lambda _: Place(0, 0, given))


def refuse(given: str, path: Path, problem: str, **told: str) -> NoReturn:
    """Refuse what was given on the command line."""
    raise ConfigFaults(given, [Fault(given, None, None, dotted(path), problem, **told)])


def with_overrides(
    document: Document, overrides: Iterable[Override], resolved: Callable[[Document], Any]
) -> Document:
    """The document with the overrides put in, one after another.

    ``resolved`` gives the settings of a document with all defaults written out; it is asked only
    where a section must be opened that the document does not write out.
    """
    for override in overrides:
        put = _Put(document, override, resolved)
        root = put.into(document.root, (), override.path)
        assert isinstance(root, MapNode)
        document = replace(document, root=root)
    return document


def opened(node: Node, path: Path) -> Node:
    """A section written as one word in its long form; any other node as it is."""
    key = SHORT_FORMS.get(tuple("*" if isinstance(part, int) else part for part in path))
    if key is None or not isinstance(node, ScalarNode) or node.value is None:
        return node
    return mapping(node.place, [Entry(key, node.place, node)])


@dataclass(frozen=True)
class _Put:
    """Puts one override into a tree."""

    document: Document
    override: Override
    resolved: Callable[[Document], Any]

    def into(self, node: Node, done: Path, left: Sequence[str | int]) -> Node:
        if not left:
            return self.override.node
        node, part = opened(node, done), left[0]
        if isinstance(node, ScalarNode):
            return self._fresh(done, left, node.place, written=node.value is not None)
        if isinstance(node, MapNode):
            return self._into_mapping(node, done, left)
        position = pair_position(part) if len(node.items) == 2 else part
        if not isinstance(position, int):
            if isinstance(self._default(done), list):
                self._refuse_position(done, len(node.items))
            return self._fresh(done, left, node.place, written=True)
        if position >= len(node.items):
            self._refuse_position(done, len(node.items))
        items = list(node.items)
        items[position] = self.into(items[position], (*done, position), left[1:])
        return sequence(node.place, items)

    def _into_mapping(self, node: MapNode, done: Path, left: Sequence[str | int]) -> Node:
        key, place = str(left[0]), self.override.node.place
        for entry in node.entries:
            if entry.key == key:
                inner = self.into(entry.node, (*done, key), left[1:])
                return mapping(node.place, [*node.entries, replace(entry, node=inner)])
        fresh = self._fresh((*done, key), left[1:], place)
        return mapping(node.place, [*node.entries, Entry(key, place, fresh)])

    def _fresh(
        self, done: Path, left: Sequence[str | int], place: Place, written: bool = False
    ) -> Node:
        """What comes where the file has nothing, or a short form that only the defaults open."""
        if not left:
            return self.override.node
        if written or isinstance(left[0], int) or done[0] in _WHOLE:
            known = self._default(done)
            if not isinstance(known, dict | list):
                problem = "there is nothing below this setting"
                refuse(self.override.flag, self.override.path, problem, remedy="check the key")
            return self.into(tree_of(known, place), done, left)
        inner = self._fresh((*done, left[0]), left[1:], place)
        return mapping(place, [Entry(str(left[0]), place, inner)])

    def _default(self, path: Path) -> Any:
        found = self.resolved(self.document)
        for part in path:
            if isinstance(found, dict):
                found = found.get(str(part))
            elif isinstance(found, list) and isinstance(part, int) and part < len(found):
                found = found[part]
            else:
                return None
        return found

    def _refuse_position(self, path: Path, length: int) -> NoReturn:
        refuse(
            self.override.flag,
            self.override.path,
            f"{dotted(path)} has no such entry",
            expected=f"a position from 0 to {length - 1}",
        )
