"""The boxes of the classical functions, their minima, and values that others have published.

Boxes are wide and lopsided on purpose: where the literature's box has its best point in the very middle,
a method that looks there first would win without searching. Widths are those of the literature where it
gives any.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from simulator.compare import classical

Limits = tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Classical:
    """A test function in its box.

    Attributes:
        function: of points (n,) or (n, N).
        box: (low, high) of each coordinate.
        best: a point of least value, to the digits published.
        least: the least value, to the digits published.
        digits: how far ``least`` may be off: half a unit of its last published digit.
        published: points with values that others have published, to the digits they give.
        source: who says so.
    """

    function: Callable[[Any], Any]
    box: Limits
    best: tuple[float, ...]
    least: float
    digits: float
    published: tuple[tuple[tuple[float, ...], float], ...] = ()
    source: str = "Jamil & Yang 2013"

    @property
    def size(self) -> int:
        """n, the number of parameters."""
        return len(self.box)


_MGH = "Moré, Garbow & Hillstrom 1981"
_DIXON_SZEGO = "Dixon & Szegő 1978"

CLASSICAL: Mapping[str, Classical] = MappingProxyType(
    {
        "rosenbrock": Classical(
            classical.rosenbrock, ((-2.0, 3.0), (-1.5, 4.0)), (1, 1), 0, 0, (((-1.2, 1), 24.2),), _MGH
        ),
        "powell-singular": Classical(
            classical.powell_singular,
            ((-4.0, 5.0), (-5.0, 4.0), (-4.0, 5.0), (-3.0, 5.0)),
            (0, 0, 0, 0), 0, 0, (((3, -1, 0, 1), 215),), _MGH,
        ),
        "wood": Classical(
            classical.wood,
            ((-3.0, 4.0), (-3.0, 4.0), (-4.0, 3.0), (-3.0, 4.0)),
            (1, 1, 1, 1), 0, 0, (((-3, -1, -3, -1), 19192),), _MGH,
        ),
        "beale": Classical(
            classical.beale, ((-4.5, 4.5), (-4.5, 4.5)), (3, 0.5), 0, 0, (((1, 1), 14.203125),), _MGH
        ),
        "box-3d": Classical(
            classical.box_3d,
            ((0.0, 8.0), (1.0, 15.0), (0.0, 3.0)),
            (1, 10, 1), 0, 0, (((0, 10, 20), 1031.15381060940),), _MGH,
        ),
        "kowalik-osborne": Classical(
            classical.kowalik_osborne,
            ((0.0, 0.42),) * 4,
            (0.192807, 0.191282, 0.123057, 0.136062), 3.07505e-4, 5e-9,
            (((0.25, 0.39, 0.415, 0.39), 5.31317e-3),), _MGH,
        ),
        "jennrich-sampson": Classical(
            classical.jennrich_sampson,
            ((-0.3, 0.5), (-0.2, 0.5)),
            (0.257825, 0.257825), 124.362, 5e-4, (((0.3, 0.4), 4171.31),), _MGH,
        ),
        "branin": Classical(
            classical.branin, ((-5.0, 10.0), (0.0, 15.0)), (9.42478, 2.475), 0.397887, 5e-7,
            (((-3.14159, 12.275), 0.397887), ((3.14159, 2.275), 0.397887)), _DIXON_SZEGO,
        ),
        "goldstein-price": Classical(
            classical.goldstein_price, ((-2.0, 2.0), (-2.0, 2.0)), (0, -1), 3, 0,
            (((1.8, 0.2), 84), ((-0.6, -0.4), 30), ((1.2, 0.8), 840)), _DIXON_SZEGO,
        ),
        "six-hump-camel": Classical(
            classical.six_hump_camel, ((-2.5, 3.0), (-1.5, 2.0)), (0.08984, -0.71266), -1.0316285, 5e-8,
            (((-0.08984, 0.71266), -1.03163), ((1.70361, -0.796084), -0.215464)), _DIXON_SZEGO,
        ),
        "hartmann-3": Classical(
            classical.hartmann_3, ((0.0, 1.0),) * 3, (0.114614, 0.555649, 0.852547), -3.86278, 5e-6,
            source=_DIXON_SZEGO,
        ),
        "hartmann-6": Classical(
            classical.hartmann_6, ((0.0, 1.0),) * 6,
            (0.20169, 0.150011, 0.476874, 0.275332, 0.311652, 0.6573), -3.32237, 5e-6,
            source=_DIXON_SZEGO,
        ),
        "shekel-5": Classical(
            classical.shekel_5, ((0.0, 10.0),) * 4, (4.00004, 4.00013, 4.00004, 4.00013),
            -10.1532, 5e-5, source=_DIXON_SZEGO,
        ),
        "shekel-10": Classical(
            classical.shekel_10, ((0.0, 10.0),) * 4, (4.00075, 4.00059, 3.99966, 3.99951),
            -10.5364, 5e-5, source=_DIXON_SZEGO,
        ),
        "rastrigin": Classical(
            classical.rastrigin, ((-5.12, 4.0), (-3.5, 5.12)), (0, 0), 0, 0, (((1, 1), 2),)
        ),
        "griewank": Classical(
            classical.griewank, ((-40.0, 60.0), (-60.0, 45.0)), (0, 0), 0, 0
        ),
        "levy": Classical(classical.levy, ((-10.0, 10.0), (-8.0, 12.0), (-10.0, 9.0)), (1, 1, 1), 0, 0),
        "styblinski-tang": Classical(
            classical.styblinski_tang, ((-5.0, 5.0),) * 4, (-2.903534,) * 4, -156.66466, 5e-5
        ),
        "zakharov": Classical(
            classical.zakharov, ((-5.0, 10.0), (-4.0, 8.0), (-5.0, 9.0), (-6.0, 10.0), (-5.0, 8.0)),
            (0, 0, 0, 0, 0), 0, 0,
        ),
        "dixon-price": Classical(
            classical.dixon_price, ((-3.0, 5.0), (-4.0, 6.0), (-5.0, 4.0), (-4.0, 5.0)),
            (1, 0.70710678, 0.59460356, 0.54525387), 0, 1e-12,
        ),
    }
)  # fmt: skip
"""Name → function in its box."""
