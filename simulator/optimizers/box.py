"""The box: lower and upper bounds of every parameter, and what follows from them alone."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Box:
    """The set of x with ``lower <= x <= upper`` in every coordinate.

    ``lower`` and ``upper`` have shape (n,), are finite, and lower < upper everywhere: a parameter
    that cannot move belongs outside the problem. Raises ValueError otherwise.

    >>> box = Box([0.0, 0.0], [1.0, 2.0])
    >>> box.project(np.array([-3.0, 1.5]))
    array([0. , 1.5])
    """

    lower: Array
    upper: Array

    def __post_init__(self) -> None:
        lower, upper = _bound(self.lower), _bound(self.upper)
        if lower.shape != upper.shape:
            raise ValueError(
                f"lower and upper bounds differ in length: got {lower.size} and {upper.size}"
            )
        for i in np.flatnonzero(~(np.isfinite(lower) & np.isfinite(upper) & (lower < upper))):
            raise ValueError(
                f"bounds of parameter {i} must be finite with lower < upper; "
                f"got lower {lower[i]!s}, upper {upper[i]!s}"
            )
        object.__setattr__(self, "lower", lower)
        object.__setattr__(self, "upper", upper)

    @classmethod
    def unit(cls, size: int) -> Box:
        """The box [0, 1]^size."""
        return cls(np.zeros(size), np.ones(size))

    @property
    def size(self) -> int:
        """n, the number of parameters."""
        return self.lower.size

    @cached_property
    def _columns(self) -> tuple[Array, Array]:
        return self.lower[:, None], self.upper[:, None]

    def project(self, x: Array) -> Array:
        """The nearest point of the box, for x of shape (n,) or (n, R). NaN stays NaN."""
        lower, upper = self._columns if x.ndim == 2 else (self.lower, self.upper)
        nearest: Array = np.minimum(np.maximum(x, lower), upper)
        return nearest

    def contains(self, x: Array) -> bool:
        """Whether every column of x, of shape (n,) or (n, R), lies in the box, bounds included."""
        return bool(np.array_equal(x, self.project(x)))

    def residual(self, x: Array, gradient: Array) -> Array:
        """How far x is from first-order optimal: the largest move in x − project(x − gradient).

        x and gradient have shape (n,) or (n, R); the result has shape () or (R,). It is zero
        exactly where no direction that stays in the box leads downhill (Conn, Gould & Toint 2000,
        section 12.1): inside the box it is the largest entry of the gradient, and a bound that
        holds the descent back takes its coordinate out. NaN where the gradient is not finite.

        >>> Box.unit(2).residual(np.array([0.0, 0.5]), np.array([3.0, -0.25])).item()
        0.25
        """
        step = np.abs(x - self.project(x - gradient))
        known = np.isfinite(gradient)
        if not known.all():
            step = np.where(known, step, np.nan)
        norm: Array = step.max(axis=0)
        return norm


def _bound(values: ArrayLike) -> Array:
    bound = np.array(values, dtype=np.float64)
    if bound.ndim != 1 or bound.size == 0:
        raise ValueError(f"bounds must be a list of numbers, one per parameter; got {values!r}")
    bound.setflags(write=False)
    return bound
