"""A lower bound from curvature: the function plus a paraboloid that makes it convex.

Let H bound the Hessian over a box with centre c and half sides r, and let u = (x − c)/r, each |uᵢ| ≤ 1. With
a shift α ≥ 0 that makes RHR + αI positive semidefinite (R = diag r), F = f + ½α|u|² is convex, so it lies
above its tangent plane at any point p:

    f(x)  ≥  f(p) + ½α|u(p)|² + ∇F(p)·(x − p) − ½α|u(x)|²

and the least right-hand side stands at a corner, coordinate by coordinate (the αBB relaxation, Adjiman et al.
1998). If f itself is convex in the box α is 0, and if p is its lowest point there the bound is exact.

The shift comes from Gershgorin's circles after a change of coordinates by approximate eigenvectors V. By
Sylvester's law VᵀAV ≥ γI implies A ≥ γ(VVᵀ)⁻¹ whatever V is, so V need not be exact. What rounding may do
in all this is bounded by hand and subtracted: every sum of k terms is off by at most k·2⁻⁵³ of the sum of
their sizes; the allowances below are several times that.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from simulator.autodiff.bounds import Bounds
from simulator.certify.boxes import Array

#: Points (n, N) -> rigorous bounds of value and gradient there.
AtPoints = Callable[[Array], tuple[Bounds, Bounds]]

_ULP: Final = 2.0**-52

#: Rounds of coordinate descent towards the relaxation's lowest point; fewer make p worse, no bound wrong.
_ROUNDS: Final = 8


@dataclass(frozen=True, eq=False)
class Relaxed:
    """What the relaxation says of N boxes.

    Attributes:
        floor: the function is nowhere below it, shape (N,); −inf where nothing is known.
        point: where the function is probably least, shape (n, N).
        value: the function is at most this there, shape (N,).
    """

    floor: Array
    point: Array
    value: Array


def relaxed(low: Array, high: Array, hessian: Bounds, at: AtPoints) -> Relaxed:
    """Bounds over boxes on which the function has a continuous gradient.

    Args:
        low, high: corners, shape (n, N).
        hessian: bounds of the second derivatives over each box, shape (n, n, N).
        at: bounds of value and gradient at points.
    """
    with np.errstate(all="ignore"):  # infinities and NaN end as a floor of −inf
        centre = 0.5 * (low + high)
        radius = np.maximum(high - centre, centre - low) * (1.0 + 2.0 * _ULP)
        middle, spread = _scaled(hessian, radius)
        shift = convexifying_shift(middle, spread)
        slopes = _middle(at(centre)[1])
        u = _lowest(slopes * radius, middle, shift)
        point = np.clip(centre + u * radius, low, high)
        value, gradient = at(point)
        floor = _tangent_floor((point - centre) / radius, radius, shift, value, gradient)
    floor = np.where(np.isfinite(floor), floor, -np.inf)
    return Relaxed(floor, point, np.where(np.isnan(value.upper), np.inf, value.upper))


def _middle(bounds: Bounds) -> Array:
    middle: Array = 0.5 * (bounds.lower + bounds.upper)
    return np.where(np.isfinite(middle), middle, 0.0)


def _scaled(hessian: Bounds, radius: Array) -> tuple[Array, Array]:
    """RHR as matrices (N, n, n): a middle, and how far entries may be from it, rounding included."""
    # A Hessian is symmetric: an entry lies in the bounds of its mirror image, too.
    lower = np.maximum(hessian.lower, hessian.lower.swapaxes(0, 1))
    upper = np.minimum(hessian.upper, hessian.upper.swapaxes(0, 1))
    middle = 0.5 * (lower + upper)
    spread = np.maximum(upper - middle, middle - lower)
    sides = radius[:, None] * radius[None, :]
    scaled = middle * sides
    spread = spread * sides * (1.0 + 8.0 * _ULP) + 8.0 * _ULP * np.abs(scaled)
    return np.moveaxis(scaled, -1, 0), np.moveaxis(spread, -1, 0)


def convexifying_shift(middle: Array, spread: Array) -> Array:
    """α ≥ 0 such that A + αI is positive semidefinite for every symmetric A within ``spread`` of ``middle``.

    Args:
        middle, spread: shape (N, n, n); spread ≥ 0.

    Returns:
        shape (N,); infinite where entries are not finite.

    >>> bowl, saddle = np.diag([1.0, 2.0]), np.diag([1.0, -2.0])
    >>> convexifying_shift(np.array([bowl, saddle]), np.full((2, 2, 2), 0.1)).round(3)
    array([0. , 2.2])
    """
    size = middle.shape[-1]
    known = np.asarray((np.isfinite(middle) & np.isfinite(spread)).all(axis=(1, 2)))
    middle = np.where(known[:, None, None], middle, 0.0)
    spread = np.where(known[:, None, None], spread, 0.0)
    rounding = 16.0 * size * _ULP
    _, vectors = np.linalg.eigh(middle)
    turned, sizes = vectors.swapaxes(1, 2), np.abs(vectors)
    product = turned @ middle @ vectors
    lost = rounding * (sizes.swapaxes(1, 2) @ np.abs(middle) @ sizes)
    wider = (sizes.swapaxes(1, 2) @ spread @ sizes) * (1.0 + rounding)
    skew = np.abs(turned @ vectors - np.eye(size)).sum(axis=2).max(axis=1) + rounding
    # The spread counts either among the circles or, by its norm, as a perturbation: whichever costs less.
    inside = _back(_circles(product, wider + lost), skew)
    norm = spread.sum(axis=2).max(axis=1) * (1.0 + rounding)
    outside = _back(_circles(product, lost), skew) - norm
    least = np.maximum(inside, outside)
    shift = np.maximum(0.0, -least) * (1.0 + rounding) + np.where(least < 0.0, 1e-300, 0.0)
    return np.where(known & (skew < 0.5), shift, np.inf)


def _circles(product: Array, radius: Array) -> Array:
    """The lowest point of Gershgorin's circles of matrices within ``radius`` of ``product``."""
    diagonal = np.einsum("nii->ni", product)
    reach = (np.abs(product) + radius).sum(axis=2)
    allowance = 16.0 * product.shape[-1] * _ULP * reach
    least: Array = (diagonal - (reach - np.abs(diagonal)) - allowance).min(axis=1)
    return least


