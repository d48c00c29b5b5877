"""Which line of the user's code an operation came from."""

from __future__ import annotations

import sys
from functools import lru_cache
from pathlib import Path
from traceback import walk_tb
from types import FrameType
from typing import NamedTuple

import numpy
import scipy


class Origin(NamedTuple):
    """A line of source, printed as ``file:line``."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{_short(self.file)}:{self.line}"


UNKNOWN = Origin("<unknown>", 0)

_NOT_THE_USERS = tuple(
    str(Path(module_file).parent) + "/"
    for module_file in (__file__, numpy.__file__, scipy.__file__)
    if module_file
)


@lru_cache(maxsize=4096)
def _is_users(file: str) -> bool:
    return not file.startswith((*_NOT_THE_USERS, "<__array_function__"))


@lru_cache(maxsize=256)
def _short(file: str) -> str:
    try:
        return str(Path(file).relative_to(Path.cwd()))
    except (ValueError, OSError):
        return file


_origin = lru_cache(maxsize=4096)(Origin)  # thousands of nodes share a line


def users_line() -> Origin:
    """The innermost line on the stack that belongs neither to the engine nor to NumPy or SciPy."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        file = frame.f_code.co_filename
        if _is_users(file):
            return _origin(file, frame.f_lineno)
        frame = frame.f_back
    return UNKNOWN


def users_line_of(error: BaseException) -> Origin:
    """The innermost such line that an exception has come through."""
    lines = [(frame.f_code.co_filename, number) for frame, number in walk_tb(error.__traceback__)]
    return next((_origin(*line) for line in reversed(lines) if _is_users(line[0])), UNKNOWN)
