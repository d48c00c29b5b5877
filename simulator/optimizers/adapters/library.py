"""The library behind an adapter: imported when it is first needed, or named as missing."""

from __future__ import annotations

import importlib
from typing import Any

from simulator.errors import PluginError
from simulator.optimizers.plugins import missing_library
from simulator.optimizers.visits import RunEnded


def library_of(adapter: Any) -> Any:
    """The module that ``adapter.library`` names. Raises PluginError where it is not installed."""
    missing = missing_library(type(adapter))
    if missing:
        raise PluginError(f"optimizer {adapter.family}: {missing}")
    return importlib.import_module(adapter.library)


def raise_end_of_run(error: BaseException) -> None:
    """Raise the end of the run that a library has wrapped in an error of its own, if there is one."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, RunEnded):
            raise cause
        cause = cause.__cause__ or cause.__context__
