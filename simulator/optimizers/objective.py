"""What an optimizer sees: a value, a gradient and a Hessian over columns of points."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from simulator.optimizers.box import Array

Repeats = NDArray[np.intp]


class Objective(Protocol):
    """A function to minimise, evaluated at k points at once.

    Points are the columns of ``x``, of shape (n, k). ``repeats``, of shape (k,), tells which
    repeat each column belongs to. One call may carry any subset of the repeats, in any order, and
    the same repeat several times; a column's answer must not depend on the other columns, down to
    the last bit. Values that do not exist are NaN or infinite, never an exception.

    A noisy objective draws from each repeat's own random stream, so that no repeat sees what the
    others do; it carries an attribute ``noisy = True``, and then no optimizer evaluates it except
    at the method's own, counted, requests.

    Any class with these members is an objective:

    >>> class Bowl:
    ...     size = 2
    ...     def value(self, x, repeats):
    ...         return x[0] ** 2 + x[1] ** 2
    ...     def value_and_gradient(self, x, repeats):
    ...         return self.value(x, repeats), 2 * x
    ...     def hessian(self, x, repeats):
    ...         return np.repeat(2 * np.eye(2)[:, :, None], x.shape[1], axis=2)
    >>> objective: Objective = Bowl()
    """

    @property
    def size(self) -> int:
        """n, the number of parameters."""

    def value(self, x: Array, repeats: Repeats) -> Array:
        """The values, of shape (k,)."""

    def value_and_gradient(self, x: Array, repeats: Repeats) -> tuple[Array, Array]:
        """The values, of shape (k,), and the gradients, of shape (n, k)."""

    def hessian(self, x: Array, repeats: Repeats) -> Array:
        """The matrices of second derivatives, of shape (n, n, k)."""
