"""Who is this run? A key of everything that decides its numbers, and the random streams it leads to.

Two runs with equal keys compute the same thing, whatever machine, order or process they run in.
That is what lets a stopped experiment go on where it ended, shards be merged, and a finished run be
recognised.

The canonical form of a value is one line of JSON text that leaves no choice of spelling:

- mappings in the order of their keys, which must be strings; no spaces; everything beyond ASCII
  escaped;
- a number is written by its value, not by its spelling: ``1``, ``1.0`` and ``numpy.int64(1)`` are
  ``1``; any other float is written by ``repr``, the shortest text that reads back to the same bits;
  −0 is ``0``;
- ``true`` and ``false`` are not numbers; tuples are lists; ``Infinity`` is allowed, NaN is not (it
  equals nothing);
- the text is hashed with SHA-256 and written in 64 hexadecimal digits.
"""

from __future__ import annotations

import hashlib
import json
import math
import operator
from collections.abc import Iterable, Mapping
from numbers import Integral, Real

import numpy as np

KEY_FORMAT = 1
"""Part of every key: raised when the canonical form changes, so that old and new keys never meet."""


def canonical_json(value: object) -> str:
    """``value`` as canonical JSON text.

    ``value`` is built of mappings with string keys, lists, tuples, strings, numbers, booleans and
    None. Raises TypeError for anything else and ValueError for NaN; the message says where in
    ``value``.

    >>> canonical_json({"b": 1.0, "a": [True, 1e-3, None]})
    '{"a":[true,0.001,null],"b":1}'
    """
    return _canonical(value, "value")


def canonical_hash(value: object) -> str:
    """SHA-256 of the canonical JSON text of ``value``, in 64 hexadecimal digits.

    >>> canonical_hash({"repeats": 10}) == canonical_hash({"repeats": 10.0})
    True
    """
    return hashlib.sha256(canonical_json(value).encode("ascii")).hexdigest()


def config_hash(config: Mapping[str, object]) -> str:
    """The hash that a results folder belongs to: of the resolved config without its description.

    Words for people decide no number, so a better description is not another experiment.

    >>> config_hash({"seed": 1, "description": "old"}) == config_hash({"seed": 1})
    True
    """
    return canonical_hash({name: part for name, part in config.items() if name != "description"})


def content_key(
    problem_part: Mapping[str, object],
    optimizer: Mapping[str, object],
    repeat: int,
    dialect: str,
    numpy_version: str,
) -> str:
    """The key of one run: 64 hexadecimal digits that change whenever its numbers could change.

    ``problem_part`` holds everything of the experiment that reaches the objective, the starts and
    the stopping rule, its seed included; ``optimizer`` the method with all its options, defaults
    written out; ``repeat`` counts from 0; ``dialect`` is the engine's way of evaluating ("python",
    "numpy", ...), whose last bits may differ, as may those of another ``numpy_version``.

    Labels, folders, the machine and the order of work do not belong in it.
    """
    (key,) = content_keys(problem_part, optimizer, [repeat], dialect, numpy_version)
    return key


def content_keys(
    problem_part: Mapping[str, object],
    optimizer: Mapping[str, object],
    repeats: Iterable[int],
    dialect: str,
    numpy_version: str,
) -> list[str]:
    """The :func:`content_key` of each of several repeats, in 2 µs each after the first."""
    same = {
        "format": KEY_FORMAT,
        "problem": problem_part,
        "optimizer": optimizer,
        "dialect": dialect,
        "numpy": numpy_version,
    }
    # "repeat" is the last of the sorted names, so all that comes before it is hashed once.
    begun = hashlib.sha256(canonical_json(same)[:-1].encode("ascii"))
    return [_ended(begun, f',"repeat":{canonical_json(repeat)}}}') for repeat in repeats]


def shared_key(problem_part: Mapping[str, object], seed: int, repeat: int) -> str:
    """The key of what every optimizer shares in one repeat: its start, its customers, its noise.

    It knows no optimizer, dialect or version, so all of them start from the same cup and hear the
    same ratings.
    """
    (key,) = shared_keys(problem_part, seed, [repeat])
    return key


def shared_keys(problem_part: Mapping[str, object], seed: int, repeats: Iterable[int]) -> list[str]:
    """The :func:`shared_key` of each of several repeats, in 2 µs each after the first."""
    begun = hashlib.sha256(
        canonical_json({"format": KEY_FORMAT, "problem": problem_part})[:-1].encode("ascii")
    )
    end = f',"seed":{canonical_json(seed)}}}'
    return [_ended(begun, f',"repeat":{canonical_json(repeat)}{end}') for repeat in repeats]


def seed_sequence(key: str, purpose: str) -> np.random.SeedSequence:
    """The random stream that belongs to ``key`` for one ``purpose`` ("start", "noise", "method", ...).

    Streams of different keys or purposes are independent; the same pair gives the same stream
    everywhere. Take a run's own key for what the optimizer draws, and a :func:`shared_key` for
    starts and noise.

    >>> numpy_stream = np.random.default_rng(seed_sequence("5eed", "start"))
    >>> again = np.random.default_rng(seed_sequence("5eed", "start"))
    >>> bool(numpy_stream.random() == again.random())
    True
    """
    return np.random.SeedSequence(int(canonical_hash({"key": key, "purpose": purpose}), 16))


def _ended(begun: hashlib._Hash, rest: str) -> str:
    whole = begun.copy()
    whole.update(rest.encode("ascii"))
    return whole.hexdigest()


def _canonical(value: object, where: str) -> str:
    if value is None or isinstance(value, bool | np.bool_):
        return {None: "null", True: "true", False: "false"}[None if value is None else bool(value)]
    if isinstance(value, str):
        return json.dumps(str.__str__(value))
    if isinstance(value, Integral):
        return str(operator.index(value))
    if isinstance(value, Real):
        return _canonical_float(float(value), where)
    if isinstance(value, Mapping):
        return _canonical_mapping(value, where)
    if isinstance(value, list | tuple):
        return (
            "[" + ",".join(_canonical(item, f"{where}[{i}]") for i, item in enumerate(value)) + "]"
        )
    raise TypeError(f"{where} is a {type(value).__name__}, which has no canonical JSON form")


def _canonical_mapping(value: Mapping[object, object], where: str) -> str:
    for name in value:
        if not isinstance(name, str):
            raise TypeError(
                f"{where} has the key {name!r}; keys of a canonical mapping are strings"
            )
    names = sorted(str.__str__(name) for name in value if isinstance(name, str))
    return (
        "{"
        + ",".join(f"{json.dumps(n)}:{_canonical(value[n], f'{where}.{n}')}" for n in names)
        + "}"
    )


def _canonical_float(number: float, where: str) -> str:
    if math.isnan(number):
        raise ValueError(f"{where} is not a number (NaN); it has no canonical JSON form")
    if math.isinf(number):
        return "Infinity" if number > 0 else "-Infinity"
    # An integral float is written as the integer it equals: `repeats: 10` and `repeats: 10.0` agree.
    return str(int(number)) if number.is_integer() else float.__repr__(number)
