"""The bean: input data, never tuned."""

# ruff: noqa: RUF009 -- parameter() makes a dataclass field

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from simulator.coffee.presets import read_preset, read_presets
from simulator.coffee.provenance import parameter
from simulator.coffee.recipe import Scalar

_SHARES = (
    "with them the acids of pour-over lag behind the yield as titrated in drip coffee; total yields hold "
    "for many shares"
)


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


def bean_from_file(path: Path) -> Bean:
    """A bean of your own: a file like those in ``presets/beans``.

    Raises:
        InputError: with the file, the key and what is expected.
    """
    return read_preset(path, Bean)


BEANS: Mapping[str, Bean] = read_presets("beans", Bean)
"""Roasts: one file each in ``presets/beans``. ``medium`` is the default."""
