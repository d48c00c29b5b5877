"""Arguments of any shape as a flat list of scalars, and back: numbers, arrays, tuples, lists, dicts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

Rebuild = Callable[[Sequence[Any]], Any]


def flatten(thing: Any) -> tuple[list[Any], Rebuild]:
    """The scalars inside, and a function that puts others in their places.

    Rebuilding gives object arrays for arrays and a bare scalar for a number.

    Raises:
        TypeError: something inside is neither a number nor a container of numbers.

    >>> leaves, rebuild = flatten({"a": 1.0, "b": (2.0, [3.0])})
    >>> leaves, rebuild([10, 20, 30])
    ([1.0, 2.0, 3.0], {'a': 10, 'b': (20, [30])})
    """
    if isinstance(thing, dict):
        return _join(
            [thing[key] for key in thing], lambda parts: dict(zip(thing, parts, strict=True))
        )
    if isinstance(thing, tuple) and hasattr(thing, "_make"):
        return _join(list(thing), type(thing)._make)
    if isinstance(thing, list | tuple):
        return _join(list(thing), type(thing))
    if isinstance(thing, np.ndarray) and thing.ndim:
        shape = thing.shape
        return list(thing.ravel()), lambda leaves: _object_array(leaves, shape)
    if isinstance(thing, np.ndarray):
        return [thing[()]], lambda leaves: leaves[0]
    if isinstance(thing, complex | str | bytes) or thing is None:
        raise TypeError(f"cannot differentiate with respect to {type(thing).__name__} {thing!r}")
    return [thing], lambda leaves: leaves[0]


def paths(thing: Any, root: str) -> list[str]:
    """How one would write each scalar inside, in the order of `flatten`.

    >>> paths({"a": 1.0, "b": (2.0, [3.0])}, "p")
    ["p['a']", "p['b'][0]", "p['b'][1][0]"]
    """
    if isinstance(thing, dict):
        items = [(f"{root}[{key!r}]", item) for key, item in thing.items()]
    elif isinstance(thing, tuple) and hasattr(thing, "_fields"):
        items = [(f"{root}.{name}", item) for name, item in zip(thing._fields, thing, strict=True)]
    elif isinstance(thing, list | tuple):
        items = [(f"{root}[{i}]", item) for i, item in enumerate(thing)]
    elif isinstance(thing, np.ndarray) and thing.ndim:
        return [f"{root}[{', '.join(map(str, place))}]" for place in np.ndindex(thing.shape)]
    else:
        return [root]
    return [path for name, item in items for path in paths(item, name)]


def _join(parts: list[Any], assemble: Callable[[list[Any]], Any]) -> tuple[list[Any], Rebuild]:
    pieces = [flatten(part) for part in parts]

    def rebuild(leaves: Sequence[Any]) -> Any:
        rebuilt, start = [], 0
        for scalars, inner in pieces:
            rebuilt.append(inner(leaves[start : start + len(scalars)]))
            start += len(scalars)
        return assemble(rebuilt)

    return [leaf for scalars, _ in pieces for leaf in scalars], rebuild


def _object_array(leaves: Sequence[Any], shape: tuple[int, ...]) -> Any:
    array = np.empty(len(leaves), dtype=object)
    for i, leaf in enumerate(leaves):
        array[i] = leaf
    return array.reshape(shape)
