"""Twenty classical test functions as plain NumPy arithmetic; the engine differentiates them.

Each takes an array of shape (n,), or (n, N) for N points at once, and returns one number a point. The
definitions are those of Moré, Garbow & Hillstrom 1981 ("Testing unconstrained optimization software",
least-squares problems, here as plain sums of squares), of Dixon & Szegő 1978 ("Towards global
optimization 2": Branin, Goldstein & Price, camel, Hartmann, Shekel), and for the rest of Jamil & Yang
2013 ("A literature survey of benchmark functions"). Their boxes and minima stand in
:mod:`simulator.compare.classical_boxes`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

Point = Any
"""Coordinates of shape (n,) or (n, N): floats, or the engine's traced scalars."""


def rosenbrock(x: Point) -> Any:
    """Rosenbrock 1960: a curved valley; its floor is flat, its walls are steep.

    >>> float(rosenbrock(np.array([-1.2, 1.0])))
    24.199999999999996
    """
    return 100 * (x[1] - x[0] ** 2) ** 2 + (1 - x[0]) ** 2


def powell_singular(x: Point) -> Any:
    """Powell 1962: the Hessian is singular at the minimum, so Newton's method is merely linear.

    >>> float(powell_singular(np.array([3.0, -1.0, 0.0, 1.0])))
    215.0
    """
    return (
        (x[0] + 10 * x[1]) ** 2
        + 5 * (x[2] - x[3]) ** 2
        + (x[1] - 2 * x[2]) ** 4
        + 10 * (x[0] - x[3]) ** 4
    )


def wood(x: Point) -> Any:
    """Colville 1968: two linked valleys of Rosenbrock's, with a saddle that holds methods up.

    >>> float(wood(np.array([-3.0, -1.0, -3.0, -1.0])))
    19192.0
    """
    valleys = 100 * (x[1] - x[0] ** 2) ** 2 + 90 * (x[3] - x[2] ** 2) ** 2
    bowls = (1 - x[0]) ** 2 + (1 - x[2]) ** 2
    return valleys + bowls + 10 * (x[1] + x[3] - 2) ** 2 + 0.1 * (x[1] - x[3]) ** 2


def beale(x: Point) -> Any:
    """Beale 1958: a plateau that bends away along a curved valley.

    >>> float(beale(np.array([1.0, 1.0])))
    14.203125
    """
    targets = (1.5, 2.25, 2.625)
    return sum((y - x[0] * (1 - x[1] ** (i + 1))) ** 2 for i, y in enumerate(targets))


def box_3d(x: Point) -> Any:
    """Box 1966: two exponentials fitted to two others; zero also along the line x1 = x2, x3 = 0."""
    total = 0.0
    for i in range(1, 11):
        t = 0.1 * i
        wanted = np.exp(-t) - np.exp(-10 * t)
        total = total + (np.exp(-t * x[0]) - np.exp(-t * x[1]) - x[2] * wanted) ** 2
    return total


def kowalik_osborne(x: Point) -> Any:
    """Kowalik & Osborne 1968: the rate of an enzyme's reaction, fitted to eleven measurements."""
    measured = (
        0.1957, 0.1947, 0.1735, 0.1600, 0.0844, 0.0627, 0.0456, 0.0342, 0.0323, 0.0235, 0.0246,
    )  # fmt: skip
    at = (4, 2, 1, 0.5, 0.25, 0.167, 0.125, 0.1, 0.0833, 0.0714, 0.0625)
    total = 0.0
    for y, u in zip(measured, at, strict=True):
        total = total + (y - x[0] * (u**2 + u * x[1]) / (u**2 + u * x[2] + x[3])) ** 2
    return total


def jennrich_sampson(x: Point) -> Any:
    """Jennrich & Sampson 1968: exponentials that cannot be fitted; the best misfit is 124.36."""
    total = 0.0
    for i in range(1, 11):
        total = total + (2 + 2 * i - (np.exp(i * x[0]) + np.exp(i * x[1]))) ** 2
    return total


def branin(x: Point) -> Any:
    """Branin 1972: three minima of equal depth."""
    bent = x[1] - 5.1 / (4 * np.pi**2) * x[0] ** 2 + 5 / np.pi * x[0] - 6
    return bent**2 + 10 * (1 - 1 / (8 * np.pi)) * np.cos(x[0]) + 10


def goldstein_price(x: Point) -> Any:
    """Goldstein & Price 1971: four minima, values over six powers of ten.

    >>> [round(float(goldstein_price(np.array(at))), 9) for at in ([0.0, -1.0], [-0.6, -0.4], [1.8, 0.2])]
    [3.0, 30.0, 84.0]
    """
    a, b = x[0], x[1]
    first = 19 - 14 * a + 3 * a**2 - 14 * b + 6 * a * b + 3 * b**2
    second = 18 - 32 * a + 12 * a**2 + 48 * b - 36 * a * b + 27 * b**2
    return (1 + (a + b + 1) ** 2 * first) * (30 + (2 * a - 3 * b) ** 2 * second)


