"""What a call costs: models that can be switched after the runs, because runs keep bare counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from simulator.errors import InputError

Array = NDArray[np.float64]


@dataclass(frozen=True)
class CostModel:
    """Prices of a value, of a gradient beside a value, and of a Hessian.

    Attributes:
        name: of the model.
        about: in words, for tables and the page.
        prices: (value, gradient, Hessian); None for the operations of each problem's own graph.
    """

    name: str
    about: str
    prices: tuple[float, float, float] | None

    def of(self, size: int, operations: tuple[int, int, int]) -> Array:
        """The prices for a problem of ``size`` parameters whose calls take so many operations, (3,)."""
        if self.prices is not None:
            return np.array(self.prices)
        if self.name == "differences":
            # Central second differences share the point itself.
            return np.array([1.0, size, size * (size + 1)])
        value, gradient, hessian = operations
        return np.array([1.0, gradient / value - 1, hessian / value])


COST_MODELS: Mapping[str, CostModel] = MappingProxyType(
    {
        model.name: model
        for model in (
            CostModel("calls", "every value, gradient and Hessian counts 1", (1, 1, 1)),
            CostModel(
                "visits",
                "a visited point counts 1, whatever is asked there; a Hessian is free",
                (1, 0, 0),
            ),
            CostModel(
                "operations",
                "arithmetic in the compiled graph, in units of one value",
                None,
            ),
            CostModel(
                "differences",
                "derivatives made of values: a gradient counts n, a Hessian n(n + 1)",
                None,
            ),
        )
    }
)
"""The models by name; the first is the usual one."""


CUPS = CostModel("cups", "a cup served counts 1; a Hessian takes another cup", (1, 0, 1))
"""What noisy problems cost: every look at the customers is a cup."""


def cost_model(text: str) -> CostModel:
    """The model of that name, or one of three prices such as "1,2,10". Raises InputError.

    >>> cost_model("1,2,10").prices
    (1.0, 2.0, 10.0)
    """
    if text in COST_MODELS:
        return COST_MODELS[text]
    try:
        value, gradient, hessian = (float(part) for part in text.split(","))
        if not (value > 0 and gradient >= 0 and hessian >= 0):
            raise ValueError
    except ValueError:
        known = ", ".join(COST_MODELS)
        raise InputError(
            f"--cost {text}: expected one of {known}, or the prices of a value, a gradient and a "
            "Hessian, such as 1,2,10"
        ) from None
    about = f"a value counts {value:g}, a gradient {gradient:g} more, a Hessian {hessian:g}"
    return CostModel(text, about, (value, gradient, hessian))