def _back(least: Array, skew: Array) -> Array:
    """From an eigenvalue bound of VᵀAV to one of A, where |VᵀV − I| ≤ skew."""
    return np.where(least < 0.0, least / (1.0 - skew), least / (1.0 + skew)) * np.where(
        least < 0.0, 1.0 + 8.0 * _ULP, 1.0 - 8.0 * _ULP
    )


def _lowest(slopes: Array, middle: Array, shift: Array) -> Array:
    """About where slopes·u + ½u'(A + αI)u is least over |uᵢ| ≤ 1, shape (n, N)."""
    u = np.zeros_like(slopes)
    matrix = np.moveaxis(middle, 0, -1)
    for _ in range(_ROUNDS):
        for i in range(len(u)):
            curve = matrix[i, i] + shift
            rest = slopes[i] + np.einsum("jn,jn->n", matrix[i], u) - matrix[i, i] * u[i]
            step = np.where(curve > 0.0, -rest / curve, -np.sign(rest))
            u[i] = np.clip(np.nan_to_num(step), -1.0, 1.0)
    return u


def _tangent_floor(u: Array, radius: Array, shift: Array, value: Bounds, gradient: Bounds) -> Array:
    """The tangent plane's lowest corner, less the paraboloid's height there, less what rounding may do."""
    flat = radius == 0.0
    u = np.where(flat, 0.0, u)
    low = np.where(flat, 0.0, gradient.lower * radius + shift * u)
    high = np.where(flat, 0.0, gradient.upper * radius + shift * u)
    falls = np.minimum(low * (1.0 - u), high * (-1.0 - u)).sum(axis=0)
    lift = 0.5 * shift * ((u * u).sum(axis=0) - (~flat).sum(axis=0))
    steep = np.where(flat, 0.0, np.maximum(np.abs(gradient.lower), np.abs(gradient.upper)) * radius)
    sizes = np.abs(value.lower) + 2.0 * steep.sum(axis=0) + 4.0 * len(u) * shift
    floor: Array = value.lower + falls + lift - 64.0 * _ULP * sizes
    return floor