def six_hump_camel(x: Point) -> Any:
    """Dixon & Szegő 1978: six minima, two of them the deepest."""
    a, b = x[0], x[1]
    return (4 - 2.1 * a**2 + a**4 / 3) * a**2 + a * b + (-4 + 4 * b**2) * b**2


_HARTMANN_WEIGHTS = (1.0, 1.2, 3.0, 3.2)
_HARTMANN_3 = (
    ((3, 10, 30), (0.3689, 0.1170, 0.2673)),
    ((0.1, 10, 35), (0.4699, 0.4387, 0.7470)),
    ((3, 10, 30), (0.1091, 0.8732, 0.5547)),
    ((0.1, 10, 35), (0.0381, 0.5743, 0.8828)),
)
_HARTMANN_6 = (
    ((10, 3, 17, 3.5, 1.7, 8), (0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886)),
    ((0.05, 10, 17, 0.1, 8, 14), (0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991)),
    ((3, 3.5, 1.7, 10, 17, 8), (0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.6650)),
    ((17, 8, 0.05, 10, 0.1, 14), (0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381)),
)


def hartmann_3(x: Point) -> Any:
    """Hartmann 1973 in three dimensions: four bells of different widths."""
    return _hartmann(x, _HARTMANN_3)


def hartmann_6(x: Point) -> Any:
    """Hartmann 1973 in six dimensions."""
    return _hartmann(x, _HARTMANN_6)


def _hartmann(x: Point, bells: Any) -> Any:
    total = 0.0
    for weight, (steepness, middle) in zip(_HARTMANN_WEIGHTS, bells, strict=True):
        away = sum(
            a * (x[j] - p) ** 2 for j, (a, p) in enumerate(zip(steepness, middle, strict=True))
        )
        total = total - weight * np.exp(-away)
    return total


_SHEKEL = (
    (0.1, (4, 4, 4, 4)),
    (0.2, (1, 1, 1, 1)),
    (0.2, (8, 8, 8, 8)),
    (0.4, (6, 6, 6, 6)),
    (0.4, (3, 7, 3, 7)),
    (0.6, (2, 9, 2, 9)),
    (0.3, (5, 5, 3, 3)),
    (0.7, (8, 1, 8, 1)),
    (0.5, (6, 2, 6, 2)),
    (0.5, (7, 3.6, 7, 3.6)),
)


def shekel_5(x: Point) -> Any:
    """Shekel 1971: five foxholes on a plain that says little about where they are."""
    return _shekel(x, 5)


def shekel_10(x: Point) -> Any:
    """Shekel 1971 with ten foxholes."""
    return _shekel(x, 10)


def _shekel(x: Point, holes: int) -> Any:
    total = 0.0
    for depth, middle in _SHEKEL[:holes]:
        total = total - 1 / (sum((x[j] - p) ** 2 for j, p in enumerate(middle)) + depth)
    return total


def rastrigin(x: Point) -> Any:
    """Rastrigin 1974: a bowl with a regular pattern of minima."""
    return sum(part**2 - 10 * np.cos(2 * np.pi * part) + 10 for part in x)


def griewank(x: Point) -> Any:
    """Griewank 1981: a wide bowl covered with ripples, hundreds of them."""
    bowl, ripples = 0.0, 1.0
    for i, part in enumerate(x, start=1):
        bowl = bowl + part**2 / 4000
        ripples = ripples * np.cos(part / np.sqrt(i))
    return bowl - ripples + 1


def levy(x: Point) -> Any:
    """Levy & Montalvo 1985: many minima, one of them the deepest."""
    w = [1 + (part - 1) / 4 for part in x]
    total = np.sin(np.pi * w[0]) ** 2
    for part in w[:-1]:
        total = total + (part - 1) ** 2 * (1 + 10 * np.sin(np.pi * part + 1) ** 2)
    return total + (w[-1] - 1) ** 2 * (1 + np.sin(2 * np.pi * w[-1]) ** 2)


def styblinski_tang(x: Point) -> Any:
    """Styblinski & Tang 1990: two minima in each dimension, 2ⁿ altogether."""
    return sum(part**4 - 16 * part**2 + 5 * part for part in x) / 2


def zakharov(x: Point) -> Any:
    """Zakharov 1975: one long plate-shaped valley, no other minimum."""
    slanted = sum(0.5 * i * part for i, part in enumerate(x, start=1))
    return sum(part**2 for part in x) + slanted**2 + slanted**4


def dixon_price(x: Point) -> Any:
    """Dixon & Price 1989: a chain of parabolas; where a start is unlucky, it ends in a lesser one."""
    chain = sum(i * (2 * x[i - 1] ** 2 - x[i - 2]) ** 2 for i in range(2, len(x) + 1))
    return (x[0] - 1) ** 2 + chain
