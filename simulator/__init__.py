"""Tune a coffee recipe by gradient descent through a hand-written backprop engine.

Rooms, ground floor first (each imports only from floors below it):

- ``simulator.autodiff``: the backprop engine; knows nothing of coffee.
- ``simulator.coffee``: the taste model; plain NumPy arithmetic, never imports the engine.
- ``simulator.optimizers``: update rules, the loop, the scipy adapters; sees only an objective and a box.
- ``simulator.experiment``: YAML file -> problem -> runs -> results folder.
- ``simulator.running``: many runs: processes, clusters, shares, sweeps.
- ``simulator.figures``: pictures, drawn from results only.
- ``simulator.cli``: one small file per verb.

Importing this package imports none of them; ``simulator.minimize`` brings what it needs when it is
first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from simulator.experiment.minimizing import minimize

__all__ = ["__version__", "minimize"]

__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    if name == "minimize":
        from simulator.experiment.minimizing import minimize

        return minimize
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
