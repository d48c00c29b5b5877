"""Linear algebra on one thread while runs are computed, so that their bits do not depend on the cores.

On several threads LAPACK adds up in another order: the last digits of what scipy's SLSQP finds differ
between one core and two. The libraries are asked through their C interface, because the environment
variables that limit them are read once, when NumPy is loaded. (threadpoolctl does so too, but gives the
setting to the thread that came first: where several compute side by side, as on a worker of a cluster,
it would be lifted as soon as that one is done.)
"""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import scipy.linalg  # SciPy brings a library of its own, which is loaded with this

_FAMILIES = ("openblas", "mkl_rt", "libblis")
# (ask, set), as OpenBLAS is called here and there, MKL, and BLIS.
_SPELLINGS = (
    *(
        (f"{before}openblas_get_num_threads{after}", f"{before}openblas_set_num_threads{after}")
        for before in ("", "scipy_")
        for after in ("", "64_", "_64")
    ),
    ("MKL_Get_Max_Threads", "MKL_Set_Num_Threads"),
    ("bli_thread_get_num_threads", "bli_thread_set_num_threads"),
)


class BlasLibrary(NamedTuple):
    """A loaded library for linear algebra: how many threads it uses, and how that is changed."""

    path: str
    threads: Callable[[], int]
    use: Callable[[int], object]


@cache
def blas_libraries() -> tuple[BlasLibrary, ...]:
    """The libraries that NumPy and SciPy have loaded; Apple's, which has no such interface, is missing."""
    found = []
    for path in sorted(_loaded() or _brought_along()):
        try:
            library = ctypes.CDLL(path)
        except OSError:
            continue
        for ask, change in _SPELLINGS:
            if hasattr(library, ask) and hasattr(library, change):
                found.append(BlasLibrary(path, getattr(library, ask), getattr(library, change)))
                break
    return tuple(found)


@contextmanager
def one_thread() -> Iterator[None]:
    """In the block linear algebra uses one thread; after the last of such blocks as many as before."""
    _LIMIT.enter()
    try:
        yield
    finally:
        _LIMIT.leave()


class _Limit:
    """Blocks under way: the setting belongs to the process, and threads of it may compute side by side."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._blocks = 0
        self._before: list[int] = []

    def enter(self) -> None:
        with self._lock:
            if not self._blocks:
                self._before = [library.threads() for library in blas_libraries()]
                for library in blas_libraries():
                    library.use(1)
            self._blocks += 1

    def leave(self) -> None:
        with self._lock:
            self._blocks -= 1
            if not self._blocks:
                for library, threads in zip(blas_libraries(), self._before, strict=True):
                    library.use(threads)


_LIMIT = _Limit()


def _loaded() -> set[str]:
    """Where the system lists what a process has loaded."""
    try:
        maps = Path("/proc/self/maps").read_text("utf-8", "surrogateescape")
    except OSError:
        return set()
    files = {line[line.index("/") :] for line in maps.splitlines() if "/" in line}
    return {file for file in files if any(name in Path(file).name for name in _FAMILIES)}


def _brought_along() -> set[str]:
    """Elsewhere: what stands in the folders of NumPy and SciPy themselves."""
    packages = [Path(str(module.__file__)).parent for module in (np, scipy)]
    folders = [package.with_name(f"{package.name}.libs") for package in packages]
    folders += [package / ".dylibs" for package in packages]
    return {str(file) for folder in folders for file in folder.glob("*openblas*")}
