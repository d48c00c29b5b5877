"""Anyone's function as a problem: differentiated by the engine, or refused with a way out."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simulator.autodiff import Graph, trace
from simulator.errors import ObjectiveError
from simulator.experiment.knobs import Bounds
from simulator.experiment.scaling import point

Function = Callable[[Any], Any]

WAYS_OUT = (
    "write it as NumPy arithmetic without branches on values (simulator.autodiff.where chooses), or "
    'give its gradient: simulator.minimize(..., gradient=a function), or gradient="finite-differences"'
)


def traced(function: Function, box: Sequence[Bounds], names: Sequence[str], called: str) -> Graph:
    """The graph of ``function`` over the unit box; ``called`` names it in messages.

    Raises ObjectiveError where the engine cannot differentiate it, in the engine's words, and where
    it returns anything but one number.
    """
    try:
        graph = trace(lambda x: function(point(box, x)), len(box), names=names)
    except (TypeError, NotImplementedError) as error:
        raise ObjectiveError(
            f"{called}: the engine cannot differentiate it\n    why       {error}\n    fix       {WAYS_OUT}"
        ) from error
    if len(graph.outputs) != 1:
        raise ObjectiveError(
            f"{called}: it returns {len(graph.outputs)} numbers; a function to minimise returns one"
        )
    if graph.shape:
        raise ObjectiveError(
            f"{called}: it returns one number inside a list or an array of shape {graph.shape}; "
            "return the number by itself"
        )
    return graph


@dataclass(frozen=True)
class Code:
    """Leave to run the code that a config names; ``folder`` is the config's own.

    A module is looked for where Python looks for every module, then in that folder, so that a file
    there never stands in for an installed package.
    """

    folder: Path

    def function(self, name: str) -> Function:
        """The function called ``package.module:function``. Raises ObjectiveError."""
        module, _, attribute = name.partition(":")
        try:
            found = getattr(self._module(module), attribute)
        except AttributeError:
            raise ObjectiveError(f"{name}: the module {module} has no {attribute}") from None
        except ModuleNotFoundError as error:
            raise ObjectiveError(
                f"{name}: {error}; a module is looked for on Python's path, then in {self.folder}"
            ) from None
        except Exception as error:  # whatever a foreign module raises on import
            raise ObjectiveError(
                f"{name}: importing {module} raised {type(error).__name__}: {error}"
            ) from error
        if not callable(found):
            raise ObjectiveError(f"{name}: it is a {type(found).__name__}, not a function")
        return found  # type: ignore[no-any-return]

    def _module(self, name: str) -> Any:
        folder = str(self.folder.resolve())
        sys.path.append(folder)
        try:
            importlib.invalidate_caches()
            return importlib.import_module(name)
        finally:
            sys.path.remove(folder)


def refusal(name: str, where: str) -> ObjectiveError:
    """Why a config's function is not run without leave."""
    return ObjectiveError(
        f"{where}: problem: it names code to be run: {name}\n"
        "    why       a function can do whatever you can do on this machine: a config must not start it\n"
        "    fix       read the function, and if you trust it, add --allow-code to the command"
    )
