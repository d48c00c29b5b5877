"""The rules that the options of a method must keep, and how a config may fill them in."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite
from operator import ge, gt, le, lt
from types import MappingProxyType
from typing import get_args, get_type_hints

REFUSE_UNKNOWN: Mapping[str, str] = MappingProxyType({"extra": "forbid"})
"""As ``__pydantic_config__`` of a dataclass: a config that names an unknown option is refused."""

_HOLDS = {">": gt, ">=": ge, "<": lt, "<=": le}


def require(
    options: object,
    name: str,
    *,
    above: float | None = None,
    at_least: float | None = None,
    below: float | None = None,
    at_most: float | None = None,
) -> None:
    """Raise ValueError unless the option called ``name`` is a finite number inside the limits.

    The message names the option, what was expected and what was got.

    >>> from types import SimpleNamespace
    >>> require(SimpleNamespace(beta=1.5), "beta", at_least=0, below=1)
    Traceback (most recent call last):
    ValueError: beta must be a number >= 0 and < 1, got 1.5
    """
    value = getattr(options, name)
    number = isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)
    limits = {">": above, ">=": at_least, "<": below, "<=": at_most}
    given = {sign: limit for sign, limit in limits.items() if limit is not None}
    if not (number and all(_HOLDS[sign](value, limit) for sign, limit in given.items())):
        expected = " and ".join(f"{sign} {limit}" for sign, limit in given.items())
        raise ValueError(f"{name} must be a number {expected}, got {value!r}")


def word_choices(holder: type, name: str) -> tuple[str, ...]:
    """The words that the option called ``name`` of a dataclass allows."""
    return get_args(get_type_hints(holder)[name])


def require_word(options: object, name: str) -> None:
    """Raise ValueError unless the option called ``name`` is one of the words its type allows."""
    value, words = getattr(options, name), word_choices(type(options), name)
    if value not in words:
        raise ValueError(f"{name} must be one of {', '.join(words)}, got {value!r}")
