"""The bean: input data, never tuned."""

# ruff: noqa: RUF009 -- parameter() makes a dataclass field

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from simulator.coffee.provenance import parameter
from simulator.coffee.recipe import Scalar

_SHARES = "chosen: with them the reference cup of 20 % extraction holds .330 .405 .266"


@dataclass(frozen=True)
class Bean:
    """What a roasted bean holds. The three shares are divided by their sum before use."""

    name: str
    e_max: Scalar = parameter(
        unit="1",
        origin="read",
        source="soluble mass per dry mass, 0.30 assumed by Liang et al. 2021; shifts between roasts "
        "are chosen",
    )
    acid_share: Scalar = parameter(unit="1", origin="chosen", source=_SHARES)
    middle_share: Scalar = parameter(unit="1", origin="chosen", source=_SHARES)
    """Share of sugars and everything that is neither sour nor bitter."""
    bitter_share: Scalar = parameter(unit="1", origin="chosen", source=_SHARES)
    """Share of bitter and astringent solutes."""
    quality_points: Scalar = parameter(
        unit="points",
        origin="chosen",
        source="added to the liking of every customer; 0 is ordinary",
    )


BEANS: Mapping[str, Bean] = MappingProxyType(
    {
        "light": Bean("light", 0.29, 0.35, 0.40, 0.25, 0.0),
        "medium": Bean("medium", 0.30, 0.30, 0.40, 0.30, 0.0),
        "dark": Bean("dark", 0.31, 0.25, 0.39, 0.36, 0.0),
    }
)
"""Three roasts. ``medium`` is the default; light and dark lean the chosen shares to sour and bitter."""
