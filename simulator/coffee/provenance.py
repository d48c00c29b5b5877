"""Where each number of the taste model comes from: every parameter carries unit, origin and source.

A station of the model declares its numbers as fields of a frozen dataclass with :func:`parameter`.
:func:`list_parameters` finds them again in any nest of such dataclasses, and
:func:`replace_parameters` exchanges some of them, for a calibration or a what-if.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import MISSING, dataclass, field, fields, is_dataclass, replace
from typing import Any, Literal, TypeVar

Origin = Literal["read", "fitted", "chosen"]
"""``read`` in a published source, ``fitted`` to published data, or ``chosen`` without data behind it."""

T = TypeVar("T")


def parameter(value: Any = MISSING, *, unit: str, origin: Origin, source: str) -> Any:
    """Declare a dataclass field that is a number of the model.

    Args:
        value: the default; leave it out where each instance brings its own (a bean, a customer).
        unit: unit in print (``"µm"``), or ``"1"`` for a pure number.
        origin: ``"read"``, ``"fitted"`` or ``"chosen"``.
        source: the publication, the data and method of the fit, or the reason of the choice.
    """
    described = {"unit": unit, "origin": origin, "source": source}
    if value is MISSING:
        return field(metadata=described)
    return field(default=value, metadata=described)


@dataclass(frozen=True)
class ParameterRecord:
    """One number of the model with its provenance; ``path`` is where it lives, dots between fields."""

    path: str
    value: Any
    unit: str
    origin: Origin
    source: str


def _walk(owner: Any, path: str) -> Iterator[ParameterRecord]:
    for each in fields(owner):
        value = getattr(owner, each.name)
        here = f"{path}.{each.name}" if path else each.name
        if is_dataclass(value):
            yield from _walk(value, here)
        elif "origin" in each.metadata:
            yield ParameterRecord(here, value, **each.metadata)


def list_parameters(owner: Any, path: str = "") -> tuple[ParameterRecord, ...]:
    """Every number declared with :func:`parameter` in a dataclass and the dataclasses inside it.

    Args:
        owner: a ``Parameters``, one station's parameters, a ``Bean``, a ``Segment`` ...
        path: prefix of the paths, without a trailing dot.

    >>> from simulator.coffee import DEFAULT
    >>> first = list_parameters(DEFAULT)[0]
    >>> first.path, first.value, first.unit, first.origin
    ('grinder.fines_size_um', 234.0, 'µm', 'fitted')
    """
    return tuple(_walk(owner, path))


def replace_parameters(owner: T, values: Mapping[str, Any]) -> T:
    """A copy of ``owner`` in which the numbers at the given paths have new values.

    Raises:
        KeyError: a path that :func:`list_parameters` does not list.

    >>> from simulator.coffee import DEFAULT
    >>> finer = replace_parameters(DEFAULT, {"grinder.fines_size_um": 200.0})
    >>> finer.grinder.fines_size_um, DEFAULT.grinder.fines_size_um
    (200.0, 234.0)
    """
    unknown = sorted(set(values) - {record.path for record in list_parameters(owner)})
    if unknown:
        raise KeyError(f"no such parameter: {', '.join(unknown)}")
    replaced: T = _replaced(owner, values)
    return replaced


def _replaced(owner: Any, values: Mapping[str, Any]) -> Any:
    below: dict[str, dict[str, Any]] = {}
    own: dict[str, Any] = {}
    for path, value in values.items():
        name, _, rest = path.partition(".")
        if rest:
            below.setdefault(name, {})[rest] = value
        else:
            own[name] = value
    nested = {name: _replaced(getattr(owner, name), inner) for name, inner in below.items()}
    return replace(owner, **own, **nested)
