"""Sums as one writes them by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import reduce
from operator import add
from typing import Any, TypeAlias

Scalar: TypeAlias = Any
"""A float, or a number that counts what is done with it."""

Back: TypeAlias = Callable[..., Any]
"""From the adjoints of what a station made to those of what it was given."""


def summed(terms: Iterable[Scalar]) -> Scalar:
    """The sum without the useless first addition to 0."""
    return reduce(add, terms)


def dot(one: Iterable[Scalar], other: Iterable[Scalar]) -> Scalar:
    """Σ a·b."""
    return summed(a * b for a, b in zip(one, other, strict=True))


def grouped(values: Sequence[Scalar], keys: Sequence[Any]) -> dict[Any, Scalar]:
    """Key → the sum of the values with that key, in order of first appearance.

    >>> grouped([1.0, 2.0, 3.0], ["a", "b", "a"])
    {'a': 4.0, 'b': 2.0}
    """
    groups: dict[Any, list[Scalar]] = {}
    for key, value in zip(keys, values, strict=True):
        groups.setdefault(key, []).append(value)
    return {key: summed(group) for key, group in groups.items()}
