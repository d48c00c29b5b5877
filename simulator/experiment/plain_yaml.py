"""Plain data as YAML text that every reader understands alike, and back.

YAML readers disagree on unquoted words: ``no`` may be False, ``1e-3`` text and ``012`` ten. Here
every text that could be taken for something else is quoted, floats carry a point, and there are no
anchors, tags or merges.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from simulator.errors import ResultsError

_PLAIN_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_./-]*( [A-Za-z0-9_./-]+)*")
_NOT_TEXT = frozenset(
    {"true", "false", "yes", "no", "on", "off", "y", "n", "null", "nan", "inf", "infinity"}
)


def plain_yaml(config: Mapping[str, object]) -> str:
    """``config`` as YAML text, keys in their given order.

    It is built of mappings, lists, tuples, strings, numbers, booleans and None; raises TypeError
    otherwise.

    >>> print(plain_yaml({"name": "house-blend", "rate": 1e-6, "seeds": [1, 2], "note": "1e-3"}), end="")
    name: house-blend
    rate: 1.0e-06
    seeds:
    - 1
    - 2
    note: "1e-3"
    """
    try:
        return yaml.dump(
            config, Dumper=_PlainDumper, sort_keys=False, allow_unicode=True, width=100
        )
    except yaml.YAMLError as error:
        raise TypeError(f"a config is made of plain data: {error}") from error


def read_plain_yaml(path: Path) -> dict[str, Any]:
    """What :func:`plain_yaml` wrote to ``path``.

    Raises ResultsError if it is anything else, OSError if it cannot be read.
    """
    try:
        config = yaml.load(path.read_bytes(), Loader=_PlainLoader)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise ResultsError(
            f"{path}: it was edited or is damaged ({_one_line(error)}); restore it from a copy"
        ) from error
    if not isinstance(config, dict):
        raise ResultsError(
            f"{path}: it was edited or is damaged (no mapping); restore it from a copy"
        )
    return config


class _PlainDumper(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    plain = _PLAIN_WORD.fullmatch(text) is not None and text.lower() not in _NOT_TEXT
    return dumper.represent_scalar(
        "tag:yaml.org,2002:str", str.__str__(text), style=None if plain else '"'
    )


_PlainDumper.add_multi_representer(str, _text)
_PlainDumper.add_representer(str, _text)


class _PlainLoader(yaml.SafeLoader):
    """A safe loader that refuses aliases: a few bytes of them expand to gigabytes."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("aliases are not used here")
        return super().compose_node(parent, index)


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())
