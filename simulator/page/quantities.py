"""How the page writes the value of each named quantity: its unit, and what of it is a share."""

from __future__ import annotations

import re
from typing import Final

from simulator.coffee import RANGES
from simulator.page.stages import StagedGraph

#: Pattern of a name → unit, a key of the page's words; "%" multiplies a share by a hundred.
_UNITS: Final = tuple(
    (re.compile(pattern), unit)
    for pattern, unit in (
        (r"dial\..*", ""),
        (r"grounds\.fines_fraction|grounds\.boulders\..*", "share"),
        (r"extraction\.(washed|channelled)_fraction", "share"),
        (r"extraction\.mobility", "times"),
        (r"extraction\.\w+_pct", "%"),
        (r"cup\.\w+_g_kg", "g/kg"),
        (r"cup\.drink_g", "g"),
        (r"perception\.(strength|bitterness|sourness|mouthfeel)", "%"),
        (r"perception\.(sweetness|creaminess)", "/10"),
        (r"perception\.grittiness", "share"),
        (r"segments\.[^.]+\.bitterness\.gap", "%"),
        (r"segments\..*\.gap", "steps"),
        (r"segments\..*(penalty|\.liking|\.score)|score|bean\.quality_points", "points"),
        (r"bean\.e_max", "share"),
    )
)  # fmt: skip


def unit_of(name: str) -> str:
    """The unit of a quantity, "" for a bare number.

    >>> unit_of("recipe.grind_um"), unit_of("extraction.tds_pct"), unit_of("segments.milk.liking")
    ('µm', '%', 'points')
    """
    kind, _, rest = name.partition(".")
    if kind in ("recipe", "brew") and rest in RANGES:
        return RANGES[rest].unit
    return next((unit for pattern, unit in _UNITS if pattern.fullmatch(name)), "")


def quantities(staged: StagedGraph) -> dict[int, str]:
    """Number of each named node → its unit."""
    return {i: unit_of(names[0]) for i, names in enumerate(staged.names) if names}
