"""``sweep:`` and ``--sweep``: the settings that vary over a study, as axes of a grid.

In a config::

    sweep:
      optimizers.0.learning_rate: log(1e-3, 1, 7)    # 7 values, evenly spaced in the logarithm
      customers: [black-strong, milk]                # each with each: 14 points

    sweep:                                           # a list: what stands together goes together
      - optimizers.0.learning_rate: [0.01, 0.1]
        optimizers.0.momentum: [0.9, 0.5]
      - seed: [1, 2, 3]                              # 2 x 3 points

On the command line each ``--sweep key=1,2,3`` is an axis, ``--sweep 'a=1,2;b=3,4'`` moves a and b
together; an axis given there replaces those of the file that vary the same keys.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, NoReturn

import numpy as np

from simulator.experiment.faults import ConfigFaults, Fault, dotted
from simulator.experiment.overrides import SHORT_FORMS, Override, path_of, refuse, value_of
from simulator.experiment.yaml_scalars import plain_scalar
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
    tree_of,
)

SWEEP = "sweep"
MAX_POINTS = 1_000_000
_MAX_VALUES = 100_000

_RANGE = re.compile(r"\s*(log|linear)\s*\(([^()]*)\)\s*")
_EXPECTED = "values such as [1, 2, 3], or log(1e-3, 1, 7), or linear(0, 1, 5)"
# Enough digits to tell neighbours apart, few enough that 0.1 is 0.1.
_DIGITS = 12


@dataclass(frozen=True)
class Axis:
    """One direction of the grid: the keys that vary along it, and their values at each position."""

    paths: tuple[Path, ...]
    rows: tuple[tuple[Node, ...], ...]

    def overrides(self, position: int) -> Iterator[Override]:
        """The settings at one position."""
        for path, node in zip(self.paths, self.rows[position], strict=True):
            yield Override(path, node, node.place.file or "sweep")

    def plain(self) -> dict[str, list[Any]]:
        """The axis as plain data: key → its values."""
        columns = zip(*self.rows, strict=True)
        return {
            dotted(path): [node.plain() for node in column]
            for path, column in zip(self.paths, columns, strict=True)
        }


def points(axes: Sequence[Axis]) -> int:
    """How many points the grid has; 1 without axes."""
    return math.prod(len(axis.rows) for axis in axes)


def overrides_at(axes: Sequence[Axis], point: int) -> list[Override]:
    """The settings at one point of the grid; the last axis varies fastest."""
    found: list[Override] = []
    for axis in reversed(axes):
        point, position = divmod(point, len(axis.rows))
        found[:0] = axis.overrides(position)
    return found


def without_sweep(document: Document) -> Document:
    """The document without its ``sweep``."""
    rest = [entry for entry in document.root.entries if entry.key != SWEEP]
    return replace(document, root=mapping(document.root.place, rest))


def axes_of(document: Document) -> list[Axis]:
    """The axes that a config's ``sweep`` describes; none without one."""
    entry = next((entry for entry in document.root.entries if entry.key == SWEEP), None)
    if entry is None:
        return []
    reader = _Reader(document, entry)
    groups = list(entry.node.items) if isinstance(entry.node, ListNode) else [entry.node]
    maps = [group for group in groups if isinstance(group, MapNode) and group.entries]
    if len(maps) != len(groups) or not groups:
        reader.refuse(entry.place, "no sweep", f"key: {_EXPECTED}")
    if isinstance(entry.node, ListNode):
        return [reader.axis(group.entries) for group in maps]
    return [reader.axis([single]) for single in maps[0].entries]


def parsed_axis(text: str, flag: str = "--sweep") -> Axis:
    """Read ``key=1,2,3``, ``key=log(1e-3,1,7)``, or several of them joined by ``;``.

    >>> parsed_axis("seed=1,2,3").plain()
    {'seed': [1, 2, 3]}
    >>> parsed_axis("optimizers.0.learning_rate=log(1e-3,1,4)").plain()
    {'optimizers.0.learning_rate': [0.001, 0.01, 0.1, 1.0]}
    """
    given = f"{flag} {text}"
    parsed = [_parsed_values(part, given) for part in text.split(";")]
    return _axis(parsed, lambda problem, expected: refuse(given, (), problem, expected=expected))


