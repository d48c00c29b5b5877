"""What is being recorded now, kept per thread and task."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

import numpy as np

from simulator.autodiff.primitives import Primitive

if TYPE_CHECKING:
    from simulator.autodiff.node import Node


class Recorder:
    """What one recording remembers: equal nodes, and the node whose derivative is being written."""

    __slots__ = ("constants", "deriving", "made")

    def __init__(self) -> None:
        self.made: defaultdict[Primitive, dict[Any, Node]] = defaultdict(dict)
        self.constants: dict[Any, Node] = {}
        self.deriving: Node | None = None


RECORDER: ContextVar[Recorder | None] = ContextVar("recorder", default=None)


@contextmanager
def recording() -> Iterator[Recorder]:
    """Share equal nodes among everything recorded inside; a nested recording joins the outer one.

    NumPy's floating-point warnings are off inside: the engine reports what is not finite itself.
    """
    outer = RECORDER.get()
    if outer is not None:
        deriving = outer.deriving
        try:
            yield outer
        finally:
            outer.deriving = deriving
        return
    recorder = Recorder()
    token = RECORDER.set(recorder)
    try:
        with np.errstate(all="ignore"):
            yield recorder
    finally:
        RECORDER.reset(token)


def is_recording() -> bool:
    """True inside `recording()`: a derivative taken here is part of a larger graph."""
    return RECORDER.get() is not None
