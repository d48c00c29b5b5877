"""Something slower that runs while something faster is being made."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from simulator.autodiff.dialects.c_compiler import CompilerWarning, NoCompilerError

_NEVER = "the Python and NumPy dialects run instead"


class Pending:
    """A callable that is ``meanwhile`` until ``make()`` has returned, in a thread of its own, and then that.

    If there is nothing to be made after all, the next call warns once and ``meanwhile`` stays.
    """

    def __init__(self, make: Callable[[], Any], meanwhile: Callable[..., Any]) -> None:
        self._now = meanwhile
        self._meanwhile = meanwhile
        self._done = threading.Event()
        # A daemon: a program that ends earlier does not wait for its compiler.
        threading.Thread(target=self._run, args=(make,), daemon=True).start()

    def __call__(self, *arguments: Any) -> Any:
        return self._now(*arguments)

    def wait(self, timeout: float | None = None) -> bool:
        """True as soon as it is decided which one runs from now on; False after ``timeout`` seconds."""
        return self._done.wait(timeout)

    def _run(self, make: Callable[[], Any]) -> None:
        try:
            self._now = make()
        except NoCompilerError as error:
            why = str(error)  # the name `error` ends with this block

            def warn_first(*arguments: Any) -> Any:
                self._now = self._meanwhile
                fall_back(why)
                return self._meanwhile(*arguments)

            self._now = warn_first
        finally:
            self._done.set()


@lru_cache(maxsize=8)
def fall_back(why: str, instead: str = _NEVER) -> None:
    """Warn, once per reason, that something slower runs instead of C."""
    warnings.warn(f"C is not used ({why}): {instead}", CompilerWarning, stacklevel=3)