def joined(file_axes: Sequence[Axis], given: Sequence[Axis]) -> tuple[Axis, ...]:
    """The file's axes, less those whose keys are given again, and the given ones.

    Raises ConfigFaults if one of their settings replaces another, whose values would then be told of
    points that do not have them.
    """
    again = {path for axis in given for path in axis.paths}
    axes = (*(axis for axis in file_axes if again.isdisjoint(axis.paths)), *given)
    seen: list[Path] = []
    for axis in axes:
        for path, node in zip(axis.paths, axis.rows[0], strict=True):
            hidden = next((earlier for earlier in seen if _replaces(path, earlier)), None)
            if hidden is not None:
                refuse(
                    node.place.file or SWEEP,
                    path,
                    f"it replaces what the sweep sets as {dotted(hidden)}",
                    remedy="vary each setting once, and a section before what lies within it",
                )
            seen.append(path)
    return axes


def _replaces(path: Path, earlier: Path) -> bool:
    """Whether a setting leaves nothing of an earlier one: the same, one around it, or its one word."""
    wild = tuple("*" if isinstance(part, int) else part for part in earlier)
    return path == earlier[: len(path)] or path == (*earlier, SHORT_FORMS.get(wild))


Complain = Callable[[str, str], NoReturn]


def _parsed_values(text: str, given: str) -> tuple[Path, tuple[Node, ...]]:
    key, equals, values = text.partition("=")
    if not equals or not key.strip() or not values.strip():
        refuse(given, (), "no sweep", expected="key=1,2,3 or key=log(1e-3,1,7)")
    path = path_of(key, given)
    place = Place(0, 0, given)

    def complain(problem: str, expected: str) -> NoReturn:
        refuse(given, path, problem, expected=expected)

    if _RANGE.fullmatch(values):
        return path, tuple(tree_of(value, place) for value in _range(values, complain))
    node = value_of(f"[{values}]", path, given)
    assert isinstance(node, ListNode)
    return path, node.items


def _axis(columns: Sequence[tuple[Path, tuple[Node, ...]]], complain: Complain) -> Axis:
    paths = tuple(path for path, _ in columns)
    lengths = {len(values) for _, values in columns}
    if len(set(paths)) != len(paths):
        complain("the same key twice", "each key once")
    if len(lengths) != 1:
        counts = ", ".join(f"{dotted(path)} has {len(values)}" for path, values in columns)
        complain(f"settings that go together need equally many values: {counts}", "equal lengths")
    if lengths == {0}:
        complain("no values", _EXPECTED)
    return Axis(paths, tuple(zip(*(values for _, values in columns), strict=True)))


def _range(text: str, complain: Complain) -> list[float]:
    matched = _RANGE.fullmatch(text)
    assert matched is not None
    kind, numbers = matched[1], [plain_scalar(part.strip()) for part in matched[2].split(",")]
    if len(numbers) != 3 or any(
        isinstance(n, bool) or not isinstance(n, int | float) or not math.isfinite(n)
        for n in numbers
    ):
        complain(f"{kind}() takes three numbers", f"{kind}(low, high, how many)")
    low, high, count = (float(number) for number in numbers if isinstance(number, int | float))
    if count != int(count) or not 1 <= count <= _MAX_VALUES:
        complain("not a number of values", f"a whole number from 1 to {_MAX_VALUES:,}")
    if kind == "log" and not (low > 0 and high > 0):
        complain("log() needs numbers above 0", "log(low, high, how many), or linear(...)")
    if not math.isfinite(high - low):
        complain("the range is too wide", "a distance that a number can hold")
    spaced = np.geomspace if kind == "log" else np.linspace
    return [float(f"{value:.{_DIGITS}g}") for value in spaced(low, high, int(count))]


@dataclass(frozen=True)
class _Reader:
    """Reads axes from a config's tree, and complains with their places."""

    document: Document
    entry: Entry

    def axis(self, entries: Sequence[Entry]) -> Axis:
        place = entries[0].place
        columns = [(path_of(entry.key, "sweep"), self._values(entry)) for entry in entries]
        return _axis(columns, lambda problem, expected: self.refuse(place, problem, expected))

    def _values(self, entry: Entry) -> tuple[Node, ...]:
        node = entry.node

        def complain(problem: str, expected: str) -> NoReturn:
            self.refuse(node.place, problem, expected)

        if isinstance(node, ScalarNode) and isinstance(node.value, str):
            if _RANGE.fullmatch(node.value) is None:
                complain("not a list of values", _EXPECTED)
            node = sequence(
                node.place, (tree_of(v, node.place) for v in _range(node.value, complain))
            )
        if not isinstance(node, ListNode):
            complain("not a list of values", _EXPECTED)
        return node.items

    def refuse(self, place: Place, problem: str, expected: str) -> NoReturn:
        fault = Fault(
            place.file or self.document.file,
            place.line or None,
            place.column or None,
            SWEEP,
            problem,
            expected=expected,
            source_line=self.document.line(place),
        )
        raise ConfigFaults(self.document.file, [fault])
