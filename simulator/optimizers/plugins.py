"""Optimizers from elsewhere: found by their names, and loaded only when one is asked for.

A package offers optimizers under the entry-point group ``simulator.optimizers``::

    [options.entry_points]
    simulator.optimizers =
        sign-descent = my_package.methods:SignDescent

Once it is installed, ``sign-descent`` is the name of a method in configs and on the command line.
Every method also has a full name, its distribution before it: ``my-package/sign-descent``. A name
that is taken, by this project or by two distributions at once, belongs to nobody else: the others
are reached by their full names, so no installation changes what an old config means.
"""

from __future__ import annotations

import dataclasses
import importlib
import importlib.metadata
import importlib.util
import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import Any, cast

from simulator.errors import PluginError
from simulator.optimizers.method import Method

GROUP = "simulator.optimizers"
"""The entry-point group."""

HOME = "perfect-cup"
"""The origin of the methods that come with this project."""

USES = ("value", "gradient", "hessian")

ADAPTERS: Mapping[str, str] = MappingProxyType(
    {
        "optax": "simulator.optimizers.adapters.optax:Optax",
        "torch": "simulator.optimizers.adapters.torch:Torch",
        "nlopt": "simulator.optimizers.adapters.nlopt:NLopt",
        "cma-es": "simulator.optimizers.adapters.cma:CMAES",
        "optimagic": "simulator.optimizers.adapters.optimagic:Optimagic",
    }
)
"""Libraries of the ``bench`` extra behind the common door: name and place of each adapter."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")


@dataclass(frozen=True)
class Source:
    """A method that can be asked for by name; nothing of it has been loaded yet."""

    name: str
    """What a config calls it."""
    full_name: str
    """The same with its distribution before it; for this project's own methods just the name."""
    origin: str
    """The distribution it comes from."""
    version: str
    """That distribution's version, or the adapted library's; empty where the project's own decides."""
    load: Callable[[], type[Method]]
    """Import it and return its class. Raises PluginError."""


def sources() -> tuple[Source, ...]:
    """Every method that can be named here: the project's own, the adapters, the plugins."""
    return (*_own().values(), *_adapted().values(), *_plugged())


def source(name: str) -> Source:
    """The method called ``name``. Looks at other packages only if the project has no such method.

    Raises PluginError for a name that several distributions offer, and KeyError for one that nobody
    offers.

    >>> source("adam").load().__name__, source("adam").origin
    ('Adam', 'perfect-cup')
    """
    own = _own().get(name) or _adapted().get(name)
    if own is not None:
        return own
    plugged = _plugged()
    for found in plugged:
        if name in (found.name, found.full_name):
            return found
    rivals = [found.full_name for found in plugged if found.full_name.endswith(f"/{name}")]
    if rivals:
        raise PluginError(
            f"optimizer {name}: several packages offer it; write {' or '.join(sorted(rivals))}"
        )
    raise KeyError(name)


def missing_library(kind: type[Any]) -> str:
    """What an adapter's class needs and does not find, in words; empty where nothing is missing."""
    library = getattr(kind, "library", "")
    if not library or importlib.util.find_spec(library) is not None:
        return ""
    return f"{library} is not installed: pip install 'perfect-cup[bench]'"


def checked(kind: Any, where: str) -> type[Method]:
    """``kind``, once it is seen to be a method; ``where`` names it in the PluginError otherwise.

    What it does is another matter: see :mod:`simulator.optimizers.conformance`.
    """
    frozen = getattr(getattr(kind, "__dataclass_params__", None), "frozen", False)
    family, uses = getattr(kind, "family", None), getattr(kind, "uses", None)
    faults = {
        "it is not a class": not isinstance(kind, type),
        "it is not a frozen dataclass, whose fields are its options": not frozen,
        f"its family must be a word of its own, got {family!r}": not isinstance(family, str)
        or not _NAME.fullmatch(family)
        or family == "scipy",
        f"its uses must be one of {', '.join(USES)}, got {uses!r}": uses not in USES,
        "it has no minimize method": not callable(getattr(kind, "minimize", None)),
    }
    found = [fault for fault, holds in faults.items() if holds]
    if found:
        raise PluginError(f"optimizer {where}: {'; '.join(found)}")
    return cast(type[Method], kind)


def options_of(kind: type[Method]) -> tuple[dataclasses.Field[Any], ...]:
    """The fields of a method that a user may set."""
    return tuple(field for field in dataclasses.fields(cast(Any, kind)) if field.init)


def _own() -> Mapping[str, Source]:
    from simulator.optimizers import METHODS  # the room's door, which opens after this module

    return {name: Source(name, name, HOME, "", lambda k=kind: k) for name, kind in METHODS.items()}  # type: ignore[misc]


def _adapted() -> Mapping[str, Source]:
    return {
        name: Source(name, name, HOME, _library_version(place), partial(_import, place))
        for name, place in ADAPTERS.items()
    }


def _library_version(place: str) -> str:
    library = place.partition(":")[0].rpartition(".")[2]
    try:
        return f"{library} {importlib.metadata.version(library)}"
    except importlib.metadata.PackageNotFoundError:
        return ""


def _import(place: str) -> type[Method]:
    module, _, name = place.partition(":")
    return cast(type[Method], getattr(importlib.import_module(module), name))


def _plugged() -> tuple[Source, ...]:
    found = importlib.metadata.entry_points(group=GROUP)
    entries = [entry for entry in found if entry.dist is not None]
    offers = Counter(entry.name for entry in entries)
    taken = {*_own(), *_adapted()}
    plugged = [_from_entry(item, offers[item.name] > 1 or item.name in taken) for item in entries]
    return tuple(sorted(plugged, key=lambda source: source.full_name))


def _from_entry(entry: importlib.metadata.EntryPoint, clashes: bool) -> Source:
    assert entry.dist is not None
    origin = re.sub(r"[-_.]+", "-", entry.dist.name).lower()
    # A name that no config could write is shown harmlessly, and refused when it is asked for.
    full_name = f"{origin}/{entry.name}" if _NAME.fullmatch(entry.name) else ascii(entry.name)
    return Source(
        name=entry.name if full_name.endswith(f"/{entry.name}") and not clashes else full_name,
        full_name=full_name,
        origin=origin,
        version=f"{origin} {entry.dist.version}",
        load=partial(_load_entry, entry, full_name),
    )


def _load_entry(entry: importlib.metadata.EntryPoint, full_name: str) -> type[Method]:
    if not _NAME.fullmatch(entry.name):
        raise PluginError(
            f"optimizer {full_name}: its name must be letters, digits, '-', '_' or '.'"
        )
    try:
        kind = entry.load()
    except Exception as error:  # whatever a foreign module raises on import
        raise PluginError(
            f"optimizer {full_name}: {entry.value} cannot be loaded: {type(error).__name__}: {error}"
        ) from error
    return checked(kind, f"{full_name} ({entry.value})")
