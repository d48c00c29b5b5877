"""Runs the checks, and keeps going whatever a method does."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from simulator.optimizers.conformance import promises
from simulator.optimizers.conformance.report import Finding, Report
from simulator.optimizers.method import Method

CHECKS: Mapping[str, Callable[[Method], Iterator[str]]] = MappingProxyType(
    {
        "shape": promises.shape,
        "bounds": promises.bounds,
        "budget": promises.budget,
        "counting": promises.counting,
        "determinism": promises.determinism,
        "company": promises.company,
        "honesty": promises.honesty,
        "switched-off": promises.switched_off,
        "progress": promises.progress,
        "trouble": promises.trouble,
        "refusals": promises.refusals,
    }
)
"""Every promise by its name; each function yields the breaches it finds."""


def check(method: Method | type[Method], *only: str) -> Report:
    """Hold a method, or its class with default options, against the promises of this room.

    ``only`` names the promises to look at; all, if left out. Nothing the method does is raised: it
    becomes a finding. Raises KeyError for a promise that does not exist.

    >>> from simulator.optimizers import Adam
    >>> print(check(Adam, "bounds", "budget"))
    Adam: 2 of 2 promises kept
      kept   bounds: No point outside the box is evaluated, and every answer lies in it.
      kept   budget: No repeat asks for more values than it is allowed, and it says so where it asked
                     for all.
    """
    chosen = {name: CHECKS[name] for name in only or CHECKS}
    instance = method() if isinstance(method, type) else method
    found = tuple(_finding(name, promise, instance) for name, promise in chosen.items())
    return Report(type(instance).__name__, found)


def _finding(name: str, promise: Callable[[Method], Iterator[str]], method: Method) -> Finding:
    about = (promise.__doc__ or "").strip().splitlines()[0]
    faults: list[str] = []
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            faults.extend(promise(method))
    except Exception as error:  # noqa: BLE001 - a method that raises has broken the promise
        faults.append(f"it raised {type(error).__name__}: {error}")
    return Finding(name, about, tuple(faults))
