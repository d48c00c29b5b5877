"""The grinder: one number, the grind size, becomes fines and boulders.

Fines (below 100 µm) give up everything at once. Boulders follow a log-normal distribution, which a
five-node Gauss–Hermite rule replaces by five sizes; each has a layer of broken cells at its surface
that behaves like fines, and an intact core that has to wait for diffusion.
"""

# ruff: noqa: RUF009 -- parameter() makes a dataclass field

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from simulator.coffee.provenance import parameter
from simulator.coffee.recipe import Scalar

_DISTRIBUTIONS = "four published size distributions of ground coffee; fines are below 100 µm"
_ROOTS, _WEIGHTS = np.polynomial.hermite.hermgauss(5)
# Plain floats. Five sizes put the grind of a 20 % yield within 0.2 % of what all sizes would.
_NODES = tuple(zip(_ROOTS.tolist(), (_WEIGHTS / math.sqrt(math.pi)).tolist(), strict=True))


@dataclass(frozen=True)
class GrinderParameters:
    """The numbers of the grinder."""

    fines_size_um: Scalar = parameter(234.0, unit="µm", origin="fitted", source=_DISTRIBUTIONS)
    """Grind at which half of the mass is fines."""
    fines_exponent: Scalar = parameter(1.445, unit="1", origin="fitted", source=_DISTRIBUTIONS)
    coarse_spread: Scalar = parameter(0.57, unit="1", origin="fitted", source=_DISTRIBUTIONS)
    """Standard deviation of the logarithm of the boulders' size."""
    broken_layer_um: Scalar = parameter(
        38.8,
        unit="µm",
        origin="fitted",
        source="29 published extraction yields over 5 grinds; the cells of Moroney et al. 2015 "
        "measure 25–50 µm",
    )


@dataclass(frozen=True)
class Boulders:
    """One size of boulders, which stands for a part of the coarse mode."""

    mass_share: Scalar
    """Share of the coarse mode's mass; the five shares add up to 1."""
    relative_size: Scalar
    """Size divided by the grind size."""
    core_fraction: Scalar
    """Fraction of the boulder inside the broken surface layer, 0–1."""


@dataclass(frozen=True)
class Grounds:
    """What falls out of the grinder."""

    grind_um: Scalar
    fines_fraction: Scalar
    """Mass fraction of particles below 100 µm, 0–1."""
    boulders: tuple[Boulders, ...]


def grind(grind_um: Scalar, parameters: GrinderParameters) -> Grounds:
    """Grind coffee to a size (geometric mean of the coarse mode, µm).

    Fines F = 1/(1 + (d/234 µm)^1.445); boulders d_i = d·exp(√2·0.57·ξ_i) with Gauss–Hermite nodes
    ξ_i; intact core exp(−3ℓ/R_i) with ℓ = 38.8 µm and R_i = d_i/2.

    >>> grounds = grind(234.0, GrinderParameters())
    >>> float(grounds.fines_fraction)
    0.5
    """
    fines = 1.0 / (1.0 + (grind_um / parameters.fines_size_um) ** parameters.fines_exponent)
    boulders = []
    for root, weight in _NODES:
        relative_size = np.exp(math.sqrt(2.0) * root * parameters.coarse_spread)
        # Constants first: only the division and the exponential depend on the grind.
        depth = -6.0 * parameters.broken_layer_um / relative_size
        boulders.append(Boulders(weight, relative_size, np.exp(depth / grind_um)))
    return Grounds(grind_um, fines, tuple(boulders))
