"""Another engine, ready to be timed beside ours."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Function = Callable[..., Any]


@dataclass(frozen=True)
class Peer:
    """An engine ready to run.

    Attributes:
        name: what the tables call it.
        one: value and gradient of one recipe, an array in and NumPy arrays out.
        batch: value and gradient of the columns of an array, or None.
        first: from the function to its first gradient, everything compiled afresh; or None.
    """

    name: str
    one: Function
    batch: Function | None = None
    first: Function | None = None
