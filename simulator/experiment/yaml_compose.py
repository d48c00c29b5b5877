"""Builds a config's tree from the events of PyYAML's safe parser; refuses more than plain data.

Hostile input is stopped while it is read, before anything is expanded: the depth and the number of
values are bounded (what an alias repeats counts every time), an alias inside its own anchor is
refused.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NoReturn, TypeVar

import yaml

from simulator.experiment.faults import ConfigFaults, Fault, dotted
from simulator.experiment.yaml_scalars import plain_scalar
from simulator.experiment.yaml_syntax import syntax_fault
from simulator.experiment.yaml_tree import (
    Document,
    Entry,
    ListNode,
    MapNode,
    Node,
    Path,
    Place,
    ScalarNode,
    mapping,
    sequence,
)

MAX_VALUES = 3_000
MAX_DEPTH = 20
# Whoever wrote so many wrote no config; each costs as much as fifty lines of a sound one.
MAX_FAULTS = 100

T = TypeVar("T")


def compose(text: str, file: str, lines: tuple[str, ...]) -> Document:
    """Build the tree of ``text``, which is clean of characters that YAML forbids.

    Raises :class:`~simulator.experiment.faults.ConfigFaults` where the text is not YAML or not one
    mapping, or exceeds a bound; duplicate keys, tags and merge keys are noted in the document's
    ``faults``.
    """
    return _Composer(text, file, lines).document()


class _ShallowLoader(yaml.SafeLoader):
    """Stops at deep brackets in the scanner, whose look-ahead costs time quadratic in depth."""

    def fetch_flow_collection_start(self, TokenClass: type[yaml.Token]) -> None:
        if self.flow_level > MAX_DEPTH:
            problem = f"nested more than {MAX_DEPTH} levels deep"
            raise yaml.MarkedYAMLError(problem=problem, problem_mark=self.get_mark())
        super().fetch_flow_collection_start(TokenClass)


class _Composer:
    """Reads events one by one; one recursive call a level, at most ``MAX_DEPTH``."""

    def __init__(self, text: str, file: str, lines: tuple[str, ...]) -> None:
        self._loader = _ShallowLoader(text)
        self._file = file
        self._lines = lines
        self._anchors: dict[str, Node | None] = {}  # None while the anchored value is being read
        self._values = 0
        self._faults: list[Fault] = []

    def document(self) -> Document:
        self._take()  # the start of the stream
        if self._next_is(yaml.StreamEndEvent):
            self._stop(
                self._take(), (), "the file holds no settings", remedy="begin with `name: my-cup`"
            )
        start = self._take()
        root = self._node(())
        self._take()  # the end of the document
        if not self._next_is(yaml.StreamEndEvent):
            remedy = "keep one experiment in one file"
            self._stop(self._take(), (), "a second document begins here", remedy=remedy)
        if not isinstance(root, MapNode):
            remedy = "begin with `name: my-cup`"
            self._stop(start, (), "not settings (lines of `key: value`)", remedy, got=str(root))
        return Document(self._file, self._lines, root, tuple(self._faults))

    def _node(self, path: Path) -> Node:
        event = self._take()
        if isinstance(event, yaml.AliasEvent):
            return self._aliased(event, path)
        assert isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent)
        self._bound(event, path, size=1, height=0)
        if event.tag is not None:
            tag = event.tag.replace("tag:yaml.org,2002:", "!!")
            self._note(event, path, "tags are not used here", tag, "remove the tag")
        if event.anchor is None:
            return self._content(event, path)
        self._anchors[event.anchor] = None
        node = self._anchors[event.anchor] = self._content(event, path)
        return node

    def _content(self, event: yaml.NodeEvent, path: Path) -> Node:
        if isinstance(event, yaml.SequenceStartEvent):
            return self._list(event, path)
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(event, path)
        assert isinstance(event, yaml.ScalarEvent)
        if event.style is None:
            return ScalarNode(_place(event), event.value, False, plain_scalar(event.value))
        return ScalarNode(_place(event), event.value, True, self._whole_text(event, path))

    def _list(self, start: yaml.Event, path: Path) -> ListNode:
        items: list[Node] = []
        while not self._next_is(yaml.SequenceEndEvent):
            items.append(self._node((*path, len(items))))
        self._take()
        return sequence(_place(start), items)

    def _mapping(self, start: yaml.Event, path: Path) -> MapNode:
        entries: dict[str, Entry] = {}
        while not self._next_is(yaml.MappingEndEvent):
            event = self._take()
            key = self._key(event, path)
            entry = Entry(key, _place(event), self._node((*path, key)))
            first = entries.setdefault(key, entry)
            if first is not entry:
                self._duplicate(event, (*path, key), first.place)
        self._take()
        return mapping(_place(start), entries.values())

    def _key(self, event: yaml.Event, path: Path) -> str:
        if not isinstance(event, yaml.ScalarEvent):
            self._stop(event, path, "a key that is not a word", remedy="write `key: value`")
        if event.tag is not None or event.anchor is not None:
            self._note(event, path, "a key with a tag or an anchor", "", "write the key alone")
        if event.value == "<<" and event.style is None:
            remedy = "write the settings out"
            self._note(event, path, "merge keys (<<) are not used here", "<<", remedy)
        return str(event.value)

    def _whole_text(self, event: yaml.ScalarEvent, path: Path) -> str:
        """Join the halves of characters that JSON writes as two escapes; a lone half is no text."""
        text = str(event.value)
        try:
            return text.encode("utf-16", "surrogatepass").decode("utf-16")
        except UnicodeDecodeError:
            remedy = "write the character itself"
            self._note(event, path, "half of a two-part escape (\\ud800 to \\udfff)", "", remedy)
            return ""

    def _aliased(self, event: yaml.AliasEvent, path: Path) -> Node:
        name = event.anchor
        if name not in self._anchors:
            remedy = f"mark the value it repeats with &{name}, further up"
            self._stop(event, path, f"*{name} repeats something that does not exist", remedy=remedy)
        target = self._anchors[name]
        if target is None:
            self._stop(event, path, f"*{name} contains itself", remedy="write the value out")
        self._bound(event, path, target.size, target.height)
        return target

    def _bound(self, event: yaml.Event, path: Path, size: int, height: int) -> None:
        self._values += size
        if self._values > MAX_VALUES:
            remedy = "an experiment needs a few dozen; remove repeated aliases"
            self._stop(event, path[:3], f"more than {MAX_VALUES:,} values", remedy=remedy)
        if len(path) + height > MAX_DEPTH:
            remedy = "an experiment needs five levels"
            self._stop(event, path[:3], f"nested more than {MAX_DEPTH} levels deep", remedy=remedy)

    def _duplicate(self, event: yaml.Event, path: Path, first: Place) -> None:
        problem = f"the same key twice; the first is on line {first.line}, column {first.column}"
        self._note(event, path, problem, "", "keep one of the two")

    def _note(self, event: yaml.Event, path: Path, problem: str, got: str, remedy: str) -> None:
        self._faults.append(self._fault(_place(event), path, problem, got, remedy))
        if len(self._faults) >= MAX_FAULTS:
            raise ConfigFaults(self._file, self._faults)

    def _stop(
        self, event: yaml.Event, path: Path, problem: str, remedy: str, got: str = ""
    ) -> NoReturn:
        fault = self._fault(_place(event), path, problem, got, remedy)
        raise ConfigFaults(self._file, [*self._faults, fault])

    def _fault(self, place: Place, path: Path, problem: str, got: str, remedy: str) -> Fault:
        return Fault(
            self._file,
            place.line,
            place.column,
            dotted(path),
            problem,
            got=got,
            remedy=remedy,
            source_line=self._lines[place.line - 1],
        )

    def _take(self) -> yaml.Event:
        event: yaml.Event = self._guarded(self._loader.get_event)
        return event

    def _next_is(self, kind: type[yaml.Event]) -> bool:
        return self._guarded(lambda: self._loader.check_event(kind))

    def _guarded(self, step: Callable[[], T]) -> T:
        try:
            return step()
        except yaml.MarkedYAMLError as error:
            fault = syntax_fault(error, self._file, self._lines)
        except (ValueError, OverflowError):  # \U and eight digits beyond the last character
            place = Place(self._loader.line + 1, self._loader.column + 1)
            problem = "not valid YAML: a \\U escape beyond the last character"
            fault = self._fault(place, (), problem, "", "write the character itself")
        raise ConfigFaults(self._file, [*self._faults, fault])


def _place(event: yaml.Event) -> Place:
    mark = event.start_mark
    assert mark is not None, "every event of a text has a mark"
    return Place(mark.line + 1, mark.column + 1)
